"""The status light: what the screen says, and a fault when nobody says anything."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from drivers.ports.output import PATTERNS
from edge.config_shape import PeripheralsConfig
from edge.peripherals.lamp import ORDERS, RENEW_S, SILENT_S, FakeLamp, NoLamp, PinLamp, StatusLight
from sync.contract.lamp import Light
from tests.edge.at_the_socket import Box, at_the_socket


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_every_state_has_a_pattern_of_its_own_that_the_outputs_know() -> None:
    assert set(ORDERS) == set(Light)
    assert len(set(ORDERS.values())) == len(Light)
    assert set(ORDERS.values()) <= set(PATTERNS)


def test_it_shows_what_was_said_last_and_a_fault_before_anybody_spoke(tmp_path: Path) -> None:
    lamp, clock = FakeLamp(tmp_path / "lamp"), Clock()
    light = StatusLight(lamp, clock)
    light.tick()
    assert (light.state, (tmp_path / "lamp").read_text()) == ("fault", "fault\n")
    for one in Light:
        light.say(one)
        assert (tmp_path / "lamp").read_text() == f"{one.value}\n"


def test_a_screen_that_falls_silent_is_a_fault_until_it_speaks_again(tmp_path: Path) -> None:
    clock = Clock()
    light = StatusLight(FakeLamp(tmp_path / "lamp"), clock)
    light.say(Light.IDLE)
    clock.now_s += SILENT_S
    light.tick()
    assert light.state == "idle"
    clock.now_s += 0.1
    light.tick()
    assert light.state == "fault"
    light.say(Light.CALL)
    assert light.state == "call"


def test_a_pin_is_ordered_once_for_a_state_and_renewed_before_it_ends_by_itself() -> None:
    clock, orders = Clock(), list[tuple[str, str]]()
    light = StatusLight(PinLamp(lambda line, order: orders.append((line, order))), clock)
    for _ in range(20):
        light.say(Light.ALARM)
        clock.now_s += 1
    assert orders == [("status", "fast")]
    clock.now_s += RENEW_S
    light.say(Light.ALARM)
    assert orders == [("status", "fast")] * 2


def test_a_lamp_that_cannot_be_set_is_said_once_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "lamp"
    path.mkdir()
    light = StatusLight(FakeLamp(path), Clock())
    for _ in range(3):
        light.say(Light.IDLE)
    assert light.state == "away"
    assert len(caplog.records) == 1
    path.rmdir()
    light.tick()
    assert light.state == "idle"


def test_a_box_without_a_lamp_shows_nothing_and_takes_the_word() -> None:
    light = StatusLight(NoLamp(), Clock())
    light.say(Light.ALARM)
    assert (light.there, light.state) == (False, "")


def test_the_screen_says_it_through_the_local_api_and_an_end_of_the_gateway_is_a_fault(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        assert (await box.get("peripherals"))["light"] in ("", "fault")
        await box.send("PUT", "light", {"light": "call"})
        assert (await box.get("peripherals"))["light"] == "call"
        assert (await box.declined("PUT", "light", {"light": "disco"})).status == 400
        lamp = Path(box.way.gateway.config.gateway.data) / "lamp"
        assert lamp.read_text() == "call\n"

    async def story() -> None:
        async with at_the_socket(short_tmp, peripherals=PeripheralsConfig(lamp="fake")) as box:
            await tell(box)
            lamp = Path(box.way.gateway.config.gateway.data) / "lamp"
        assert lamp.read_text() == "fault\n"

    asyncio.run(asyncio.wait_for(story(), 60))
