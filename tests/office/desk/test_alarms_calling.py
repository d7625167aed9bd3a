"""The escalation at a whole desk: whom it rings at, the phone, and a restart in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

from office.desk.alarms.board import Board
from office.desk.desk import Desk
from office.desk.duty.duty import Duty
from office.desk.outcall import FakeOutcall
from office.desk.people.roles import Role
from office.desk.program import start
from sync.contract.messages import ALARM_UPDATE, DeviceEvent
from tests.office.desk.house import Client, House, heard, until
from tests.office.sending import event


@asynccontextmanager
async def at_the_desk(house: House, client: Client) -> AsyncIterator[None]:
    """On duty, with a page that answers whenever the desk asks whether it rings."""
    async with client.live() as socket:
        await _say(socket, do="test")
        tone = await heard(socket, "duty-you")
        await _say(socket, do="heard", n=tone["n"], audible=True)
        answering = asyncio.create_task(_answer(socket))
        duty = house.desk.part(Duty)
        await until(lambda: client.me["id"] in {one.account for one in duty.on_duty()}, "on duty")
        try:
            yield
        finally:
            answering.cancel()
            with suppress(asyncio.CancelledError):
                await answering


async def _answer(socket: aiohttp.ClientWebSocketResponse) -> None:
    while True:
        word = await heard(socket, "duty-you")
        if word.get("ask") == "prove":
            await _say(socket, do="proof", n=word["n"], audible=True)


async def _say(socket: aiohttp.ClientWebSocketResponse, **word: Any) -> None:
    await socket.send_json({"topic": "duty", "data": word})


async def pass_time(house: House, seconds: int) -> None:
    """Second by second, as a clock goes, so that pages on duty can prove it."""
    duty = house.desk.part(Duty)
    for _ in range(seconds):
        house.later(1)
        duty.tick()
        await asyncio.sleep(0.03)


def called(house: House, alarm: str) -> list[str]:
    row = house.desk.part(Board).open.get(alarm)
    return [call.what for call in row.calls] if row else []


def fake(house: House) -> FakeOutcall:
    duty = house.desk.part(Duty)
    duty.calls.way = way = FakeOutcall()
    return way


def phoned(way: FakeOutcall) -> list[str]:
    return [one.text for one in way.rung if one.reason == "alarm"]


def test_an_alarm_goes_from_the_first_on_duty_to_the_next_to_everyone_and_out_by_phone(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            way, board = fake(house), house.desk.part(Board)
            one = await house.signed_in(Role.DUTY, name="值班一号")
            two = await house.signed_in(Role.DUTY, name="值班二号")
            async with at_the_desk(house, one), at_the_desk(house, two):
                alarm = await house.press()
                await until(lambda: alarm in board.open and board.open[alarm].rings == (one.me["id"],), "rings at one")
                await pass_time(house, 31)
                await until(lambda: board.open[alarm].rings == (one.me["id"], two.me["id"]), "rings at both")
                assert phoned(way) == []
                await pass_time(house, 31)
                await until(lambda: board.open[alarm].rings == ("*",), "rings at everyone")
                await until(lambda: phoned(way), "phoned out")
                taken = await two.post(f"/v1/alarms/{alarm}/take")
                assert (taken["row"]["rings"], called(house, alarm)) == ([], ["first", "next", "everyone", "phone"])
                assert "值班" in phoned(way)[0]

    asyncio.run(story())


def test_with_nobody_on_duty_everyone_rings_at_once_and_one_call_goes_out_for_several(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            way, board, duty = fake(house), house.desk.part(Board), house.desk.part(Duty)
            house.later(31)
            duty.tick()
            await until(lambda: not duty.attended, "unattended")
            first = await house.press("button-1")
            await until(lambda: first in board.open and called(house, first) == ["everyone", "phone"], "phoned")
            others = [await house.press(f"button-{n}") for n in (2, 3)]
            await until(lambda: all(called(house, one) == ["everyone"] for one in others), "they wait their turn")
            house.later(61)
            await until(lambda: all(called(house, one) == ["everyone", "phone"] for one in others), "called")
            await until(lambda: len(phoned(way)) == 2, "phoned for both at once")
            assert "另有1条" in phoned(way)[1]
            clerk = await house.signed_in(Role.DUTY)
            for one in others:
                lines = (await clerk.get(f"/v1/alarms/{one}"))["lines"]
                assert [line["text"] for line in lines if line["what"] == "call.phone"] == ["done"]

    asyncio.run(story())


def test_a_restarted_desk_goes_on_where_it_was_and_phones_nobody_twice(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            way, board, duty = fake(house), house.desk.part(Board), house.desk.part(Duty)
            house.later(61)
            duty.tick()
            alarm = await house.press()
            await until(lambda: alarm in board.open and called(house, alarm) == ["everyone", "phone"], "phoned")
            house.desk.alone.leave()  # as its end would
            async with AsyncExitStack() as stack:
                again = Desk(house.config, house.door, house.clock, lambda: house.clock.now)
                running = await start(again, stack)
                again.part(Duty).calls.way = way
                work = asyncio.create_task(running.work())
                house.later(300)
                await until(lambda: alarm in again.part(Board).open, "the new one knows it")
                other = await house.press("button-2")
                await until(lambda: other in again.part(Board).open, "the new one hears")
                await until(lambda: called(house, other) == ["everyone", "phone"], "the new one works")
                await until(lambda: len(phoned(way)) == 2, "phoned for the other one")
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
            assert called(house, alarm) == ["everyone", "phone"]
            assert len(phoned(way)) == 2

    asyncio.run(story())


def test_who_took_it_and_does_nothing_is_reminded_until_they_say_a_word(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            board = house.desk.part(Board)
            fake(house)
            clerk = await house.signed_in(Role.DUTY)
            alarm = await house.press()
            await clerk.post(f"/v1/alarms/{alarm}/take")
            house.later(601)
            await until(lambda: board.open[alarm].rings == (clerk.me["id"],), "reminded")
            row = await clerk.post(f"/v1/alarms/{alarm}/still")
            assert row["rings"] == []

    asyncio.run(story())


def test_another_press_on_a_taken_alarm_rings_at_its_keeper(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            board = house.desk.part(Board)
            clerk = await house.signed_in(Role.DUTY)
            alarm = await house.press()
            await clerk.post(f"/v1/alarms/{alarm}/take")
            house.later(20)
            again = DeviceEvent(device="button-1", alarm="sos", count=2)
            await house.arrive("gw-1", "events", event(1, kind=ALARM_UPDATE, data=again, subject=alarm))
            await until(lambda: board.open[alarm].rings == (clerk.me["id"],), "rings again")
            assert board.open[alarm].presses == 2

    asyncio.run(story())


def test_the_times_are_set_by_an_administrator_and_hold_for_open_alarms(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk, boss = await house.signed_in(Role.DUTY), await house.signed_in(Role.ADMINISTRATOR)
            path = "/v1/alarms/settings"
            times = await clerk.get(path)
            assert (times["next_s"], times["everyone_s"], times["remind_s"]) == (30, 60, 600)
            assert (await clerk.ask("PUT", path, times)).status == 403
            for wrong, field in (({"next_s": 1}, "next_s"), ({"next_s": 90}, "everyone_s")):
                refused = await boss.ask("PUT", path, {**times, **wrong})
                assert (refused.status, refused.json["field"]) == (422, field)
            await boss.put(path, {**times, "everyone_s": 300})
            assert (await clerk.get(path))["everyone_s"] == 300

    asyncio.run(story())
