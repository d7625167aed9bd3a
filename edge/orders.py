"""Orders of the centre, each carried out at most once: the id is on disk before the effect.

    arrives -> id noted (or known: the same answer again) -> acknowledged -> effect -> answer on disk -> answer sent
                             '---- a crash anywhere here: the answer is `unknown`, the effect is not repeated ----'

What an order does is not known here (`edge.commands`), only that it may happen once. An answer is sent until a broker
has it (PUBACK 0x00), at most for seven days; ids are known for longer, so that a late repeat still does nothing.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from edge.durable import Durable
from sync.contract import topics
from sync.contract.envelope import ContractError, decode, encode
from sync.contract.messages import Answer, Order, Outcome
from sync.failpoint import reach
from sync.link import Link
from sync.mqtt import PUBACK_OK, PUBACK_PERMANENT, Arrived, NotConnected

log = logging.getLogger("linli.orders")

MIGRATIONS: list[tuple[str, str]] = [
    (
        "0030-orders",
        """
        -- `n` is the order of arrival. `answer` NULL: noted and not finished. `asked` counts how often it came,
        -- `sent` 1: a broker has the answer since then.
        CREATE TABLE orders (
            n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, command TEXT NOT NULL,
            topic TEXT NOT NULL, correlation BLOB, noted_at TEXT NOT NULL, answer BLOB,
            asked INTEGER NOT NULL DEFAULT 1, sent INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX orders_unsent ON orders (n) WHERE sent = 0 AND answer IS NOT NULL;
        """,
    ),
]

ID = re.compile(r"[0-9A-Za-z._-]{1,64}")
"""It becomes part of a topic."""

ANSWERS_FOR = timedelta(days=7)
IDS_FOR = timedelta(days=30)
MAX_IDS = 20_000
MAX_UNDER_WAY = 64
EFFECT_S = 60.0
LAST_WORD_S = 5.0
MAX_ANSWER = 256 * 1024
AT_ONCE = 200
RESERVED = ("alarm", "events", "state", "request", "call")
"""What stands right after `up/` and is no place for an answer."""

CRASHED = "the gateway stopped after it had noted the order; nobody knows whether it was carried out"


@dataclass(frozen=True, slots=True)
class Plan:
    """What an order does: `effect` once, and `then` when its answer is with a broker, or was tried to be."""

    effect: Callable[[], Awaitable[Answer]]
    then: Callable[[], None] | None = None


Judge = Callable[[str, Order], Plan | Answer]
"""(command, order) -> what is to be done, or at once the answer why not."""

Ask = tuple[str, int]
"""An order's id, and how often it had come."""

Work = Callable[[], Coroutine[None, None, None]]


def nothing(_work: Work, _name: str) -> None:
    """The gateway ends, or has not begun: nothing is started any more. What is on disk goes on after the next start."""


# --- the table


def note(conn: sqlite3.Connection, order: Order, command: str, place: tuple[str, bytes | None], at: datetime) -> bool:
    """Keep the id; False when it is known. A repeat says where its answer is wanted, and gets it again."""
    new = conn.execute(
        "INSERT OR IGNORE INTO orders (id, command, topic, correlation, noted_at) VALUES (?, ?, ?, ?, ?)",
        (order.id, command, *place, at.isoformat()),
    ).rowcount
    if not new:
        conn.execute(
            "UPDATE orders SET topic = ?, correlation = ?, asked = asked + 1, sent = 0 WHERE id = ?", (*place, order.id)
        )
    return bool(new)


def finish(conn: sqlite3.Connection, answer: Answer) -> None:
    """How it ended; the first word stands."""
    conn.execute("UPDATE orders SET answer = ? WHERE id = ? AND answer IS NULL", (encode(answer), answer.id))


def interrupted(conn: sqlite3.Connection) -> int:
    """At the start: what was noted and not finished has an unknown end; how many."""
    ids = [id_ for (id_,) in conn.execute("SELECT id FROM orders WHERE answer IS NULL")]
    for id_ in ids:
        finish(conn, Answer(id=id_, outcome=Outcome.UNKNOWN, reason=CRASHED))
    return len(ids)


def unsent(conn: sqlite3.Connection) -> list[tuple[Ask, str, bytes | None, bytes]]:
    """(which, topic, correlation, answer) of what no broker has, oldest first."""
    rows = conn.execute(
        """SELECT id, asked, topic, correlation, answer FROM orders
           WHERE sent = 0 AND answer IS NOT NULL ORDER BY n LIMIT ?""",
        (AT_ONCE,),
    )
    return [((id_, asked), topic, correlation, answer) for id_, asked, topic, correlation, answer in rows]


def mark_sent(conn: sqlite3.Connection, ask: Ask) -> None:
    """A broker has the answer, or never will; who asked again meanwhile is still owed one."""
    conn.execute("UPDATE orders SET sent = 1 WHERE id = ? AND asked = ?", ask)


def forget(conn: sqlite3.Connection, now: datetime) -> None:
    """Answers nobody took for seven days, then the ids, and whatever exceeds the bound."""
    conn.execute(
        "UPDATE orders SET sent = 1 WHERE sent = 0 AND answer IS NOT NULL AND noted_at < ?",
        ((now - ANSWERS_FOR).isoformat(),),
    )
    conn.execute("DELETE FROM orders WHERE sent = 1 AND noted_at < ?", ((now - IDS_FOR).isoformat(),))
    conn.execute(
        "DELETE FROM orders WHERE answer IS NOT NULL AND n <= (SELECT max(n) FROM orders) - ?",
        (MAX_IDS,),
    )


# --- what is under way


class Orders:
    """Takes orders, sees to their effects and sends their answers. `spawn` starts a task that ends with the gateway."""

    def __init__(
        self,
        gateway: str,
        durable: Durable,
        link: Link,
        judge: Judge,
        now: Callable[[], datetime],
    ) -> None:
        self.spawn: Callable[[Work, str], object] = nothing
        self.on_note: Callable[[str], None] = lambda _reason: None
        self._gateway, self._durable, self._link, self._judge, self._now = gateway, durable, link, judge, now
        self._under_way = 0
        self._flying: set[Ask] = set()
        self._taken: dict[str, asyncio.Event] = {}

    async def begin(self) -> None:
        """Before the first order is taken: say of what a crash cut off that its end is unknown."""
        if count := await self._durable.write(interrupted, patient=True):
            log.error("%d orders were cut off by the last stop; their answer is `unknown`", count)

    async def take(self, command: str, message: Arrived) -> None:
        """Note it; carry it out if it is new. Returns when it may be acknowledged. Raises ContractError."""
        order = decode(message.payload, Order)
        if not ID.fullmatch(order.id):
            raise ContractError("an order's id is 1 to 64 of letters, digits and . _ -")
        if message.retain:
            raise ContractError("a retained order would come with every connection; orders are not taken retained")
        plan = self._judge(command, order)
        if isinstance(plan, Plan) and self._under_way >= MAX_UNDER_WAY:
            plan = Answer(id=order.id, outcome=Outcome.REFUSED, reason=f"{MAX_UNDER_WAY} orders are under way already")
        place = self._place(order, message)
        new = await self._durable.write(partial(self._note, order, command[:40], place, plan))
        if new and isinstance(plan, Plan):
            reach("order-noted")
            self._under_way += 1
            self.spawn(partial(self._carry_out, order, plan), f"order {order.id}")
        self.flush()

    def _note(
        self,
        order: Order,
        command: str,
        place: tuple[str, bytes | None],
        plan: Plan | Answer,
        conn: sqlite3.Connection,
    ) -> bool:
        new = note(conn, order, command, place, self._now())
        if new and isinstance(plan, Answer):
            finish(conn, plan)
        return new

    def _place(self, order: Order, message: Arrived) -> tuple[str, bytes | None]:
        """Where the answer goes: where the request says, if that is ours to write to."""
        wanted, own = message.response_topic or "", f"{topics.ROOT}/{self._gateway}/up/"
        rest = wanted.removeprefix(own)
        fits = wanted.startswith(own) and rest and len(wanted.encode()) <= 256 and not re.search(r"[+#\x00-\x1f]", rest)
        if not fits or rest.split("/")[0] in RESERVED:
            wanted = topics.up_answer(self._gateway, order.id)
        correlation = message.correlation if len(message.correlation or b"") <= 256 else None
        return wanted, correlation

    async def _carry_out(self, order: Order, plan: Plan) -> None:
        try:
            answer = await self._outcome(order, plan)
            reach("order-done")
            taken = self._taken[order.id] = asyncio.Event()
            await self._durable.write(lambda conn: finish(conn, answer), patient=True)
            self.flush()
            if plan.then is not None:
                try:
                    async with asyncio.timeout(LAST_WORD_S):
                        await taken.wait()
                except TimeoutError:
                    log.warning("order %s: no broker took the answer in time; it is kept", order.id)
                plan.then()
        finally:
            self._under_way -= 1
            self._taken.pop(order.id, None)

    async def _outcome(self, order: Order, plan: Plan) -> Answer:
        try:
            async with asyncio.timeout(EFFECT_S):
                answer = await plan.effect()
        except TimeoutError:
            return Answer(id=order.id, outcome=Outcome.UNKNOWN, reason=f"not finished within {EFFECT_S:g} s")
        except (
            Exception
        ) as error:  # supervision: a fault of ours in one order must not stop a gateway that hears alarms
            log.exception("order %s met a fault of the program", order.id)
            return Answer(
                id=order.id, outcome=Outcome.UNKNOWN, reason=f"a fault of the program: {type(error).__name__}"
            )
        if len(encode(answer)) > min(MAX_ANSWER, self._link.connection.maximum_packet_size - 1024):
            return Answer(id=order.id, outcome=answer.outcome, reason="the answer is too large to be sent")
        return answer

    # --- answers

    def flush(self) -> None:
        """Publish what no broker has; called after every answer, with every connection, and now and then."""
        try:
            with closing(self._durable.store.reader()) as conn:
                waiting = unsent(conn)
        except sqlite3.Error as error:
            log.warning("answers cannot be read: %s", error)
            return
        for ask, topic, correlation, answer in waiting:
            if ask in self._flying:
                continue
            try:
                self._link.publish(topic, answer, partial(self._puback, ask), correlation=correlation)
            except NotConnected:
                return
            self._flying.add(ask)

    def line_up(self) -> None:
        """A fresh connection: nothing is on its way."""
        self._flying.clear()
        self.flush()

    async def tidy(self, *, trusted: bool) -> None:
        """Now and then. Ages are judged by a trusted clock only."""
        if trusted:
            await self._durable.write(lambda conn: forget(conn, self._now()))
        self.flush()

    def _puback(self, ask: Ask, code: int) -> None:
        if code == PUBACK_OK or code in PUBACK_PERMANENT:
            if code != PUBACK_OK:
                self.on_note(f"the broker never takes the answer to an order (0x{code:02x})")
            self.spawn(partial(self._sent, ask), f"answer {ask[0]}")
        else:  # nobody listens, or not now: `tidy` and the next connection try again
            self._flying.discard(ask)

    async def _sent(self, ask: Ask) -> None:
        await self._durable.write(lambda conn: mark_sent(conn, ask), patient=True)
        self._flying.discard(ask)
        if (taken := self._taken.get(ask[0])) is not None:
            taken.set()
        self.flush()
