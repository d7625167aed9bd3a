"""Every look through a camera, on record: who or what asked, which camera, why, and what came of it.

The row is on disk before the camera is asked, so that no look happens without one. `outcome` is empty while nobody
knows, `kept` when there is a picture, else why there is none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

MIGRATIONS: list[tuple[str, str]] = [
    (
        "0050-looks",
        """
        CREATE TABLE look (
            n INTEGER PRIMARY KEY AUTOINCREMENT, asked_at TEXT NOT NULL, camera TEXT NOT NULL, asked_by TEXT NOT NULL,
            reason TEXT NOT NULL, alarm TEXT NOT NULL, outcome TEXT NOT NULL DEFAULT '',
            taken_at TEXT, picture TEXT
        );
        """,
    ),
]

KEPT = "kept"
INTERRUPTED = "the gateway stopped before there was an answer"
MAX_LOOKS = 20_000

Finisher = Callable[[sqlite3.Connection, int], None]


@dataclass(frozen=True, slots=True)
class LookRow:
    """One look. Times are ISO 8601 text; `picture` is the name of the blob."""

    n: int
    asked_at: str
    camera: str
    asked_by: str
    reason: str
    alarm: str
    outcome: str
    taken_at: str | None
    picture: str | None


def note(conn: sqlite3.Connection, asked_at: str, camera: str, asked_by: str, reason: str, alarm: str) -> int:
    """Keep that somebody asks; the number of the look."""
    n = conn.execute(
        "INSERT INTO look (asked_at, camera, asked_by, reason, alarm) VALUES (?, ?, ?, ?, ?)",
        (asked_at, camera, asked_by, reason, alarm),
    ).lastrowid
    assert n is not None
    conn.execute("DELETE FROM look WHERE n <= ?", (n - MAX_LOOKS,))
    return n


def finisher(n: int, outcome: str, taken_at: str | None = None, picture: str | None = None) -> Finisher:
    """What writes how it ended, together with its event."""

    def finish(conn: sqlite3.Connection, _seq: int) -> None:
        conn.execute(
            "UPDATE look SET outcome = ?, taken_at = ?, picture = ? WHERE n = ?", (outcome, taken_at, picture, n)
        )

    return finish


def interrupted(conn: sqlite3.Connection) -> int:
    """At the start: looks that nobody answered; how many."""
    return conn.execute("UPDATE look SET outcome = ? WHERE outcome = ''", (INTERRUPTED,)).rowcount


def looks(conn: sqlite3.Connection, limit: int = 100) -> list[LookRow]:
    """The newest first."""
    rows = conn.execute(
        """SELECT n, asked_at, camera, asked_by, reason, alarm, outcome, taken_at, picture
           FROM look ORDER BY n DESC LIMIT ?""",
        (limit,),
    )
    return [LookRow(*row) for row in rows]
