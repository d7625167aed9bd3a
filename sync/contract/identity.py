"""UUIDv7 (RFC 9562, section 5.7): ids that sort by time and need no coordination."""

from __future__ import annotations

import os
from collections.abc import Callable

_POOL_IDS = 256
_RANDOM_BYTES = 10


class Uuid7:
    """Makes ids. `random(n)` gives n random bytes; they are drawn in pools, because one draw per id is the cost."""

    def __init__(self, random: Callable[[int], bytes] = os.urandom) -> None:
        self._random = random
        self._tails: list[str] = []
        self._ms = -1
        self._head = ""

    def __call__(self, unix_s: float) -> str:
        """A new id for this wall time, as 36 characters."""
        if not self._tails:
            self._tails = self._draw()
        ms = int(unix_s * 1000) & 0xFFFFFFFFFFFF
        if ms != self._ms:
            text = f"{ms:012x}"
            self._ms, self._head = ms, f"{text[:8]}-{text[8:]}-"
        return self._head + self._tails.pop()

    def _draw(self) -> list[str]:
        """`7rrr-vrrr-rrrrrrrrrrrr`: version, 12 bits, variant, 62 bits."""
        pool = self._random(_POOL_IDS * _RANDOM_BYTES).hex()
        size = 2 * _RANDOM_BYTES
        parts = (pool[at : at + size] for at in range(0, len(pool), size))
        return [f"7{r[:3]}-{'89ab'[int(r[3], 16) & 3]}{r[4:7]}-{r[7:19]}" for r in parts]
