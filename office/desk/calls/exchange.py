"""The office's exchange: every living call, the queue over all of them, and who takes calls. On the loop, no sockets.

`send` gets what goes down, `keep` what the tables shall say, in order; a turn's changes are one transaction.
"""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from office.desk.calls import handing_over, queue, rows
from office.desk.calls.effects import Changed, ToKiosk, ToPage
from office.desk.calls.line import Line
from office.desk.calls.queue import Clerk, Waiting
from office.desk.calls.refusals import Refusals, Seldom, Starts
from office.desk.calls.staff import Staff
from office.desk.calls.there import There
from office.desk.calls.wish import Wish, wish_of
from office.desk.desk import Desk
from office.desk.mistake import Mistake
from office.desk.people import audit
from office.desk.people.accounts import Person
from office.turn import TurnSecretError, ice
from sync.contract.call import Reason, WrongStepError
from sync.contract.call_signals import MAX_N, Bye, Heard, IceServer, Start, Ways, write
from sync.contract.envelope import ContractError
from sync.contract.kiosk import Presence

log = logging.getLogger("linli.office.desk")

Work = Callable[[sqlite3.Connection], object]

BYE_EVERY_S = 2.0
NOBODY_S = 10.0
"""A page that loads anew is away for a moment: so long a waiting call waits for somebody to be there at all."""
NOBODY_ALARM_S = 120.0
_AHEAD = 100


