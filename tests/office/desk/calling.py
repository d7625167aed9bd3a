"""Both ends of calls around a desk of a House: kiosks that speak the contract, clerks with a page, and time by hand.

`Wire` stands where the receiver's connection to the broker is; everything else is the product.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Self, TypeVar, cast

import aiohttp

from office.desk.calls.calls import Calls
from office.desk.people.roles import Role
from sync.contract import topics
from sync.contract.call_signals import (
    Accept,
    Alive,
    Answer,
    Bye,
    Down,
    Heard,
    Offer,
    Quality,
    Start,
    Up,
    write,
)
from sync.contract.envelope import replaced
from sync.mqtt import Arrived, Connection
from tests.office.desk.house import Answer as HttpAnswer
from tests.office.desk.house import Client, House, until

SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.77\r\nc=IN IP4 192.0.2.77\r\n"
"""A description with an address that must never be seen in a log."""
ADDRESS = "192.0.2.77"

_ids = itertools.count(1)

D = TypeVar("D", bound=Down)


def new_id() -> str:
    return f"call{next(_ids):012d}"


class Wire:
    """Brings signals down to the kiosks that are there."""

    def __init__(self) -> None:
        self.online = True
        self.ears: dict[str, list[Callable[[str, bytes], None]]] = defaultdict(list)

    def publish(self, topic: str, payload: bytes, **_: Any) -> int:
        gateway = topics.gateway_of(topic)
        if gateway is not None and "/down/call/" in topic:
            for ear in self.ears[gateway]:
                ear(topic.rpartition("/")[2], payload)
        return 1

    def settle(self, _: Arrived) -> None: ...


class Kiosk:
    """The kiosk's end of one call."""

    def __init__(self, office: Office, gateway: str = "gw-1", call: str = "") -> None:
        self.office, self.gateway, self.call = office, gateway, call or new_id()
        self.n = self.leg = 0
        self.media = False
        self.heard: list[Down] = []
        self.replays = 0
        self._ear = Heard()
        office.wire.ears[gateway].append(self._hear)

    def _hear(self, call: str, payload: bytes) -> None:
        if call == self.call:
            signal = self._ear.down(payload)
            if signal is None:
                self.replays += 1
            else:
                self.heard.append(signal)

    def raw(self, payload: bytes, *, call: str = "", gateway: str = "", retain: bool = False) -> bool:
        topic = topics.up_call(gateway or self.gateway, call or self.call)
        return self.office.house.receiver.calls.heard(Arrived(topic, payload, 1, retain, 1, 1, None, None, None))

    def say(self, signal: Up) -> None:
        self.n += 1
        self.raw(write(replaced(signal, n=self.n)))

    def start(self, department: str = "civil", **more: Any) -> Self:
        self.say(Start(n=0, department=department, **more))
        return self

    def offer(self) -> None:
        self.leg += 1
        self.say(Offer(n=0, leg=self.leg, sdp=SDP))

    def alive(self, *, media: bool | None = None, quality: Quality | None = None) -> None:
        self.say(Alive(n=0, leg=self.leg, media=self.media if media is None else media, quality=quality))

    def bye(self, reason: Any) -> None:
        self.say(Bye(n=0, reason=reason))

    def accept(self) -> None:
        self.say(Accept(n=0))

    def all(self, kind: type[D]) -> list[D]:
        return [signal for signal in self.heard if isinstance(signal, kind)]

    async def told(self, kind: type[D], count: int = 1) -> D:
        await until(lambda: len(self.all(kind)) >= count, f"the kiosk hears {kind.__name__} {count}")
        return self.all(kind)[count - 1]


