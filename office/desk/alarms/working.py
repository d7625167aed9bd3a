"""What a clerk does about an alarm: take it, say who comes, write, hand it on, close it.

Taking and closing are the receiver's compare-and-set; the desk writes its own rows only for who won, so that a loser
leaves no mark and reads who was first.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from functools import partial

from office.alarms import Taken
from office.client import Declined
from office.desk.alarms import notes
from office.desk.alarms.board import Board
from office.desk.alarms.rows import Row
from office.desk.alarms.sentences import SENTENCES, Sentence, spoken
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people import audit
from office.desk.people.accounts import Person
from office.desk.people.roles import Permission, Role, permissions
from office.parcel import ID
from office.web import Reply, said
from sync.contract.alarm import Step
from sync.contract.envelope import Struct

BY = "duty"
"""What goes down to the gateway: in which role, never who."""
REASONS = ("real", "false", "test", "drill")


class TakenView(Struct, frozen=True):
    """`changed` is false when somebody was first: `name` says who."""

    changed: bool
    name: str
    row: Row


class WayAsked(Struct, frozen=True):
    """A sentence by its key with minutes, or words."""

    sentence: str = ""
    minutes: int = 0
    text: str = ""


class NoteAsked(Struct, frozen=True):
    """A note."""

    text: str


class CloseAsked(Struct, frozen=True):
    """How it ended. `sure`: although a colleague has it."""

    reason: str
    text: str = ""
    sure: bool = False


class HandAsked(Struct, frozen=True):
    """To which account. `sure`: although a colleague has it."""

    to: str
    sure: bool = False


class Colleague(Struct, frozen=True):
    """Whom an alarm can be handed or sent to."""

    id: str
    name: str
    warden: bool


class Words(Struct, frozen=True):
    """What the page offers: sentences for the elder's device, and people."""

    sentences: list[Sentence]
    colleagues: list[Colleague]


