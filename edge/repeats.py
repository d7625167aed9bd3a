"""Which events are new: the one rule for repeats, used by the gateway and by `linli decode` alike.

A repeat is the same device with the same `repeat` key (unless its transport says that it was never sent before), or a
held alarm that the device's previous report already had set. It is answered again and not raised again. Pure: the
gateway persists the keys and `levels` in the transaction that stores the events, and loads them back after a restart.

Two rings of keys, so that a flood of positions never pushes out what is known about an alarm.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from hashlib import blake2b

from drivers.model import Event, Heard, Kind

ALARM_KEYS = 4096
OTHER_KEYS = 16384


class Repeats:
    """Remembers the newest keys of all devices and the held alarms of each."""

    def __init__(self) -> None:
        self._known: dict[bool, set[int]] = {True: set(), False: set()}
        self._order: dict[bool, deque[int]] = {True: deque(), False: deque()}
        self.levels: dict[tuple[str, str], frozenset[str]] = {}

    def load(self, keys: Iterable[tuple[int, bool]], levels: dict[tuple[str, str], frozenset[str]]) -> None:
        """Take back what was persisted: (key, of an alarm) oldest first, and held alarms by (driver, device)."""
        for key, alarm in keys:
            self._remember(key, alarm=alarm)
        self.levels.update(levels)

    def fresh(self, heard: Heard, driver: str = "") -> list[tuple[Event, int | None]]:
        """The events of this frame that are new, each with the key to persist (None: nothing to know it by)."""
        new = []
        for event in heard.events:
            is_new, key = self._judge(event, driver)
            if is_new:
                new.append((event, key))
        if heard.levels is not None and heard.device is not None:
            self.set_levels((driver, heard.device), heard.levels)
        return new

    def set_levels(self, place: tuple[str, str], levels: frozenset[str]) -> None:
        """What is held now; of a device that holds nothing nothing is kept, for ids are invented by the thousand."""
        if levels:
            self.levels[place] = levels
        else:
            self.levels.pop(place, None)

    def forget(self, keys: Iterable[tuple[int, bool]]) -> None:
        """What was not stored after all is not known: the device will send it again."""
        for key, alarm in keys:
            self._known[alarm].discard(key)

    def _judge(self, event: Event, driver: str) -> tuple[bool, int | None]:
        alarm = event.kind is Kind.ALARM
        if alarm and event.alarm is not None and not self._rises(event, event.alarm, driver):
            return False, None
        if event.repeat is None:
            return True, None
        key = _key(event, driver)
        if key in self._known[alarm] and not event.first:
            return False, key
        self._remember(key, alarm=alarm)
        return True, key

    def _rises(self, event: Event, cause: str, driver: str) -> bool:
        """An edge always counts (and sets the level that later status frames repeat); a held bit once."""
        set_now = self.levels.get((driver, event.device), frozenset())
        if event.held and cause in set_now:
            return False
        if not event.stored:
            self.levels[driver, event.device] = set_now | {cause}
        return True

    def _remember(self, key: int, *, alarm: bool) -> None:
        known, order = self._known[alarm], self._order[alarm]
        if key in known:
            return
        known.add(key)
        order.append(key)
        if len(order) > (ALARM_KEYS if alarm else OTHER_KEYS):
            known.discard(order.popleft())


def _key(event: Event, driver: str) -> int:
    text = f"{driver}\0{event.device}\0{event.kind}\0{event.alarm}\0{event.repeat}"
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)
