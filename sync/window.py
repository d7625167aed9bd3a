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
FULL_AFTER = 8
PROBE_EVERY = 64
LEAST_HOLDS_S = 10.0


@dataclass(frozen=True, slots=True)
class Mark:
    """The state of the line when a batch was sent."""

    at: float
    delivered: int


@dataclass(slots=True)
class Window:
    """Counts what is under way. Times are monotonic seconds, passed in.

    It opens twofold until the line gives no more (`_steady` receipts without a better rate), then holds what the line
    carries in 250 ms or one round trip, and now and then tries a quarter more.
    """

    events: int = 0
    bytes: int = 0
    delivered: int = 0
    round_trip_s: float = 0.0
    limit_bytes: int = START_BYTES
    _rates: deque[float] = field(default_factory=lambda: deque(maxlen=SAMPLES))
    _best: float = 0.0
    _steady: int = 0
    _least_at: float = 0.0
    _drained_from: float | None = None

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
        self.abandoned(events, size)
        self.delivered += size
        took = max(now - mark.at, 1e-4)
        rate = (self.delivered - mark.delivered) / took
        self._rates.append(rate)
        self._learn_round_trip(mark.at, took, now)
        ahead = max(AHEAD_S, self.round_trip_s) * self._gain(rate)
        full = int(min(MAX_BYTES, max(MIN_BYTES, max(self._rates) * ahead)))
        self.limit_bytes = full if self._drained_from is None else MIN_BYTES

    def abandoned(self, events: int, size: int) -> None:
        """It is in doubt and will go again: not under way any more, and no word about the line."""
        self.events -= events
        self.bytes -= size

    def restart(self) -> None:
        """The connection is new: nothing is under way, and what was known of the line is old."""
        self.events = self.bytes = self._steady = 0
        self.limit_bytes = START_BYTES
        self.round_trip_s = self._best = 0.0
        self._drained_from = None
        self._rates.clear()

    def _gain(self, rate: float) -> float:
        if rate > self._best * 1.1:
            self._best, self._steady = rate, 0
        else:
            self._steady += 1
        if self._steady < FULL_AFTER:
            return 2.0
        if self._steady % PROBE_EVERY < FULL_AFTER:
            self._best = max(self._rates)
            return 1.25
        return 1.0

    def _learn_round_trip(self, sent_at: float, took: float, now: float) -> None:
        """The least of ten seconds. After that the line runs empty once, and what comes then is the new least."""
        if self.round_trip_s == 0 or took <= self.round_trip_s:
            self.round_trip_s, self._least_at = took, now
        elif self._drained_from is None and now - self._least_at > LEAST_HOLDS_S:
            self._drained_from = now
        elif self._drained_from is not None and sent_at > self._drained_from + AHEAD_S:
            self.round_trip_s, self._least_at, self._drained_from = took, now, None