class Working(Part):
    """The steps of people."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        work, one = Permission.ALARMS_WORK, "/v1/alarms/{alarm}"
        return (
            Door("POST", f"{one}/take", self.take, work, "Take it; one of several wins", answers=TakenView),
            Door("POST", f"{one}/way", self.way, work, "Say who comes", asks=WayAsked, answers=Row),
            Door("POST", f"{one}/notes", self.note, work, "Write a note", asks=NoteAsked, answers=Row),
            Door("POST", f"{one}/still", self.still, work, "Still being worked on", answers=Row),
            Door("POST", f"{one}/hand", self.hand, work, "Hand it to a colleague", asks=HandAsked, answers=Row),
            Door(
                "POST", f"{one}/close", self.close, work, "Close it with a reason", asks=CloseAsked, answers=TakenView
            ),
            Door("GET", "/v1/alarms/words", self.words, work, "Sentences and colleagues", answers=Words),
        )

    @property
    def _board(self) -> Board:
        return self.desk.part(Board)

    async def take(self, visit: Visit) -> Reply:
        """The loser's answer names the winner, and nothing was written for the loser."""
        alarm = _named(visit)
        taken = await self._step(alarm, Step.ACKNOWLEDGE, visit.who)
        if not taken.changed:
            row = await self._board.row(alarm)
            return said(TakenView(changed=False, name=row.closed_by or row.keeper_name, row=row))
        await self._noted(visit, alarm, "alarm.taken")
        return said(TakenView(changed=True, name=visit.who.name, row=await self._told(alarm)))

    async def way(self, visit: Visit) -> Reply:
        """The device says it to the elder, as far as it can."""
        alarm, wanted = _named(visit), await visit.asked(WayAsked)
        text, minutes = spoken(wanted.sentence, wanted.minutes, wanted.text)
        taken = await self._step(alarm, Step.ON_THE_WAY, visit.who, text=text)
        if not taken.changed:
            row = await self._board.row(alarm)
            raise Mistake(f"{row.closed_by}已经结束了这条警报", f"{row.closed_by} has closed it", 409, code="closed")
        at = self.desk.now()

        def keep(conn: sqlite3.Connection) -> None:
            notes.promise(conn, at, alarm, visit.who.id, minutes, text)
            audit.note(conn, at, visit.who.id, "alarm.on_the_way", alarm, sentence=wanted.sentence, minutes=minutes)

        await self.desk.change(keep)
        return said(await self._told(alarm))

    async def note(self, visit: Visit) -> Reply:
        """Also after it was closed: what came out later."""
        wanted = await visit.asked(NoteAsked)
        text = notes.words(wanted.text, needed=True)
        return await self._written(visit, "note", text)

    async def still(self, visit: Visit) -> Reply:
        """The answer to a reminder."""
        return await self._written(visit, "still", "")

    async def _written(self, visit: Visit, kind: str, text: str) -> Reply:
        row, at = await self._board.row(_named(visit)), self.desk.now()

        def keep(conn: sqlite3.Connection) -> None:
            notes.note(conn, at, row.id, visit.who.id, kind, text)
            audit.note(conn, at, visit.who.id, f"alarm.{kind}", row.id, letters=len(text))

        await self.desk.change(keep)
        return said(await self._told(row.id))

    async def hand(self, visit: Visit) -> Reply:
        """Who has it changes; of two hand-overs at once the first one stands."""
        wanted = await visit.asked(HandAsked)
        # Counted before the row is read: a hand-over between the two is seen by one of them.
        before = await self.desk.look(partial(notes.hands, alarm=_named(visit)))
        row = await self._board.row(_named(visit))
        if row.taken_at is None or row.closed_at is not None:
            raise Mistake("只能转交已接、未结束的警报", "only an alarm that is taken and open can be handed on", 409)
        _ask_unless_sure(row, visit.who, "转交", "hand on", sure=wanted.sure)
        names = {one.id for one in await self.desk.look(_colleagues) if not one.warden}
        if wanted.to not in names:
            raise Mistake("不能转给这个人", "cannot be handed to them", 422, "to")
        if wanted.to == row.keeper:
            raise Mistake("本来就是这个人接的", "they have it already", 422, "to")
        at, by = self.desk.now(), visit.who.id
        await self.desk.change(partial(notes.hand, at=at, alarm=row.id, before=before, to=wanted.to, by=by))
        return said(await self._told(row.id))

    async def close(self, visit: Visit) -> Reply:
        """The reason goes down to the gateway, the words stay here: a device would say them aloud."""
        wanted = await visit.asked(CloseAsked)
        if wanted.reason not in REASONS:
            raise Mistake("请选结束的原因", "choose a reason", 422, "reason")
        text = notes.words(wanted.text, needed=False)
        row = await self._board.row(_named(visit))
        if row.closed_at is None:
            _ask_unless_sure(row, visit.who, "结束", "close", sure=wanted.sure)
        taken = await self._step(row.id, Step.CLOSE, visit.who, reason=wanted.reason)
        if not taken.changed:
            row = await self._board.row(row.id)
            return said(TakenView(changed=False, name=row.closed_by, row=row))
        at = self.desk.now()

        def keep(conn: sqlite3.Connection) -> None:
            notes.note(conn, at, row.id, visit.who.id, "close", text)
            audit.note(conn, at, visit.who.id, "alarm.closed", row.id, reason=wanted.reason)

        await self.desk.change(keep)
        return said(TakenView(changed=True, name=visit.who.name, row=await self._told(row.id)))

    async def words(self, _: Visit) -> Reply:
        """Read once by a page."""
        return said(Words([*SENTENCES], await self.desk.look(_colleagues)))

    async def _step(self, alarm: str, step: Step, who: Person, text: str = "", reason: str = "") -> Taken:
        try:
            return await self.desk.centre.step(alarm, step, BY, who.id, text, reason)
        except Declined:
            await self._board.row(alarm)  # says so when there is no such alarm
            raise

    async def _noted(self, visit: Visit, alarm: str, action: str) -> None:
        at = self.desk.now()
        await self.desk.change(lambda conn: audit.note(conn, at, visit.who.id, action, alarm))

    async def _told(self, alarm: str) -> Row:
        """At once, without waiting for the follower."""
        return (await self._board.tell([alarm]))[0]


def _named(visit: Visit) -> str:
    alarm = visit.name("alarm")
    if not ID.fullmatch(alarm):
        raise missing("警报", "alarm")
    return alarm


def _ask_unless_sure(row: Row, who: Person, zh: str, en: str, *, sure: bool) -> None:
    if sure or row.taken_at is None or row.keeper == who.id:
        return
    name = row.keeper_name
    raise Mistake(
        f"这条警报是{name}接的,确定由您{zh}吗?", f"{name} has it; {en} it all the same?", 409, code="not-yours"
    )


def _colleagues(conn: sqlite3.Connection) -> list[Colleague]:
    """Who can work alarms, and wardens."""
    found = []
    for row in conn.execute("SELECT id, name, roles FROM accounts WHERE disabled=0 ORDER BY name"):
        roles = frozenset(Role(role) for role in json.loads(row["roles"]))
        works, walks = (one in permissions(roles) for one in (Permission.ALARMS_WORK, Permission.ROUND))
        if works or walks:
            found.append(Colleague(row["id"], row["name"], warden=not works))
    return found
