"""A whole gateway with a real store and no line: what the centre sends is handed in, what goes up is kept.

`Wire` stands where the connection to the broker is; everything else is the product.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from drivers.ports.memory import MemoryPeer, MemoryPort
from edge import config_shape as shape
from edge.alarm_book import Alarm
from edge.gateway import Gateway
from edge.neighbourhood.gt06 import Gt06Device
from firmware_profiles.loader import load_profiles
from sync.contract.envelope import decode
from sync.contract.messages import Answer
from sync.mqtt import Arrived, Connection, NotConnected

IMEI = "352093081234567"
PROFILES = load_profiles([])
DOWN = "linli/v1/gw-1/down/"


@dataclass
class Wire:
    """Keeps what is published and settled; `code` is the PUBACK of everything, None: none comes."""

    online: bool = True
    code: int | None = 0
    receive_maximum: int = 1000
    in_flight: int = 0
    maximum_packet_size: int = 1 << 20
    published: list[tuple[str, bytes, dict[str, Any]]] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)
    gateway: Gateway | None = None

    def publish(self, topic: str, payload: bytes, **how: Any) -> int:
        if not self.online:
            raise NotConnected("no line")
        self.published.append((topic, payload, how))
        mid = len(self.published)
        if self.code is not None and self.gateway is not None:
            asyncio.get_running_loop().call_soon(self.gateway.link.puback, mid, self.code)
        return mid

    def settle(self, message: Arrived) -> None:
        self.settled.append(message.mid)

    def kick(self) -> None: ...


@dataclass
class Way:
    """A gateway that runs, and the centre's end of its way down."""

    gateway: Gateway
    wire: Wire
    sent: int = 0

    def send(self, topic: str, payload: object, *, retain: bool = False, qos: int = 1, **how: Any) -> int:
        """Something from the centre; the number that settling will name."""
        self.sent += 1
        body = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
        topic = topic if topic.startswith("linli/") else DOWN + topic
        message = Arrived(
            topic, body, qos, retain, self.sent, 1, None, how.get("response_topic"), how.get("correlation")
        )
        self.gateway.link.arrived(message)
        return self.sent

    async def settled(self, mid: int) -> None:
        await until(lambda: mid in self.wire.settled, f"message {mid} settled")

    async def order(self, command: str, order_id: str = "o-1", device: str = "", **arguments: object) -> Answer:
        """An order and its answer."""
        self.send(f"request/{command}", {"id": order_id, "device": device, "arguments": arguments})
        await until(lambda: self.answers(order_id), f"answer to {command}")
        return self.answers(order_id)[-1]

    def answers(self, order_id: str) -> list[Answer]:
        topic = f"linli/v1/gw-1/up/answer/{order_id}"
        return [decode(body, Answer) for at, body, _ in self.wire.published if at == topic]

    def notes(self) -> Mapping[str, int]:
        return {reason: n for (who, reason), n in self.gateway.intake.notes.items() if who == "centre"}

    def outbox(self) -> list[dict[str, Any]]:
        """What waits for the centre, as it will be sent."""
        conn = self.gateway.store.reader()
        try:
            return [json.loads(body) for (body,) in conn.execute("SELECT body FROM outbox ORDER BY lane, seq")]
        finally:
            conn.close()

    def rows(self, query: str) -> list[Any]:
        conn = self.gateway.store.reader()
        try:
            return conn.execute(query).fetchall()
        finally:
            conn.close()

    def connect(self, device: Gt06Device) -> MemoryPeer:
        """A tracker logs in."""
        door = self.gateway.doors[0]
        port = cast("MemoryPort", door.port)
        peer = port.connect()
        peer.send(device.login())
        return peer

    async def press(self, peer: MemoryPeer, device: Gt06Device) -> Alarm:
        """SOS, stored and answered."""
        before = set(self.gateway.book.open)
        peer.send(device.alarm("sos"))
        await until(lambda: set(self.gateway.book.open) - before, "alarm raised")
        (new,) = set(self.gateway.book.open) - before
        await until(lambda: not self.gateway.store.pending, "alarm stored")  # its place is given before the commit
        return self.gateway.book.open[new]


def configured(folder: Path, **more: Any) -> shape.Config:
    """A gateway with one port in memory for trackers."""
    return shape.Config(
        gateway=shape.Gateway(name="gw-1", data=str(folder)),
        centre=shape.Centre(host="127.0.0.1", port=1, ca="/tls/ca.pem", cert="/tls/gw.pem", key="/tls/gw.key"),
        ports=(shape.MemoryConfig(name="trackers", profile="gt06"),),
        storage=shape.Storage(reserve_mb=1),
        **more,
    )


@asynccontextmanager
async def way_down(folder: Path, **more: Any) -> AsyncIterator[Way]:
    """Runs the way down of a gateway and its first port, but no line."""
    gateway = Gateway(configured(folder, **more), PROFILES)
    gateway.start()
    wire = Wire(gateway=gateway)
    gateway.link.connection = cast("Connection", wire)
    port = cast("MemoryPort", gateway.doors[0].port)
    port.start(gateway.doors[0])
    task = asyncio.create_task(gateway.down.run())
    try:
        yield Way(gateway, wire)
    finally:
        task.cancel()
        (outcome,) = await asyncio.gather(task, return_exceptions=True)
        port.stop()
        await gateway.stop()
        assert isinstance(outcome, asyncio.CancelledError), outcome


async def until(true: Callable[[], object], what: str, within_s: float = 30.0) -> None:
    """Wait for something that must come soon."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, f"not in time: {what}"
        await asyncio.sleep(0.002)
