"""Calls: joins the signals of kiosks with the pages of clerks. What pages use is listed in `office.desk.calls`."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from office.client import NotRunning
from office.database import StoreError
from office.desk.calls import card, outcome, rows
from office.desk.calls.board import board
from office.desk.calls.exchange import Exchange, Work
from office.desk.calls.line import Line
from office.desk.calls.shapes import (
    AliveWord,
    AnswerAsks,
    Board,
    Card,
    CaseBegun,
    CaseOfCall,
    HoldAsks,
    KioskToCall,
    OutcomeAsks,
    PageAsks,
    PageWord,
    RenewAsks,
    ResumeAsks,
    RingAsks,
    Taken,
    TransferAsks,
)
from office.desk.calls.telling import Telling
from office.desk.calls.there import There
from office.desk.calls.wish import Wish
from office.desk.cases import book
from office.desk.cases.desk_doors import get_department
from office.desk.cases.moves import MOST_WORDS
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.duty.duty import Duty
from office.desk.live import Page
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people.roles import Permission
from office.desk.register import look as register
from office.desk.steady import steadily
from office.web import Reply, said
from sync.contract import case_number
from sync.contract.call_signals import MAX_LEG, MAX_SDP, Alive
from sync.contract.envelope import ContractError, Raw, Struct, decode

log = logging.getLogger("linli.office.desk")

TAKE = Permission.CALLS_TAKE
LOOK_S = 0.25
STALLED_S = 1.0
RELOAD_S = 10.0
AGAIN_S = 0.5
CASE_FOR_MS = 3600 * 1000
"""After a call its clerk still writes it down."""
MOST_JOBS = 5000


class Said(Struct, frozen=True):
    """A message of a page."""

    topic: str
    data: Raw


class Calls(Part):
    """Routes and own work; the rules are in `queue`, `line` and `exchange`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.there = There(desk, lambda page: page in self.desk.part(Duty).watch.stations)
        self.exchange = Exchange(desk, self.there)
        self.telling = Telling(desk, self.exchange)
        self.exchange.send = self.telling.send
        self.exchange.keep = self._keep
        self.exchange.changed = self._changed
        self._jobs: asyncio.Queue[list[Work]] = asyncio.Queue(MOST_JOBS)
        self._board_due = False
        self._board: Board | None = None
        self.ready = asyncio.Event()
        """Calls that were there when the desk ended are there again, and signals are heard."""
        self.waiting_callbacks = 0
        desk.live.heard.append(self._heard)
        desk.live.changed.append(self.there.came_or_went)

    # --- routes

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        one = "/v1/calls/{call}"
        return (
            Door("GET", "/v1/calls", self.seen, TAKE, "Calls that live", answers=Board),
            Door("GET", one, self.card, TAKE, "One call before it is answered", answers=Card),
            Door("POST", f"{one}/take", self.take, TAKE, "Answer it: of all who do, one has it", PageAsks, Taken),
            Door("POST", f"{one}/decline", self.decline, TAKE, "It shall not ring here", PageAsks, status=202),
            Door("POST", f"{one}/resume", self.resume, TAKE, "The own call on this page", ResumeAsks, Taken),
            Door("POST", f"{one}/answer", self.answer, TAKE, "The page's description", AnswerAsks, status=202),
            Door("POST", f"{one}/renew", self.renew, TAKE, "Media is dead here", RenewAsks, status=202),
            Door("POST", f"{one}/hold", self.hold, TAKE, "Hold, or go on", HoldAsks, status=202),
            Door("POST", f"{one}/transfer", self.transfer, TAKE, "Hand it over", TransferAsks, status=202),
            Door("POST", f"{one}/hang-up", self.hang_up, TAKE, "End it", PageAsks, status=202),
            Door("POST", f"{one}/outcome", self.outcome, TAKE, "How it went, in one word", OutcomeAsks, status=202),
            Door("POST", f"{one}/case", self.case, TAKE, "The notes become a case", CaseOfCall, CaseBegun, status=201),
            Door("GET", "/v1/call-kiosks", self.kiosks, TAKE, "Kiosks to call", answers=list[KioskToCall]),
            Door("POST", "/v1/call-kiosks/{gateway}/ring", self.ring, TAKE, "Call a kiosk", RingAsks, Taken),
        )

    async def seen(self, _: Visit) -> Reply:
        """Now."""
        return said(board(self.exchange, self.desk, self.waiting_callbacks))

    async def card(self, visit: Visit) -> Reply:
        """While it lives."""
        line = self._line(visit)
        return said(await self.desk.look(partial(card.card, line=line, now_s=self.desk.monotonic())))

    async def take(self, visit: Visit) -> Reply:
        """Compare and set."""
        page = self._page(visit, (await visit.asked(PageAsks)).page)
        return said(self._taken(self.exchange.grant(visit.name("call"), visit.who, page)))

    async def decline(self, visit: Visit) -> Reply:
        """It goes on ringing at others."""
        self._page(visit, (await visit.asked(PageAsks)).page)
        self.exchange.decline(visit.name("call"), visit.who)
        return Reply(202)

    async def resume(self, visit: Visit) -> Reply:
        """After a reload, or after the line to the desk was away."""
        asked = await visit.asked(ResumeAsks)
        page = self._page(visit, asked.page)
        line = self.exchange.resume(visit.name("call"), visit.who, page, asked.leg, media=asked.media)
        return said(self._taken(line))

    async def answer(self, visit: Visit) -> Reply:
        """Only from the page that has it."""
        asked = await visit.asked(AnswerAsks)
        if not (0 < len(asked.sdp) <= MAX_SDP and 0 < asked.leg <= MAX_LEG):
            raise Mistake("通话描述不对", "a description has 1 to 32768 characters", 413, field="sdp")
        line = self._own(visit, asked.page)
        self.exchange.step(line, visit.who, "", lambda _: line.answer(asked.leg, asked.sdp))
        return Reply(202)

    async def renew(self, visit: Visit) -> Reply:
        """The kiosk offers the next leg."""
        asked = await visit.asked(RenewAsks)
        line = self._own(visit, asked.page)
        if not 0 <= asked.leg <= MAX_LEG:
            raise Mistake("通话描述不对", "there is no such leg", field="leg")
        self.exchange.step(line, visit.who, "", lambda now_s: line.renew(asked.leg, now_s))
        return Reply(202)

    async def hold(self, visit: Visit) -> Reply:
        """Both ways."""
        asked = await visit.asked(HoldAsks)
        line = self._own(visit, asked.page)
        action = "call.held" if asked.on else "call.resumed"
        self.exchange.step(line, visit.who, action, lambda now_s: line.hold(now_s, on=asked.on))
        return Reply(202)

    async def transfer(self, visit: Visit) -> Reply:
        """To a department, or to somebody who takes calls and is free."""
        asked = await visit.asked(TransferAsks)
        line = self._own(visit, asked.page)
        department, clerk = self.exchange.may_transfer(line, asked.department, asked.clerk)
        self.exchange.step(
            line, visit.who, "call.transferred", lambda now_s: line.transfer(department, clerk, now_s),
            department=department, clerk=clerk,
        )  # fmt: skip
        return Reply(202)

    async def hang_up(self, visit: Visit) -> Reply:
        """The end."""
        line = self._own(visit, (await visit.asked(PageAsks)).page)
        self.exchange.hang_up(line, visit.who)
        return Reply(202)

    async def outcome(self, visit: Visit) -> Reply:
        """One tap, also after the end."""
        asked, at = await visit.asked(OutcomeAsks), self.desk.now()
        keep = partial(outcome.keep, at=at, by=visit.who.id, call=visit.name("call"), outcome=asked.outcome)
        await self.desk.change(keep)
        return Reply(202)

    async def ring(self, visit: Visit) -> Reply:
        """It rings for half a minute; about an SOS it is taken at once."""
        asked, gateway = await visit.asked(RingAsks), visit.name("gateway")
        page = self._page(visit, asked.page)
        found = await self.desk.look(partial(_kiosk, gateway=gateway))
        if found is None:
            raise missing("信息机", "kiosk")
        if not found.online:
            raise Mistake("这台信息机现在没有网络", "this kiosk has no line now", 409, code="offline")
        wish = Wish(asked.department, asked.video, alarm=asked.alarm[:64])
        line = self.exchange.ring_out(visit.who, page, gateway, found.kiosk, wish, asked.callback[:64])
        return said(self._taken(line))

    async def kiosks(self, _: Visit) -> Reply:
        """Boxes whose registry or calls say that they have a screen."""
        found = await self.desk.look(_kiosks)
        busy = {line.gateway for line in self.exchange.lines.values()}
        return said([KioskToCall(k.gateway, k.kiosk, k.online, k.gateway not in busy) for k in found])

    async def case(self, visit: Visit) -> Reply:
        """One case for the same notes, however often it is asked."""
        asked, call, at = await visit.asked(CaseOfCall), visit.name("call"), self.desk.now()
        words = "\n".join(part for part in (asked.title.strip(), asked.text.strip()) if part)
        if not words or len(words) > MOST_WORDS:
            raise Mistake(f"请填写内容,最多 {MOST_WORDS} 字", f"1 to {MOST_WORDS} characters are needed", field="text")
        line = self.exchange.lines.get(call)
        mark = hashlib.sha256(words.encode()).hexdigest()[:12]
        place = await self.desk.look(partial(_stands, call=call))  # writers do not see the centre

        def make(conn: sqlite3.Connection) -> str:
            row = conn.execute("SELECT * FROM calls WHERE id=?", (call,)).fetchone()
            if row is None:
                raise missing("通话", "call")
            clerk = line.clerk if line is not None else row["clerk"]
            over = row["ended"] is not None and at - row["ended"] > CASE_FOR_MS
            if clerk != visit.who.id or over:
                raise Mistake("这不是您的通话", "this is not your call", 403, code="may-not")
            department = asked.department or (line.department if line is not None else row["department"])
            get_department(conn, department)
            new = book.NewCase(
                book.Source.CALL, words, _kind(conn, asked.kind), source_ref=f"{call}:{mark}", by=visit.who.id,
                department=department, gateway=row["gateway"], phone=asked.phone[:32], accepted=True,
                place=place.place if place else "", place_words=place.words if place else "",
                pole=place.pole if place else "", alarm=row["alarm"],
            )  # fmt: skip
            number = book.begin(conn, at, new, self.desk.vault)
            conn.execute("INSERT OR IGNORE INTO call_cases VALUES (?,?,?)", (number, call, at))
            return number

        number = await self.desk.change(make)
        return said(CaseBegun(case_number.shown(number), f"#/cases/{number}"), 201)

    # --- for its neighbours

    async def reload(self) -> None:
        """Departments or staff were changed."""
        await self.exchange.staff.load()
        self.exchange.after()

    # --- small things of the routes

    def _page(self, visit: Visit, token: str) -> str:
        if not self.there.is_of(token, visit.who):
            raise Mistake("页面与服务器的连接断开了,请稍候", "this page has no live connection", 409, code="no-page")
        return token

    def _line(self, visit: Visit) -> Line:
        line = self.exchange.lines.get(visit.name("call"))
        if line is None:
            raise Mistake("通话已结束", "this call is over", 404, code="over")
        return line

    def _own(self, visit: Visit, page: str) -> Line:
        return self.exchange.held_by(visit.name("call"), visit.who, self._page(visit, page))

    def _taken(self, line: Line) -> Taken:
        servers, relay_only = self.exchange.ice(line.id)
        offer = line.offers.open
        return Taken(
            call=line.id,
            state=line.call.state,
            department=line.department,
            leg=offer.leg if offer else 0,
            sdp=offer.sdp if offer else "",
            ice=servers,
            relay_only=relay_only,
            video=line.video,
            language=line.wish.language,
        )

    # --- what pages say

    def _heard(self, page: Page, text: str) -> None:
        try:
            message = decode(text.encode(), Said)
            if message.topic == "calls":
                self.there.take(page, decode(bytes(message.data), PageWord))
            elif message.topic == "call":
                self._alive(page, decode(bytes(message.data), AliveWord))
        except ContractError:
            return  # a page of another version, or nonsense

    def _alive(self, page: Page, word: AliveWord) -> None:
        line = self.exchange.lines.get(word.call)
        if line is None or word.do != "alive" or not line.page or self.there.page(line.page) is not page:
            return
        if 0 <= word.leg <= MAX_LEG:
            signal = Alive(n=0, leg=word.leg, media=word.media, quality=word.quality)
            with self.exchange.quietly(line):
                line.page_lives(signal, self.desk.monotonic())

    # --- its own work

    async def run(self) -> None:
        """See `Part`."""
        await self.exchange.staff.load()
        await self.exchange.restore()
        async with asyncio.TaskGroup() as tasks:
            for name, work in (
                ("call signals", self._listen),
                ("call clock", self._tick),
                ("call rows", self._write),
                ("calls down", self.telling.run),
                ("call presence", self.telling.presence),
                ("departments", self._reload),
            ):
                tasks.create_task(steadily(name, work), name=name)

    async def _listen(self) -> None:
        said_so = False
        while True:
            try:
                async for signal in self.desk.centre.signals():
                    if signal is not None:
                        await self.exchange.heard(*signal)
                        continue
                    self.ready.set()
                    if said_so:
                        log.warning("call signals are heard again")
                    said_so = False
            except NotRunning as reason:
                if not said_so:
                    log.error("no calls: %s", reason)  # noqa: TRY400 - no stack needed
                said_so = True
            await asyncio.sleep(AGAIN_S)

    async def _tick(self) -> None:
        loop, before = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(LOOK_S)
            now = loop.time()
            if now - before > STALLED_S:
                self.there.watch.stalled(now - before - LOOK_S)
            else:
                with suppress(StoreError):
                    await self.exchange.alarms_arrive()
                self.there.tick()
                self.exchange.tick()
            before = now

    async def _reload(self) -> None:
        while True:
            await asyncio.sleep(RELOAD_S)
            await self.reload()

    def _keep(self, works: list[Work]) -> None:
        try:
            self._jobs.put_nowait(works)
        except asyncio.QueueFull:
            log.warning("too much to write down of calls: it is left out")

    async def _write(self) -> None:
        """In the order in which things happened. A disk that takes nothing ends no call."""
        while True:
            works = await self._jobs.get()

            def write(conn: sqlite3.Connection, works: list[Work] = works) -> None:
                for work in works:
                    work(conn)

            try:
                await self.desk.change(write)
            except StoreError as error:
                log.warning("calls are not written down: %s", error)

    def all_written(self) -> bool:
        """Everything that happened is on its way to the tables."""
        return self._jobs.empty()

    def _changed(self) -> None:
        self.telling.wake()
        if not self._board_due:
            self._board_due = True
            asyncio.get_running_loop().call_soon(self._tell_board)

    def _tell_board(self) -> None:
        """Everybody who takes calls; only what is other than before."""
        self._board_due = False
        now = board(self.exchange, self.desk, self.waiting_callbacks)
        if now != self._board:
            self._board = now
            self.desk.live.tell("calls", now, may=TAKE)

    def callbacks_changed(self, waiting: int) -> None:
        """The list of wishes is another."""
        self.waiting_callbacks = waiting
        self.desk.live.tell("callbacks", {"waiting": waiting}, may=TAKE)
        self._changed()


