"""When a value that may bounce is believed, and how often a restless one may be reported.

Time is whatever monotonic seconds the caller passes in; nothing here grows with the number of edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Turn(Generic[T]):
    """A new value is believed. `since_s` is its deciding edge: the last one, after which it stood still."""

    value: T
    since_s: float
    first: bool = False


class Steady(Generic[T]):
    """Believes a value once it stood still for `stable_s` (`protocols.md` 12: 20-50 ms for contacts).

    Decided by the times of the edges alone, never by when anybody got round to asking.
    """

    def __init__(self, stable_s: float, unrest_s: float) -> None:
        self._stable_s = stable_s
        self._unrest_s = unrest_s
        self._seen: T | None = None
        self._since_s = 0.0
        self._restless_since_s: float | None = None
        self.believed: T | None = None
        self.restless = False

    @property
    def turning(self) -> float | None:
        """The time of the edge that is waiting to be believed; None when nothing waits."""
        return None if self._seen == self.believed else self._since_s

    def put(self, value: T, at_s: float) -> Turn[T] | None:
        """Take one edge; return what the stillness before it had already decided."""
        turn = self.settle(at_s)
        if value != self._seen:
            self._seen, self._since_s = value, at_s
            if self._restless_since_s is None:
                self._restless_since_s = at_s
        return turn

    def settle(self, now_s: float) -> Turn[T] | None:
        """What stillness up to now decides. Afterwards `restless` says whether there was none for too long."""
        if self._restless_since_s is None or self._seen is None:
            return None
        if now_s < self._since_s + self._stable_s:
            self.restless = now_s >= self._restless_since_s + self._unrest_s
            return None
        self._restless_since_s = None
        self.restless = False
        if self._seen == self.believed:
            return None
        first = self.believed is None
        self.believed = self._seen
        return Turn(self._seen, self._since_s, first)

    def due(self) -> float | None:
        """When `settle` has something new to say."""
        if self._restless_since_s is None:
            return None
        still_s = self._since_s + self._stable_s
        return still_s if self.restless else min(still_s, self._restless_since_s + self._unrest_s)


class Budget:
    """At most `burst` reports at once and one every `refill_s` after that; the rest is counted, not dropped.

    `restless` from the first report that was held back until one would have been free to go again.
    """

    def __init__(self, burst: int, refill_s: float) -> None:
        self._burst = burst
        self._refill_s = refill_s
        self._tokens = float(burst)
        self._at_s: float | None = None
        self.folded = 0
        self.restless = False

    def take(self, at_s: float) -> bool:
        """Whether this report may go now. When not, it is counted in `folded`."""
        self._fill(at_s)
        if self.folded or self._tokens < 1:
            self.folded += 1
            self.restless = True
            return False
        self._tokens -= 1
        return True

    def release(self, at_s: float) -> int:
        """How many folded reports may now go as one; 0 when there are none or it is too early."""
        if not self.folded or not self._free(at_s):
            return 0
        self._tokens = 0.0
        count, self.folded = self.folded, 0
        return count

    def calm(self, at_s: float) -> bool:
        """Whether the unrest is over; says so once."""
        if not self.restless or self.folded or not self._free(at_s):
            return False
        self.restless = False
        return True

    def due(self) -> float | None:
        """When `release` or `calm` has something to say."""
        if not self.restless or self._at_s is None:
            return None
        return self._at_s + max(0.0, 1 - self._tokens) * self._refill_s

    def _free(self, at_s: float) -> bool:
        due_s = self.due()
        if due_s is None or at_s < due_s:
            return False
        self._fill(at_s)
        self._tokens = max(self._tokens, 1.0)  # whatever the rounding, what was due is free
        return True

    def _fill(self, at_s: float) -> None:
        if self._at_s is None:
            self._at_s = at_s
        if at_s > self._at_s:
            self._tokens = min(float(self._burst), self._tokens + (at_s - self._at_s) / self._refill_s)
            self._at_s = at_s
