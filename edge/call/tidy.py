"""Between two calls: memory that is not needed goes back to the machine, before the next one fragments it further.

The pictures of a call are large and short-lived blocks made by threads of its own. glibc keeps such blocks in an arena
for each thread that ever was, and holds on to them (mallopt(3), malloc_trim(3)); connections are circles of references
that only the collector opens.
"""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

AFTER_S = 0.5
"""After the end of a call: its legs have been closed, and nobody waits for anything."""


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
