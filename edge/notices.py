"""Emergency notices: on disk before they are acknowledged, then offered to the kiosk until withdrawn, over or old.

The kiosk says when one was on the screen; that goes up as an event, once.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from sync.contract.envelope import decode
from sync.contract.messages import Notice

MIGRATIONS: list[tuple[str, str]] = [
    (
        "0032-notices",
        """
        CREATE TABLE notice (
            n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL,
            arrived_at TEXT NOT NULL, shown_at TEXT
        );
        """,
    ),
    ("0044-notices-withdrawn", "ALTER TABLE notice ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;"),
]

KEPT = 50
"""The newest; they also are how a notice that comes twice is known."""

SHOWN_FOR = timedelta(hours=24)
"""How long a notice that names no end is offered."""


def keep(conn: sqlite3.Connection, notice: Notice, body: bytes, at: datetime) -> bool:
    """Keep a notice, or that it was withdrawn; False when nothing changed. `body` may hold more than we read of it."""
    new = conn.execute(
        "INSERT OR IGNORE INTO notice (id, body, arrived_at, withdrawn) VALUES (?, ?, ?, ?)",
        (notice.id, body, at.astimezone(UTC).isoformat(), notice.withdrawn),
    ).rowcount
    if notice.withdrawn:
        new += conn.execute("UPDATE notice SET withdrawn=1 WHERE id=? AND withdrawn=0", (notice.id,)).rowcount
    conn.execute("DELETE FROM notice WHERE n <= (SELECT max(n) FROM notice) - ?", (KEPT,))
    return bool(new)


def current(conn: sqlite3.Connection, now: datetime) -> list[tuple[bytes, str | None]]:
    """(body, when it was first shown) of every notice to show now, newest first."""
    found = []
    rows = conn.execute("SELECT body, arrived_at, shown_at FROM notice WHERE withdrawn=0 ORDER BY n DESC")
    for body, arrived_at, shown_at in rows:
        if now < ends(decode(body, Notice), datetime.fromisoformat(arrived_at)):
            found.append((bytes(body), shown_at))
    return found


def is_new(conn: sqlite3.Connection, notice_id: str) -> bool:
    """Whether this notice is here and was on no screen yet."""
    query = "SELECT 1 FROM notice WHERE id = ? AND shown_at IS NULL"
    return conn.execute(query, (notice_id,)).fetchone() is not None


def mark_shown(conn: sqlite3.Connection, notice_id: str, at: datetime) -> None:
    """It was on the screen."""
    query = "UPDATE notice SET shown_at = ? WHERE id = ? AND shown_at IS NULL"
    conn.execute(query, (at.astimezone(UTC).isoformat(), notice_id))


def ends(notice: Notice, arrived_at: datetime) -> datetime:
    """When a notice is no longer shown."""
    until = notice.expires_at
    if until is None:
        return arrived_at + SHOWN_FOR
    return until if until.tzinfo else until.replace(tzinfo=UTC)
