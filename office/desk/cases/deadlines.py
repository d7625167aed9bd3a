"""Deadlines after the office's calendar changed: open cases keep the working time they were given, counted anew.

A case on hold is left alone: its clock stands, and what it had left is kept as working time.
"""

from __future__ import annotations

import sqlite3

from office.desk.cases import office_time
from office.desk.cases.book import moved_deadline
from office.desk.cases.office_time import OfficeTime


def recount(conn: sqlite3.Connection, at: int, before: OfficeTime, by: str) -> int:
    """In the transaction that changed the calendar; `before` is what it was. How many deadlines moved."""
    now, moved = office_time.load(conn), 0
    if now == before:
        return 0
    rows = conn.execute("SELECT number, step_at, due_at FROM cases WHERE step<>'ended' AND held_until IS NULL")
    for number, step_at, due_at in rows.fetchall():
        due = now.add(step_at, before.between(step_at, due_at))
        if due != due_at:
            moved_deadline(conn, at, number, due, by)
            moved += 1
    return moved


def years_without(conn: sqlite3.Connection, now: int) -> list[int]:
    """Years for which nobody entered holidays: this one, and from December the next, which is published by then."""
    today = office_time.beijing(now)
    years = [today.year, *([today.year + 1] if today.month == _LAST_MONTH else [])]
    known = {int(row[0]) for row in conn.execute("SELECT DISTINCT substr(day, 1, 4) FROM office_days")}
    return [year for year in years if year not in known]


_LAST_MONTH = 12
