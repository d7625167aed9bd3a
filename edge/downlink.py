"""The way down: everything the centre sends but receipts, by topic.

    down/alarm/<id>         what people did about an alarm      stored and echoed, then shown
    down/request/<command>  an order                            its id on disk, then carried out at most once
    down/config             wanted configuration, retained      judged, kept, put in force
    down/notice             emergency notice                    stored, then offered to the kiosk
    down/answer/<id>        the answer to a kiosk's question    memory
    down/call/<id>          call signalling                     passed through
    presence/..., content/...   retained                        memory

A message is acknowledged when its effect is on disk, or when it was refused and that was counted; in order of arrival
(`sync.turns`). Nothing that comes down can stop the gateway: it would come again with every connection.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from edge import notices, orders
from edge.alarm_steps import AlarmSteps
from edge.calls import Calls
from edge.commands import Commands
from edge.durable import Durable, NotStoredError
from edge.orders import Orders
from edge.questions import Questions
from edge.retained import Retained
from edge.wanted_config import Judge, Wanted
from sync.contract import messages, topics
from sync.contract.envelope import ContractError, decode
from sync.contract.lanes import Lane
from sync.contract.messages import Answer, Notice
from sync.mqtt import Arrived
from sync.store import Entry

if TYPE_CHECKING:
    from edge.gateway import Gateway

log = logging.getLogger("linli.down")

MIGRATIONS = [*orders.MIGRATIONS, *notices.MIGRATIONS]

KB = 1024
MOST = {
    "alarm": 8 * KB,
    "request": 32 * KB,
    "config": 64 * KB,
    "notice": 64 * KB,
    "answer": 256 * KB,
    "call": 64 * KB,
    "presence": 4 * KB,
    "content": 256 * KB,
}
"""Bytes of one message. More is refused before anybody reads it."""

MAX_WAITING = 1000
TIDY_S = 15.0
NOTE_EVERY_S = 60.0

Waiting = asyncio.Queue[tuple[Arrived, Callable[[], Awaitable[None]]]]


class Downlink:
    """Built by a gateway when its store is open; `run` with it. Its parts are public for their neighbours."""

    def __init__(self, gateway: Gateway, judge: Judge) -> None:
        self.on_notice: Callable[[Notice], None] = lambda _notice: None
        self.on_presence: Callable[[str, bytes], None] = lambda _department, _payload: None
        self._gateway = gateway
        self._durable = durable = Durable(gateway.store)
        link, name, clock = gateway.link, gateway.name, gateway.clock
        self.steps = AlarmSteps(durable, gateway.book, gateway.mapper, clock)
        self.steps.registered = lambda device: gateway.registry.get(device) is not None
        self.commands = Commands(gateway)
        self.orders = Orders(name, durable, link, self.commands.judge, lambda: clock().utc)
        self.orders.on_note = self._note
        self.wanted = Wanted(Path(gateway.config.gateway.data), judge)
        self.questions = Questions(name, link, gateway.new_id)
        self.calls = Calls(name, link)
        self.retained = Retained()
        self._own = f"{topics.ROOT}/{name}/down/"
        self._quick: Waiting = asyncio.Queue(MAX_WAITING)
        self._slow: Waiting = asyncio.Queue(MAX_WAITING)
        self._noted_at: dict[str, float] = {}

    async def run(self) -> None:
        """Work off what arrives, until cancelled."""
        await self.orders.begin()
        async with asyncio.TaskGroup() as group:
            self.orders.spawn = lambda work, name: group.create_task(work(), name=name)
            group.create_task(self._work(self._quick), name="down")
            group.create_task(self._work(self._slow), name="wanted configuration")
            group.create_task(self._tidy(), name="answers")
            try:
                self.orders.flush()
                await asyncio.Event().wait()
            finally:  # a group that ends takes no more
                self.orders.spawn = orders.nothing

    def line_up(self) -> None:
        """Connected: the birth message is out."""
        self.orders.line_up()

    def line_down(self) -> None:
        """Nothing can be asked now."""
        self.questions.line_down()

    def arrived(self, message: Arrived) -> None:
        """Anything from `down/`, presence or content."""
        kind, rest = self._kind(message.topic)
        if len(message.payload) > MOST.get(kind, 0):
            self._refuse(message, f"{kind} of more than {MOST[kind]} bytes" if kind else "a topic that is not ours")
            return
        if kind in ("alarm", "request", "notice"):
            self._queue(self._quick, message, lambda: self._durably(kind, rest, message))
        elif kind == "config":
            self._queue(self._slow, message, lambda: self._configure(message))
        else:
            try:
                self._at_once(kind, rest, message)
            except ContractError as error:
                self._note(f"{kind} not understood", str(error))
            except Exception:  # supervision, as in `_work`
                log.exception("%s met a fault of the program", kind)
                self._note(f"{kind} met a fault of the program")
            self._gateway.link.settle(message)

    # --- by kind

    def _kind(self, topic: str) -> tuple[str, str]:
        """(kind, what follows); ("", "") for what we did not ask for."""
        if topic.startswith(self._own):
            kind, slash, rest = topic[len(self._own) :].partition("/")
            named = kind in ("alarm", "request", "answer", "call")
            if (named and rest and "/" not in rest) or (kind in ("config", "notice") and not slash):
                return kind, rest
        else:
            kind, _, rest = topic.removeprefix(f"{topics.ROOT}/").partition("/")
            if topic.startswith(f"{topics.ROOT}/") and kind in ("presence", "content") and rest:
                return kind, rest
        return "", ""

    def _at_once(self, kind: str, rest: str, message: Arrived) -> None:
        if kind == "answer":
            answer = decode(message.payload, Answer)
            if answer.id != rest:
                raise ContractError("the message names another question than its topic")
            if not self.questions.answered(answer):
                self._note("answer nobody waits for")
        elif kind == "call":
            if message.retain:
                raise ContractError("a signal is not retained")
            self.calls.arrived(rest, message.payload)
        elif not self.retained.keep(f"{kind}/{rest}", message.payload):
            self._note(f"no room for more {kind}")
        if kind == "presence":  # also a word that only says again what is known: it is good for another while
            self.on_presence(rest, message.payload)

    async def _durably(self, kind: str, rest: str, message: Arrived) -> None:
        if kind == "alarm":
            reason = await self.steps.take(rest, message.payload)
            if reason is not None:
                self._note(reason)
        elif kind == "request":
            await self.orders.take(rest, message)
        else:
            await self._take_notice(message.payload)

    async def _take_notice(self, payload: bytes) -> None:
        notice = decode(payload, Notice)
        if not orders.ID.fullmatch(notice.id):
            raise ContractError("a notice's id is 1 to 64 of letters, digits and . _ -")
        at = self._gateway.clock().utc
        if await self._durable.write(lambda conn: notices.keep(conn, notice, payload, at)):
            self.on_notice(notice)

    async def _configure(self, message: Arrived) -> None:
        reason = await self.wanted.take(message.payload, self._gateway.apply)
        if reason is not None:
            self._note(reason)
        self._gateway.publish_state()

    def current_notices(self) -> list[tuple[bytes, str | None]]:
        """(body, when it was first shown) of every notice to show now, newest first."""
        with closing(self._gateway.store.reader()) as conn:
            return notices.current(conn, self._gateway.clock().utc)

    async def notice_shown(self, notice_id: str) -> bool:
        """The kiosk had it on its screen: told to the centre, the first time."""
        at = self._gateway.clock()
        with closing(self._gateway.store.reader()) as conn:
            if not notices.is_new(conn, notice_id):
                return False
        shown = messages.NoticeShown(notice=notice_id, at=at.utc)
        body = self._gateway.mapper.plain(messages.NOTICE_SHOWN, shown, at)
        await self._durable.append(
            [Entry(Lane.STATE, body)], [partial(notices.mark_shown, notice_id=notice_id, at=at.utc)]
        )
        return True

    # --- order and supervision

    def _queue(self, queue: Waiting, message: Arrived, effect: Callable[[], Awaitable[None]]) -> None:
        try:
            queue.put_nowait((message, effect))
        except asyncio.QueueFull:
            self._refuse(message, "too many messages at once")

    async def _work(self, queue: Waiting) -> None:
        while True:
            message, effect = await queue.get()
            kind = self._kind(message.topic)[0]
            try:
                await effect()
            except ContractError as error:
                self._note(f"{kind} not understood", str(error))
            except NotStoredError as error:
                self._note(f"{kind} given up: the disk does not take it", str(error))
            except Exception:  # supervision: unacknowledged it would come again and meet the same fault, for ever
                log.exception("%s met a fault of the program", kind)
                self._note(f"{kind} met a fault of the program")
            self._gateway.link.settle(message)

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(TIDY_S)
            try:
                await self.orders.tidy(trusted=self._gateway.clock.trust == "trusted")
            except NotStoredError as error:
                self._note("orders not tidied: the disk does not take it", str(error))

    def _refuse(self, message: Arrived, reason: str) -> None:
        self._note(reason)
        self._gateway.link.settle(message)

    def _note(self, reason: str, detail: str = "") -> None:
        """Counted always, logged once a minute. `reason` is one of a few, whatever comes down."""
        self._gateway.intake.notes["centre", reason] += 1
        now = self._gateway.clock().monotonic_s
        if now - self._noted_at.get(reason, -math.inf) > NOTE_EVERY_S:
            self._noted_at[reason] = now
            log.warning("from the centre: %s%s", reason, f" ({detail[:200]})" if detail else "")
