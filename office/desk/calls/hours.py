"""When a department is open, by its hours and the office's days. Pure: times come in as milliseconds.

Beijing time has had no summer time since 1991: its offset is a constant, as in `cases.office_time`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from sync.contract.departments import Department, Hours

BEIJING = timezone(timedelta(hours=8))
FARTHEST_DAYS = 30
"""A department that stays closed for longer has no next opening worth saying."""

_MONDAY = 1
_SATURDAY = 6


def is_open(department: Department, at: int) -> bool:
    """Whether somebody should be there now. Without hours: always."""
    if not department.hours:
        return True
    now = datetime.fromtimestamp(at / 1000, BEIJING)
    minute = now.hour * 60 + now.minute
    return any(span.opens <= minute < span.closes for span in _spans(department, now.date()))


def opens_at(department: Department, at: int) -> str:
    """When it opens next, ISO 8601; empty when it is open, or does not open within a month."""
    if is_open(department, at):
        return ""
    now = datetime.fromtimestamp(at / 1000, BEIJING)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(FARTHEST_DAYS):
        begins = midnight + timedelta(days=day)
        moments = [begins + timedelta(minutes=span.opens) for span in _spans(department, begins.date())]
        if coming := [moment for moment in moments if moment > now]:
            return min(coming).isoformat(timespec="minutes")
    return ""


def _spans(department: Department, day: date) -> list[Hours]:
    """The hours of that day; a weekend that is worked has those of Monday."""
    if day.isoformat() in department.closed_on:
        return []
    weekday = day.isoweekday()
    if weekday >= _SATURDAY and day.isoformat() in department.open_on:
        weekday = _MONDAY
    return [span for span in department.hours if weekday in span.days and span.opens < span.closes]
