"""Two ends over a real broker: a gateway's side made of the real connection, and a receiver in this process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from office import questions
from office.receiver import Receiver, Settings
from office.store import Store
from sync.contract import topics
from sync.contract.envelope import decode, encode
from sync.contract.messages import GatewayState, Receipt
from sync.mqtt import Arrived, Broker, Connection
from tests.office.sending import EPOCH

LONG_S = 40.0

T = TypeVar("T")


async def until(true: Callable[[], object], what: str) -> None:
    """Wait for something that must come soon."""
    deadline = time.monotonic() + LONG_S
    while not true():
        assert time.monotonic() < deadline, f"not in time: {what}"
        await asyncio.sleep(0.005)


async def eventually(ask: Callable[[], Awaitable[T | None]], what: str) -> T:
    """The first answer that is something."""
    deadline = time.monotonic() + LONG_S
    while not (answer := await ask()):
        assert time.monotonic() < deadline, f"not in time: {what}"
        await asyncio.sleep(0.005)
    return answer


class Gateway:
    """Publishes upwards and remembers what came down."""

    def __init__(self, port: int, name: str = "gw-1", broker: Broker | None = None) -> None:
        self.name = name
        self.heard: list[Arrived] = []
        self.pubacks: list[int] = []
        at = broker or Broker("127.0.0.1", port, name)
        self.connection = Connection(at, self, [(f"linli/v1/{name}/down/#", 1)])
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.connection.run())
        await until(lambda: self.connection.online, "gateway connected")
        return self

    async def __aexit__(self, k: type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def alarm(self, payload: bytes) -> None:
        self.connection.publish(topics.up_alarm(self.name), payload)

    def events(self, payload: bytes) -> None:
        self.connection.publish(topics.up_events(self.name), payload)

    def state(self, *, online: bool = True, boot: int = 1, receipted: dict[str, int] | None = None) -> None:
        state = GatewayState(gateway=self.name, online=online, epoch=EPOCH, boot=boot, receipted=receipted or {})
        self.connection.publish(topics.up_state(self.name), encode(state), retain=True)

    @property
    def receipts(self) -> list[Receipt]:
        topic = topics.down_receipt(self.name)
        return [decode(m.payload, Receipt) for m in self.heard if m.topic == topic]

    async def receipted(self, lane: str, n: int) -> None:
        await until(lambda: Receipt(EPOCH, lane, n) in self.receipts, f"receipt {lane} {n}")

    def up(self, session_present: bool) -> None: ...  # noqa: FBT001

    def down(self, reason: str) -> None: ...

    def arrived(self, message: Arrived) -> None:
        self.heard.append(message)
        self.connection.settle(message)

    def puback(self, _: int, code: int) -> None:
        self.pubacks.append(code)


class Centre:
    """A receiver with its store. `now` is its monotonic clock when given."""

    def __init__(
        self,
        port: int,
        path: Path,
        now: Callable[[], float] = time.monotonic,
        *,
        group: str = "",
        name: str = "centre",
    ) -> None:
        self.store = Store(path, time.time)
        self.receiver = Receiver(
            Settings(Broker("127.0.0.1", port, name), group), self.store, now, questions.shipped(self.store)
        )
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.store.open()
        self._task = asyncio.create_task(self.receiver.run())
        await until(lambda: self.receiver.online or self.failed, "receiver connected")
        return self

    @property
    def failed(self) -> bool:
        return self._task is not None and self._task.done()

    async def __aexit__(self, k: type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        assert self._task is not None
        self._task.cancel()
        (outcome,) = await asyncio.gather(self._task, return_exceptions=True)
        await self.store.close()
        assert isinstance(outcome, asyncio.CancelledError), outcome

    async def count(self, table: str) -> int:
        query = f"SELECT count(*) FROM {table}"
        return int(await self.store.look(lambda conn: conn.execute(query).fetchone()[0]))
