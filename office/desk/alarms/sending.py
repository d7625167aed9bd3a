"""Sending somebody to an alarm, and what a warden with an account answers. The link of a neighbour is in `helping`."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from office.client import Declined, NotRunning
from office.database import StoreError
from office.desk import file_rows
from office.desk.alarms import errands, notes
from office.desk.alarms.board import Board
from office.desk.alarms.errands import Errand
from office.desk.alarms.rows import Row
from office.desk.alarms.sheet import Sheet, over, sheet
from office.desk.alarms.working import BY
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.duty.duty import Duty
from office.desk.mistake import Mistake, missing
from office.desk.outcall import NoOutcall
from office.desk.part import Part
from office.desk.people import audit
from office.desk.people.roles import Permission, Role
from office.web import Reply, said
from sync.contract.alarm import Step
from sync.contract.envelope import Struct

log = logging.getLogger("linli.office.alarms")

NEIGHBOUR = "neighbour"
"""Who did it, in the audit log, when it was whoever has the link."""
MOST_NAME = 40
MOST_MINUTES = 60
TEXT_S = 30.0
"""A message that is not taken by then has failed; whoever is to be phoned waits behind it no longer."""


class SendAsked(Struct, frozen=True):
    """A warden by account, or a neighbour by name and number. `text`: the desk sends them the link itself."""

    account: str = ""
    name: str = ""
    phone: str = ""
    text: bool = False


class Sent(Struct, frozen=True):
    """The link is given once and kept nowhere. `texted`: it is on its way to their phone."""

    id: str
    link: str
    row: Row
    texted: bool = False


class Texted(Struct, frozen=True):
    """What became of the message with the link, told to who sent it: done or failed."""

    errand: str
    name: str
    state: str


class WordAsked(Struct, frozen=True):
    """accept (with minutes), arrived, found (with text or picture), cannot."""

    what: str
    minutes: int = 0
    text: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class _Text:
    """A message to be sent. It says nothing of who needs help or where: that stands behind the link."""

    errand: str
    name: str
    phone: str
    words: str
    by: str


class Sending(Part):
    """Errands on the office's side."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._ended: asyncio.Queue[str] = asyncio.Queue()
        self._texts: asyncio.Queue[_Text] = asyncio.Queue()
        self.idle = True
        """Every link of an alarm that is over has been taken back."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        work, walk = Permission.ALARMS_WORK, Permission.ROUND
        return (
            Door("POST", "/v1/alarms/{alarm}/errands", self.send, work, "Send somebody", asks=SendAsked, answers=Sent),
            Door("POST", "/v1/errands/{errand}/revoke", self.revoke, work, "Call them back", answers=Row),
            Door("GET", "/v1/errands/mine", self.mine, walk, "A warden's own", answers=list[Sheet]),
            Door("POST", "/v1/errands/{errand}/words", self.word, walk, "Answer", asks=WordAsked, answers=Sheet),
        )

    async def run(self) -> None:
        """See `Part`: links of alarms that are over are taken back, and those to be texted are."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._take_back())
            group.create_task(self._bring_texts())

    async def _take_back(self) -> None:
        board = self.desk.part(Board)
        board.changed.append(self._closed)
        while True:
            alarm = await self._ended.get()
            self.idle = False
            at = self.desk.now()
            try:
                if await self.desk.change(partial(errands.revoke_of, at=at, alarm=alarm)):
                    self._told_wardens()
            except StoreError as error:
                log.error("links of a closed alarm are dead, but not marked so: %s", error)  # noqa: TRY400
            self.idle = self._ended.empty()

    async def _bring_texts(self) -> None:
        """One after another. The number and the link stand in no table and no log."""
        calls = self.desk.part(Duty).calls
        while True:
            wanted = await self._texts.get()
            state = await calls.bring("errand", wanted.words, wanted.phone, TEXT_S)
            at, errand, by = self.desk.now(), wanted.errand, wanted.by
            with suppress(StoreError):  # a full disk: the clerk is told all the same
                await self.desk.change(lambda conn: audit.note(conn, at, by, "errand.texted", errand, state=state))  # noqa: B023 - it is awaited here
            self.desk.live.tell("errand-text", Texted(errand, wanted.name, state), accounts=frozenset({by}))

    def _closed(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.closed_at is not None and row.errands:
                self.idle = False
                self._ended.put_nowait(row.id)

    async def send(self, visit: Visit) -> Reply:
        """Who is sent reads place and name, and nothing that is sealed."""
        wanted = await visit.asked(SendAsked)
        row = await self.desk.part(Board).row(visit.name("alarm"))
        if row.closed_at is not None:
            raise Mistake("这条警报已经结束", "this alarm is closed", 409, code="closed")
        name, phone = wanted.name.strip()[:MOST_NAME], wanted.phone.strip()
        if wanted.account:
            await self.desk.look(partial(_must_walk, account=wanted.account))
        elif not name:
            raise Mistake("请填对方怎么称呼", "say who it is", 422, "name")
        elif not errands.PHONE.fullmatch(phone):
            raise Mistake("电话号码不对", "this is no phone number", 422, "phone")
        at, by = self.desk.now(), visit.who.id
        account = wanted.account
        make = partial(errands.made, vault=self.desk.vault, at=at, alarm=row.id, by=by, account=account)
        errand, token = await self.desk.change(
            partial(make, name="" if account else name, phone="" if account else phone)
        )
        self._told_wardens(account)
        row = (await self.desk.part(Board).tell([row.id]))[0]
        link = f"{self._base(visit)}/help/{token}"
        texted = wanted.text and not account and self.desk.part(Duty).calls.way.name != NoOutcall.name
        if texted:
            words = f"{self.desk.door.office}:有位老人需要帮助,请您打开链接看看能不能过去 {link}"
            self._texts.put_nowait(_Text(errand, name, phone, words, by))
        return said(Sent(errand, link, row, texted))

    def _base(self, visit: Visit) -> str:
        return self.desk.door.url.rstrip("/") or f"https://{visit.ask.headers.get('Host', '')}"

    async def revoke(self, visit: Visit) -> Reply:
        """The link leads nowhere from now on."""
        errand = await self._errand(visit)
        at = self.desk.now()
        await self.desk.change(partial(errands.revoke, at=at, errand=errand.id, by=visit.who.id))
        self._told_wardens(errand.account)
        return said((await self.desk.part(Board).tell([errand.alarm]))[0])

    async def mine(self, visit: Visit) -> Reply:
        """Those that still run."""
        at, office, who = self.desk.now(), self.desk.door.office, visit.who.id
        drills = self.desk.part(Board).drills

        def find(conn: sqlite3.Connection) -> list[Sheet]:
            found = [sheet(conn, one, at, office, drills) for one in errands.of_account(conn, who, at)]
            return [one for one in found if not one.over]

        return said(await self.desk.look(find))

    async def word(self, visit: Visit) -> Reply:
        """A warden's answer; a picture is one they have brought to `/v1/files` before."""
        wanted = await visit.asked(WordAsked)
        errand = await self._errand(visit)
        if errand.account != visit.who.id:
            raise missing("任务", "errand")
        return said(await self.answered(errand, wanted, by=visit.who.id))

    async def answered(self, errand: Errand, wanted: WordAsked, *, by: str = "", picture: str = "") -> Sheet:
        """Keep it, show it on the board, and tell the elder that somebody comes. Raises Mistake."""
        at = self.desk.now()
        text = " ".join(wanted.text.split())
        if wanted.what not in errands.WORDS:
            raise Mistake("不明白这个回答", "not an answer", 422, "what")
        if len(text) > errands.MOST_TEXT:
            raise Mistake(f"最多 {errands.MOST_TEXT} 个字", f"at most {errands.MOST_TEXT} letters", 422, "text")
        if not 0 <= wanted.minutes <= MOST_MINUTES:
            raise Mistake(f"请填 0 到 {MOST_MINUTES} 分钟", f"0 to {MOST_MINUTES} minutes", 422, "minutes")
        if why := await self.desk.look(partial(over, errand=errand, at=at)):
            raise Mistake("这次求助已经结束,谢谢您", f"this errand is over ({why}), thank you", 410, code="over")

        def keep(conn: sqlite3.Connection) -> None:
            sha256 = picture or wanted.picture
            if picture:
                file_rows.use(conn, at, picture, f"errand:{errand.id}")
            elif wanted.picture:
                file_rows.bring(conn, at, wanted.picture, f"errand:{errand.id}", by)
            errands.say(conn, at, errand, wanted.what, text, sha256)
            audit.note(conn, at, by or NEIGHBOUR, f"errand.{wanted.what}", errand.id, picture=bool(sha256))
            if wanted.what == "accept" and wanted.minutes:
                notes.promise(conn, at, errand.alarm, errand.made_by, wanted.minutes, "")

        await self.desk.change(keep)
        if wanted.what == "accept":
            await self._on_the_way(errand, wanted.minutes)
        await self.desk.part(Board).tell([errand.alarm])
        return await self.sheet(errand)

    async def sheet(self, errand: Errand) -> Sheet:
        """As it stands now."""
        at, office, drills = self.desk.now(), self.desk.door.office, self.desk.part(Board).drills

        def read(conn: sqlite3.Connection) -> Sheet:
            return sheet(conn, errands.of_id(conn, errand.id) or errand, at, office, drills)

        return await self.desk.look(read)

    async def _on_the_way(self, errand: Errand, minutes: int) -> None:
        """The words on the board stand even when the receiver cannot be reached; the device then says nothing new."""
        who = "网格员出发了" if errand.account else "邻居马上过来看您"
        text = f"{who},{minutes}分钟到" if minutes else who
        try:
            await self.desk.centre.step(errand.alarm, Step.ON_THE_WAY, BY, errand.made_by, text)
        except (NotRunning, Declined) as reason:
            log.warning("the elder could not be told who comes: %s", reason)

    async def _errand(self, visit: Visit) -> Errand:
        found = await self.desk.look(partial(errands.of_id, errand=visit.name("errand")))
        if found is None:
            raise missing("任务", "errand")
        return found

    def _told_wardens(self, account: str = "") -> None:
        """Their pages load their errands anew."""
        if account:
            self.desk.live.tell("errands", {}, accounts=frozenset({account}))
        else:
            self.desk.live.tell("errands", {}, may=Permission.ROUND)


def _must_walk(conn: sqlite3.Connection, account: str) -> None:
    row = conn.execute("SELECT roles FROM accounts WHERE id=? AND disabled=0", (account,)).fetchone()
    if row is None or f'"{Role.WARDEN}"' not in row["roles"]:
        raise Mistake("只能派给网格员", "only a grid warden can be sent", 422, "account")
