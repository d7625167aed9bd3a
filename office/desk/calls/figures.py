"""Statistics of calls without content: per department and day of Beijing, counted from the rows of the history."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from statistics import median, quantiles

from office.desk.calls.hours import BEIJING
from office.desk.calls.shapes import DayFigures
from office.desk.mistake import Mistake
from sync.contract.call import Reason

MOST_DAYS = 400
DEFAULT_DAYS = 30
AT_ONCE = frozenset({Reason.CLOSED, Reason.ABSENT, Reason.BUSY, Reason.REFUSED})
"""Refused where they began: no wait of anybody."""


def days(conn: sqlite3.Connection, first: date, last: date, department: str) -> Sequence[DayFigures]:
    """Newest day first; only days and departments that had a call. Raises Mistake."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Mistake(f"最多 {MOST_DAYS} 天", f"a range of 1 to {MOST_DAYS} days", field="from")
    rows = conn.execute(
        """SELECT department, began, granted, reason, waited_s, handled_s, outgoing, face, word FROM calls
           WHERE began>=? AND began<? AND ended IS NOT NULL AND (?3='' OR department=?3)""",
        (_midnight(first), _midnight(last + timedelta(days=1)), department),
    )
    groups: dict[tuple[str, str], list[sqlite3.Row]] = defaultdict(list)
    for row in rows:
        day = datetime.fromtimestamp(row["began"] / 1000, BEIJING).date().isoformat()
        groups[day, row["department"]].append(row)
    return [_figures(day, name, groups[day, name]) for day, name in sorted(groups, key=_newest_first)]


def _newest_first(key: tuple[str, str]) -> tuple[int, str]:
    return -date.fromisoformat(key[0]).toordinal(), key[1]


def _figures(day: str, department: str, rows: list[sqlite3.Row]) -> DayFigures:
    came = [row for row in rows if not row["outgoing"]]
    answered = [row for row in came if row["granted"] is not None]
    refused = sum(row["granted"] is None and row["reason"] in AT_ONCE and not row["waited_s"] for row in came)
    waits = [row["waited_s"] for row in answered if row["waited_s"] is not None]
    handled = [row["handled_s"] for row in answered if row["handled_s"] is not None]
    return DayFigures(
        day=day,
        department=department,
        calls=len(came),
        answered=len(answered),
        missed=len(came) - len(answered) - refused,
        refused=refused,
        callbacks=len(rows) - len(came),
        wait_median_s=_rounded(waits),
        wait_p90_s=None if not waits else round(_ninety(waits), 1),
        handling_median_s=_rounded(handled),
        reasons=_counted(row["reason"] for row in rows),
        faces=_counted(row["face"] for row in rows if row["face"]),
        words=_counted(row["word"] for row in rows if row["word"]),
    )


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _rounded(values: list[float]) -> float | None:
    return round(median(values), 1) if values else None


def _ninety(values: list[float]) -> float:
    return values[0] if len(values) == 1 else quantiles(values, n=10, method="inclusive")[-1]


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=BEIJING).timestamp() * 1000)


def asked_days(first: str, last: str, now: int) -> tuple[date, date]:
    """The range that was asked for; the last thirty days without one. Raises Mistake."""
    today = datetime.fromtimestamp(now / 1000, BEIJING).date()
    try:
        end = date.fromisoformat(last) if last else today
        begin = date.fromisoformat(first) if first else end - timedelta(days=DEFAULT_DAYS - 1)
    except ValueError:
        raise Mistake("日期写成 2026-10-01", "days are written 2026-10-01", field="from") from None
    return begin, end
