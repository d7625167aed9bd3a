"""A press in an announced window is a test; everything else about it is real."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from office.desk.alarms.board import Board
from office.desk.duty.window_rule import Press, Verdict, Window, judge
from office.desk.people.roles import Role
from sync.contract.envelope import UNSET, Unsequenced, encode, with_place
from sync.contract.messages import ALARM, ALARM_UPDATE, DeviceEvent
from tests.office.desk.house import Client, House, until
from tests.office.sending import EPOCH

WINDOW = Window("w", 1_000_000, 2_000_000, frozenset({"团结湖"}), frozenset({"gw-1/button-2"}))
PRESS = Press("gw-1/button-1", "团结湖", "sos", 1_500_000, "trusted")


def test_a_press_in_the_window_is_a_test() -> None:
    assert judge(PRESS, WINDOW) is Verdict.TEST
    assert judge(replace(PRESS, device="gw-1/button-2", community=""), WINDOW) is Verdict.TEST


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"at": 999_999}, Verdict.OUTSIDE),
        ({"at": 2_000_000}, Verdict.OUTSIDE),
        ({"community": "水碓子"}, Verdict.OTHER_DEVICE),
        ({"community": ""}, Verdict.OTHER_DEVICE),
        ({"cause": "fallDown"}, Verdict.OTHER_CAUSE),
        ({"presses": 2}, Verdict.AGAIN),
        ({"others": (1_500_000 - 119_999,)}, Verdict.AGAIN),
        ({"others": (1_500_000 + 1,)}, Verdict.AGAIN),
        ({"open_before": True}, Verdict.AGAIN),
        ({"clock": "floor"}, Verdict.CLOCK),
    ],
)
def test_whatever_may_be_real_is_real(change: dict[str, Any], verdict: Verdict) -> None:
    assert judge(replace(PRESS, **change), WINDOW) is verdict


def test_a_press_two_minutes_after_another_is_a_test_again() -> None:
    assert judge(replace(PRESS, others=(1_500_000 - 120_000,)), WINDOW) is Verdict.TEST


async def pressed(house: House, device: str, *, cause: str = "sos", update_of: str = "", count: int = 1) -> str:
    """As a gateway brings it, at the house's time."""
    n = next(house._numbers)
    data = DeviceEvent(device=device, profile="gpio-button", alarm=cause, severity="emergency", count=count)
    subject = update_of or UNSET
    body = Unsequenced(
        id=f"alarm-{n}",
        source=f"/linli/gw-1/{device}",
        type=ALARM_UPDATE if update_of else ALARM,
        time=datetime.fromtimestamp(house.clock.now, UTC),
        clock="trusted",
        boot=1,
        mono=n,
        data=data,
        subject=subject,
    )
    await house.arrive("gw-1", "alarm", with_place(encode(body), EPOCH, "alarm", n))
    return f"alarm-{n}"


async def stage(house: House, alarm: str) -> Any:
    view = await house.store.alarm(alarm)
    assert view is not None
    return view


async def announced(house: House, clerk: Client) -> Any:
    at = house.desk.now()
    wish = {"begins_at": at, "ends_at": at + 3_600_000, "devices": ["gw-1/button-1"], "note": "每周测试"}
    return await clerk.post("/v1/windows", wish)


def test_a_press_in_a_window_closes_itself_and_the_next_one_stays(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            await announced(house, clerk)
            house.later(10)
            first = await pressed(house, "button-1")
            await _closed(house, first)
            view = await stage(house, first)
            assert (view.closed_by, view.reason) == ("test-window", "test")
            house.later(30)
            second = await pressed(house, "button-1")
            other = await pressed(house, "button-2")
            await _judged(house, second)
            assert [(await stage(house, one)).stage for one in (second, other)] == ["received", "received"]
            (window,) = (await clerk.get("/v1/windows"))["windows"]
            assert (window["tests"], window["real"]) == (1, 1)
            house.later(3600)
            late = await pressed(house, "button-1")
            await house.running.parts[0].alarms_changed([late])
            assert (await stage(house, late)).stage == "received"

    asyncio.run(story())


def test_a_fall_in_a_window_is_real(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            await announced(house, clerk)
            fall = await pressed(house, "button-1", cause="fallDown")
            await _judged(house, fall)
            assert (await stage(house, fall)).stage == "received"

    asyncio.run(story())


def test_a_press_that_comes_after_its_alarm_was_closed_is_a_new_alarm(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            await announced(house, clerk)
            first = await pressed(house, "button-1")
            await _closed(house, first)
            again = await pressed(house, "button-1", update_of=first, count=2)
            await _judged(house, again)
            view = await stage(house, again)
            assert (view.stage, view.device, view.cause) == ("received", "button-1", "sos")

    asyncio.run(story())


def test_a_window_that_was_ended_tests_nothing_more(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            window = await announced(house, clerk)
            house.later(5)
            await clerk.post(f"/v1/windows/{window['id']}/end")
            house.later(5)
            alarm = await pressed(house, "button-1")
            await until(lambda: _on_board(house, alarm), "on the board")
            assert (await stage(house, alarm)).stage == "received"

    asyncio.run(story())


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "communities"),
        ({"communities": ["无此社区"]}, "communities"),
        ({"devices": ["button"]}, "devices"),
        ({"devices": ["gw-1/b"], "hours": 25}, "ends_at"),
        ({"devices": ["gw-1/b"], "hours": -1}, "ends_at"),
        ({"devices": ["gw-1/b"], "begin": 100 * 24}, "begins_at"),
    ],
)
def test_a_window_that_cannot_be_meant_is_refused(short_tmp: Path, wish: dict[str, Any], field: str) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            begin = house.desk.now() + wish.pop("begin", 0) * 3_600_000
            body = {"begins_at": begin, "ends_at": begin + wish.pop("hours", 1) * 3_600_000, **wish}
            answer = await clerk.ask("POST", "/v1/windows", body)
            assert (answer.status, answer.json["field"]) == (400, field)

    asyncio.run(story())


def test_the_list_of_who_has_not_pressed_names_them_and_who_was_called(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY, name="值班一号")
            for device in ("button-1", "button-2"):
                await pressed(house, device)
            await house.desk.change(
                lambda conn: conn.executemany(
                    "INSERT OR REPLACE INTO device_state(gateway, device, profile, registered) VALUES ('gw-1',?,?,1)",
                    [("button-1", "gpio-button"), ("button-2", "gpio-button"), ("door-1", "gpio-contact")],
                )
            )
            house.later(8 * 24 * 3600)
            clerk = await clerk.sign_in(clerk.me["login"])
            await pressed(house, "button-1")
            found = await clerk.get("/v1/weekly")
            assert (found["buttons"], [one["device"] for one in found["devices"]]) == (2, ["button-2"])
            await clerk.post("/v1/weekly/called", {"gateway": "gw-1", "device": "button-2", "note": "已电话提醒"})
            (one,) = (await clerk.get("/v1/weekly"))["devices"]
            assert (one["called_by"], one["note"]) == ("值班一号", "已电话提醒")

    asyncio.run(story())


async def _closed(house: House, alarm: str) -> None:
    for _ in range(1000):
        if (await stage(house, alarm)).stage == "closed":
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{alarm} stays open")


async def _judged(house: House, alarm: str) -> None:
    query = "SELECT 1 FROM window_presses WHERE alarm=?"
    for _ in range(1000):
        if await house.desk.look(lambda conn: conn.execute(query, (alarm,)).fetchone()):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{alarm} is judged by nobody")


def _on_board(house: House, alarm: str) -> bool:
    return alarm in house.desk.part(Board).open
