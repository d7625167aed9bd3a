"""How much may be under way to the centre without a receipt: a pure model of the line.

The bound is 10,000 events or 4 MB, and about 250 ms of the line's measured rate, so that an alarm never
waits behind our own bytes. The rate is measured as BBR does (Cardwell et al., ACM Queue 14/5, 2016):
bytes delivered between sending a batch and its receipt, the best of the recent samples.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

MAX_EVENTS = 10_000
MAX_BYTES = 4 * 1024 * 1024
MIN_BYTES = 16 * 1024
START_BYTES = 64 * 1024
AHEAD_S = 0.25
SAMPLES = 16


@dataclass(frozen=True, slots=True)
class Mark:
    """The state of the line when a batch was sent."""

    at: float
    delivered: int


@dataclass(slots=True)
class Window:
    """Counts what is under way. Times are monotonic seconds, passed in."""

    events: int = 0
    bytes: int = 0
    delivered: int = 0
    round_trip_s: float = 0.05
    limit_bytes: int = START_BYTES
    _rates: deque[float] = field(default_factory=lambda: deque(maxlen=SAMPLES))

    def room(self) -> int:
        """Bytes that may still be sent; 0 when the window is full."""
        return 0 if self.events >= MAX_EVENTS else max(0, self.limit_bytes - self.bytes)

    def sent(self, events: int, size: int, now: float) -> Mark:
        """A batch leaves."""
        self.events += events
        self.bytes += size
        return Mark(now, self.delivered)

    def arrived(self, events: int, size: int, mark: Mark, now: float) -> None:
        """Its receipt came."""
        self.events -= events
        self.bytes -= size
        self.delivered += size
        took = max(now - mark.at, 1e-4)
        self.round_trip_s = min(took, self.round_trip_s * 1.05 + 1e-4)
        self._rates.append((self.delivered - mark.delivered) / took)
        ahead = max(AHEAD_S, 1.25 * self.round_trip_s)
        self.limit_bytes = int(min(MAX_BYTES, max(MIN_BYTES, max(self._rates) * ahead)))

    def restart(self) -> None:
        """The connection is new: nothing is under way, and what was known of the line is old."""
        self.events = self.bytes = 0
        self.limit_bytes = START_BYTES
        self._rates.clear()
