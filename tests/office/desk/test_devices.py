"""Gateways and devices: how they are is known at once, whatever was said before, and what they are told comes back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from office.desk.devices import configs, gathering
from office.desk.people.roles import Role
from sync.contract.envelope import batch
from sync.contract.messages import (
    FAULT,
    POSITION,
    STATUS,
    Answer,
    ConfigStatus,
    DeviceEvent,
    Fault,
    GatewayState,
    Outcome,
    Place,
)
from tests.office.desk.elders import NAME, PLACE, move_in
from tests.office.desk.house import SOON_S, Client, House, heard
from tests.office.sending import event, positions


async def eventually(ask: Callable[[], Awaitable[Any]], true: Callable[[Any], object]) -> Any:
    """What is asked for, once it is so."""
    async with asyncio.timeout(SOON_S):
        while not true(answer := await ask()):  # noqa: ASYNC110 - what is asked stands behind HTTPS
            await asyncio.sleep(0.02)
    return answer


async def said(house: House, gateway: str = "gw-1", **more: Any) -> None:
    """A gateway's word about itself."""
    done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    state = GatewayState(gateway=gateway, online=True, at=datetime(2026, 9, 21, tzinfo=UTC), version="1.2", **more)
    house.store.take_state(gateway, state, lambda result, _: done.set_result(result), alive=True)
    await done


def status(n: int, device: str, **attributes: Any) -> bytes:
    data = DeviceEvent(device=device, profile="watch", attributes=attributes)
    return event(n, kind=STATUS, data=data, device=device)


def fault(n: int, name: str, *devices: str, active: bool = True) -> bytes:
    data = Fault(fault=name, active=active, reason="because", devices=list(devices))
    return event(n, lane="state", kind=FAULT, data=data, device="gateway")


