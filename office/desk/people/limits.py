"""How many requests one session, and one address, may make: a bucket each that fills with time (token bucket).

The tables are bounded. A newcomer beyond the bound takes the place of whoever has been quiet longest; that one comes
back with a full bucket, so a flood of addresses costs the limit its bite for the quiet, never memory.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from math import ceil

BURST_S = 6.0
"""A page that opens asks for some dozens of files at once."""

ADDRESS = 5
"""An office sits behind one address."""

MOST_KEPT = 10_000


class Buckets:
    """One limit for many: `rate` a second, lasting, and `BURST_S` of it at once."""

    def __init__(self, rate: float, monotonic: Callable[[], float], most: int = MOST_KEPT) -> None:
        self._rate, self._size, self._most, self._monotonic = rate, rate * BURST_S, most, monotonic
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, who: str) -> int:
        """0: go on; otherwise after how many seconds to come again."""
        now = self._monotonic()
        full, at = self._kept.pop(who, (self._size, now))
        full = min(self._size, full + (now - at) * self._rate)
        wait = 0 if full >= 1 else ceil((1 - full) / self._rate)
        self._kept[who] = (full if wait else full - 1, now)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return wait


class Limits:
    """Both of them."""

    def __init__(self, rate: float, monotonic: Callable[[], float]) -> None:
        self._sessions, self._addresses = Buckets(rate, monotonic), Buckets(rate * ADDRESS, monotonic)

    def of_session(self, key: str) -> int:
        """See `Buckets.take`."""
        return self._sessions.take(key)

    def of_address(self, remote: str) -> int:
        """See `Buckets.take`."""
        return self._addresses.take(remote)
