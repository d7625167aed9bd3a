"""The GPIO port: the declared inputs, ADC channels and outputs of a board, or of `drivers.ports.mockpins`.

Edges come in other threads; they go with their time into a bounded queue, and the loop is woken once per batch.
Debounce is not here: drivers do it, from the times of the edges. At the start, and whenever edges were lost, every
input is delivered as it stands.

All inputs of a device come through one line; what is written to that line is an order to its outputs.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from drivers.model import Instant, Level, Sample
from drivers.ports.clock import Clock
from drivers.ports.health import Health, pauses
from drivers.ports.inbox import Inbox
from drivers.ports.output import Output
from drivers.ports.pinout import AdcChannel, BoardError, InputPin, OutputPin, check, device_of
from drivers.ports.port import Conversation, Listener

if TYPE_CHECKING:
    from drivers.ports.gpio import Board

MAX_WAITING = 4096
"""Edges that may wait for the loop, and for one paused line: minutes of a chattering contact."""

DEAD_BAND = 0.004
"""Four steps of a ten-bit converter: what a quiet line wavers by is no sample worth delivering."""

RETRY_FIRST_S, RETRY_LONGEST_S = 0.2, 5.0

Reading = tuple[str, bool | float, float]
"""Line, level or ratio, monotonic seconds."""


class GpioPort:
    """Serves the declared lines.

    `mock` is the socket of `drivers.ports.mockpins`, used instead of a board; `chip` is the number of the gpiochip
    device, None for the board's own. `outputs` are there from the start, by line; what is ordered while the board is
    away begins when it comes. Raises ValueError when two declarations want the same line, pin or channel.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        *,
        inputs: Sequence[InputPin] = (),
        channels: Sequence[AdcChannel] = (),
        outputs: Sequence[OutputPin] = (),
        mock: Path | None = None,
        chip: int | None = None,
    ) -> None:
        check(inputs, channels, outputs)
        self.name = name
        self.outputs = {declared.line: Output(declared.line) for declared in outputs}
        self._clock = clock
        self._inputs, self._channels, self._wired = inputs, channels, outputs
        self._mock, self._chip = mock, chip
        self._lines: dict[str, PinLine] = {}
        self._board: Board | None = None
        self._health: Health | None = None
        self._fail: Callable[[str], None] = lambda _: None

    async def run(self, listener: Listener) -> None:
        """Serve until cancelled; on cancellation every output goes dark and every line is closed."""
        self._health = health = Health(listener, self._clock)
        waits = pauses(RETRY_FIRST_S, RETRY_LONGEST_S)
        while True:
            lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            stop = Event()
            reason = f"port {self.name} was stopped"
            self._fail = _teller(lost)
            try:
                self._start(listener, health, stop)
                waits = pauses(RETRY_FIRST_S, RETRY_LONGEST_S)
                reason = await lost
            except BoardError as error:
                reason = str(error)
            finally:
                stop.set()
                self._stop(reason)
            health.down(reason)
            await asyncio.sleep(next(waits))

    def _start(self, listener: Listener, health: Health, stop: Event) -> None:
        fail = self._fail
        inbox: Inbox[Reading] = Inbox(asyncio.get_running_loop(), self._deliver, MAX_WAITING)
        self._board = board = self._open(inbox.put, fail)
        health.up()
        named = [one.line for one in self._inputs] + [one.line for one in self._channels]
        for device in dict.fromkeys(device_of(line) for line in named):
            self._lines[device] = line = PinLine(self, device)
            line.start(listener.opened(line))
        self._as_it_stands(self._lines)
        for output in self.outputs.values():
            output.attach(_Lamp(board, output.line, fail))
        if self._channels:
            work = (board, self._channels, inbox.put, fail, stop)
            Thread(target=_sample, args=work, name=f"{self.name} adc", daemon=True).start()

    def _open(self, put: Callable[[Reading], None], fail: Callable[[str], None]) -> Board:
        board: Board | None = None
        try:
            from drivers.ports.gpio import open_board  # noqa: PLC0415 - 6 MB that only a gateway with pins pays for

            board = open_board(self._mock, self._chip, put, fail)
            for output in self._wired:
                board.add_output(output)
            for channel in self._channels:
                board.add_channel(channel)
            for declared in self._inputs:
                board.add_input(declared)
        except Exception as error:  # lgpio's errors have no base but Exception
            if board is not None:
                board.close()
            raise BoardError(f"{self.name}: {type(error).__name__}: {error}") from error
        return board

    def _stop(self, reason: str) -> None:
        board, self._board = self._board, None
        for output in self.outputs.values():
            output.detach()
        for line in list(self._lines.values()):
            line.close(reason)
        self._lines.clear()
        if board is not None:
            board.close()

    def _deliver(self, batch: list[Reading], lost: bool) -> None:  # noqa: FBT001 - the inbox's signature
        now, now_s = self._clock(), monotonic()
        for name, value, at_s in batch:
            if line := self._lines.get(device_of(name)):
                line.deliver(_item(name, value), _earlier(now, now_s - at_s))
        if lost and self._health is not None:
            self._health.refuse("edges came faster than they could be taken")
            self._as_it_stands(self._lines)

    def again(self, device: str) -> None:
        """Deliver a device's inputs as they stand: its line missed some edges."""
        self._as_it_stands([device])

    def order(self, device: str, text: str) -> None:
        """`<output> <pattern> [seconds]`: the device's own output, or one that several share."""
        role, _, pattern = text.partition(" ")
        output = self.outputs.get(f"{device}:{role}") or self.outputs.get(role)
        if output is not None and not output.obey(pattern) and self._health is not None:
            self._health.refuse("an order to an output that it does not know")

    def _as_it_stands(self, devices: Iterable[str]) -> None:
        board, now, wanted = self._board, self._clock(), set(devices)
        if board is None:
            return
        try:
            readings: list[tuple[str, bool | float]] = [*board.levels()]
            readings += [(one.line, board.ratio(one.line)) for one in self._channels]
        except Exception as error:  # noqa: BLE001 - lgpio's errors have no base but Exception
            self._fail(f"{self.name}: {error}")
            return
        for name, value in readings:
            if device_of(name) in wanted:
                self._lines[device_of(name)].deliver(_item(name, value), now)


