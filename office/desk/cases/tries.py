"""Wrong tries: after five of one address, kiosk or case nothing more is answered for ten minutes. In memory only.

A restart forgets, which costs a guesser a restart; rows on disk would let anyone on the street write to it.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Callable

MOST = 5
LOCKED_S = 600.0
REMEMBERED = 20_000
"""At the bound the oldest is forgotten: with so many addresses one has other means than guessing."""


class Tries:
    """Counts per key."""

    def __init__(self, monotonic: Callable[[], float], most: int = MOST) -> None:
        self._now, self._most = monotonic, most
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def locked_s(self, key: str) -> float:
        """How long this key must still wait; 0 when it may try."""
        count, since = self._wrong.get(key, (0, 0.0))
        left = since + LOCKED_S - self._now()
        if left <= 0:
            self._wrong.pop(key, None)
            return 0.0
        return left if count >= self._most else 0.0

    def wrong(self, key: str) -> None:
        """It was wrong; ten minutes count from the last wrong try."""
        count, since = self._wrong.pop(key, (0, 0.0))
        if since + LOCKED_S <= self._now():
            count = 0
        self._wrong[key] = (count + 1, self._now())
        while len(self._wrong) > REMEMBERED:
            self._wrong.popitem(last=False)


def address(remote: str) -> str:
    """One key for everything one household reaches us by: an IPv6 network counts as one address."""
    try:
        parsed = ipaddress.ip_address(remote.partition("%")[0])
    except ValueError:
        return remote[:64]
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