def _kind(conn: sqlite3.Connection, kind: str) -> str:
    known = conn.execute("SELECT 1 FROM case_kinds WHERE id=? AND active=1", (kind,)).fetchone()
    return kind if known else "other"


def _stands(conn: sqlite3.Connection, call: str) -> register.Card | None:
    row = conn.execute("SELECT gateway FROM calls WHERE id=?", (call,)).fetchone()
    return register.card(conn, row["gateway"], rows.KIOSK) if row is not None else None


def _kiosk(conn: sqlite3.Connection, gateway: str) -> KioskToCall | None:
    row = conn.execute("SELECT gateway, online FROM centre.gateways WHERE gateway=?", (gateway,)).fetchone()
    return (
        None if row is None else KioskToCall(gateway, rows.kiosk_words(conn, gateway), bool(row["online"]), free=True)
    )


def _kiosks(conn: sqlite3.Connection) -> list[KioskToCall]:
    found = conn.execute(
        """SELECT gateway FROM centre.gateways WHERE gateway IN (SELECT gateway FROM calls)
              OR gateway IN (SELECT gateway FROM devices_at WHERE device=?1)
              OR gateway IN (SELECT gateway FROM centre.devices WHERE device=?1) ORDER BY gateway LIMIT 1000""",
        (rows.KIOSK,),
    ).fetchall()
    return [kiosk for row in found if (kiosk := _kiosk(conn, row["gateway"])) is not None]
