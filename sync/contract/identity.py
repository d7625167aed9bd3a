"""UUIDv7 (RFC 9562, section 5.7): ids that sort by time and need no coordination."""

from __future__ import annotations

import os
from collections.abc import Callable

_POOL_IDS = 256
_RANDOM_BYTES = 10


class Uuid7:
    """Makes ids. `random(n)` gives n random bytes; it is drawn in pools, because one draw per id is the cost."""

    def __init__(self, random: Callable[[int], bytes] = os.urandom) -> None:
        self._random = random
        self._pool = ""
        self._at = 0

    def __call__(self, unix_s: float) -> str:
        """A new id for this wall time, as 36 characters."""
        if self._at + 20 > len(self._pool):
            self._pool, self._at = self._random(_POOL_IDS * _RANDOM_BYTES).hex(), 0
        r = self._pool[self._at : self._at + 20]
        self._at += 20
        t = f"{int(unix_s * 1000) & 0xFFFFFFFFFFFF:012x}"
        variant = "89ab"[int(r[3], 16) & 3]
        return f"{t[:8]}-{t[8:]}-7{r[:3]}-{variant}{r[4:7]}-{r[7:19]}"
