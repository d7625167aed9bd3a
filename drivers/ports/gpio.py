"""The only door to gpiozero: a board's pins by the names of our lines, or those of `drivers.ports.mockpins`.

Importing this loads gpiozero (6 MB), so the port does it when it opens. Edges come in gpiozero's threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir
from threading import Lock, Thread
from time import monotonic
from typing import Any

import gpiozero
from gpiozero.pins.mock import MockFactory, MockPin
from gpiozero.pins.pi import PiPin

from drivers.model import decode_json
from drivers.ports.mockpins import Change, Client, MockPinsError, Order, Whole
from drivers.ports.pinout import AdcChannel, BoardError, InputPin, OutputPin

OLD_S = 5.0
"""An edge's own time is believed if it is not older; some kernels count from another start than we do."""

PATIENCE_S = 1.0
"""How long the mock may keep the loop waiting while the port opens."""

Sink = Callable[[tuple[str, bool | float, float]], None]
"""Takes (line, level, monotonic seconds), in any thread."""


class Board:
    """Inputs, converter channels and outputs, added one by one. Raises whatever gpiozero and lgpio raise."""

    def __init__(self, factory: Any, sink: Sink) -> None:  # Any: gpiozero has no annotations
        self._factory = factory
        self._sink = sink
        self._inputs: dict[str, tuple[Any, Edges]] = {}
        self._channels: dict[str, Any] = {}
        self._outputs: dict[str, tuple[Any, bool]] = {}
        self._lock = Lock()
        self._closed = False

    def add_input(self, declared: InputPin) -> None:
        """Watch a pin; its edges go to the sink from now on."""
        pin = self._factory.pin(f"GPIO{declared.pin}")
        pin.input_with_pull("floating" if declared.pull == "none" else declared.pull)
        pin.bounce = None
        pin.edges = "both"
        edges = Edges(declared.line, self._sink)
        pin.when_changed = edges.changed  # gpiozero keeps a weak reference, we the strong one
        self._inputs[declared.line] = (pin, edges)

    def add_channel(self, declared: AdcChannel) -> None:
        """Open a channel of a converter and measure once, so that a missing one is noticed now."""
        name = declared.chip.upper()
        if isinstance(self._factory, SocketFactory):
            name = {"MCP3002": "MCP3008", "MCP3202": "MCP3208"}.get(name, name)  # the mock speaks as these
        chip = getattr(gpiozero, name)
        self._channels[declared.line] = chip(
            channel=declared.channel, device=declared.device, pin_factory=self._factory
        )
        self.ratio(declared.line)

    def add_output(self, declared: OutputPin) -> None:
        """Take a pin as output, dark."""
        pin = self._factory.pin(f"GPIO{declared.pin}")
        active_high = declared.active == "high"
        pin.output_with_state(not active_high)
        self._outputs[declared.line] = (pin, active_high)

    def levels(self) -> list[tuple[str, bool]]:
        """All inputs as they stand now."""
        return [(line, bool(pin.state)) for line, (pin, _) in self._inputs.items()]

    def ratio(self, line: str) -> float:
        """Measure now, in any thread."""
        with self._lock:
            if self._closed:
                raise BoardError("the board is closed")
            return min(max(float(self._channels[line].value), 0.0), 1.0)

    def write(self, line: str, *, on: bool) -> None:
        """Light or darken an output."""
        pin, active_high = self._outputs[line]
        pin.state = on == active_high

    def close(self) -> None:
        """Give everything back."""
        with self._lock:
            self._closed = True
            for pin, _ in self._inputs.values():
                pin.when_changed = None
            for chip in self._channels.values():
                chip.close()
            self._factory.close()


class Edges:
    """One pin's way into the sink."""

    def __init__(self, line: str, sink: Sink) -> None:
        self._line = line
        self._sink = sink

    def changed(self, ticks: float, state: int) -> None:
        """Take an edge from gpiozero, with the kernel's time where it gives one."""
        if state not in {0, 1}:
            return  # lgpio reports watchdog time-outs the same way
        now_s = monotonic()
        self._sink((self._line, bool(state), ticks if 0 <= now_s - ticks < OLD_S else now_s))


