"""What is refused of kiosks' signals: counted, and said seldom, so that nobody fills a log or a line with it."""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict, deque
from collections.abc import Callable

log = logging.getLogger("linli.office.desk")

STARTS_PER_MIN = 20
"""Of one kiosk. More is no resident."""
FORGET = 1000
NOTE_EVERY_S = 60.0


class Seldom:
    """Lets the same thing through once in so many seconds; the oldest of many are forgotten."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._last_s: OrderedDict[str, float] = OrderedDict()

    def lets(self, key: str, now_s: float) -> bool:
        """Whether it is time for this one again."""
        if now_s - self._last_s.get(key, float("-inf")) < self._every_s:
            return False
        self._last_s[key] = now_s
        self._last_s.move_to_end(key)
        while len(self._last_s) > FORGET:
            self._last_s.popitem(last=False)
        return True


class Refusals:
    """Never what was in a signal: it may be an address."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.counts: Counter[str] = Counter()
        self._monotonic = monotonic
        self._said = Seldom(NOTE_EVERY_S)

    def refuse(self, gateway: str, why: str) -> None:
        """A signal of that kiosk."""
        self.counts[why] += 1
        self.say(f"{gateway} {why}", f"{gateway[:63]}: a call signal {why} is refused")

    def say(self, key: str, text: str) -> None:
        """In the log, once a minute."""
        if self._said.lets(key, self._monotonic()):
            log.warning("%s", text)


class Starts:
    """How many calls a kiosk begins."""

    def __init__(self) -> None:
        self._times: dict[str, deque[float]] = {}

    def too_many(self, gateway: str, now_s: float) -> bool:
        """Whether this one is; if not, it counts."""
        if len(self._times) > FORGET:
            self._times.clear()
        times = self._times.setdefault(gateway, deque(maxlen=STARTS_PER_MIN))
        full = len(times) == STARTS_PER_MIN and now_s - times[0] < 60.0
        if not full:
            times.append(now_s)
        return full
