"""A whole gateway on a hand-moved clock, with ports in memory and no line, that can be killed.

Killed: its files are copied as they are at that moment, and another gateway starts on the copy.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, cast

from drivers.model import Message
from drivers.ports.memory import MemoryPeer, MemoryPort
from edge import config_shape as shape
from edge import registry
from edge.alarm_book import Alarm
from edge.clock import GatewayClock
from edge.gateway import Gateway
from edge.neighbourhood.gt06 import Gt06Device
from edge.registry import Registry
from edge.second_path import MemoryPath
from sync.mqtt import Connection
from tests.edge.moments import Hands
from tests.edge.way_down import PROFILES, Way, Wire, until

IMEI = "352093081234567"


def configured(folder: Path, *, night: bool) -> shape.Config:
    return shape.Config(
        gateway=shape.Gateway(name="gw-1", data=str(folder)),
        centre=shape.Centre(host="127.0.0.1", port=1, ca="/tls/ca.pem", cert="/tls/gw.pem", key="/tls/gw.key"),
        ports=(
            shape.MemoryConfig(name="trackers", profile="gt06"),
            shape.MemoryConfig(name="tags", profile="jt808"),
            shape.MemoryConfig(name="zigbee", profile="z2m-contact"),
        ),
        storage=shape.Storage(reserve_mb=1),
        night_check=shape.NightCheck(enabled=night),
        api=shape.Api(socket=str(folder / "api.sock")),
    )


class House:
    """One run of a gateway after another, on one clock."""

    def __init__(self, folder: Path, *, night: bool) -> None:
        self.night = night
        self.folder, self.hands, self.path = folder, Hands(), MemoryPath()
        self.runs = 0
        self.tracker = Gt06Device(IMEI)

    async def start(self) -> None:
        clock = GatewayClock(synchronised=lambda: True, wall=lambda: self.hands.utc, steady=self._steady)
        self.gateway = Gateway(
            configured(self.folder / str(self.runs), night=self.night), PROFILES, clock=clock, second=self.path
        )
        self.gateway.start()
        self.wire = Wire(online=False, gateway=self.gateway)
        self.gateway.link.connection = cast("Connection", self.wire)
        self.way = Way(self.gateway, self.wire)
        self.seen: list[tuple[str, str]] = []
        self.gateway.guard.watch.listeners.append(lambda what, _alarm, detail: self.seen.append((what, detail)))
        for door in self.gateway.doors:
            cast("MemoryPort", door.port).start(door)
        second = self.gateway.guard.watch.second
        assert second is not None
        self.tasks = [asyncio.create_task(work) for work in (self.gateway.down.run(), second.run())]
        self.tick()

    def _steady(self) -> float:
        return self.hands.monotonic_s

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for door in self.gateway.doors:
            cast("MemoryPort", door.port).stop()
        await self.gateway.stop()

    async def killed(self, after_s: float = 0.0) -> None:
        """Killed now, started again that much later on what was on disk; the monotonic clock begins anew."""
        await self.quiet()
        before, self.runs = self.folder / str(self.runs), self.runs + 1
        shutil.copytree(before, self.folder / str(self.runs))
        await self.stop()
        self.hands.go(after_s)
        self.hands.monotonic_s = 5.0
        await self.start()

    async def quiet(self) -> None:
        """Everything that was handed over is on disk."""
        await self.gateway.store.transact(lambda _conn: None)
        await self.gateway.store.transact(lambda _conn: None)

    def tick(self, seconds: float = 0.0) -> None:
        at = self.hands.go(seconds)
        self.gateway.guard.watch.tick(at)
        self.gateway.guard.look(at)

    def connect(self, data: bytes | Message, port: int = 0) -> MemoryPeer:
        peer = cast("MemoryPort", self.gateway.doors[port].port).connect()
        peer.send(data)
        return peer

    async def press(self) -> Alarm:
        """SOS of the tracker on a line of its own; the alarm, stored and answered."""
        peer = self.connect(self.tracker.login())
        replies = len(peer.replies)
        known = {a.id: a.count for a in self.gateway.book.open.values()}
        peer.send(self.tracker.alarm("sos", self.hands.utc))
        await until(lambda: len(peer.replies) > replies, "answered")
        (alarm,) = [a for a in self.gateway.book.open.values() if known.get(a.id) != a.count]
        return alarm

    async def register(self, device_id: str, profile: str, address: str, **more: str) -> None:
        values = {"id": device_id, "profile": profile, "address": address, **more}
        rules, at = self.gateway.rules, self.hands.utc
        await self.gateway.store.transact(lambda conn: registry.put(conn, values, rules, at))
        fresh = await self.gateway.store.transact(lambda conn: Registry.load(conn, rules.driver_of))
        self.gateway.reload_registry(fresh)

    async def act(self, alarm: Alarm, step: str, text: str = "") -> None:
        body = {"alarm": alarm.id, "step": step, "by": "duty-doctor", "at": self.hands.utc.isoformat(), "text": text}
        await self.way.settled(self.way.send(f"alarm/{alarm.id}", body))

    def receipt(self, alarm: Alarm) -> None:
        self.gateway.guard.received(alarm.era, max(alarm.seq, alarm.press_seq))

    def row(self, alarm: Alarm) -> dict[str, Any]:
        names = "stage, count, escalation, acknowledged_by, closed_by, reason, press_seq"
        (row,) = self.way.rows(f"SELECT {names} FROM alarm WHERE id = '{alarm.id}'")
        return dict(zip(names.split(", "), row, strict=True))

    def called(self) -> list[str]:
        return [reason for _, reason in self.path.received]


def live(folder: Path, story: Callable[[House], Coroutine[Any, Any, None]], *, night: bool = False) -> None:
    async def play() -> None:
        house = House(folder, night=night)
        await house.start()
        try:
            await story(house)
        finally:
            await house.stop()

    asyncio.run(play())
