"""The status light of a kiosk: a lamp on a pin, or a file where there is none.

    idle   steady            call   blinking, a second long
    alarm  blinking fast     fault  a short flash every two seconds

Steady is what works: a lamp that is dark or only flashes is seen from the street as a machine that needs somebody.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sync.contract.lamp import AGAIN_S, Light

log = logging.getLogger("linli.lamp")

SILENT_S = 3 * AGAIN_S + 5
"""A screen that said nothing for so long is none."""
RENEW_S = 600.0
"""An output ends by itself after an hour, so that whoever forgets one does not leave it on."""
TICK_S = 1.0
ORDERS = {Light.IDLE: "on", Light.CALL: "blink", Light.ALARM: "fast", Light.FAULT: "flash"}
"""Patterns of `drivers.ports.output`."""


class Lamp(Protocol):
    """One lamp. Called on the loop; does not wait."""

    def show(self, light: Light) -> None:
        """Until told otherwise. Raises OSError."""


class NoLamp:
    """A box without one."""

    def show(self, light: Light) -> None:
        """See `Lamp`."""
        del light


class FakeLamp:
    """Writes what it shows into a file. A folder in its place is a lamp that is broken."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def show(self, light: Light) -> None:
        """See `Lamp`."""
        self._path.write_text(f"{light.value}\n", "ascii")


class PinLamp:
    """The output `status` of the board; `order` is that of the gateway's outputs."""

    def __init__(self, order: Callable[[str, str], None]) -> None:
        self._order = order

    def show(self, light: Light) -> None:
        """See `Lamp`."""
        self._order("status", ORDERS[light])


class StatusLight:
    """Keeps the lamp at what the screen said last; a screen that falls silent is a fault."""

    def __init__(self, lamp: Lamp, monotonic: Callable[[], float]) -> None:
        self._lamp, self._monotonic = lamp, monotonic
        self._said, self._said_s = Light.FAULT, 0.0
        self._shown: Light | None = None
        self._shown_s = 0.0
        self._broken = False

    @property
    def there(self) -> bool:
        """This box has a lamp."""
        return not isinstance(self._lamp, NoLamp)

    @property
    def state(self) -> str:
        """What it shows; `away` when it cannot, empty without a lamp."""
        if not self.there or self._shown is None:
            return "away" if self._broken else ""
        return self._shown.value

    def say(self, light: Light) -> None:
        """The newest word of the screen."""
        self._said, self._said_s = light, self._monotonic()
        self.tick()

    def tick(self) -> None:
        """A second has passed."""
        now_s = self._monotonic()
        wanted = self._said if now_s - self._said_s <= SILENT_S else Light.FAULT
        if wanted is self._shown and now_s - self._shown_s < RENEW_S:
            return
        try:
            self._lamp.show(wanted)
        except OSError as error:
            if not self._broken:
                log.warning("the status light cannot be set: %s", error.strerror or type(error).__name__)
            self._broken, self._shown = True, None
            return
        if self._broken:
            log.warning("the status light works again")
        self._broken, self._shown, self._shown_s = False, wanted, now_s

    async def run(self) -> None:
        """Until cancelled; then it says that nobody cares for it any more."""
        try:
            while True:
                self.tick()
                await asyncio.sleep(TICK_S)
        finally:
            with suppress(OSError):
                self._lamp.show(Light.FAULT)
