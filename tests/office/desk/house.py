"""A desk in this process: both real files, the receiver's API without a broker, real TLS, people who sign in."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp
from argon2 import PasswordHasher

from edge.demo.authority import Authority
from office import questions
from office.api import Api
from office.blobs import Blobs, Quota
from office.config import BrokerAt, Config, DeskDoor, PageTls
from office.content_door import ContentDoor
from office.desk.desk import Desk
from office.desk.people import accounts
from office.desk.people.roles import Role
from office.desk.people.vault import new_key
from office.desk.program import Running, start
from office.receiver import Receiver, Settings
from office.store import Store
from office.web import Server
from tests.office.sending import alarm

PASSWORD = "correct horse battery"
HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
"""Of everyone here, and cheap: a hash says itself what it costs; what a real one costs is tried elsewhere."""

SOON_S = 20.0
NOW = 1_790_000_000.0
"""2026-09-21 in seconds; the hands of the house's clock are moved by `house.later`."""


class Clock:
    """Stands still until it is moved; monotonic moves with it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Any
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class Client:
    """One browser's worth of asking, without the browser. `token` and cookie come with signing in."""

    http: aiohttp.ClientSession
    base: str
    token: str = ""
    me: dict[str, Any] = field(default_factory=dict)

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        sent = {"X-Linli-Token": self.token, **headers} if self.token else headers
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        async with self.http.request(method, self.base + path, data=content, headers=sent, ssl=False) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, path: str) -> Any:
        return self._good(await self.ask("GET", path))

    async def post(self, path: str, body: object = None) -> Any:
        return self._good(await self.ask("POST", path, body if body is not None else {}))

    async def put(self, path: str, body: object) -> Any:
        return self._good(await self.ask("PUT", path, body))

    async def delete(self, path: str) -> Any:
        return self._good(await self.ask("DELETE", path))

    def _good(self, answer: Answer) -> Any:
        assert answer.status < 400, f"{answer.status}: {answer.content.decode()}"
        return answer.json if answer.content else None

    async def sign_in(self, login: str, password: str = PASSWORD) -> Self:
        self.me = await self.post("/v1/session", {"login": login, "password": password})
        self.token = self.me["token"]
        return self

    @asynccontextmanager
    async def live(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """The page's WebSocket; messages are `{"topic", "data"}`."""
        async with self.http.ws_connect(self.base + "/live", ssl=False) as socket:
            yield socket


async def heard(socket: aiohttp.ClientWebSocketResponse, topic: str) -> Any:
    """The data of the next message of that topic."""
    async with asyncio.timeout(SOON_S):
        while True:
            message = json.loads(await socket.receive_str())
            if message["topic"] == topic:
                return message["data"]


class House:
    """An async context manager. `desk` is the desk itself, `store` what the receiver would keep.

    `door` changes settings of the desk; without it nobody needs a second factor and nobody is too fast. With the port
    of a `broker` its receiver works too, and gateways can be there.
    """

    def __init__(self, folder: Path, *, broker: int = 0, **door: Any) -> None:
        self.folder, self.clock, self.broker = folder, Clock(), broker
        (folder / "data").mkdir(parents=True)
        tls = Authority(folder / "tls").server("desk")
        (folder / "key").write_text(new_key(), encoding="ascii")
        easy = {"idle_min": 720, "second_factor": "offered", "requests_per_s": 1e6, **door}
        self.door = DeskDoor(
            PageTls(str(tls.cert), str(tls.key)),
            str(folder / "key"),
            host="127.0.0.1",
            port=0,
            anchors=str(folder / "anchors"),
            **easy,
        )
        self.config = Config(
            BrokerAt("127.0.0.1", broker or 1), data=str(folder / "data"), socket=str(folder / "r.sock"), desk=self.door
        )
        self._numbers = iter(range(1, 1_000_000))
        self._stack = AsyncExitStack()
        self.store: Store
        self.receiver: Receiver
        self.desk: Desk
        self.running: Running

    async def __aenter__(self) -> Self:
        self.store = Store(self.config.database, self.clock)
        self.store.open()
        self._stack.push_async_callback(self.store.close)
        self.receiver = receiver = Receiver(
            Settings(self.config.mqtt), self.store, lambda: self.clock.now, questions.shipped(self.store)
        )
        blobs = Blobs(self.folder / "data" / "blobs", self.store, Quota())
        await blobs.open()
        contents = ContentDoor(self.store, receiver, blobs, self.folder / "data")
        api = Server([*Api(self.store, receiver, dict).routes(), *contents.routes()])
        self._stack.push_async_callback(api.close)
        await api.listen_unix(Path(self.config.socket))
        await self._start_desk()
        self._stack.push_async_callback(self._end_desk)
        if self.broker:
            self._stack.push_async_callback(_end, asyncio.create_task(receiver.run()))
            await until(lambda: receiver.online, "the receiver has its lines")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start_desk(self) -> None:
        self._desk_stack = AsyncExitStack()
        self.desk = Desk(self.config, self.door, self.clock, lambda: self.clock.now)
        self.running = await start(self.desk, self._desk_stack)
        self._desk_stack.push_async_callback(_end, asyncio.create_task(self.running.work()))

    async def _end_desk(self) -> None:
        await self._desk_stack.aclose()

    async def restart_desk(self) -> None:
        """The desk program ends and is started anew, at another port; sessions are still good."""
        await self._end_desk()
        await self._start_desk()

    def later(self, seconds: float) -> None:
        """Move the clock."""
        self.clock.now += seconds

    def written_config(self) -> Path:
        """This house's `office.yaml`, for the command line."""
        file, door = self.folder / "office.yaml", self.door
        desk = {
            "tls": {"cert": door.tls.cert, "key": door.tls.key},
            "key": door.key,
            "host": door.host,
            "anchors": door.anchors,
        }
        broker = {"host": "127.0.0.1", "port": 1}
        file.write_text(
            json.dumps({"broker": broker, "data": self.config.data, "socket": self.config.socket, "desk": desk}),
            encoding="utf-8",
        )
        return file

    @property
    def base(self) -> str:
        return f"https://127.0.0.1:{self.running.port}"

    async def client(self) -> Client:
        """Somebody who is not signed in."""
        http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._stack.push_async_callback(http.close)
        return Client(http, self.base)

    async def signed_in(self, *roles: Role, login: str = "", name: str = "", department: str = "") -> Client:
        """A new account with these roles, signed in."""
        login = login or f"{roles[0]}-{next(self._numbers)}"
        await self.desk.change(
            lambda conn: accounts.add(conn, self.desk.now(), login, name or login, frozenset(roles), HASH, department)
        )
        return await (await self.client()).sign_in(login)

    async def press(self, device: str = "button-1", *, gateway: str = "gw-1", test: bool = False) -> str:
        """An SOS as a gateway brings it; the alarm's id."""
        n = next(self._numbers)
        name = f"alarm-{n}"
        await self.arrive(gateway, "alarm", alarm(n, id=name, device=device, test=test))
        return name

    async def arrive(self, gateway: str, kind: str, payload: bytes) -> None:
        """A message of a gateway on `up/alarm` or `up/events`, stored as the receiver stores it."""
        stored: asyncio.Future[object] = asyncio.get_running_loop().create_future()

        def done(result: object, error: BaseException | None) -> None:
            stored.set_exception(error) if error else stored.set_result(result)

        topic = f"linli/v1/{gateway}/up/{kind}"
        self.store.take(gateway, topic, payload, done, urgent=kind == "alarm")
        await stored


async def _end(work: asyncio.Task[None]) -> None:
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def until(true: Callable[[], object], what: str) -> None:
    """Wait for something that must come soon."""
    deadline = time.monotonic() + SOON_S
    while not true():
        assert time.monotonic() < deadline, f"not in time: {what}"
        await asyncio.sleep(0.005)
