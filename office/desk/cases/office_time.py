"""Working time: which moments count towards a deadline. Pure; days and hours come from tables the office edits.

Monday to Friday, but for what a table of days says: holidays, and Saturdays and Sundays that are worked instead
(调休, published each November by the State Council). Beijing time has had no summer time since 1991, so a day there is
always 24 hours and the offset is a constant.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

OFFSET_MS = 8 * 3600 * 1000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
FARTHEST_DAYS = 3660
"""Where the search for a working moment ends: with hours and days that never open, ten years on."""

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class OfficeTime:
    """`hours` are minutes of a day, from..to, in order; `days` the exceptions: open (True) or closed."""

    hours: tuple[tuple[int, int], ...]
    days: Mapping[str, bool]

    def add(self, at: int, working_ms: int) -> int:
        """The moment after so much working time. Zero gives the next working moment."""
        left, end = max(working_ms, 0), at
        for first, last in self._spans(at):
            end = first + left
            if end <= last:
                return end
            left -= last - first
        return end

    def between(self, start: int, end: int) -> int:
        """How much working time lies between two moments."""
        total = 0
        for first, last in self._spans(start):
            if first >= end:
                break
            total += min(last, end) - first
        return total

    def working_day(self, day: date) -> bool:
        """Whether the office works on that day."""
        said = self.days.get(day.isoformat())
        return day.weekday() < 5 if said is None else said

    def _spans(self, at: int) -> Iterator[tuple[int, int]]:
        """Working spans from `at` on."""
        number = (at + OFFSET_MS) // DAY_MS
        for day in range(number, number + FARTHEST_DAYS):
            if not self.working_day(_EPOCH + timedelta(days=day)):
                continue
            midnight = day * DAY_MS - OFFSET_MS
            for first, last in self.hours:
                if midnight + last * MINUTE_MS > at:
                    yield max(at, midnight + first * MINUTE_MS), midnight + last * MINUTE_MS


def load(conn: sqlite3.Connection) -> OfficeTime:
    """As the office has it set."""
    hours = conn.execute("SELECT first, last FROM office_hours ORDER BY first").fetchall()
    days = conn.execute("SELECT day, works FROM office_days")
    return OfficeTime(tuple((row[0], row[1]) for row in hours), {row[0]: bool(row[1]) for row in days})


def beijing(at: int) -> datetime:
    """A moment as clocks in the office show it; its tzinfo is left out on purpose."""
    return datetime.fromtimestamp((at + OFFSET_MS) / 1000, UTC).replace(tzinfo=None)


def month_span(month: str) -> tuple[int, int]:
    """The first moment of a month (`2026-08`) and of the next, Beijing time. Raises ValueError."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    later = (first + timedelta(days=32)).replace(day=1)
    return int(first.timestamp() * 1000) - OFFSET_MS, int(later.timestamp() * 1000) - OFFSET_MS
