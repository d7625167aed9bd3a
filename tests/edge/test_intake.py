"""What is heard while the disk refuses, and from lines that invent ids: nothing is swallowed, nothing grows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.ports.memory import MemoryPeer
from edge import intake as intake_module
from edge.neighbourhood.gt06 import Gt06Device
from tests.edge.way_down import IMEI, Way, until, way_down


def refuse(way: Way, *, writes: bool) -> None:
    """The disk takes nothing (SQLITE_READONLY), or takes everything again."""
    way.gateway.store._conn.execute(f"PRAGMA query_only = {int(writes)}")


async def answered(way: Way, device: Gt06Device, *frames: bytes) -> MemoryPeer:
    """Say these on a new line; all of it is on disk or refused when this returns."""
    peer = way.connect(device)
    for frame in frames:
        peer.send(frame)
    await until(lambda: not way.gateway.store.pending, "settled")
    return peer


def low_batteries(way: Way) -> int:
    return sum(event["data"].get("alarm") == "lowBattery" for event in way.outbox())


def test_a_held_alarm_that_was_refused_with_its_end_is_raised_when_the_disk_is_back(tmp_path: Path) -> None:
    async def body() -> None:
        async with way_down(tmp_path) as way:
            device = Gt06Device(IMEI)
            refuse(way, writes=True)
            peer = await answered(way, device, device.status(held="lowBattery"), device.status())
            assert peer.closed
            refuse(way, writes=False)
            assert low_batteries(way) == 0
            await answered(way, device, device.status(held="lowBattery"))
            assert low_batteries(way) == 1

    asyncio.run(body())


def test_a_held_alarm_whose_end_was_refused_is_no_longer_held_on_disk_once_it_is_back(tmp_path: Path) -> None:
    async def body() -> None:
        async with way_down(tmp_path) as way:
            device = Gt06Device(IMEI)
            await answered(way, device, device.status(held="lowBattery"))
            refuse(way, writes=True)
            await answered(way, device, device.status())
            assert way.rows("SELECT causes FROM level") == [("lowBattery",)]
            refuse(way, writes=False)
            await answered(way, device, device.status())
            assert way.rows("SELECT causes FROM level") == [("",)]

    asyncio.run(body())


def test_ids_invented_on_the_wire_do_not_grow_what_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_module, "MAX_LINES", 50)

    async def body() -> None:
        async with way_down(tmp_path) as way:
            at = datetime.now(UTC)
            peers = []
            for n in range(200):
                device = Gt06Device(f"35209308{n:07d}")
                peers.append(await answered(way, device, device.position(at, 31.2, 121.4)))
            intake = way.gateway.intake
            assert len(intake.lines) == 50
            assert sum(len(talk.addresses) for talk in intake.talks) == 50
            assert not intake._repeats.levels
            device = Gt06Device("352093080000000")
            peers[0].send(device.status())
            assert ("gt06", device.imei) in intake.lines, "who was let go is known again with its next word"

    asyncio.run(body())


def test_beyond_a_bound_strangers_share_one_alarm_and_every_press_still_goes_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_module, "MAX_STRANGERS", 5)

    async def body() -> None:
        async with way_down(tmp_path) as way:
            for n in range(20):
                device = Gt06Device(f"86{n:013d}")
                at = datetime(2026, 8, 20, 0, n, tzinfo=UTC)
                await answered(way, device, device.alarm("sos", at))
            assert len(way.gateway.book.open) == 6
            sent = [e["data"] for e in way.outbox() if e["data"].get("alarm") == "sos"]
            assert len(sent) == 20
            crowd = [data for data in sent if data["device"].startswith("unregistered-")]
            assert [data["attributes"]["address"] for data in crowd] == [f"86{n:013d}" for n in range(5, 20)]

    asyncio.run(body())
