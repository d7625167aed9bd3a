"""What watches over a gateway: devices behind a broker, what lasts at them, and faults, in a whole gateway."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from drivers.model import Message
from drivers.ports.memory import MemoryPeer
from tests.edge.house import House, live

DOOR = "hall/door"


async def zigbee(house: House) -> MemoryPeer:
    await house.register("door-1", "z2m-contact", DOOR)
    house.tick()
    return house.connect(state(contact=True), port=2)


def state(*, retain: bool = False, **values: Any) -> Message:
    return Message(f"zigbee2mqtt/{DOOR}", json.dumps(values).encode(), retain)


def word(place: str, what: str) -> Message:
    return Message(f"zigbee2mqtt/{place}", json.dumps({"state": what}).encode(), retain=True)


def test_a_device_its_broker_calls_offline_is_silent_at_once_and_its_next_word_ends_it(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        peer = await zigbee(house)
        peer.send(word(f"{DOOR}/availability", "offline"))
        await house.quiet()
        house.tick(5)
        assert house.gateway.guard.silent() == {"door-1": "its broker says that it is gone"}
        peer.send(state(contact=False))
        await house.quiet()
        house.tick(5)
        assert house.gateway.guard.silent() == {}

    live(tmp_path, story)


def test_what_a_broker_had_retained_is_no_sign_of_life(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        peer = await zigbee(house)
        house.tick(3600)
        peer.send(state(retain=True, contact=True))
        house.tick(3601)
        assert list(house.gateway.guard.silent()) == ["door-1"]

    live(tmp_path, story)


def test_a_bridge_that_is_offline_is_one_fault_with_its_devices(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        peer = await zigbee(house)
        peer.send(word("bridge/state", "offline"))
        await house.quiet()
        house.tick(100_000)
        assert [(f.fault, f.devices) for f in house.gateway.faults.values()] == [("bridge-zigbee", ["door-1"])]
        peer.send(word("bridge/state", "online"))
        await house.quiet()
        house.tick(7199)
        assert dict(house.gateway.faults) == {}
        house.tick(2)
        assert list(house.gateway.faults) == ["silent-door-1"]

    live(tmp_path, story)


def test_an_open_housing_is_told_each_time_and_lasts_until_it_is_closed(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        peer = await zigbee(house)
        for tamper in (True, True, False, True):
            peer.send(state(contact=True, tamper=tamper))
            await house.quiet()
        conditions = house.gateway.guard.conditions
        assert conditions.of("door-1") == {"tampering": house.hands.utc}
        await house.quiet()
        told = [e["data"].get("alarm") for e in house.way.outbox() if e["type"] == "linli.status.v1"]
        assert told.count("tampering") == 2

    live(tmp_path, story)


def test_when_a_device_last_spoke_is_known_after_a_kill(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await zigbee(house)
        spoke = house.hands.utc
        house.tick(61)
        await house.killed(after_s=3600)
        device = house.gateway.registry.get("door-1")
        assert device is not None
        assert house.gateway.guard.heard_before(device) == spoke

    live(tmp_path, story)


def test_a_device_that_is_away_is_not_missed(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await zigbee(house)
        until = (house.hands.utc + timedelta(days=7)).isoformat()
        await house.register("door-1", "z2m-contact", DOOR, away_until=until)
        for _ in range(6):
            house.tick(24 * 3600)
        assert house.gateway.guard.silent() == {}

    live(tmp_path, story)


def test_two_hundred_devices_that_die_with_their_broker_are_one_fault(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        for n in range(200):
            await house.register(f"door-{n:03d}", "z2m-contact", f"door/{n}")
        house.tick()
        house.connect(word("bridge/state", "offline"), port=2)
        await house.quiet()
        house.tick(100_000)
        (fault,) = house.gateway.faults.values()
        assert len(fault.devices) == 200
        await house.quiet()
        assert len([e for e in house.way.outbox() if e["type"] == "linli.fault.v1"]) == 1

    live(tmp_path, story)
