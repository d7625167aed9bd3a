"""Duty: who is there now, told to everyone; half a minute without anyone, told to every gateway and phoned out.

The pure parts are `watch` (is this page on duty?) and `attendance` (is anyone there?). This gives them the pages'
words, the clock and the tables. What a page says on topic `duty`, and what it is told on `duty-you`, is `Word`.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from functools import partial

from office.client import Declined, NotRunning
from office.database import StoreError
from office.desk import outcall_ways
from office.desk.desk import Desk
from office.desk.door import Access, Door, Visit
from office.desk.duty import shifts, times
from office.desk.duty.attendance import UNATTENDED_S, Attendance
from office.desk.duty.calling import Call, Callee, Calls, listed
from office.desk.duty.shifts import BEIJING, Shift
from office.desk.duty.watch import Lost, Watch, Why
from office.desk.live import Page
from office.desk.part import Part
from office.desk.people.roles import Permission
from office.desk.steady import steadily
from office.web import Reply, said
from sync.contract.envelope import ContractError, Raw, Struct, decode, encode

log = logging.getLogger("linli.office.duty")

DEPARTMENT = "duty"
"""Under `presence/`: what gateways know the desk by."""

LOOK_S = 0.25
STALLED_S = 0.75
TELL_EVERY_S = 15.0
LEASE_S = 45.0
PLAN_EVERY_S = 5.0
UNATTENDED = "unattended"


class OnDuty(Struct, frozen=True):
    """Somebody on duty; `since` in milliseconds, `rank` as planned, 0 when nobody planned them."""

    account: str
    name: str
    since: int
    rank: int = 0


class Away(Struct, frozen=True):
    """Planned for now and not there, since so many milliseconds."""

    account: str
    name: str
    since: int


class LostOne(Struct, frozen=True):
    """The last one who went, not of their own will."""

    name: str
    why: str
    at: int


class DutyState(Struct, frozen=True, kw_only=True):
    """What everyone may know. `attended` false: nobody has been there for half a minute."""

    attended: bool
    since: int
    on_duty: list[OnDuty]
    planned: list[OnDuty]
    missing: list[Away]
    lost: LostOne | None = None
    way_out: str = ""


class Said(Struct, frozen=True):
    """A message of a page."""

    topic: str
    data: Raw


class Word(Struct, frozen=True):
    """`do`: test, heard, proof, leave or resume."""

    do: str
    n: int = 0
    audible: bool = False
    visible: bool = True
    key: str = ""


class Duty(Part):
    """Called on the loop. `on_duty()` in the order in which they are called; `changed` is called after any change."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.changed: list[Callable[[], None]] = []
        self.calls = Calls(desk, outcall_ways.make(desk.door.outcall))
        self.watch = Watch()
        self.attendance = Attendance(desk.monotonic())
        self._pages: dict[int, tuple[Page, str]] = {}
        self._since: dict[str, int] = {}
        self._planned: list[Shift] = []
        self._lost: LostOne | None = None
        self._since_ms = desk.now()
        self._jobs: asyncio.Queue[Callable[[], Coroutine[object, object, object]]] = asyncio.Queue(1000)
        self._tell_now = asyncio.Event()
        self._told_missing: frozenset[str] = frozenset()
        desk.live.heard.append(self._heard)
        desk.live.changed.append(self._came_or_went)

    # --- what others ask

    @property
    def attended(self) -> bool:
        """False: unattended, everyone has been told."""
        return self.attendance.attended

    def on_duty(self) -> list[OnDuty]:
        """Who is there: the planned ones in their order, then the others, longest first."""
        ranks = {shift.account: shift.rank for shift in reversed(self._planned)}
        there = [
            OnDuty(account, self._name(account), self._since.get(account, 0), ranks.get(account, 0))
            for account, _ in self.watch.accounts()
        ]
        return sorted(there, key=lambda one: (one.rank == 0, one.rank, one.since))

    async def call_out(self, reason: str, about: str, text: str) -> bool:
        """Phone whoever is planned now and the numbers of the settings; False when that was done for this already."""
        return await self.calls.add(reason, about, text, await self.callees())

    async def callees(self) -> list[Callee]:
        """Whom to phone now, in order."""
        found = await self.desk.look(partial(times.callees, at=self.desk.now()))
        settings = self.desk.door.outcall
        return found + [Callee("", "", number) for number in (settings.numbers if settings else ())]

    def state(self) -> DutyState:
        """For every page."""
        there = self.on_duty()
        absent = shifts.absent(self._planned, frozenset(one.account for one in there), self.desk.now())
        return DutyState(
            attended=self.attended,
            since=self._since_ms,
            on_duty=there,
            planned=[OnDuty(s.account, s.name, s.begins_at, s.rank) for s in self._planned],
            missing=[Away(m.account, m.name, m.since) for m in absent],
            lost=self._lost,
            way_out=self.calls.way.name,
        )

    # --- routes

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        see = Permission.ALARMS_SEE
        return (
            Door("GET", "/v1/duty", self.seen, Access.SIGNED_IN, "Who is on duty", answers=DutyState),
            Door(
                "GET", "/v1/duty/times", self.times, see, "Who was on duty when", answers=list[times.Time],
                query=("before", "limit"),
            ),
            Door(
                "GET", "/v1/duty/calls", self.called, see, "Each time the desk phoned out", answers=list[Call],
                query=("before", "limit"),
            ),
        )  # fmt: skip

    async def seen(self, _: Visit) -> Reply:
        """Now."""
        return said(self.state())

    async def times(self, visit: Visit) -> Reply:
        """Newest first."""
        before = visit.ask.number("before", 2**62) or 0
        limit = visit.ask.number("limit", 50, most=200) or 50
        return said(await self.desk.look(partial(times.listed, before=before, limit=limit)))

    async def called(self, visit: Visit) -> Reply:
        """Newest first."""
        before = visit.ask.number("before", 2**62) or 0
        limit = visit.ask.number("limit", 50, most=200) or 50
        return said(await self.desk.look(partial(listed, vault=self.desk.vault, before=before, limit=limit)))

    # --- what pages say

    def _heard(self, page: Page, text: str) -> None:
        try:
            message = decode(text.encode(), Said)
            if message.topic != DEPARTMENT:
                return
            word = decode(bytes(message.data), Word)
        except ContractError:
            return  # a page of another version, or nonsense: nobody is on duty by it
        if Permission.ALARMS_WORK in page.who.may:
            self._take(page, word)

    def _take(self, page: Page, word: Word) -> None:
        key, at_s = id(page), self.desk.monotonic()
        if word.do == "test":
            _tell(page, {"ask": "tone", "n": self.watch.test(key, at_s)})
        elif word.do == "heard":
            here = self.watch.heard(key, page.who.id, word.n, audible=word.audible, visible=word.visible, at_s=at_s)
            if here:
                self._began(page)
            else:
                _tell(page, {"you": "off", "why": Why.SILENT})
        elif word.do == "proof":
            lost = self.watch.proof(key, word.n, audible=word.audible, visible=word.visible, at_s=at_s)
            self._end([lost] if lost else [])
        elif word.do == "leave":
            lost = self.watch.leave(key)
            self._end([lost] if lost else [])
        elif word.do == "resume" and word.audible:
            self._do(partial(self._resume, page, word))

    async def _resume(self, page: Page, word: Word) -> None:
        """The line broke and came back: no second tone within a minute."""
        find = partial(times.resumable, key=_hash(word.key), account=page.who.id, session=page.who.session)
        ended_ago_ms = await self.desk.look(lambda conn: find(conn, at=self.desk.now()))
        if page.left or page not in self.desk.live.pages:
            return
        if ended_ago_ms is None:
            _tell(page, {"you": "off", "why": Why.STOPPED})
            return
        self.watch.take(id(page), page.who.id, visible=word.visible, at_s=self.desk.monotonic())
        self._began(page)

    def _began(self, page: Page) -> None:
        at, who, key = self.desk.now(), page.who, secrets.token_urlsafe(16)
        before = self._pages.pop(id(page), None)
        time_id = secrets.token_hex(8)
        self._pages[id(page)] = (page, time_id)
        self._since.setdefault(who.id, at)
        if before is not None:
            self._do(partial(self.desk.change, partial(times.end, time_id=before[1], at=at, why="again")))
        self._do(partial(self.desk.change, partial(times.begin, time_id=time_id, who=who, resume=_hash(key), at=at)))
        _tell(page, {"you": "on", "key": key})
        self._counted()

    def _came_or_went(self, page: Page) -> None:
        if page.left:
            lost = self.watch.leave(id(page), Why.CLOSED)
            self._end([lost] if lost else [])

    def _end(self, lost: Sequence[Lost]) -> None:
        if not lost:
            return
        at = self.desk.now()
        for one in lost:
            page, time_id = self._pages.pop(one.key)
            _tell(page, {"you": "off", "why": one.why})
            if one.why is not Why.LEFT:
                self._lost = LostOne(page.who.name, one.why, at)
            self._do(partial(self.desk.change, partial(times.end, time_id=time_id, at=at, why=one.why)))
        there = {account for account, _ in self.watch.accounts()}
        self._since = {account: since for account, since in self._since.items() if account in there}
        self._counted()

    def _counted(self) -> None:
        before = self.attendance.told
        self._judged(changed=self.attendance.count(len(self.watch.accounts()), self.desk.monotonic()))
        if self.attendance.told != before:
            self._tell_now.set()
        self._told_everyone()

    def _judged(self, *, changed: bool) -> None:
        if not changed:
            return
        at = self.desk.now()
        if self.attended:
            self._since_ms = at
            log.warning("attended again")
            self._do(partial(self.desk.change, partial(times.attended_again, at=at)))
        else:
            self._since_ms = at - int((self.desk.monotonic() - self.attendance.since_s) * 1000)
            log.error("unattended: nobody has been on duty for %g s", UNATTENDED_S)
            self._do(partial(self._unattended, self._since_ms))
        self._tell_now.set()
        self._told_everyone()

    async def _unattended(self, since: int) -> None:
        n = await self.desk.change(partial(times.unattended, since=since))
        when = f"{datetime.fromtimestamp(since / 1000, BEIJING):%H:%M}"
        text = f"【{self.desk.door.office}】值班台自 {when} 起无人值守,请立即到岗。"
        await self.call_out(UNATTENDED, f"{UNATTENDED}-{n}", text)

    def _told_everyone(self) -> None:
        self.desk.live.tell(DEPARTMENT, self.state())
        for tell in self.changed:
            tell()

    # --- its own work

    async def run(self) -> None:
        """See `Part`."""
        async with asyncio.TaskGroup() as tasks:
            for name, work in (
                ("proofs", self._look),
                ("presence", self._tell_gateways),
                ("plan", self._plan),
                ("duty rows", self._work),
                ("calls", self.calls.run),
            ):
                tasks.create_task(steadily(name, work), name=name)

    async def _ended_by_restart(self) -> None:
        await self.desk.change(partial(times.ended_by_restart, at=self.desk.now()))

    async def _look(self) -> None:
        loop, before = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(LOOK_S)
            now = loop.time()
            if now - before > STALLED_S:
                self.watch.stalled(now - before - LOOK_S)
            else:
                self.tick()
            before = now

    def tick(self) -> None:
        """Judge what pages proved, and ask them again."""
        at_s = self.desk.monotonic()
        self._end(self.watch.tick(at_s))
        self._judged(changed=self.attendance.tick(at_s))
        for key, n in self.watch.questions(at_s):
            _tell(self._pages[key][0], {"ask": "prove", "n": n})

    async def _tell_gateways(self) -> None:
        """What is not refreshed the receiver itself takes back: a dead desk is nobody."""
        lost = False
        while True:
            there = self.attendance.told
            if there is not None:
                try:
                    await self.desk.centre.presence(DEPARTMENT, there, valid_s=LEASE_S)
                    lost = False
                except (NotRunning, Declined) as reason:
                    if not lost:
                        log.error("gateways cannot be told who is there: %s", reason)  # noqa: TRY400 - no stack needed
                    lost = True
            try:
                async with asyncio.timeout(1.0 if lost else TELL_EVERY_S):
                    await self._tell_now.wait()
            except TimeoutError:
                pass
            self._tell_now.clear()

    async def _plan(self) -> None:
        """Whose shift it is; and whether everyone behind a page is still signed in."""
        while True:
            await self.look_at_plan()
            await asyncio.sleep(PLAN_EVERY_S)

    async def look_at_plan(self) -> None:
        """See `_plan`; called every five seconds, and when shifts were changed."""
        at = self.desk.now()
        before = self._planned
        self._planned = await self.desk.look(partial(shifts.planned, at=at))
        sessions = [(key, page.who.session) for key, (page, _) in self._pages.items()]
        ended = await self.desk.look(partial(times.ended_sessions, sessions=sessions, at=at))
        self._end([lost for key in ended if (lost := self.watch.leave(key, Why.CLOSED))])
        absent = frozenset(away.account for away in self.state().missing)
        if absent != self._told_missing or [s.id for s in before] != [s.id for s in self._planned]:
            for account in absent - self._told_missing:
                log.error("planned and not on duty: account %s", account)
            self._told_missing = absent
            self._told_everyone()

    def _do(self, job: Callable[[], Coroutine[object, object, object]]) -> None:
        """In the order in which things happened."""
        try:
            self._jobs.put_nowait(job)
        except asyncio.QueueFull:
            log.error("the disk does not keep up: a change of duty is not noted")  # noqa: TRY400 - no stack needed

    async def _work(self) -> None:
        await steadily("duty rows", self._ended_by_restart)
        while True:
            job = await self._jobs.get()
            try:
                await job()
            except StoreError as error:
                log.error("a change of duty cannot be noted: %s", error)  # noqa: TRY400 - a full disk needs no stack
            except Exception:  # the next one may be noted
                log.exception("a change of duty cannot be noted")

    def _name(self, account: str) -> str:
        return next((page.who.name for page, _ in self._pages.values() if page.who.id == account), account)


def _tell(page: Page, data: object) -> None:
    page.tell(encode({"topic": "duty-you", "data": data}).decode())


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
