"""Between two calls: memory that is not needed goes back to the machine, before the next one fragments it further.

The pictures of a call are large and short-lived blocks made by threads of its own. glibc keeps such blocks in an arena
for each thread that ever was, and learns from each large block that is freed to keep the next one (mallopt(3)): some
10 MB of an encoder that is gone, in one arena or in three, where malloc_trim(3) does not reach. So its bounds are set.
Connections are circles of references that only the collector opens.
"""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # malloc.h
BOUND = 4 << 20
"""Bytes: far above a picture of a call, which comes and goes 25 times a second: at 1 MB each costs a tenth more."""
ARENAS = 2
AFTER_S = 0.5
"""After the end of a call: its legs have been closed, and nobody waits for anything."""


def sparing() -> None:
    """Before the first thread: what is freed in large blocks goes back at once."""
    with suppress(OSError, AttributeError):  # another C library
        mallopt = ctypes.CDLL(None).mallopt
        for what, value in ((TRIM_THRESHOLD, BOUND), (MMAP_THRESHOLD, BOUND), (ARENA_MAX, ARENAS)):
            mallopt(what, value)


class Tidy:
    """Asked often, with the time: tidies once after each call."""

    def __init__(self) -> None:
        self._due_s: float | None = None
        self._in_call = False
        self._trim = None
        with suppress(OSError, AttributeError):  # another C library
            self._trim = ctypes.CDLL(None).malloc_trim

    def beat(self, now_s: float, *, in_call: bool) -> None:
        """A moment has passed."""
        if in_call:
            self._in_call, self._due_s = True, None
        elif self._in_call:
            self._in_call, self._due_s = False, now_s + AFTER_S
        elif self._due_s is not None and now_s >= self._due_s:
            self._due_s = None
            self.now()

    def now(self) -> None:
        """Takes some ten milliseconds."""
        gc.collect()
        if self._trim is not None:
            self._trim(0)