class Exchange:
    """Made by the part that serves it; `load` and `restore` before the first signal."""

    def __init__(self, desk: Desk, there: There) -> None:
        self.send: Callable[[str, str, bytes], None] = lambda _gateway, _call, _payload: None
        self.keep: Callable[[list[Work]], None] = lambda _works: None
        self.changed: Callable[[], None] = lambda: None
        self.lines: dict[str, Line] = {}
        self.staff = Staff(desk)
        self._desk, self._there = desk, there
        self._refusals, self._starts, self._byes = Refusals(desk.monotonic), Starts(), Seldom(BYE_EVERY_S)
        self._reserved: dict[str, int] = {}
        self._nobody_s: dict[str, float] = {}
        self._works: list[Work] = []
        there.gone = self._page_gone
        there.changed = self.after
        there.mine = self.mine

    # --- what it knows of the office

    @property
    def refused(self) -> Counter[str]:
        """How often what was refused."""
        return self._refusals.counts

    def clerks(self) -> list[Clerk]:
        """Who takes calls now."""
        busy = {line.clerk for line in self.lines.values() if line.had}
        accounts = sorted(self._there.accounts().items())
        return [self.staff.clerk(who, free=account not in busy) for account, who in accounts]

    def present(self, department: str, clerks: list[Clerk]) -> Presence:
        """What kiosks are told of a department."""
        waiting = sum(line.waits and line.department == department and not line.rings for line in self.lines.values())
        return self.staff.present(department, clerks, waiting)

    def ways(self, department: str) -> Ways:
        """What a resident can do instead."""
        return self.staff.ways(department, self.clerks())

    def mine(self, account: str) -> list[str]:
        """Calls of this account whose page is gone."""
        return [line.id for line in self.lines.values() if line.orphan and line.clerk == account]

    # --- beginnings

    async def restore(self) -> None:
        """Calls that were there when the desk ended: media went on without it."""

        def look(conn: sqlite3.Connection) -> list[tuple[sqlite3.Row, str]]:
            return [(row, rows.kiosk_words(conn, row["gateway"])) for row in rows.living(conn)]

        now_s = self._desk.monotonic()
        for row, kiosk in await self._desk.look(look):
            if row["id"] in self.lines:
                continue
            wish = Wish(
                row["department"], bool(row["video"]), row["language"], row["guide"], row["case_number"], row["again"],
                row["alarm"],
            )  # fmt: skip
            line = self._line(row["id"], row["gateway"], wish, row["began"], kiosk)
            line.queued_s = now_s - max(0.0, (self._desk.now() - row["began"]) / 1000)
            line.n, line.heard.last, line.outgoing = row["sent"], row["heard"], bool(row["outgoing"])
            self._reserved[line.id] = row["sent"]
            if line.outgoing and row["granted"] is None:
                line.begin(now_s)
                line.end(Reason.DESK_GONE, now_s)
            else:
                line.restored(row["state"], row["clerk"], now_s)
                line.outgoing = False
            self.lines[line.id] = line
            log.warning("call %s goes on after the desk was started anew", line.id)
        self.after()

    async def heard(self, gateway: str, call: str, payload: bytes) -> None:
        """A signal of a kiosk."""
        line = self.lines.get(call)
        if line is not None and line.gateway != gateway:
            self._refusals.refuse(gateway, "of another kiosk's call")
            return
        try:
            signal = (line.heard if line is not None else Heard()).up(payload)
        except ContractError:
            self._refusals.refuse(gateway, "not understood")
            return
        if signal is None:
            self._refusals.refuse(gateway, "replayed")
        elif line is not None:
            with self.quietly(line):
                now_s = self._desk.monotonic()
                if not line.heard.take(signal, lambda one: line.signal(one, now_s)):
                    self._refusals.refuse(gateway, "out of turn")
        elif isinstance(signal, Start):
            await self._begin(gateway, call, signal)
        else:
            await self._late(gateway, call)

    async def _begin(self, gateway: str, call: str, start: Start) -> None:
        wish, at, now_s = wish_of(start), self._desk.now(), self._desk.monotonic()
        if self._starts.too_many(gateway, now_s):
            self._refusals.refuse(gateway, "too many calls")
            self._bye(gateway, call, Reason.REFUSED)
            return
        known = await self._desk.look(partial(rows.known, call=call, gateway=gateway, wish=wish))
        if known.used:
            self._refusals.refuse(gateway, "a used id")
            self._bye(gateway, call, Reason.REFUSED)
            return
        if wish.alarm and known.alarm is False:
            self._refusals.refuse(gateway, "of an alarm that is over or another's")
            wish = replace(wish, alarm="", department=wish.department or self.staff.reception)
        self._end_of(gateway, Reason.REPLACED if wish.alarm else Reason.LOST, now_s)
        line = self._line(call, gateway, wish, at, known.kiosk)
        line.urgent = bool(wish.alarm) and known.alarm is True
        line.heard.last = start.n
        if (reason := self._turned_away(line)) is not None:
            ways = None if reason is Reason.REFUSED else self.ways(wish.department)
            self._works.append(partial(rows.refuse, call=call, gateway=gateway, wish=wish, at=at, reason=reason))
            self._bye(gateway, call, reason, ways)
            self._write()
            return
        if known.again and known.again in self._there.accounts():
            line.again, line.again_until_s = known.again, now_s + queue.SAME_CLERK_S
        line.begin(now_s)
        self._take_in(line)

    def _line(self, call: str, gateway: str, wish: Wish, began: int, kiosk: str) -> Line:
        line = Line(call, gateway, wish, self._desk.monotonic(), began)
        line.kiosk = kiosk
        if wish.alarm and wish.department not in self.staff.departments:
            line.department = self.staff.reception
        line.ways = lambda: self.ways(line.department)
        line.ice = lambda: self.ice(call)
        return line

    def _take_in(self, line: Line) -> None:
        self.lines[line.id] = line
        self._reserved[line.id] = rows.RESERVED
        self._works.append(partial(rows.begin, row=rows.beginning(line)))
        self.after()

    def _turned_away(self, line: Line) -> Reason | None:
        if line.department not in self.staff.departments:
            return Reason.REFUSED
        if line.alarm:
            return None
        it, presence = self.staff.departments[line.department], self.present(line.department, self.clerks())
        return queue.turned_away(
            is_open=presence.open, there=presence.there, free=presence.free, waiting=presence.waiting, most=it.most
        )

    def ring_out(self, who: Person, page: str, gateway: str, kiosk: str, wish: Wish, callback: str) -> Line:
        """The office calls a kiosk. Raises Mistake."""
        self._free(who)
        if any(line.gateway == gateway for line in self.lines.values()):
            raise Mistake("这台信息机正在通话", "this kiosk has a call", 409, code="busy")
        if wish.department not in self.staff.departments:
            raise Mistake("没有这个科室", "there is no such department", field="department")
        line = self._line(secrets.token_hex(12), gateway, wish, self._desk.now(), kiosk)
        line.callback = callback
        line.ring_out(self._desk.monotonic(), who.id, page, self.staff.by(wish.department, who.id, wish.language))
        self._note(who, "call.rung", line.id, department=wish.department, gateway=gateway)
        self._take_in(line)
        return line

    # --- steps of clerks

    def grant(self, call: str, who: Person, page: str) -> Line:
        """Compare and set: of all who take it exactly one does. Raises Mistake with who has it."""
        line = self._living(call)
        if line.had and line.page == page and line.clerk == who.id:
            return line
        if not queue.serves(self.staff.clerk(who), line.department, alarm=line.urgent) and line.only != who.id:
            raise Mistake("这不是您科室的来电", "this call is for another department", 403, code="may-not")
        if line.had and not line.orphan:
            raise self.taken(line)
        if line.clerk != who.id:
            self._free(who)
        try:
            line.grant(who.id, page, self.staff.by(line.department, who.id, line.wish.language), self._desk.monotonic())
        except WrongStepError:
            raise self.taken(line) from None
        self.staff.names[who.id] = who.name  # whose account is newer than what was loaded
        self._note(who, "call.taken", call, department=line.department)
        self.after()
        return line

    def decline(self, call: str, who: Person) -> None:
        """It shall not ring at this clerk. Raises Mistake."""
        line = self._living(call)
        self.step(line, who, "call.declined", lambda _: line.decline(who.id))

    def hang_up(self, line: Line, who: Person) -> None:
        """From the desk."""
        self.step(line, who, "call.hung-up", lambda now_s: line.end(Reason.OFFICE, now_s))

    def taken(self, line: Line) -> Mistake:
        """Who has it."""
        name = self.staff.names.get(line.clerk, "")
        return Mistake(f"已被{name or '他人'}接听", f"{name or 'somebody'} has this call", 409, code="taken")

    def held_by(self, call: str, who: Person, page: str) -> Line:
        """The call, if this page has it. Raises Mistake."""
        line = self._living(call)
        if not line.page or line.page != page or line.clerk != who.id:
            raise self.taken(line)
        return line

    def resume(self, call: str, who: Person, page: str, leg: int, *, media: bool) -> Line:
        """The clerk's own call on this page from now on. Raises Mistake."""
        line = self._living(call)
        if line.clerk != who.id or not line.had:
            raise self.taken(line)
        line.resume(page, leg, self._desk.monotonic(), media=media)
        self.after()
        return line

    def step(self, line: Line, who: Person, action: str, do: Callable[[float], None], **detail: object) -> None:
        """A step of whoever has the call, noted. Raises Mistake when it cannot be done now."""
        try:
            do(self._desk.monotonic())
        except WrongStepError:
            zh, en = "现在不能这样操作", "this cannot be done now"
            raise Mistake(zh, en, 409, code="out-of-turn") from None
        if action:
            self._note(who, action, line.id, **detail)
        self.after()

    def may_transfer(self, line: Line, department: str, clerk: str) -> tuple[str, str]:
        """(department, clerk) to whom. Raises Mistake: nobody there, closed, busy."""
        clerks = self.clerks()
        if clerk:
            return handing_over.to_clerk(line, clerk, clerks), clerk
        if department not in self.staff.departments:
            raise Mistake("没有这个科室", "there is no such department", 404, field="department")
        presence, most = self.present(department, clerks), self.staff.departments[department].most
        handing_over.check_department(line, department, presence, clerks, most)
        return department, ""

    def _free(self, who: Person) -> None:
        if any(line.had and line.clerk == who.id for line in self.lines.values()):
            raise Mistake("请先结束当前通话", "end your call first", 409, code="has-call")

    def _living(self, call: str) -> Line:
        line = self.lines.get(call)
        if line is None:
            raise Mistake("通话已结束", "this call is over", 404, code="over")
        return line

    # --- time

    async def alarms_arrive(self) -> None:
        """A call about an alarm that has come meanwhile goes before the others from now on."""
        for line in list(self.lines.values()):
            if line.alarm and not line.urgent:
                look = partial(rows.alarm_stands, alarm=line.alarm, gateway=line.gateway)
                line.urgent = await self._desk.look(look) is True

    def tick(self) -> None:
        """Four times a second, after `alarms_arrive`."""
        now_s, clerks = self._desk.monotonic(), self.clerks()
        for line in list(self.lines.values()):
            if line.only and line.only not in self._there.accounts():
                line.only = ""  # the one it was handed to is gone: anybody of the department
            others = any(
                clerk.free and clerk.account != line.clerk and line.department in clerk.departments for clerk in clerks
            )
            line.tick(now_s, others_there=others)
        self._nobody(clerks, now_s)
        self.after()

    def _nobody(self, clerks: list[Clerk], now_s: float) -> None:
        """Whoever waits where nobody is any more is told, after a moment."""
        for line in list(self.lines.values()):
            there = {c.account for c in clerks if queue.serves(c, line.department, alarm=line.urgent)}
            if line.waits and there and there <= line.declined:
                if line.alarm:
                    line.declined.clear()
                else:
                    line.end(Reason.BUSY, now_s, ways=self.ways(line.department))
            if not line.waits or there:
                self._nobody_s.pop(line.id, None)
                continue
            since_s = self._nobody_s.setdefault(line.id, now_s)
            if now_s - since_s >= (NOBODY_ALARM_S if line.alarm else NOBODY_S):
                line.end(Reason.ABSENT, now_s, ways=self.ways(line.department))

    def after(self) -> None:
        """Arrange the queue, and carry out what follows from what has just happened."""
        for line in list(self.lines.values()):
            self._carry_out(line)
        self._arrange()
        for line in list(self.lines.values()):
            self._carry_out(line)
        self._write()
        self.changed()

    @contextmanager
    def quietly(self, line: Line) -> Iterator[None]:
        """What happens every second at every call arranges nothing anew, unless the call is elsewhere afterwards."""
        before = line.call.state, line.away
        yield
        if (line.call.state, line.away) == before:
            self._carry_out(line)
            self._write()
        else:
            self.after()

    def _arrange(self) -> None:
        now_s, clerks = self._desk.monotonic(), self.clerks()
        for standing in queue.arrange(map(_waiting, self.waiting()), clerks, now_s):
            line = self.lines[standing.call]
            there = sum(line.department in clerk.departments for clerk in clerks)
            wait_s = self.staff.wait_s(line.department, standing.place, there)
            line.stands(standing.rings, standing.place, wait_s, now_s)

    def waiting(self) -> Iterable[Line]:
        """Calls that nobody has."""
        return [line for line in self.lines.values() if line.waits]

    def _carry_out(self, line: Line) -> None:
        at = self._desk.now()
        for effect in line.take():
            match effect:
                case ToKiosk(signal):
                    self.send(line.gateway, line.id, write(signal))
                case ToPage(page, word):
                    self._there.tell(page, word)
                case Changed("granted"):
                    work = partial(rows.granted, now=rows.image(line), at=at, waited_s=line.waited_s)
                    self._works.append(work)
                case Changed("state"):
                    self._works.append(partial(rows.stands, now=rows.image(line)))
                case Changed():
                    self._ended(line, at)
        if line.lives and line.n > self._reserved.get(line.id, 0) - _AHEAD:
            self._reserved[line.id] = line.n + rows.RESERVED
            self._works.append(partial(rows.reserve, call=line.id, up_to=line.n + rows.RESERVED))

    def _ended(self, line: Line, at: int) -> None:
        reason = line.call.reason or Reason.LOST
        self._works.append(partial(rows.ended, now=rows.image(line), at=at, reason=str(reason)))
        if line.granted_s is not None:
            self.staff.handled(line.department, self._desk.monotonic() - line.granted_s)
        self.lines.pop(line.id, None)
        self._reserved.pop(line.id, None)
        self._nobody_s.pop(line.id, None)

    def _end_of(self, gateway: str, reason: Reason, now_s: float) -> None:
        """A kiosk has one call: what it had before is over."""
        for line in [line for line in self.lines.values() if line.gateway == gateway]:
            line.end(reason, now_s)
            self._carry_out(line)

    def _page_gone(self, token: str) -> None:
        now_s = self._desk.monotonic()
        for line in self.lines.values():
            if line.page == token:
                line.page_gone(now_s)
        self.after()

    # --- small things

    async def _late(self, gateway: str, call: str) -> None:
        """A signal of no call that lives: its kiosk is told once more that it is over."""
        ended = await self._desk.look(partial(rows.end_of, call=call))
        if ended is not None and ended[0] != gateway:
            self._refusals.refuse(gateway, "of another kiosk's call")
            return
        self._refusals.refuse(gateway, "after the end" if ended else "of no call")
        if self._byes.lets(call, self._desk.monotonic()):
            reason = Reason(ended[1]) if ended and ended[1] in set(Reason) else Reason.REFUSED
            self._bye(gateway, call, reason)

    def _bye(self, gateway: str, call: str, reason: Reason, ways: Ways | None = None) -> None:
        """To a call that is none: its number is above every other's, so that it is heard."""
        self.send(gateway, call, write(Bye(n=MAX_N, reason=reason, ways=ways)))

    def ice(self, call: str) -> tuple[list[IceServer], bool]:
        """The servers of a call; a relay that cannot be used is said in the log, and the call goes on without it."""
        calls = self._desk.config.calls
        try:
            return ice(calls, call, self._desk.now() / 1000), bool(calls and calls.relay_only)
        except TurnSecretError as error:
            self._refusals.say("turn", f"no relay for calls: {error}")
            return [], bool(calls and calls.relay_only)

    def _note(self, who: Person, action: str, call: str, **detail: object) -> None:
        self._works.append(lambda conn: audit.note(conn, self._desk.now(), who.id, action, call, **detail))

    def _write(self) -> None:
        if self._works:
            works, self._works = self._works, []
            self.keep(works)


def _waiting(line: Line) -> Waiting:
    return Waiting(
        line.id,
        line.department,
        line.queued_s,
        alarm=line.urgent,
        first=line.first,
        only=line.only,
        again=line.again,
        again_until_s=line.again_until_s,
        declined=frozenset(line.declined),
        heard=not line.away,
    )
