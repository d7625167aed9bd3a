"""What waits to be sent through the blob door, each with the event that names it. Functions over one connection.

waits          `seq` NULL: the centre has not got the file; its event, if there is one, is held here
event is out   `seq` set in the transaction that put the event into the outbox; the file stays until its receipt
gone           the receipt came: it covers file and event both
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime

from sync.contract.envelope import Struct
from sync.contract.lanes import Lane

MIGRATIONS: list[tuple[str, str]] = [
    (
        "0040-blobs",
        """
        CREATE TABLE blob_waiting (
            n INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT NOT NULL, since TEXT NOT NULL,
            lane INTEGER, event BLOB, era INTEGER, seq INTEGER
        );
        """,
    ),
]


class Waiting(Struct, frozen=True):
    """One file. `lane` None: no event names it."""

    n: int
    sha256: str
    since: datetime
    lane: Lane | None = None
    event: bytes | None = None
    era: int | None = None
    seq: int | None = None


def load(conn: sqlite3.Connection) -> list[Waiting]:
    """Everything whose file must stay, oldest first."""
    rows = conn.execute("SELECT n, sha256, since, lane, event, era, seq FROM blob_waiting ORDER BY n")
    return [
        Waiting(n, name, datetime.fromisoformat(since), None if lane is None else Lane(lane), event, era, seq)
        for n, name, since, lane, event, era, seq in rows
    ]


def add(conn: sqlite3.Connection, sha256: str, since: datetime, lane: Lane | None, event: bytes | None) -> int:
    """Keep a wish to send; its number."""
    n = conn.execute(
        "INSERT INTO blob_waiting (sha256, since, lane, event) VALUES (?, ?, ?, ?)",
        (sha256, since.isoformat(), None if lane is None else int(lane), event),
    ).lastrowid
    assert n is not None
    return n


def remove(conn: sqlite3.Connection, n: int) -> None:
    """It need not wait any more."""
    conn.execute("DELETE FROM blob_waiting WHERE n = ?", (n,))


def place(n: int, era: int) -> Callable[[sqlite3.Connection, int], None]:
    """What notes that its event is in the outbox (`Entry.also`)."""

    def write(conn: sqlite3.Connection, seq: int) -> None:
        conn.execute("UPDATE blob_waiting SET era = ?, seq = ?, event = NULL WHERE n = ?", (era, seq, n))

    return write


def receipted(conn: sqlite3.Connection) -> list[int]:
    """Numbers of those whose event is not in the outbox any more; a receipt before a crash."""
    rows = conn.execute(
        """SELECT n FROM blob_waiting b WHERE seq IS NOT NULL AND NOT EXISTS
           (SELECT 1 FROM outbox o WHERE o.era = b.era AND o.lane = b.lane AND o.seq = b.seq)"""
    )
    return [int(n) for (n,) in rows.fetchall()]
