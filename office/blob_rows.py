"""Which blobs are here, who may read them, how much room they take.

Functions over a connection.
"""

from __future__ import annotations

import sqlite3

EVERYONE = "*"


def is_there(conn: sqlite3.Connection, sha256: str) -> bool:
    """Whether anyone has uploaded it."""
    return conn.execute("SELECT 1 FROM blobs WHERE sha256=?", (sha256,)).fetchone() is not None


def size_for(conn: sqlite3.Connection, sha256: str, gateway: str) -> int | None:
    """Its size, when this gateway may read it."""
    row = conn.execute(
        """SELECT size FROM blobs JOIN blob_holders USING (sha256)
           WHERE sha256=? AND gateway IN (?, ?) LIMIT 1""",
        (sha256, gateway, EVERYONE),
    ).fetchone()
    return int(row["size"]) if row else None


def add(conn: sqlite3.Connection, sha256: str, size: int, reader: str, at: int) -> None:
    """It is whole and on disk; nobody waits for it any more."""
    conn.execute("INSERT OR IGNORE INTO blobs(sha256, size, at) VALUES (?,?,?)", (sha256, size, at))
    conn.execute("INSERT OR IGNORE INTO blob_holders(sha256, gateway, at) VALUES (?,?,?)", (sha256, reader, at))
    conn.execute("DELETE FROM blob_waits WHERE sha256=?", (sha256,))


def used(conn: sqlite3.Connection, gateway: str) -> tuple[int, int]:
    """Bytes that count for this gateway, and bytes of all."""
    own = conn.execute(
        "SELECT coalesce(sum(size), 0) FROM blobs JOIN blob_holders USING (sha256) WHERE gateway=?", (gateway,)
    ).fetchone()[0]
    total = conn.execute("SELECT coalesce(sum(size), 0) FROM blobs").fetchone()[0]
    return int(own), int(total)
