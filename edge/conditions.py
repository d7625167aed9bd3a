"""What lasts at a device: an empty battery, an open housing. Told once when it begins and once when it ends.

Drivers report it in two ways: as a bit that stays set (`Heard.levels` says when it is gone), or as a message repeated
as long as it lasts, which ends when it has not come for two days. A battery that says so at every heartbeat is one
condition; a housing that is opened twice is two events.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from drivers.model import AlarmName, Event, Instant, Kind
from edge.intake import Place
from edge.mapper import EMERGENCY, Identity, severity

MIGRATIONS: list[tuple[str, str]] = [
    (
        "0020-conditions",
        """
        CREATE TABLE condition (
            driver TEXT NOT NULL, address TEXT NOT NULL, cause TEXT NOT NULL, device TEXT NOT NULL,
            since TEXT NOT NULL, last TEXT NOT NULL, held INTEGER NOT NULL, PRIMARY KEY (driver, address, cause)
        ) WITHOUT ROWID;
        """,
    ),
]

LASTING = frozenset(
    {AlarmName.LOW_BATTERY, AlarmName.LOW_POWER, AlarmName.POWER_CUT, AlarmName.TAMPER, AlarmName.FAULT}
)
BATTERY = frozenset({AlarmName.LOW_BATTERY, AlarmName.LOW_POWER})
"""Said again while it lasts, these are no news."""

FORGOTTEN_AFTER = timedelta(hours=49)
SAID_AGAIN_AFTER = timedelta(hours=24)
MAX_CONDITIONS = 10_000

Write = Callable[[sqlite3.Connection], object]


@dataclass(slots=True)
class Condition:
    """One cause at one device. `held`: the device itself says when it is over."""

    driver: str
    address: str
    cause: str
    device: str
    since: datetime
    last: datetime
    held: bool = False
    repeated: datetime | None = None

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.driver, self.address


class Conditions:
    """All that last. `on_over(condition, at)` is called when one ends; `keep` hands a write to the store."""

    def __init__(self, keep: Callable[[Write], None]) -> None:
        self.on_over: Callable[[Condition, Instant], None] = lambda _c, _at: None
        self._keep = keep
        self._by_place: dict[Place, dict[str, Condition]] = {}

    def recall(self, before: Iterable[Condition]) -> None:
        """What lasted when the last run ended."""
        for condition in before:
            self._by_place.setdefault(condition.place, {})[condition.cause] = condition

    def of(self, device: str) -> dict[str, datetime]:
        """What lasts at a device, and since when."""
        return {c.cause: c.since for c in self.all() if c.device == device}

    def all(self) -> list[Condition]:
        """Everything that lasts, oldest first."""
        return sorted((c for causes in self._by_place.values() for c in causes.values()), key=lambda c: c.since)

    def old_news(self, driver: str, event: Event, at: Instant) -> bool:
        """Whether this battery has said so already; once a day it is said again."""
        if event.alarm not in BATTERY:
            return False
        condition = self._by_place.get((driver, event.device), {}).get(event.alarm)
        if condition is None or abs(at.utc - condition.last) >= SAID_AGAIN_AFTER:
            return False
        condition.repeated = at.utc
        return True

    def heard(self, driver: str, event: Event, who: Identity, at: Instant) -> None:
        """An event that is on disk: it may begin a condition, or go on with one."""
        cause = event.alarm
        if event.kind is not Kind.ALARM or cause not in LASTING or event.stored or severity(cause, who) == EMERGENCY:
            return
        causes = self._by_place.setdefault((driver, event.device), {})
        condition = causes.get(cause)
        if condition is None:
            if len(self._by_place) > MAX_CONDITIONS:
                self._by_place.pop(next(iter(self._by_place)))
            condition = causes[cause] = Condition(driver, event.device, cause, who.id, at.utc, at.utc, event.held)
        condition.last = at.utc
        self._keep(_writer(condition))

    def levels(self, place: Place, levels: frozenset[str], at: Instant) -> None:
        """The device says everything that is set: the rest is over."""
        for condition in list(self._by_place.get(place, {}).values()):
            if condition.cause not in levels:
                self._end(condition, at)
            elif not condition.held:
                condition.held = True
                self._keep(_writer(condition))

    def tick(self, at: Instant) -> None:
        """What was repeated and is repeated no longer is over."""
        for condition in self.all():
            if not condition.held and at.utc - (condition.repeated or condition.last) >= FORGOTTEN_AFTER:
                self._end(condition, at)

    def _end(self, condition: Condition, at: Instant) -> None:
        causes = self._by_place[condition.place]
        del causes[condition.cause]
        if not causes:
            del self._by_place[condition.place]
        self._keep(_eraser(condition))
        self.on_over(condition, at)


def all_conditions(conn: sqlite3.Connection) -> list[Condition]:
    """What lasted when this was last written."""
    rows = conn.execute("SELECT driver, address, cause, device, since, last, held FROM condition ORDER BY since")
    moment = datetime.fromisoformat
    return [
        Condition(driver, address, cause, device, moment(since), moment(last), bool(held))
        for driver, address, cause, device, since, last, held in rows
    ]


def _writer(condition: Condition) -> Write:
    times = (condition.since.isoformat(), condition.last.isoformat())
    values = (condition.driver, condition.address, condition.cause, condition.device, *times, condition.held)
    return lambda conn: conn.execute("INSERT OR REPLACE INTO condition VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def _eraser(condition: Condition) -> Write:
    place = (condition.driver, condition.address, condition.cause)
    return lambda conn: conn.execute("DELETE FROM condition WHERE driver = ? AND address = ? AND cause = ?", place)
