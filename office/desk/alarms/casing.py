"""An alarm becomes a case: place, pole and words filled in. However often it is asked, it is one case."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import partial

from office.desk.alarms import rows
from office.desk.alarms.board import Board
from office.desk.alarms.rows import Row
from office.desk.alarms.wording import cause_words
from office.desk.cases import book
from office.desk.cases.book import NewCase, Source
from office.desk.door import Door, Visit
from office.desk.part import Part
from office.desk.people.roles import Permission
from office.desk.register.look import Card
from office.web import Reply, said
from sync.contract.envelope import Struct

MOST_NOTES = 10


class CaseMade(Struct, frozen=True):
    """Its number, and the alarm with it."""

    number: str
    row: Row


class Casing(Part):
    """One key."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        path = "/v1/alarms/{alarm}/case"
        return (Door("POST", path, self.begin, Permission.ALARMS_WORK, "Make it a case", answers=CaseMade),)

    async def begin(self, visit: Visit) -> Reply:
        """What was noted at the alarm so far stands in the case's words."""
        board = self.desk.part(Board)
        row = await board.row(visit.name("alarm"))
        new = await self.desk.look(partial(_new, row=row, by=visit.who.id))
        at = self.desk.now()

        def make(conn: sqlite3.Connection) -> str:
            number = book.begin(conn, at, new, self.desk.vault)
            conn.execute("INSERT OR IGNORE INTO alarm_cases VALUES (?,?,?,?)", (row.id, number, visit.who.id, at))
            return number

        number = await self.desk.change(make)
        return said(CaseMade(number, (await board.tell([row.id]))[0]))


def _new(conn: sqlite3.Connection, row: Row, by: str) -> NewCase:
    kept = conn.execute("SELECT * FROM centre.alarms WHERE id=?", (row.id,)).fetchone()
    card = rows.card_of(conn, kept) or Card(gateway=row.gateway, device=row.device)
    notes = conn.execute(
        "SELECT text FROM alarm_notes WHERE alarm=? AND text<>'' ORDER BY n DESC LIMIT ?", (row.id, MOST_NOTES)
    ).fetchall()
    words = [f"{cause_words(row.cause)}({row.device or row.gateway})", *(note["text"] for note in notes[::-1])]
    return NewCase(
        source=Source.ALARM,
        source_ref=row.id,
        words="\n".join(words),
        by=by,
        pole=card.pole,
        place=card.place,
        place_words=card.words,
        community=card.community,
        gateway=row.gateway,
        alarm=row.id,
        resident=card.person,
        accepted=True,
    )
