"""The part that gives orders and tells pages what became of them, as it becomes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from functools import partial

from office.client import Declined, NotRunning
from office.desk.desk import Desk
from office.desk.devices import forms, orders
from office.desk.devices.forms import FORMS, Form
from office.desk.devices.lists import MOST
from office.desk.devices.orders import OVER, Given, OrderRow, Stand
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people.accounts import Person
from office.desk.people.roles import Permission
from office.web import Reply, said
from sync.contract.envelope import Struct
from sync.contract.identity import Uuid7
from sync.contract.messages import Scalar

LOOK_S = 0.2
VALID_S = 60.0
"""Whoever asked stands there and waits; later nobody wants it any more."""

TOPIC = "order"


class Ordered(Struct, frozen=True, kw_only=True):
    """An order. `sure`: the person has read what its effect is and wants it."""

    command: str
    device: str = ""
    arguments: dict[str, Scalar] = {}
    sure: bool = False


class Commanding(Part):
    """Orders of people. `give` is for other parts of the desk too."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._ids = Uuid7()
        self._seen: dict[str, Stand] = {}
        self._wake = asyncio.Event()

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        see, do = Permission.DEVICES_SEE, Permission.DEVICES_COMMAND
        listing = ("device", "before", "limit")
        return (
            Door("GET", "/v1/commands", self.forms, see, "What can be asked of a device", answers=list[Form]),
            Door(
                "POST",
                "/v1/gateways/{gateway}/orders",
                self.order,
                do,
                "Ask a gateway or a device to do something",
                asks=Ordered,
                answers=OrderRow,
                status=202,
            ),
            Door(
                "GET",
                "/v1/gateways/{gateway}/orders",
                self.history,
                see,
                "What was asked, newest first",
                answers=list[OrderRow],
                query=listing,
            ),
            Door("GET", "/v1/orders/{order}", self.one, see, "One order and its answer", answers=OrderRow),
        )

    async def run(self) -> None:
        """Look what became of those that wait; nothing waits, nothing is looked at."""
        while True:
            self._wake.clear()
            if await self._look():
                await asyncio.sleep(LOOK_S)
            else:
                await self._wake.wait()

    async def forms(self, _: Visit) -> Reply:
        """All of them."""
        return said(FORMS)

    async def order(self, visit: Visit) -> Reply:
        """202 with the order; its answer comes live and at its own address."""
        wanted = await visit.asked(Ordered)
        arguments = forms.checked(wanted.command, wanted.device, wanted.arguments)
        form = forms.BY_NAME[wanted.command]
        if form.effect_zh and not wanted.sure:
            raise Mistake(form.effect_zh, form.effect_en, 409, code="sure")
        why = str(wanted.arguments.get("reason") or "").strip()
        order = Given(self.new_id(), visit.name("gateway"), wanted.device, form.command, why)
        return said(await self.give(visit.who, order, arguments), 202)

    async def history(self, visit: Visit) -> Reply:
        """Of a gateway, or of one of its devices."""
        limit = visit.ask.number("limit", orders.LIMIT, most=MOST) or orders.LIMIT
        query = partial(
            orders.history,
            gateway=visit.name("gateway"),
            device=visit.ask.query.get("device"),
            before=visit.ask.number("before"),
            limit=limit,
        )
        return said(await self.desk.look(query))

    async def one(self, visit: Visit) -> Reply:
        """As it stands now."""
        return said(await self._one(visit.name("order")))

    async def give(self, who: Person, order: Given, arguments: dict[str, Scalar], valid_s: float = VALID_S) -> OrderRow:
        """Note it, send it. Raises Mistake when there is no such gateway or the receiver does not take it."""
        await self.desk.look(partial(_must_be, gateway=order.gateway))
        at, role = self.desk.now(), orders.role_of(who)
        await self.desk.change(partial(orders.note, at=at, who=who, order=order))
        try:
            to = (order.gateway, order.command, order.device)
            await self.desk.centre.order(*to, arguments, role, valid_s, order.id)
        except (NotRunning, Declined) as error:
            reason = str(error)
            await self.desk.change(lambda conn: orders.failed(conn, order.id, reason, self.desk.now()))
            raise
        self._wake.set()
        return await self._one(order.id)

    def new_id(self) -> str:
        """Of an order that somebody notes before it is given."""
        return self._ids(self.desk.now() / 1000)

    async def _one(self, order_id: str) -> OrderRow:
        row = await self.desk.look(partial(orders.one, order_id=order_id))
        if row is None:
            raise missing("命令", "order")
        return row

    async def _look(self) -> bool:
        """Tell what changed; whether anything still waits."""
        rows, now = await self.desk.look(orders.waiting), self.desk.now()
        for row in rows:
            if self._seen.get(row.id) is not row.stand:
                self._seen[row.id] = row.stand
                self.desk.live.tell(TOPIC, row, may=Permission.DEVICES_SEE)
        ended = [row.id for row in rows if row.stand in OVER]
        lost = await self.desk.look(partial(orders.unsent, before=now - orders.NOT_TAKEN_MS)) if rows else []
        if ended or lost:
            await self.desk.change(partial(_end, ended=ended, lost=lost, at=now))
        for id_ in ended:
            self._seen.pop(id_, None)
        return len(rows) > len(ended)


def _end(conn: sqlite3.Connection, ended: list[str], lost: list[str], at: int) -> None:
    orders.over(conn, ended, at)
    for id_ in lost:
        orders.failed(conn, id_, "the desk stopped before it was sent", at)


def _must_be(conn: sqlite3.Connection, gateway: str) -> None:
    if conn.execute("SELECT 1 FROM centre.gateways WHERE gateway=?", (gateway,)).fetchone() is None:
        raise missing("网关", "gateway")
