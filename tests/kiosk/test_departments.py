"""Departments from content: whether somebody is there, and what is said about it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from kiosk_ui.departments import Presence, Standing, is_open, next_opening, said_of, seen, shipped, zone_of
from kiosk_ui.words import Words
from office.desk.cases.defaults import DEFAULTS
from sync.contract.departments import Department, Departments, Hours, Said

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = [Hours([1, 2, 3, 4, 5], 540, 720), Hours([1, 2, 3, 4, 5], 810, 1080)]
CIVIL = Department(id="civil", name=Said("民政科"), hours=WEEK, closed_on=["2026-10-01"], open_on=["2026-09-20"])


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def there(**more: object) -> Presence:
    return Presence(**{"department": "civil", "there": 2, "waiting": 0, "fresh": True, "free": 1, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "is_so"),
    [
        ("2026-09-21 09:00", True),
        ("2026-09-21 08:59", False),
        ("2026-09-21 12:00", False),
        ("2026-09-21 13:30", True),
        ("2026-09-21 18:00", False),
        ("2026-09-19 10:00", False),  # Saturday
        ("2026-09-20 10:00", True),  # a Sunday that is worked
        ("2026-10-01 10:00", False),  # a Thursday that is a holiday
    ],
)
def test_hours_weekends_holidays_and_days_that_are_worked_instead(at: str, is_so: bool) -> None:  # noqa: FBT001
    assert is_open(CIVIL, on(at)) is is_so


def test_a_department_without_hours_is_always_open() -> None:
    assert is_open(Department(id="x", name=Said("值班")), on("2026-09-19 03:00"))


def test_the_next_opening_is_found_over_lunch_night_and_holiday() -> None:
    assert next_opening(CIVIL, on("2026-09-21 12:30")) == on("2026-09-21 13:30")
    assert next_opening(CIVIL, on("2026-09-21 18:30")) == on("2026-09-22 09:00")
    assert next_opening(CIVIL, on("2026-09-30 20:00")) == on("2026-10-02 09:00")
    never = Department(id="x", name=Said("值班"), hours=[Hours([], 0, 1)])
    assert next_opening(never, on("2026-09-21 12:30")) is None


@pytest.mark.parametrize(
    ("presence", "line", "standing"),
    [
        (there(), True, Standing.FREE),
        (there(free=0), True, Standing.BUSY),
        (there(waiting=2), True, Standing.BUSY),
        (there(there=0), True, Standing.ABSENT),
        (there(open=False), True, Standing.CLOSED),
        (None, True, Standing.UNKNOWN),
        (there(), False, Standing.OFFLINE),
        (None, False, Standing.OFFLINE),
    ],
)
def test_presence_says_how_it_stands(presence: Presence | None, line: bool, standing: Standing) -> None:  # noqa: FBT001
    assert seen(CIVIL, presence, on("2026-09-21 10:00"), line=line).standing is standing


def test_without_word_of_presence_the_hours_count() -> None:
    assert seen(CIVIL, None, on("2026-09-19 10:00"), line=True).standing is Standing.CLOSED


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("2026-09-21 08:00", "今天 9:00 上班"),
        ("2026-09-21 18:30", "明天 9:00 上班"),
        ("2026-09-30 20:00", "周五 9:00 上班"),
    ],
)
def test_a_closed_department_says_when_it_opens(at: str, text: str) -> None:
    found = seen(CIVIL, None, on(at), line=True)
    assert said_of(found, Words("zh"), on(at)) == text


def test_the_centre_s_word_of_the_next_opening_goes_before_ours() -> None:
    found = seen(CIVIL, there(open=False, opens_at="2026-09-21T06:00:00Z"), on("2026-09-21 12:30"), line=True)
    assert said_of(found, Words("zh"), on("2026-09-21 12:30")) == "今天 14:00 上班"


def test_whoever_is_busy_says_how_many_wait() -> None:
    found = seen(CIVIL, there(waiting=3), on("2026-09-21 10:00"), line=True)
    assert said_of(found, Words("zh"), on("2026-09-21 10:00")) == "忙，前面 3 人"
    assert said_of(found, Words("en"), on("2026-09-21 10:00")) == "Busy, 3 waiting"


def test_a_box_without_content_knows_the_departments_every_office_begins_with() -> None:
    listed = shipped().departments
    assert len(listed) == 9
    assert all(f"('{department.id}', " in DEFAULTS for department in listed)
    assert all(d.name.zh and d.name.en and d.words.zh and d.words.en and d.icon for d in listed)


def test_an_unknown_zone_is_beijing_s() -> None:
    assert zone_of(Departments([], zone="Moon/Base")) == ZONE