class Clerk:
    """A clerk's page: its live line, its proofs of sound, its steps."""

    def __init__(self, client: Client, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.client, self.socket = client, socket
        self.id = str(client.me["id"])
        self.token = self.key = ""
        self.on = False
        self.mine: list[str] = []
        self.words: list[dict[str, Any]] = []
        self.board: dict[str, Any] = {"calls": [], "departments": [], "clerks": []}
        self.boards = 0
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self.socket:
            word = json.loads(message.data)
            topic, data = word["topic"], word["data"]
            if topic == "calls":
                self.board, self.boards = data, self.boards + 1
            elif topic == "call":
                self.words.append(data)
            elif topic == "calls-you":
                await self._you(data)

    async def _you(self, data: dict[str, Any]) -> None:
        self.token = data.get("page", self.token)
        self.key = data.get("key", self.key)
        self.mine = data.get("mine", self.mine)
        if "you" in data:
            self.on = data["you"] == "on"
        if data.get("ask") == "tone":
            await self.say("calls", do="heard", n=data["n"], audible=True, visible=True)
        elif data.get("ask") == "prove":
            await self.say("calls", do="proof", n=data["n"], audible=True, visible=True)

    async def say(self, topic: str, **data: Any) -> None:
        await self.socket.send_str(json.dumps({"topic": topic, "data": data}))

    async def here(self) -> None:
        await self.say("calls", do="here")
        await until(lambda: self.token, "the page has its token")

    async def take_calls(self) -> Self:
        await self.here()
        await self.say("calls", do="test")
        await until(lambda: self.on, "takes calls")
        return self

    def call(self, call: str) -> dict[str, Any] | None:
        return next((one for one in self.board["calls"] if one["id"] == call), None)

    def rings(self, call: str) -> bool:
        found = self.call(call)
        return found is not None and self.id in found["rings"]

    async def rung(self, kiosk: Kiosk) -> None:
        await until(lambda: self.rings(kiosk.call), "it rings here")

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [word for word in self.words if word["kind"] == kind]

    async def word(self, kind: str, count: int = 1) -> dict[str, Any]:
        await until(lambda: len(self.of(kind)) >= count, f"the page hears {kind} {count}")
        return self.of(kind)[count - 1]

    async def step(self, kiosk: Kiosk | str, step: str, **body: Any) -> HttpAnswer:
        call = kiosk if isinstance(kiosk, str) else kiosk.call
        return await self.client.ask("POST", f"/v1/calls/{call}/{step}", {"page": self.token, **body})

    async def take(self, kiosk: Kiosk) -> dict[str, Any]:
        answer = await self.step(kiosk, "take")
        assert answer.status == 200, answer.content
        return cast("dict[str, Any]", answer.json)

    async def talk(self, kiosk: Kiosk) -> dict[str, Any]:
        """Taken, answered, media both ways."""
        taken = await self.take(kiosk)
        if not kiosk.leg:
            kiosk.offer()
        leg = taken["leg"] or (await self.word("offer"))["leg"]
        assert (await self.step(kiosk, "answer", leg=leg, sdp=SDP)).status == 202
        await kiosk.told(Answer)
        await self.flows(kiosk)
        return taken

    async def flows(self, kiosk: Kiosk) -> None:
        kiosk.media = True
        kiosk.alive()
        await self.say("call", do="alive", call=kiosk.call, leg=kiosk.leg, media=True)
        await until(lambda: self.state(kiosk) == "connected", "connected")

    def state(self, kiosk: Kiosk) -> str:
        found = self.call(kiosk.call)
        return str(found["state"]) if found else "over"

    async def leave(self) -> None:
        """The page is closed, or its browser killed."""
        await self.socket.close()
        self._reading.cancel()


class Office:
    """A house with a wire, and time that passes in small steps."""

    def __init__(self, house: House) -> None:
        self.house, self.wire = house, Wire()
        house.receiver.rest_line.connection = cast("Connection", self.wire)
        self._stack = AsyncExitStack()
        self.clerks: list[Clerk] = []

    @property
    def calls(self) -> Calls:
        return self.house.desk.part(Calls)

    async def begin(self) -> Self:
        await until(self.calls.ready.is_set, "the desk hears signals")
        await until(lambda: self.calls.exchange.staff.departments, "departments")
        await self.house.desk.change(lambda conn: conn.execute("UPDATE call_departments SET hours='[]'").rowcount)
        await self.calls.reload()
        return self

    async def clerk(self, *departments: str, role: Role = Role.DEPARTMENT, name: str = "") -> Clerk:
        """Somebody who takes calls for these departments."""
        return await (await self.page(await self.account(*departments, role=role, name=name))).take_calls()

    async def account(self, *departments: str, role: Role = Role.DEPARTMENT, name: str = "") -> Client:
        client = await self.house.signed_in(role, name=name)
        admin = await self.house.signed_in(Role.ADMINISTRATOR)
        if departments:
            await admin.put(f"/v1/department-staff/{client.me['id']}", {"departments": list(departments)})
        return client

    async def page(self, client: Client) -> Clerk:
        """One more page of that account."""
        socket = await self._stack.enter_async_context(client.live())
        clerk = Clerk(client, socket)
        self.clerks.append(clerk)
        return clerk

    async def restarted(self) -> None:
        """The desk program was ended and started anew; pages have lost their line."""
        await self.house.restart_desk()
        for clerk in self.clerks:
            clerk.client.base = self.house.base
        await self.begin()

    async def close(self) -> None:
        for clerk in self.clerks:
            await clerk.leave()
        await self._stack.aclose()

    async def later(self, seconds: float, *kiosks: Kiosk, step_s: float = 0.5) -> None:
        """Time passes; these kiosks say that they live, and pages that are there prove it."""
        for _ in range(round(seconds / step_s)):
            self.house.later(step_s)
            for kiosk in kiosks:
                kiosk.alive()
            await until(lambda: all(map(self.heard, kiosks)), "the desk hears that they live")
            await self.settled()
            self.calls.there.tick()
            self.calls.exchange.tick()
            await self.settled()

    def heard(self, kiosk: Kiosk) -> bool:
        """All that this kiosk said, unless its call is over."""
        line = self.calls.exchange.lines.get(kiosk.call)
        return line is None or line.gateway != kiosk.gateway or line.heard.last >= kiosk.n

    async def settled(self) -> None:
        """Every page has said what it was asked, and every signal has been heard."""
        for _ in range(3):
            await asyncio.sleep(0.002)
        stations = self.calls.there.watch.stations
        await until(lambda: all(station.asked_s is None for station in stations.values()), "pages prove")

    async def row(self, kiosk: Kiosk) -> dict[str, Any]:
        """The call in the tables, once what happened is written down."""
        await until(self.calls.all_written, "written down")
        await self.house.desk.change(lambda _: None)

        def look(conn: Any) -> dict[str, Any]:
            row = conn.execute("SELECT * FROM calls WHERE id=?", (kiosk.call,)).fetchone()
            return dict(row) if row else {}

        return await self.house.desk.look(look)

    async def ended(self, kiosk: Kiosk) -> dict[str, Any]:
        """The row of a call that is over."""
        for _ in range(1000):
            row = await self.row(kiosk)
            if row.get("ended") is not None:
                return row
            await asyncio.sleep(0.005)
        raise AssertionError("the end is not written down")


@asynccontextmanager
async def office(folder: Path, **door: Any) -> AsyncIterator[Office]:
    async with House(folder, **door) as house:
        made = Office(house)
        try:
            yield await made.begin()
        finally:
            await made.close()


def play(folder: Path, story: Callable[[Office], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with office(folder) as made:
            await story(made)

    asyncio.run(run())
