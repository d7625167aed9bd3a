"""A drill goes the real way, and stands in nobody's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.alarm_book import Alarm
from edge.feedback import Look
from sync.contract.alarm import Stage
from sync.contract.messages import Answer
from tests.edge.house import IMEI, House, live
from tests.edge.way_down import until


async def ordered(house: House, **arguments: Any) -> Answer:
    house.wire.online = True
    return await house.way.order("drill", "d-1", "watch-1", **arguments)


async def drilled(house: House, **arguments: Any) -> Alarm:
    await house.register("watch-1", "gt06", IMEI)
    answer = await ordered(house, **arguments)
    assert answer.outcome == "done", answer.reason
    return house.gateway.book.open[str(answer.result["alarm"])]


def raised(house: House) -> list[dict[str, Any]]:
    return [event for event in house.way.outbox() if event["type"] == "linli.alarm.v1"]


def test_a_drill_is_an_alarm_like_any_other_with_a_mark(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        alarm = await drilled(house)
        (event,) = raised(house)
        assert (event["id"], event["lane"]) == (alarm.id, "alarm")
        assert (event["data"]["device"], event["data"]["alarm"], event["data"]["severity"]) == (
            "watch-1",
            "sos",
            "emergency",
        )
        assert event["data"]["attributes"] == {"drill": True, "order": "d-1", "whole_way": False}
        assert ("raised", "") in house.seen

    live(tmp_path, story)


def test_a_quiet_drill_calls_nobody_else_lights_no_lamp_and_says_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        alarm = await drilled(house)
        house.tick(100)
        await house.quiet()
        assert house.called() == []
        assert house.gateway.guard.watch._board._shown is Look.OFF
        await house.act(alarm, "acknowledge", "马上到")
        assert not house.gateway.guard.watch._feedback.owes()

    live(tmp_path, story)


def test_a_drill_that_was_asked_to_go_the_whole_way_takes_the_second_path(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await drilled(house, whole_way=True)
        house.tick(10)
        await until(lambda: house.called() == ["no_receipt"], "second path called")

    live(tmp_path, story)


def test_a_real_press_during_a_drill_is_an_alarm_of_its_own(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        drill = await drilled(house)
        house.wire.online = False
        real = await house.press()
        assert real.id != drill.id
        assert (real.drill, drill.count) == (0, 1)
        house.tick(10)
        await until(lambda: house.called() == ["no_receipt"], "second path called")
        assert house.path.received == [(real.id, "no_receipt")]

    live(tmp_path, story)


def test_a_drill_never_stands_in_the_way_of_an_open_alarm(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.register("watch-1", "gt06", IMEI)
        await house.press()
        answer = await ordered(house)
        assert answer.outcome == "refused"
        assert "is open" in answer.reason

    live(tmp_path, story)


@pytest.mark.parametrize("device", ["", "nobody"])
def test_a_drill_needs_a_device_that_is_there(tmp_path: Path, device: str) -> None:
    async def story(house: House) -> None:
        house.wire.online = True
        assert (await house.way.order("drill", "d-2", device)).outcome == "refused"
        assert raised(house) == []

    live(tmp_path, story)


def test_a_restart_remembers_that_it_was_a_drill(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        alarm = await drilled(house)
        await house.killed()
        again = house.gateway.book.open[alarm.id]
        assert (again.quiet, again.stage) == (True, Stage.RAISED)
        house.tick(100)
        await house.quiet()
        assert house.called() == []
        house.receipt(again)
        await house.act(again, "close")
        assert house.gateway.book.open == {}
        assert house.row(again)["closed_by"] == "duty-doctor"

    live(tmp_path, story)
