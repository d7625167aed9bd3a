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


def keep(conn: sqlite3.Connection, word: Word, at: int) -> None:
    """The newest word stands."""
    until = at + int(word.valid_s * 1000) if word.valid_s else None
    conn.execute(
        """INSERT INTO presence(department, there, waiting, at, until) VALUES (?,?,?,?,?)
           ON CONFLICT(department) DO UPDATE SET
               there=excluded.there, waiting=excluded.waiting, at=excluded.at, until=excluded.until""",
        (word.department, word.there, word.waiting, at, until),
    )


def lapse(conn: sqlite3.Connection, at: int) -> list[Word]:
    """Whoever was not renewed in time is nobody from now on; what gateways are told."""
    rows = conn.execute(
        "UPDATE presence SET there=0, at=?1, until=NULL WHERE until<=?1 RETURNING department, waiting", (at,)
    ).fetchall()
    return [Word(row["department"], 0, row["waiting"]) for row in rows]


def words(conn: sqlite3.Connection, at: int) -> list[Word]:
    """All of them, each for what is left of its time."""
    rows = conn.execute("SELECT department, there, waiting, until FROM presence ORDER BY department")
    return [
        Word(r["department"], r["there"], r["waiting"], max(1.0, (r["until"] - at) / 1000) if r["until"] else 0.0)
        for r in rows
    ]
