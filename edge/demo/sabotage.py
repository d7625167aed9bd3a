"""Proof that the judge can find fault: spoils a copy of the receiver's database in one of three ways.

    lose     an event that a device saw answered is gone
    double   an event stands there twice, under another id and a sequence of its own
    swap     two events of one device have changed places in their lane

The victim follows from the seed. The copy is made with SQLite's own backup, so the receiver may go on running.
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from edge.demo.ledger import Record


class Sabotage(StrEnum):
    """What to spoil."""

    LOSE = "lose"
    DOUBLE = "double"
    SWAP = "swap"


def spoil(database: Path, copy: Path, how: Sabotage, records: Iterable[Record], seed: int) -> str:
    """Make a spoilt copy; says what was done to whom."""
    with (
        closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy)) as conn,
    ):
        source.backup(conn)
        with conn:
            return _WAYS[how](conn, _victims(conn, records), random.Random(seed))  # noqa: S311 - a story


Victim = tuple[int, int, int, str]
"""Row, stream, sequence, device."""


def _victims(conn: sqlite3.Connection, records: Iterable[Record]) -> list[Victim]:
    """Events with a device's time, of devices that saw theirs answered: whatever happens to one of them must show."""
    devices = {r.word.device for r in records if r.answered and r.word.kind == "position"}
    rows = conn.execute("SELECT n, stream, seq, data FROM events WHERE type LIKE 'linli.position.%' ORDER BY n")
    named = ((n, stream, seq, json.loads(data)["device"]) for n, stream, seq, data in rows)
    return [victim for victim in named if victim[3] in devices]


def _lose(conn: sqlite3.Connection, victims: list[Victim], dice: random.Random) -> str:
    row, _stream, seq, device = dice.choice(victims)
    conn.execute("DELETE FROM events WHERE n = ?", (row,))
    return f"lost the event {seq} of {device}"


def _double(conn: sqlite3.Connection, victims: list[Victim], dice: random.Random) -> str:
    row, stream, seq, device = dice.choice(victims)
    conn.execute(
        """INSERT INTO events (stream, seq, id, device, type, time, received, subject, clock, boot, mono, data)
           SELECT stream, (SELECT max(seq) + 1 FROM events WHERE stream = ?), id || '-again', device, type, time,
                  received, subject, clock, boot, mono, data FROM events WHERE n = ?""",
        (stream, row),
    )
    return f"doubled the event {seq} of {device}"


def _swap(conn: sqlite3.Connection, victims: list[Victim], dice: random.Random) -> str:
    stream, device = dice.choice(sorted({(stream, device) for _, stream, _, device in victims}))
    own = [(row, seq) for row, s, seq, d in victims if (s, d) == (stream, device)]
    at = dice.randrange(len(own) - 1)
    (row, seq), (other_row, other_seq) = own[at], own[at + 1]
    for number, to in ((row, -1), (other_row, seq), (row, other_seq)):  # a place is held by one at a time
        conn.execute("UPDATE events SET seq = ? WHERE n = ?", (to, number))
    return f"swapped the events {seq} and {other_seq} of {device}"


_WAYS = {Sabotage.LOSE: _lose, Sabotage.DOUBLE: _double, Sabotage.SWAP: _swap}
