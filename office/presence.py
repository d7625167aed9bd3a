"""Who is there, as the desk said last; and that a word which nobody renewed means nobody.

Functions over a connection. `until` is empty for a department whose word stands until the next; the receiver itself
takes a leased one back, also after its own restart.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """What gateways are told of a department. `valid_s` 0: until told otherwise."""

    department: str
    there: int
    waiting: int
    valid_s: float = 0.0
    free: int = 0
    wait_s: float | None = None
    open: bool = True
    opens_at: str = ""


def keep(conn: sqlite3.Connection, word: Word, at: int) -> None:
    """The newest word stands."""
    until = at + int(word.valid_s * 1000) if word.valid_s else None
    conn.execute(
        "INSERT OR REPLACE INTO presence(department, there, waiting, at, until, free, wait_s, open, opens_at)"
        " VALUES (?,?,?,?,?,?,?,?,?)",
        (word.department, word.there, word.waiting, at, until, word.free, word.wait_s, word.open, word.opens_at),
    )


def lapse(conn: sqlite3.Connection, at: int) -> list[Word]:
    """Whoever was not renewed in time is nobody from now on; what gateways are told."""
    rows = conn.execute(
        "UPDATE presence SET there=0, free=0, wait_s=NULL, at=?1, until=NULL WHERE until<=?1 RETURNING *", (at,)
    ).fetchall()
    return [_word(row, 0.0) for row in rows]


def words(conn: sqlite3.Connection, at: int) -> list[Word]:
    """All of them, each for what is left of its time."""
    rows = conn.execute("SELECT * FROM presence ORDER BY department")
    return [_word(row, max(1.0, (row["until"] - at) / 1000) if row["until"] else 0.0) for row in rows]


def _word(row: sqlite3.Row, valid_s: float) -> Word:
    return Word(
        row["department"],
        row["there"],
        row["waiting"],
        valid_s,
        row["free"],
        row["wait_s"],
        bool(row["open"]),
        row["opens_at"],
    )
