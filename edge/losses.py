"""The ledger of what was lost on purpose: written in the transaction that gives it up, shown by `linli outbox`.

Functions over one connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import partial

from sync.contract.envelope import Struct, decode, encode
from sync.contract.messages import Loss, Range
from sync.store import Entry, Store, outbox

MIGRATIONS: list[tuple[str, str]] = [
    (
        "0041-losses",
        """
        CREATE TABLE loss (
            n INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, reason TEXT NOT NULL, epoch TEXT NOT NULL,
            count INTEGER NOT NULL, ranges BLOB NOT NULL
        );
        """,
    ),
]

TOLD = "unreadable told"

KEPT = 10_000
"""Older lines go: the centre has had the event of each."""


class Lost(Struct, frozen=True):
    """One line of the ledger."""

    n: int
    at: datetime
    reason: str
    epoch: str
    count: int
    ranges: list[Range]


def writer(loss: Loss, at: datetime) -> Callable[[sqlite3.Connection, int], None]:
    """What notes a loss together with its event (`Entry.also`)."""

    def write(conn: sqlite3.Connection, _seq: int) -> None:
        row = (at.isoformat(), loss.reason, loss.epoch, loss.count, encode(loss.ranges))
        n = conn.execute("INSERT INTO loss (at, reason, epoch, count, ranges) VALUES (?, ?, ?, ?, ?)", row).lastrowid
        conn.execute("DELETE FROM loss WHERE n <= ?", ((n or 0) - KEPT,))

    return write


def tell_unreadable(store: Store, tell: Callable[[str, list[Range]], Entry]) -> None:
    """What a salvage could not read is lost, and told once: else the centre waits for it, and receipts nothing more."""
    with closing(store.reader()) as conn:
        holes = outbox.holes(conn)
        if not holes or outbox.recall(conn, TOLD) == store.epoch:
            return
    entries = [tell(epoch, ranges) for epoch, ranges in holes]
    store.append(entries, None, [partial(outbox.note, key=TOLD, value=store.epoch)])


def list_losses(conn: sqlite3.Connection, limit: int = 100, before: int = 2**62) -> list[Lost]:
    """The newest first, paged by n."""
    rows = conn.execute(
        "SELECT n, at, reason, epoch, count, ranges FROM loss WHERE n < ? ORDER BY n DESC LIMIT ?", (before, limit)
    )
    return [
        Lost(n, datetime.fromisoformat(at), reason, epoch, count, decode(ranges, list[Range]))
        for n, at, reason, epoch, count, ranges in rows
    ]


def total(conn: sqlite3.Connection) -> int:
    """How many events the ledger speaks of."""
    return int(conn.execute("SELECT coalesce(sum(count), 0) FROM loss").fetchone()[0])
