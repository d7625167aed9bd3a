"""Whom an alarm rings at, and when somebody else: pure, time is an argument.

    received -> FIRST on duty -> (30 s) NEXT -> (60 s) EVERYONE and PHONE
    nobody on duty           -> EVERYONE at once, and PHONE as soon as the office counts as unattended
    taken, and then nothing  -> (10 min) REMIND its keeper -> (2 min) REMIND_ALL

Every step is a mark with a time, kept before it has its effect; whoever starts anew goes on from the marks, and no
step is taken twice. What is late is not made up one by one: after an outage the largest step that is due is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sync.contract.envelope import Struct


class Kind(StrEnum):
    """How an alarm sounds and how far it goes."""

    EMERGENCY = "emergency"
    TROUBLE = "trouble"
    TEST = "test"
    DRILL = "drill"
    """Goes every way an emergency goes."""


class What(StrEnum):
    """A step of the escalation."""

    FIRST = "first"
    NEXT = "next"
    EVERYONE = "everyone"
    PHONE = "phone"
    REMIND = "remind"
    REMIND_ALL = "remind_all"


EVERYBODY = "*"


class Times(Struct, frozen=True):
    """Seconds; what an office may set."""

    next_s: int = 30
    everyone_s: int = 60
    remind_s: int = 600
    remind_all_s: int = 120
    trouble_next_s: int = 300
    trouble_everyone_s: int = 900
    phone_gap_s: int = 60
    """Alarms that would phone out within this time after a call share the next one."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A step that was taken. `turn` tells reminders of different times apart."""

    what: What
    turn: int
    at: int
    account: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the escalation must know of an open alarm. Times are milliseconds; 0: not yet."""

    alarm: str
    kind: Kind
    received_at: int
    taken: bool = False
    keeper: str = ""
    moved_at: int = 0
    """When somebody last did or wrote anything about it."""
    pressed_at: int = 0
    promised_at: int = 0
    """When somebody was said to be there."""


Marks = Mapping[tuple[What, int], Mark]


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is on duty, in the order in which they are called. `attended` outlives a page that is loaded anew."""

    on_duty: Sequence[str] = ()
    attended: bool = False


def due(s: Standing, marks: Marks, roster: Roster, now: int, times: Times) -> list[Mark]:
    """The steps to take now."""
    if s.taken:
        return _reminders(s, marks, now, times)
    if s.kind is Kind.TEST:
        first = Mark(What.FIRST, 0, now, roster.on_duty[0]) if roster.on_duty else None
        return [first] if first and (What.FIRST, 0) not in marks else []
    calls = [_call(s, marks, roster.on_duty, now, times), _phone(s, marks, roster, now, times)]
    return [mark for mark in calls if mark is not None]


def rings(s: Standing, marks: Marks) -> tuple[str, ...]:
    """The accounts it rings at now; `EVERYBODY` for all who may work alarms."""
    if s.taken:
        if (What.REMIND_ALL, s.moved_at) in marks:
            return (EVERYBODY,)
        return (s.keeper,) if (What.REMIND, s.moved_at) in marks else ()
    if (What.EVERYONE, 0) in marks:
        return (EVERYBODY,)
    return tuple(marks[what, 0].account for what in (What.FIRST, What.NEXT) if (what, 0) in marks)


def _call(s: Standing, marks: Marks, on_duty: Sequence[str], now: int, times: Times) -> Mark | None:
    if (What.EVERYONE, 0) in marks:
        return None
    age_s = (now - s.received_at) / 1000
    trouble = s.kind is Kind.TROUBLE
    if not on_duty or age_s >= (times.trouble_everyone_s if trouble else times.everyone_s):
        return Mark(What.EVERYONE, 0, now)
    called = {marks[what, 0].account for what in (What.FIRST, What.NEXT) if (what, 0) in marks}
    if not called:
        return Mark(What.FIRST, 0, now, on_duty[0])
    left = not called & set(on_duty)
    if not left and ((What.NEXT, 0) in marks or age_s < (times.trouble_next_s if trouble else times.next_s)):
        return None
    others = [account for account in on_duty if account not in called]
    if others and (What.NEXT, 0) not in marks:
        return Mark(What.NEXT, 0, now, others[0])
    return Mark(What.EVERYONE, 0, now)


def _phone(s: Standing, marks: Marks, roster: Roster, now: int, times: Times) -> Mark | None:
    if (What.PHONE, 0) in marks or s.kind is Kind.TROUBLE:
        return None
    unattended = not roster.on_duty and not roster.attended
    late = now - s.received_at >= times.everyone_s * 1000
    return Mark(What.PHONE, 0, now) if unattended or late else None


def _reminders(s: Standing, marks: Marks, now: int, times: Times) -> list[Mark]:
    if s.kind not in (Kind.EMERGENCY, Kind.DRILL):
        return []
    mark = marks.get((What.REMIND, s.moved_at))
    if mark is None:
        quiet = now >= max(s.moved_at + times.remind_s * 1000, s.promised_at)
        if quiet or s.pressed_at > s.moved_at:
            return [Mark(What.REMIND, s.moved_at, now, s.keeper)]
        return []
    if (What.REMIND_ALL, s.moved_at) not in marks and now - mark.at >= times.remind_all_s * 1000:
        return [Mark(What.REMIND_ALL, s.moved_at, now)]
    return []
