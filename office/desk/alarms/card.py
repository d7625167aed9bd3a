"""The elder's card: everything about one alarm on one sheet. What is sealed is asked for by itself, and audited."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import partial

from office.desk.alarms import history, rows
from office.desk.alarms.board import Board
from office.desk.alarms.escalation import What
from office.desk.alarms.history import DeviceState, Earlier, Happened, Picture
from office.desk.alarms.rows import Row
from office.desk.door import Door, Visit
from office.desk.file_rows import FileRef
from office.desk.part import Part
from office.desk.people import accounts, audit
from office.desk.people.roles import Permission
from office.desk.register import look
from office.desk.register.look import Secrets
from office.web import Reply, said
from sync.contract.envelope import Struct


class Line(Struct, frozen=True):
    """A line of the alarm's own history: a step, a note, a call, a word of whoever was sent."""

    at: int
    what: str
    name: str = ""
    text: str = ""
    files: list[FileRef] = []


class AlarmCard(Struct, frozen=True, kw_only=True):
    """`person` is empty when neither the register nor the device says whose it is; then there is what it said."""

    row: Row
    person: look.Card | None
    device: DeviceState
    told: history.Said
    pictures: list[Picture]
    around: list[Happened]
    earlier: list[Earlier]
    lines: list[Line]


class Cards(Part):
    """One alarm, whole."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        see, secret = Permission.ALARMS_SEE, Permission.REGISTER_SECRETS
        path = "/v1/alarms/{alarm}"
        return (
            Door("GET", path, self.card, see, "One alarm with its card", answers=AlarmCard),
            Door("POST", f"{path}/secrets", self.secrets, secret, "Notes and contacts; recorded", answers=Secrets),
        )

    async def card(self, visit: Visit) -> Reply:
        """Without person and names for who may not see the register."""
        row = await self.desk.part(Board).row(visit.name("alarm"))
        known = Permission.REGISTER_SEE in visit.who.may
        return said(await self.desk.look(partial(_card, row=row if known else row.bare(), known=known)))

    async def secrets(self, visit: Visit) -> Reply:
        """The alarm is the reason; who read them and for which alarm stands in the audit log before they are sent."""
        row = await self.desk.part(Board).row(visit.name("alarm"))
        card = await self.desk.look(partial(_person, alarm=row.id))
        if card is None or not card.person:
            return said(Secrets(person=""))
        at, who, person = self.desk.now(), visit.who.id, card.person
        await self.desk.change(lambda conn: audit.note(conn, at, who, "register.secrets", person, alarm=row.id))
        return said(await self.desk.look(partial(look.secrets, vault=self.desk.vault, person=person)))


def _person(conn: sqlite3.Connection, alarm: str) -> look.Card | None:
    row = conn.execute("SELECT * FROM centre.alarms WHERE id=?", (alarm,)).fetchone()
    return rows.card_of(conn, row) if row else None


def _card(conn: sqlite3.Connection, row: Row, *, known: bool) -> AlarmCard:
    return AlarmCard(
        row=row,
        person=_person(conn, row.id) if known else None,
        device=history.state(conn, row.gateway, row.device),
        told=history.said_of(conn, row.id),
        pictures=history.pictures(conn, row.id),
        around=history.around(conn, row.id, row.gateway, row.device) if row.device else [],
        earlier=history.earlier(conn, row.id, row.gateway, row.device, row.received_at),
        lines=lines(conn, row, known=known),
    )


def lines(conn: sqlite3.Connection, row: Row, *, known: bool = True) -> list[Line]:
    """What happened to the alarm, oldest first. What people wrote is for who may see the register."""
    found = [Line(row.raised_at, "raised")] if row.origin == "gateway" else []
    found.append(Line(row.received_at, "received" if row.origin == "gateway" else "own"))
    found += [Line(call.at, f"call.{call.what}", call.name, _phoned(conn, row.id, call.what)) for call in row.calls]
    for step in conn.execute("SELECT * FROM centre.alarm_steps WHERE alarm=? ORDER BY n", (row.id,)):
        name = accounts.name_of(conn, step["actor"]) if step["actor"] else step["by"]
        found.append(Line(step["at"], f"step.{step['step']}", name, step["text"] or step["reason"]))
    for keeper in conn.execute("SELECT * FROM alarm_keepers WHERE alarm=? ORDER BY n", (row.id,)):
        to = accounts.name_of(conn, keeper["account"])
        found.append(Line(keeper["at"], "handed", accounts.name_of(conn, keeper["by"]), to))
    for note in conn.execute("SELECT * FROM alarm_notes WHERE alarm=? ORDER BY n", (row.id,)):
        if note["kind"] != "close" or note["text"]:
            text = note["text"] if known else ""
            found.append(Line(note["at"], f"note.{note['kind']}", accounts.name_of(conn, note["account"]), text))
    found += [Line(said["at"], "fine") for said in conn.execute(_FINE, (row.id,))]
    found += _errands(conn, row, known=known)
    return sorted(found, key=lambda line: line.at)


_FINE = """SELECT at FROM centre.alarm_updates
    WHERE alarm=? AND CASE WHEN json_valid(data) THEN json_extract(data, '$.attributes.step')='fine' END"""
"""Whoever pressed said at the kiosk that they are fine."""


def _phoned(conn: sqlite3.Connection, alarm: str, what: str) -> str:
    """What became of the call: waiting, begun, done, failed, unknown."""
    row = conn.execute(
        """SELECT o.state FROM alarm_calls c JOIN outcalls o ON o.reason='alarm' AND o.about=c.outcome
           WHERE c.alarm=? AND c.what='phone'""",
        (alarm,),
    ).fetchone()
    return str(row["state"]) if row and what == What.PHONE else ""


def _errands(conn: sqlite3.Connection, row: Row, *, known: bool) -> list[Line]:
    names = {errand.id: errand.name for errand in row.errands}
    found = [Line(errand.made_at, "errand.sent", errand.name) for errand in row.errands]
    words = conn.execute(
        """SELECT w.* FROM errand_words w JOIN errands e ON e.id=w.errand WHERE e.alarm=? ORDER BY w.n""", (row.id,)
    )
    for word in words:
        file = rows.file_of(conn, word["picture"]) if known else []
        text = word["text"] if known else ""
        found.append(Line(word["at"], f"errand.{word['what']}", names.get(word["errand"], ""), text, file))
    return found