class PinLine:
    """One device's inputs and outputs, as the program sees them."""

    def __init__(self, port: GpioPort, device: str) -> None:
        self.name = f"{port.name} {device}"
        self.device = device
        self._port = port
        self._conversation: Conversation | None = None
        self._paused = False
        self._waiting: deque[tuple[Level | Sample, Instant]] = deque()
        self._lost = False

    def start(self, conversation: Conversation) -> None:
        """The program's end."""
        self._conversation = conversation

    def deliver(self, item: Level | Sample, at: Instant) -> None:
        """Hand over, or keep while the line is paused."""
        if self._conversation is None:
            return
        if not self._paused:
            self._conversation.received(item, at)
        elif len(self._waiting) < MAX_WAITING:
            self._waiting.append((item, at))
        else:
            self._lost = True

    def write(self, data: bytes) -> None:
        """Orders to the outputs, one per line of text; silently nothing where there is no such output."""
        for text in data.decode("ascii", "replace").splitlines():
            self._port.order(self.device, text)

    def settle(self, item: Any) -> None:
        """Nothing to do: a pin waits for nobody."""

    def pause(self) -> None:
        """Keep what comes; pins cannot be stopped."""
        self._paused = True

    def resume(self) -> None:
        """Hand over what was kept; where that was not all, the inputs as they stand."""
        self._paused = False
        while self._waiting and not self._paused:
            item, at = self._waiting.popleft()
            self.deliver(item, at)
        if self._lost and not self._paused:
            self._lost = False
            self._port.again(self.device)

    def close(self, reason: str) -> None:
        """End the conversation."""
        conversation, self._conversation = self._conversation, None
        if conversation is not None:
            conversation.closed(reason)


class _Lamp:
    """Writes one output; a board that refuses is a lost board."""

    def __init__(self, board: Board, line: str, fail: Callable[[str], None]) -> None:
        self._board, self._line, self._fail = board, line, fail

    def __call__(self, on: bool) -> None:  # noqa: FBT001 - the output's signature
        try:
            self._board.write(self._line, on=on)
        except Exception as error:  # noqa: BLE001 - lgpio's errors have no base but Exception
            self._fail(f"{self._line}: {error}")


def _sample(
    board: Board,
    channels: Sequence[AdcChannel],
    put: Callable[[Reading], None],
    fail: Callable[[str], None],
    stop: Event,
) -> None:
    """The converter's own thread: what moved goes to the loop."""
    last = {one.line: -1.0 for one in channels}
    due = {one: monotonic() for one in channels}
    while not stop.wait(max(0.0, min(due.values()) - monotonic())):
        now_s = monotonic()
        for one in [one for one, due_s in due.items() if due_s <= now_s]:
            due[one] = now_s + one.every_s
            try:
                ratio = board.ratio(one.line)
            except Exception as error:  # noqa: BLE001 - lgpio's errors have no base but Exception
                fail(f"{one.line}: {error}")
                return
            if abs(ratio - last[one.line]) >= DEAD_BAND:
                last[one.line] = ratio
                put((one.line, ratio, now_s))


def _teller(lost: asyncio.Future[str]) -> Callable[[str], None]:
    """A function for any thread that ends the wait for `lost`."""
    loop = lost.get_loop()

    def tell(reason: str) -> None:
        if not lost.done():
            lost.set_result(reason)

    def fail(reason: str) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(tell, reason)

    return fail


def _item(line: str, value: bool | float) -> Level | Sample:  # noqa: FBT001 - a level
    return Level(line, high=value) if isinstance(value, bool) else Sample(line, value)


def _earlier(now: Instant, age_s: float) -> Instant:
    """The moment of an edge that is so old. Not in the future, whatever two clocks read in turn say."""
    age_s = max(age_s, 0.0)
    return Instant(now.utc - timedelta(seconds=age_s), now.monotonic_s - age_s)
