"""A drill at the desk: ordered, hidden until it is taken, nobody phoned, its report written."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from office.desk.alarms.board import Board
from office.desk.duty.drills import Drills
from office.desk.duty.duty import Duty
from office.desk.outcall import FakeOutcall
from office.desk.people.roles import Role
from sync.contract.envelope import Unsequenced, encode, with_place
from sync.contract.messages import ALARM, Answer, DeviceEvent, GatewayState
from tests.office.desk.house import Client, House, until
from tests.office.sending import EPOCH


async def button(house: House) -> None:
    """A gateway that is online, with one registered button that has spoken."""
    stored: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    state = GatewayState(gateway="gw-1", online=True, epoch=EPOCH, boot=1)
    house.store.take_state("gw-1", state, lambda result, error: stored.set_result((result, error)), alive=True)
    await stored
    await house.desk.change(
        lambda conn: conn.execute(
            """INSERT OR REPLACE INTO device_state(gateway, device, profile, registered)
               VALUES ('gw-1', 'button-1', 'gpio-button', 1)"""
        )
    )


async def raised(house: House, order: str, *, whole_way: bool = False, device: str = "button-1") -> str:
    """What the gateway does with the order."""
    n = next(house._numbers)
    attributes: dict[str, Any] = {"drill": True, "order": order, "whole_way": whole_way}
    data = DeviceEvent(device=device, profile="gpio-button", alarm="sos", severity="emergency", attributes=attributes)
    body = Unsequenced(
        id=f"alarm-{n}",
        source=f"/linli/gw-1/{device}",
        type=ALARM,
        time=datetime.fromtimestamp(house.clock.now, UTC),
        clock="trusted",
        boot=1,
        mono=n,
        data=data,
    )
    await house.arrive("gw-1", "alarm", with_place(encode(body), EPOCH, "alarm", n))
    answered: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    answer = Answer(id=order, outcome="done", result={"alarm": f"alarm-{n}"})  # type: ignore[arg-type]
    house.store.take_answer("gw-1", answer, lambda asked, error: answered.set_result((asked, error)))
    await answered
    return f"alarm-{n}"


async def ordered(boss: Client, **wish: Any) -> Any:
    return await boss.post("/v1/drills", {"gateway": "gw-1", "device": "button-1", **wish})


def kind(house: House, alarm: str) -> str:
    row = house.desk.part(Board).open.get(alarm)
    return row.kind if row else ""


def test_a_drill_looks_like_any_alarm_until_somebody_took_it(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await button(house)
            boss, clerk = await house.signed_in(Role.ADMINISTRATOR), await house.signed_in(Role.DUTY, name="值班一号")
            drill = await ordered(boss)
            (order,) = await house.store.pending()
            assert json.loads(order.payload)["id"] == drill["id"]
            alarm = await raised(house, drill["id"])
            await until(lambda: kind(house, alarm) == "emergency", "on the board as an emergency")
            at = "gateway=gw-1&device=button-1"
            for path in (f"alarms/{alarm}", f"alarms/{alarm}/proof", f"device?{at}", f"device/events?{at}"):
                shown = json.dumps(await clerk.get(f"/v1/{path}"))
                assert "drill" not in shown.replace('"drill": false', ""), path
                assert "whole_way" not in shown, path
            assert await clerk.get("/v1/gateways/gw-1/orders") == []
            await clerk.post(f"/v1/alarms/{alarm}/take")
            await until(lambda: kind(house, alarm) == "drill", "said to be a drill")

    asyncio.run(story())


def test_its_report_writes_itself_with_every_stage_and_stays_as_it_is(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await button(house)
            boss, clerk = await house.signed_in(Role.ADMINISTRATOR), await house.signed_in(Role.DUTY, name="值班一号")
            drill = await ordered(boss)
            house.later(1)
            alarm = await raised(house, drill["id"])
            await until(lambda: house.desk.part(Board).open[alarm].calls if kind(house, alarm) else (), "called")
            house.later(20)
            await clerk.post(f"/v1/alarms/{alarm}/take")
            house.later(30)
            await clerk.post(f"/v1/alarms/{alarm}/way", {"text": "马上到", "minutes": 3})
            house.later(60)
            await clerk.post(f"/v1/alarms/{alarm}/close", {"reason": "drill"})
            house.later(11)
            await house.desk.part(Drills)._look()
            report = await boss.get(f"/v1/drills/{drill['id']}")
            stages = {stage["stage"]: stage for stage in report["stages"]}
            assert (report["state"], report["good"], report["alarm"]) == ("ended", True, alarm)
            assert (stages["received"]["ms"], stages["taken"]["ms"], stages["on_the_way"]["ms"]) == (1000, 20000, 50000)
            assert (stages["taken"]["who"], stages["closed"]["at"] is not None) == ("值班一号", True)
            assert (await boss.get("/v1/drills"))[0]["id"] == drill["id"]

    asyncio.run(story())


def test_nobody_is_phoned_for_a_quiet_drill(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            house.desk.part(Duty).calls.way = way = FakeOutcall()
            await button(house)
            boss = await house.signed_in(Role.ADMINISTRATOR)
            quiet = await ordered(boss)
            alarm = await raised(house, quiet["id"])
            await until(lambda: kind(house, alarm), "on the board")
            house.later(100)
            await until(lambda: "everyone" in _calls(house, alarm), "rings at everyone")
            real = await house.press("button-2")
            await until(lambda: kind(house, real), "on the board")
            house.later(100)
            await until(lambda: any(rung.reason == "alarm" for rung in way.rung), "phoned for the real one")
            calls = await house.desk.look(
                lambda conn: [row["about"] for row in conn.execute("SELECT about FROM outcalls WHERE reason='alarm'")]
            )
            assert calls == [real]

    asyncio.run(story())


def test_an_order_that_the_gateway_refuses_is_a_drill_that_failed(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await button(house)
            boss = await house.signed_in(Role.ADMINISTRATOR)
            drill = await ordered(boss)
            answered: asyncio.Future[object] = asyncio.get_running_loop().create_future()
            answer = Answer(id=drill["id"], outcome="refused", reason="an alarm is open")  # type: ignore[arg-type]
            house.store.take_answer("gw-1", answer, lambda asked, error: answered.set_result((asked, error)))
            await answered
            await house.desk.part(Drills)._look()
            found = await boss.get(f"/v1/drills/{drill['id']}")
            assert (found["state"], found["failed"]) == ("failed", "an alarm is open")

    asyncio.run(story())


def test_clerks_cannot_see_that_a_drill_was_ordered(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await button(house)
            clerk, boss = await house.signed_in(Role.DUTY), await house.signed_in(Role.ADMINISTRATOR)
            assert (await clerk.ask("GET", "/v1/drills")).status == 403
            assert (await clerk.ask("POST", "/v1/drills", {})).status == 403
            away = await boss.ask("POST", "/v1/drills", {"gateway": "gw-1", "device": "nobody"})
            assert (away.status, away.json["field"]) == (409, "device")
            assert (await boss.post("/v1/drills", {}))["device"] == "button-1"

    asyncio.run(story())


def _calls(house: House, alarm: str) -> list[str]:
    row = house.desk.part(Board).open.get(alarm)
    return [call.what for call in row.calls] if row else []