def row(devices: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next((one for one in devices if one["device"] == name), {})


async def listed(client: Client, query: str = "") -> Any:
    return await client.get(f"/v1/devices?{query}")


def test_a_device_shows_its_last_word_and_the_battery_it_named_before(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            await house.arrive("gw-1", "events", batch([status(1, "watch-1", batteryLevel=15), *_walk(2, 40)]))
            found = await eventually(lambda: listed(clerk), lambda all_: row(all_, "watch-1").get("lat"))
            watch = row(found, "watch-1")
            assert (watch["battery"], watch["low"], watch["type"]) == (15.0, True, POSITION)
            assert [one["device"] for one in await listed(clerk, "only=battery")] == ["watch-1"]
            whole = await clerk.get("/v1/device?gateway=gw-1&device=watch-1")
            assert len(whole["events"]) == 20
            older = await clerk.get(f"/v1/device/events?gateway=gw-1&device=watch-1&before={whole['events'][-1]['n']}")
            assert older[0]["n"] == whole["events"][-1]["n"] - 1

    asyncio.run(story())


def _walk(first: int, last: int) -> list[bytes]:
    return [
        event(n, data=DeviceEvent(device="watch-1", profile="watch", place=Place(valid=True, lat=39.9, lon=116.4)))
        for n in range(first, last + 1)
    ]


def test_the_silent_and_the_faulty_are_found_and_forgotten_when_it_is_over(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            await house.arrive("gw-1", "events", batch([status(1, "watch-1"), status(2, "watch-2")]))
            await said(house, silent=["watch-2", "never-spoke"], faults=["port-radio", "silent-watch-2"], devices=3)
            await house.arrive("gw-1", "events", fault(3, "port-radio", "watch-1"))
            silent = await eventually(lambda: listed(clerk, "only=silent"), lambda all_: len(all_) == 2)
            assert [one["device"] for one in silent] == ["never-spoke", "watch-2"]
            await eventually(lambda: listed(clerk, "only=fault"), lambda all_: row(all_, "watch-1"))
            (gateway,) = await clerk.get("/v1/gateways")
            assert (gateway["faults"], gateway["silent_devices"], gateway["version"]) == (["port-radio"], 2, "1.2")
            await said(house, silent=[], devices=3)
            await house.arrive("gw-1", "events", fault(4, "port-radio", active=False))
            await eventually(lambda: listed(clerk, "only=silent"), lambda all_: not all_)
            await eventually(lambda: listed(clerk, "only=fault"), lambda all_: not all_)

    asyncio.run(story())


def test_lists_go_on_after_a_key_and_find_by_text(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            await house.arrive("gw-1", "events", batch(status(n, f"watch-{n:03}") for n in range(1, 121)))
            await eventually(lambda: listed(clerk, "limit=200"), lambda all_: len(all_) == 120)
            first = await listed(clerk, "limit=50")
            last = first[-1]
            then = await listed(clerk, f"limit=50&after_gateway={last['gateway']}&after_device={last['device']}")
            assert (first[0]["device"], then[0]["device"], len(then)) == ("watch-001", "watch-051", 50)
            assert [one["device"] for one in await listed(clerk, "text=CH-07")] == [f"watch-07{n}" for n in range(10)]
            assert (await clerk.ask("GET", "/v1/devices?only=nonsense")).json["field"] == "only"

    asyncio.run(story())


def test_pages_hear_at_most_once_a_second_which_rows_are_other(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            async with clerk.live() as socket:
                await house.arrive("gw-1", "events", positions(1, 30))
                while not (await heard(socket, "devices"))["devices"]:
                    pass

    asyncio.run(story())


def test_no_list_asks_all_events(short_tmp: Path) -> None:
    """What a list costs is how many rows it shows, with ten million events stored as with ten."""

    async def story() -> None:
        async with House(short_tmp) as house:
            await house.arrive("gw-1", "events", positions(1, 30))
            plans: list[str] = []

            def explain(conn: sqlite3.Connection) -> None:
                from office.desk.devices import chart, gathering, lists  # noqa: PLC0415

                asked: list[str] = []
                conn.set_trace_callback(asked.append)
                lists.devices(conn)
                lists.devices(conn, only=lists.Only.SILENT)
                lists.device(conn, "gw-1", "watch-1")
                lists.events(conn, "gw-1", "watch-1")
                lists.gateways(conn)
                chart.drawn(conn, "", [])
                gathering.gather(conn)
                conn.set_trace_callback(None)
                for query in asked:
                    plans.extend(line[3] for line in conn.execute(f"EXPLAIN QUERY PLAN {query}"))

            await house.desk.look(explain)
            assert [plan for plan in plans if plan.startswith("SCAN") and plan.split()[1] in {"events", "e"}] == []

    asyncio.run(story())


def test_an_order_is_on_record_before_it_goes_and_its_answer_comes_live(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY, name="值班一号")
            await said(house)
            async with clerk.live() as socket:
                order = await clerk.post("/v1/gateways/gw-1/orders", {"command": "locate", "device": "watch-1"})
                assert (order["stand"], order["by"]) == ("pending", "值班一号")
                done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
                answer = Answer(id=order["id"], outcome=Outcome.REFUSED, reason="`watch-1` is not connected now")
                house.store.take_answer("gw-1", answer, lambda result, _: done.set_result(result))
                await done
                while (news := await heard(socket, "order"))["stand"] == "pending":
                    pass
                assert (news["stand"], news["reason"]) == ("refused", "`watch-1` is not connected now")
            (kept,) = await clerk.get("/v1/gateways/gw-1/orders?device=watch-1")
            assert kept["stand"] == "refused"
            notes = await house.desk.look(
                lambda conn: conn.execute("SELECT about FROM audit WHERE action='device.order'").fetchall()
            )
            assert [note["about"] for note in notes] == [order["id"]]

    asyncio.run(story())


def test_what_has_an_effect_is_asked_for_twice_and_fields_are_checked(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            installer = await house.signed_in(Role.INSTALLER)
            await said(house)
            orders = "/v1/gateways/gw-1/orders"
            restart = {"command": "restart", "arguments": {"reason": "升级之后"}}
            refused = await installer.ask("POST", orders, restart)
            assert (refused.status, refused.json["error"]) == (409, "sure")
            assert (await installer.post(orders, {**restart, "sure": True}))["stand"] == "pending"
            for command, device, arguments, field in (
                ("fly", "", {}, "command"),
                ("locate", "", {}, "device"),
                ("interval", "w", {"seconds": 0}, "seconds"),
                ("interval", "w", {"seconds": True}, "seconds"),
                ("say", "w", {"text": "\u0007"}, "text"),
                ("resend", "", {"lane": "fast"}, "lane"),
                ("output", "w", {"on": "yes"}, "on"),
                ("device-put", "", {"id": "Über"}, "id"),
                ("locate", "w", {"colour": "red"}, "colour"),
            ):
                asked = {"command": command, "device": device, "arguments": arguments, "sure": True}
                answer = await installer.ask("POST", orders, asked)
                assert (answer.status, answer.json["field"]) == (400, field), (command, answer.json)
            assert (await installer.ask("POST", "/v1/gateways/none/orders", {**restart, "sure": True})).status == 404

    asyncio.run(story())


def test_who_may_not_command_does_not(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            auditor = await house.signed_in(Role.AUDITOR)
            assert (await auditor.ask("POST", "/v1/gateways/gw-1/orders", {"command": "diagnose"})).status == 403
            assert (await auditor.ask("GET", "/v1/devices")).status == 403

    asyncio.run(story())


def test_a_configuration_is_checked_compared_given_judged_and_gone_back_to(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.ADMINISTRATOR)
            await said(house)
            of = "/v1/gateways/gw-1/configs"
            wrong = await clerk.post(f"{of}/check", {"text": "intervals:\n  state_s: 600\n"})
            assert wrong["remarks"][0]["line"] == 2
            assert (await clerk.ask("POST", of, {"text": "storage: {max_mb: 1}"})).json["field"] == "text"
            assert (await clerk.ask("POST", of, {"text": "a: [" * 500})).status == 400
            first = await clerk.post(of, {"text": "intervals:\n  state_s: 30\n", "note": "试用"})
            second = await clerk.post(of, {"text": '{"intervals": {"state_s": 20}}'})
            assert (first["version"], second["version"], bool(second["given_at"])) == (1, 2, True)
            diff = (await clerk.post(f"{of}/check", {"text": "intervals:\n  state_s: 15\n", "against": 1}))["lines"]
            assert [(line["kind"], line["left"], line["right"]) for line in diff] == [
                ("same", "intervals:", "intervals:"),
                ("changed", "  state_s: 30", "  state_s: 15"),
            ]
            third = await clerk.post(f"{of}/1/again", {})
            assert (third["version"], third["again"], third["text"]) == (3, 1, first["text"])
            await said(house, config=ConfigStatus(version=3, accepted=False, reasons=["no"], in_force=2))
            whole = await eventually(lambda: clerk.get(of), lambda all_: all_["versions"][0]["accepted"] is False)
            assert (whole["status"]["in_force"], whole["versions"][0]["reasons"]) == (2, ["no"])

    asyncio.run(story())


def test_versions_go_on_above_what_the_gateway_says_it_has(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.ADMINISTRATOR)
            await said(house, config=ConfigStatus(version=7, accepted=True, in_force=7))
            assert (await clerk.post("/v1/gateways/gw-1/configs", {"text": ""}))["version"] == 8

    asyncio.run(story())


def test_a_device_is_found_by_its_person_and_stands_on_the_map_where_the_register_says(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            await move_in(house, "button-1")
            paths = {
                "c": "c团结湖北里",
                "b": "c团结湖北里/b3号楼",
                "u": "c团结湖北里/b3号楼/u2",
                "r1": "c团结湖北里/b3号楼/u2/r501",
            }
            await house.desk.change(
                lambda conn: conn.executemany("UPDATE places SET path=? WHERE id=?", [(p, i) for i, p in paths.items()])
            )
            await house.arrive("gw-1", "events", batch([status(1, "button-1"), status(2, "watch-9")]))
            found = await eventually(lambda: listed(clerk), lambda all_: len(all_) == 2)
            assert (row(found, "button-1")["who"], row(found, "button-1")["place"]) == (NAME, PLACE)
            for query in ("community=团结湖北里", "text=王淑珍", "text=501"):
                assert [one["device"] for one in await listed(clerk, query)] == ["button-1"]
            assert await listed(clerk, "community=团结湖") == []
            map_ = await clerk.get("/v1/map?community=团结湖北里")
            (mark,) = map_["devices"]
            assert (mark["lat"], mark["lon"], mark["said"], mark["state"]) == (39.926, 116.466, False, "unsure")
            await said(house)
            await house.press("button-1")
            marks = (await clerk.get("/v1/map"))["devices"]
            assert [(mark["device"], mark["state"]) for mark in marks] == [("button-1", "alarm")]
            assert await clerk.get("/v1/map/communities") == ["团结湖北里"]

    asyncio.run(story())


def test_a_receivers_file_that_begins_anew_is_looked_through_from_the_start(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            await house.desk.change(lambda conn: conn.execute("UPDATE device_cursor SET n=1000"))
            await house.arrive("gw-1", "events", status(1, "watch-1"))
            await eventually(lambda: listed(clerk), lambda all_: row(all_, "watch-1"))

    asyncio.run(story())


def test_what_the_receiver_cannot_take_now_is_kept_or_said_to_have_failed(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.ADMINISTRATOR)
            await said(house)
            socket = Path(house.config.socket)
            await asyncio.to_thread(socket.rename, socket.with_suffix(".away"))
            row_ = await clerk.post("/v1/gateways/gw-1/configs", {"text": "intervals: {state_s: 30}"})
            assert row_["given_at"] is None
            order = await clerk.ask("POST", "/v1/gateways/gw-1/orders", {"command": "diagnose"})
            assert order.status == 503
            (kept,) = await clerk.get("/v1/gateways/gw-1/orders")
            assert kept["stand"] == "failed"
            assert await house.desk.look(configs.ungiven) == [("gw-1", 1, {"intervals": {"state_s": 30}})]

    asyncio.run(story())


def test_events_that_nobody_can_make_sense_of_spoil_no_list(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            good = status(1, "watch-1", batteryLevel=50)
            strange = [
                good.replace(b'"batteryLevel":50', b'"batteryLevel":%d' % 10**400),
                good.replace(b'"attributes":{"batteryLevel":50}', b'"place":{"valid":true,"lat":1e999,"lon":0}'),
                good.replace(b'"batteryLevel":50', b'"batteryLevel":"\\ud800"'),
                good.replace(b'"attributes":{"batteryLevel":50}', b'"alarm":["lowBattery"],"open":"wide"'),
                good.replace(b'"attributes":{"batteryLevel":50}', b'"picture":"' + b"0" * 64 + b'","device":7'),
                good.replace(b'"attributes":{"batteryLevel":50}', b'"x":' + b"[" * 900 + b"]" * 900),
            ]
            for n, one in enumerate(strange, 2):
                await house.arrive("gw-1", "events", _placed(one, n))
            await house.arrive("gw-1", "events", status(9, "watch-2"))
            await eventually(lambda: listed(clerk), lambda all_: row(all_, "watch-2"))
            assert (await clerk.get("/v1/gateways")) == []
            for page in ("devices", "map", "device/events?gateway=gw-1&device=watch-1"):
                assert (await clerk.ask("GET", f"/v1/{page}")).status == 200

    asyncio.run(story())


def _placed(one: bytes, n: int) -> bytes:
    """The same event at another place, with another id."""
    return one.replace(b'"sequence":"%020d"' % 1, b'"sequence":"%020d"' % n).replace(b'"id":"', b'"id":"n%d-' % n, 1)


def test_a_mistake_of_ours_costs_the_list_a_chunk_and_the_desk_nothing(
    short_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            broken = gathering.pieces
            monkeypatch.setattr(gathering, "pieces", lambda _: 1 / 0)
            await house.arrive("gw-1", "events", status(1, "watch-1"))
            cursor = "SELECT n FROM device_cursor"
            reached = partial(house.desk.look, lambda conn: conn.execute(cursor).fetchone()[0])
            await eventually(reached, lambda n: n == 1)
            monkeypatch.setattr(gathering, "pieces", broken)
            await house.arrive("gw-1", "events", status(2, "watch-2"))
            await eventually(lambda: listed(clerk), lambda all_: row(all_, "watch-2"))

    asyncio.run(story())