class SocketPin(MockPin):  # type: ignore[misc] # gpiozero has no annotations
    """A mock pin whose level is kept by another program."""

    def __init__(self, factory: SocketFactory, info: Any) -> None:
        super().__init__(factory, info)
        self.bcm = int(info.name.removeprefix("GPIO"))
        self._ticks = monotonic()

    def close(self) -> None:
        """Stop watching. The pin is not driven to its pull, as the mock would: somebody else drives it."""
        self.when_changed = None

    def drive(self, level: bool, at_s: float) -> None:  # noqa: FBT001 - a level, as everywhere in gpiozero
        """The level changed, at the keeper's time."""
        self._ticks = at_s
        if self._function == "input":
            (self.drive_high if level else self.drive_low)()

    def input_with_pull(self, pull: str) -> None:
        """Become an input; the level is the keeper's, and the pull counts where nobody drives."""
        super().input_with_pull(pull)
        self.factory.settle(self, high=pull != "down")

    def stand(self, level: bool) -> None:  # noqa: FBT001 - as above
        """Take a level without an edge."""
        self._state = level

    def _set_state(self, value: float) -> None:
        super()._set_state(value)
        self.factory.order(Order("output", self.bcm, level=int(bool(value))))

    def _call_when_changed(self) -> None:
        PiPin._call_when_changed(self, self._ticks, self._state)  # noqa: SLF001 - MockPin's own gives another time


class SocketAdc:
    """An MCP3004/3008 or MCP3204/3208 on the mock's SPI: start bit, single-ended bit, channel; then the value."""

    bits_per_word = 8

    def __init__(self, factory: SocketFactory, device: int) -> None:
        self._factory = factory
        self._device = device

    def transfer(self, words: list[int]) -> list[int]:
        """Answer a question of gpiozero's MCP3xxx classes."""
        asked = int.from_bytes(bytes(words))
        bits = asked.bit_length() - 7
        channel = (asked >> (bits + 2)) & 7
        value = round(self._factory.kept_ratio(self._device * 8 + channel) * (2**bits - 1))
        return list(value.to_bytes(len(words)))

    def close(self) -> None:
        """Nothing is open."""


class SocketFactory(MockFactory):  # type: ignore[misc] # gpiozero has no annotations
    """gpiozero's mock, driven over a Unix socket; `lost` is called once, from its thread, when the keeper goes."""

    def __init__(self, path: Path, lost: Callable[[str], None]) -> None:
        super().__init__(revision="a02082", pin_class=SocketPin)
        self._lost = lost
        self._lock = Lock()
        self._closed = False
        self._client = Client(path, timeout_s=PATIENCE_S)
        try:
            self._client.send(Order("watch"))
            self._whole = decode_json(self._client.line(), type=Whole)
        except BaseException:
            self._client.close()
            raise
        self._client.patience(None)
        self._thread = Thread(target=self._watch, name="mock pins", daemon=True)
        self._thread.start()

    def settle(self, pin: SocketPin, *, high: bool) -> None:
        """Let the pin stand as the keeper has it; one that nobody drives follows its pull."""
        with self._lock:
            if pin.bcm not in self._whole.levels:
                self._whole.levels[pin.bcm] = int(high)
                self.order(Order("pull", pin.bcm, level=int(high)))
            pin.stand(bool(self._whole.levels[pin.bcm]))

    def kept_ratio(self, channel: int) -> float:
        """The channel as it stands; one that nobody drives is grounded."""
        return self._whole.ratios.get(channel, 0.0)

    def order(self, order: Order) -> None:
        """Pass on what the gateway drives."""
        self._client.send(order)

    def spi(self, **args: Any) -> Any:
        """Give gpiozero the converter behind a chip select."""
        return SocketAdc(self, args.get("device", 0))

    def close(self) -> None:
        """Hang up; the keeper keeps the levels."""
        if self._closed:
            return
        self._closed = True
        super().close()
        self._client.finish()  # and not more: closing over unread answers would throw away the last orders
        self._thread.join(PATIENCE_S)
        self._client.hang_up()
        self._thread.join(PATIENCE_S)
        self._client.close()

    def _watch(self) -> None:
        try:
            while True:
                line = self._client.line()
                if b'"what"' in line:
                    self._changed(decode_json(line, type=Change))
        except (MockPinsError, ValueError) as error:
            if not self._closed:
                self._lost(str(error))

    def _changed(self, change: Change) -> None:
        if change.what == "ratio":
            self._whole.ratios[change.pin] = change.value
        if change.what != "level":
            return
        with self._lock:
            self._whole.levels[change.pin] = int(change.value)
            for pin in [pin for pin in list(self.pins.values()) if pin.bcm == change.pin]:
                pin.drive(bool(change.value), change.at)


def open_board(mock: Path | None, chip: int | None, sink: Sink, lost: Callable[[str], None]) -> Board:
    """The board of this machine, or the mock at this socket."""
    return Board(_real_factory(chip) if mock is None else SocketFactory(mock, lost), sink)


def _real_factory(chip: int | None) -> Any:
    # lgpio makes a pipe in its working directory at import and fails where that is read-only (gpiozero issue 1106).
    os.environ.setdefault("LG_WD", os.environ.get("RUNTIME_DIRECTORY") or gettempdir())
    # Named here, not chosen by gpiozero: its search for a factory that works ends with warnings and /dev/mem.
    from gpiozero.pins.lgpio import LGPIOFactory  # noqa: PLC0415 - needs lgpio, which only boards have

    return LGPIOFactory(chip)
