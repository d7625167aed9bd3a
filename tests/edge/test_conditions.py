"""What lasts at a device is told when it begins and when it ends."""

from __future__ import annotations

import sqlite3

from drivers.model import AlarmName, Event, Kind
from edge import conditions
from edge.conditions import Condition, Conditions, Write
from edge.mapper import Identity
from tests.edge.moments import Hands

WHO = Identity("pendant-1", "rf433-pendant")
PLACE = ("rf433", "A1B2C3")


class Shelf:
    """Conditions with their table."""

    def __init__(self) -> None:
        self.hands, self.conn = Hands(), sqlite3.connect(":memory:")
        for _, script in conditions.MIGRATIONS:
            self.conn.executescript(script)
        self.over: list[str] = []
        self.restart()

    def restart(self) -> None:
        self.kept = Conditions(self._keep)
        self.kept.on_over = lambda condition, _at: self.over.append(condition.cause)
        self.kept.recall(conditions.all_conditions(self.conn))

    def _keep(self, write: Write) -> None:
        write(self.conn)

    def hear(self, cause: str, after_s: float = 0.0, *, held: bool = False, stored: bool = False) -> bool:
        """Whether it was news."""
        at = self.hands.go(after_s)
        event = Event(kind=Kind.ALARM, device=PLACE[1], alarm=cause, held=held, stored=stored)
        if self.kept.old_news(PLACE[0], event, at):
            return False
        self.kept.heard(PLACE[0], event, WHO, at)
        return True

    def lasting(self) -> list[str]:
        return list(self.kept.of("pendant-1"))


def test_a_battery_that_says_so_at_every_heartbeat_is_news_once_a_day() -> None:
    shelf = Shelf()
    said = [shelf.hear(AlarmName.LOW_BATTERY, 3600) for _ in range(49)]
    assert [n for n, news in enumerate(said) if news] == [0, 24, 48]
    assert shelf.lasting() == ["lowBattery"]


def test_a_battery_that_is_told_twice_a_day_does_not_end_in_between() -> None:
    shelf = Shelf()
    for _ in range(10):
        shelf.hear(AlarmName.LOW_BATTERY, 13 * 3600)
        shelf.kept.tick(shelf.hands())
    assert shelf.over == []


def test_what_is_repeated_no_longer_is_over_after_two_days() -> None:
    shelf = Shelf()
    shelf.hear(AlarmName.LOW_BATTERY)
    shelf.kept.tick(shelf.hands.go(48 * 3600))
    assert shelf.over == []
    shelf.kept.tick(shelf.hands.go(3600))
    assert shelf.over == ["lowBattery"]
    assert shelf.lasting() == []


def test_what_is_held_ends_when_the_device_says_so_and_not_before() -> None:
    shelf = Shelf()
    shelf.hear(AlarmName.LOW_BATTERY, held=True)
    shelf.kept.tick(shelf.hands.go(1e6))
    shelf.kept.levels(PLACE, frozenset({"lowBattery", "sos"}), shelf.hands())
    assert shelf.over == []
    shelf.kept.levels(PLACE, frozenset({"sos"}), shelf.hands())
    assert shelf.over == ["lowBattery"]


def test_a_restart_ends_nothing_and_begins_nothing_again() -> None:
    shelf = Shelf()
    shelf.hear(AlarmName.LOW_BATTERY)
    began = shelf.kept.of("pendant-1")
    shelf.restart()
    assert shelf.kept.of("pendant-1") == began
    assert not shelf.hear(AlarmName.LOW_BATTERY, 60)
    shelf.kept.levels(PLACE, frozenset(), shelf.hands())
    shelf.restart()
    assert shelf.lasting() == []


def test_an_opened_housing_is_news_each_time() -> None:
    shelf = Shelf()
    assert shelf.hear(AlarmName.TAMPER)
    assert shelf.hear(AlarmName.TAMPER, 1)
    assert shelf.lasting() == ["tampering"]


def test_a_call_for_help_and_an_old_report_are_no_conditions() -> None:
    shelf = Shelf()
    shelf.hear(AlarmName.SOS)
    shelf.hear(AlarmName.LOW_BATTERY, stored=True)
    assert shelf.lasting() == []


def test_a_condition_knows_its_place() -> None:
    at = Hands().utc
    assert Condition("gt06", "1", "lowBattery", "d", at, at).place == ("gt06", "1")
