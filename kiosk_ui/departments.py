"""Whom one can call and whether somebody is there: content `departments`, opening hours, presence from the centre.

What a department is comes from content alone. A box that has none yet shows the list that is shipped in the same
shape, `departments.json`, which knows no hours: then it is for the office to say who is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kiosk_ui.words import Words
from sync.contract.departments import Department, Departments, Hours, Said
from sync.contract.envelope import Struct, decode

WEEK_DAYS = 7
"""From here on a weekday could be that of this week."""
AHEAD_DAYS = 14
"""How far the next opening is looked for; the longest holiday has eight days."""


class Presence(Struct, frozen=True):
    """What `GET /v1/presence` says of one department; `fresh`: the line is up, so this is how it is now."""

    department: str
    there: int
    waiting: int
    fresh: bool
    free: int = 0
    wait_s: float | None = None
    open: bool = True
    opens_at: str = ""


class Standing(StrEnum):
    """Whether a call can be answered now."""

    FREE = "free"
    BUSY = "busy"
    ABSENT = "absent"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    """The line is up and nothing was said of it; a call may be tried."""
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Seen:
    """One department at one moment."""

    department: Department
    standing: Standing
    waiting: int = 0
    wait_s: float | None = None
    opens: datetime | None = None


@cache
def shipped() -> Departments:
    """What a box shows that has no content yet."""
    return decode(Path(__file__).with_name("departments.json").read_bytes(), Departments)


def zone_of(departments: Departments) -> tzinfo:
    """The office's zone; an unknown one is Beijing's."""
    try:
        return ZoneInfo(departments.zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Asia/Shanghai")


def seen(department: Department, presence: Presence | None, now: datetime, *, line: bool) -> Seen:
    """How it stands; `now` in the office's zone. The centre's word goes before the hours."""
    opens = None if is_open(department, now) else next_opening(department, now)
    if not line:
        return Seen(department, Standing.OFFLINE, opens=opens)
    if presence is None:
        closed = not is_open(department, now)
        return Seen(department, Standing.CLOSED if closed else Standing.UNKNOWN, opens=opens)
    if not presence.open:
        return Seen(department, Standing.CLOSED, opens=_moment(presence.opens_at, now) or opens)
    if presence.there == 0:
        return Seen(department, Standing.ABSENT)
    busy = presence.free == 0 or presence.waiting > 0
    return Seen(department, Standing.BUSY if busy else Standing.FREE, presence.waiting, presence.wait_s)


def is_open(department: Department, now: datetime) -> bool:
    """By its own hours."""
    minute = now.hour * 60 + now.minute
    return not department.hours or any(h.opens <= minute < h.closes for h in _hours_on(department, now.date()))


def next_opening(department: Department, now: datetime) -> datetime | None:
    """When it opens next, if within two weeks."""
    for ahead in range(AHEAD_DAYS + 1):
        day = now.date() + timedelta(days=ahead)
        for hours in sorted(_hours_on(department, day), key=lambda h: h.opens):
            at = datetime.combine(day, datetime.min.time(), now.tzinfo) + timedelta(minutes=hours.opens)
            if at > now:
                return at
    return None


def _hours_on(department: Department, day: date) -> list[Hours]:
    iso = day.isoformat()
    if iso in department.closed_on:
        return []
    weekday = 1 if iso in department.open_on else day.isoweekday()
    return [hours for hours in department.hours if weekday in hours.days]


def _moment(text: str, now: datetime) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(now.tzinfo)
    except ValueError:
        return None


def name_of(said: Said, language: str) -> str:
    """In that language, else in Chinese."""
    return said.en if language == "en" and said.en else said.zh


def said_of(found: Seen, words: Words, now: datetime) -> str:
    """How it stands, in few words."""
    match found.standing:
        case Standing.BUSY if found.waiting:
            return words.say("departments.waiting", n=found.waiting)
        case Standing.CLOSED if found.opens is not None:
            return words.say(f"departments.opens_{_when(found.opens, now)}", **_parts(found.opens, words))
        case standing:
            return words.say(f"departments.{standing}")


def _when(at: datetime, now: datetime) -> str:
    days = (at.date() - now.date()).days
    return ("today", "tomorrow")[days] if days in (0, 1) else "later" if days < WEEK_DAYS else "date"


def _parts(at: datetime, words: Words) -> dict[str, object]:
    day = words.say(f"days.short_{at.isoweekday()}")
    return {"time": f"{at.hour}:{at.minute:02d}", "day": day, "month": at.month, "number": at.day}
