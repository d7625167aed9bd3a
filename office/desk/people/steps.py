"""What people did about alarms stands in the receiver's file; here each step becomes one row of the audit log.

A cursor is moved in the transaction that writes the rows, and only from where it was read: whatever is killed in
between, each step is there once.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from office.desk.people import audit

log = logging.getLogger("linli.office.desk")

FOLLOWED = """
CREATE TABLE followed(                    -- how far another file was read
    what TEXT PRIMARY KEY, n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

STEPS = "alarm_steps"
MOST = 200
REASONS = frozenset({"real", "false", "test", "drill", "duplicate"})
"""Closed choices may stand in the log; words that somebody typed may not."""


@dataclass(frozen=True, slots=True)
class Step:
    """One row of `alarm_steps`, without what was said."""

    n: int
    alarm: str
    step: str
    by: str
    actor: str
    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class News:
    """From where, and what came after it.

    `lost`: the receiver's file is older than what was followed, and ends at `top`; what it holds was followed already.
    """

    after: int
    steps: Sequence[Step]
    lost: bool = False
    top: int = 0


def look(conn: sqlite3.Connection) -> News:
    """What is not in the log yet, oldest first. On a connection that sees `centre`."""
    row = conn.execute("SELECT n FROM followed WHERE what=?", (STEPS,)).fetchone()
    after = int(row["n"]) if row else 0
    top = conn.execute("SELECT coalesce(max(n), 0) FROM centre.alarm_steps").fetchone()[0]
    rows = conn.execute("SELECT * FROM centre.alarm_steps WHERE n>? ORDER BY n LIMIT ?", (after, MOST)).fetchall()
    steps = [Step(r["n"], r["alarm"], r["step"], r["by"], r["actor"], r["at"], r["reason"]) for r in rows]
    return News(after, steps, lost=top < after, top=top)


def write(conn: sqlite3.Connection, at: int, news: News) -> bool:
    """Write them and move the cursor; False when somebody else did."""
    row = conn.execute("SELECT n FROM followed WHERE what=?", (STEPS,)).fetchone()
    if (int(row["n"]) if row else 0) != news.after:
        return False
    if news.lost:
        audit.note(conn, at, audit.SYSTEM, "centre.restored", STEPS, followed=news.after)
    for step in news.steps:
        reason = step.reason if step.reason in REASONS else ""
        actor = step.actor or audit.SYSTEM
        audit.note(conn, step.at, actor, f"alarm.{step.step}", step.alarm, by=step.by, n=step.n, reason=reason)
    top = news.steps[-1].n if news.steps else news.top
    conn.execute("INSERT OR REPLACE INTO followed VALUES (?,?)", (STEPS, top))
    return True
