"""Deadlines that come near or are over, told once each; and cases that end because nobody said anything more."""

from __future__ import annotations

import sqlite3

from office.desk.cases import book, office_time
from office.desk.cases.steps import Step
from sync.contract.envelope import Struct

AT_ONCE = 200
SOON, OVERDUE = "soon", "overdue"
DAY_HOURS = 7.5
"""Working hours of a day: "due in one day" on a Friday afternoon means Monday afternoon."""


class Reminder(Struct, frozen=True):
    """What a page is told: whose case is due, and whether it is too late already."""

    number: str
    kind: str
    department: str
    assignee: str


def end_silent(conn: sqlite3.Connection, at: int) -> list[str]:
    """End what has an answer and was not evaluated in its time; the numbers."""
    rows = conn.execute(
        "SELECT number FROM cases WHERE open=1 AND step=? AND due_at<? ORDER BY due_at, n LIMIT ?",
        (Step.CLOSE, at, AT_ONCE),
    ).fetchall()
    for row in rows:
        book.end_unanswered(conn, at, row["number"])
    return [row["number"] for row in rows]


def remind(conn: sqlite3.Connection, at: int) -> list[Reminder]:
    """Note and give everything that became due since the last time. A moved deadline reminds anew."""
    soon = office_time.load(conn).add(at, round(DAY_HOURS * office_time.HOUR_MS))
    told = _note(conn, at, OVERDUE, "c.due_at<?1", at)
    return [*told, *_note(conn, at, SOON, "c.due_at>=?4 AND c.due_at<?1", soon)]


def waiting(conn: sqlite3.Connection, at: int) -> bool:
    """Whether there is anything to note: asked on a reading thread, so that an idle office writes nothing."""
    soon = office_time.load(conn).add(at, round(DAY_HOURS * office_time.HOUR_MS))
    due = conn.execute(
        """SELECT 1 FROM cases c WHERE open=1 AND due_at<?1 AND iif(step='close', due_at<?2, NOT EXISTS (
             SELECT 1 FROM case_reminders r
             WHERE r.number=c.number AND r.due_at=c.due_at AND r.kind=iif(c.due_at<?2, 'overdue', 'soon'))) LIMIT 1""",
        (soon, at),
    ).fetchone()
    return due is not None


def _note(conn: sqlite3.Connection, at: int, kind: str, condition: str, until: int) -> list[Reminder]:
    values = (until, kind, AT_ONCE, at) if "?4" in condition else (until, kind, AT_ONCE)
    rows = conn.execute(
        f"""SELECT c.number, c.department, c.assignee, c.due_at FROM cases c
            WHERE c.open=1 AND c.step<>'close' AND {condition} AND NOT EXISTS (
              SELECT 1 FROM case_reminders r WHERE r.number=c.number AND r.due_at=c.due_at AND r.kind=?2)
            ORDER BY c.due_at, c.n LIMIT ?3""",  # noqa: S608 - the condition is ours
        values,
    ).fetchall()
    noted = [(row["number"], row["due_at"], kind, at) for row in rows]
    conn.executemany("INSERT INTO case_reminders VALUES (?,?,?,?)", noted)
    return [Reminder(row["number"], kind, row["department"], row["assignee"]) for row in rows]
