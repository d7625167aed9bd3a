"""A lamp or a buzzer: what it is wanted to do, whether or not the board is there at the moment.

Dark (silent) at the start, at the end of its time, and whenever the board goes. Belongs to the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf

Pattern = tuple[float, ...]
"""Seconds on, seconds off, and so on, over and over. Empty: off."""

PATTERNS: dict[str, Pattern] = {
    "off": (),
    "on": (inf,),
    "blink": (0.5, 0.5),
    "fast": (0.15, 0.15),
    "double": (0.15, 0.2, 0.15, 1.0),
    "flash": (0.1, 1.9),
    "beep": (0.2, 4.8),
}
"""What an order may name; for a lamp: blinking = kept, on = a person has seen it, flashing = out of order, double =
nobody is at the desk and others are being called."""

LONGEST_S = 3600.0
"""Whoever forgets an output leaves it on for an hour at most."""

SHORTEST_S = 0.02
"""A pattern faster than this is a mistake and would keep the loop busy."""


class Output:
    """One output of the board, by its line's name. Every order replaces the one before."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.lit = False
        self._write: Callable[[bool], None] | None = None
        self._pattern: Pattern = ()
        self._ends_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def on(self, for_s: float = LONGEST_S) -> None:
        """Steady."""
        self.play(PATTERNS["on"], for_s)

    def off(self) -> None:
        """Dark."""
        self.play(())

    def blink(self, on_s: float = 0.5, off_s: float = 0.5, for_s: float = LONGEST_S) -> None:
        """On and off in turn."""
        self.play((on_s, off_s), for_s)

    def play(self, pattern: Pattern, for_s: float = LONGEST_S) -> None:
        """Follow a pattern for so long, LONGEST_S at most, then go dark."""
        self._pattern = tuple(max(step_s, SHORTEST_S) for step_s in pattern)
        self._ends_s = asyncio.get_running_loop().time() + min(for_s, LONGEST_S)
        self._step(0)

    def obey(self, order: str) -> bool:
        """`<pattern> [seconds]`, as drivers answer. False when the pattern is unknown."""
        name, _, seconds = order.partition(" ")
        if name not in PATTERNS:
            return False
        try:
            for_s = float(seconds or LONGEST_S)
        except ValueError:
            return False
        self.play(PATTERNS[name], for_s if for_s > 0 else 0.0)
        return True

    def attach(self, write: Callable[[bool], None]) -> None:
        """The board is there: go on with what is wanted."""
        self._write = write
        self._set(on=False)
        self._step(0)

    def detach(self) -> None:
        """The board goes: leave it dark."""
        self._stop()
        self._set(on=False)
        self._write = None

    def _step(self, index: int) -> None:
        self._stop()
        if self._write is None:
            return
        loop = asyncio.get_running_loop()
        left_s = self._ends_s - loop.time()
        if not self._pattern or left_s <= 0:
            self._pattern = ()
            self._set(on=False)
            return
        self._set(on=index % 2 == 0)
        step_s = min(self._pattern[index % len(self._pattern)], left_s)
        self._timer = loop.call_later(step_s, self._step, (index + 1) % (2 * len(self._pattern)))

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self, *, on: bool) -> None:
        self.lit = on
        if self._write is not None:
            self._write(on)
