from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drivers.model import Refused
from edge import orders
from edge.config_shape import REQUESTS, Allow
from edge.neighbourhood.gt06 import Gt06Device
from edge.orders import ANSWERS_FOR, IDS_FOR, MAX_UNDER_WAY, Plan, forget, interrupted, note, unsent
from sync.contract.messages import Answer, Order, Outcome, Scalar
from sync.mqtt import PUBACK_NOBODY
from tests.edge.way_down import IMEI, Way, until, way_down

WATCH = {"profile": "gt06", "address": IMEI}
PLACE = ("linli/v1/gw-1/up/answer/o", None)
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def table() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    for _, script in orders.MIGRATIONS:
        conn.executescript(script)
    return conn


async def registered(way: Way) -> Gt06Device:
    assert (await way.order("device-put", "put", "watch-1", **WATCH)).outcome == "done"
    return Gt06Device(IMEI)


# --- at most once


def test_an_order_reaches_the_device_once_and_every_repeat_gets_the_same_answer(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            device = await registered(way)
            peer = way.connect(device)
            await until(lambda: peer.replies, "login answered")
            peer.replies.clear()
            asked = list[int]()
            for _ in range(3):
                asked.append(way.send("request/locate", {"id": "o-1", "device": "watch-1"}))
                await until(lambda: len(way.answers("o-1")) == len(asked), "answer")
            assert [text for data in peer.replies for _, text in device.commanded(data)] == ["WHERE#"]
            assert way.answers("o-1") == [Answer(id="o-1", outcome=Outcome.DONE)] * 3

    asyncio.run(story())


def test_a_repeat_after_a_restart_still_does_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            first = await way.order("device-put", "o-1", "watch-1", **WATCH)
            await way.order("device-remove", "o-2", "watch-1")
        async with way_down(tmp_path) as way:
            assert await way.order("device-put", "o-1", "watch-1", **WATCH) == first
            assert len(way.gateway.registry) == 0

    asyncio.run(story())


def test_what_a_crash_cut_off_is_answered_unknown_and_not_repeated(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            await way.gateway.store.transact(
                lambda conn: note(conn, Order(id="o-1"), "restart", ("linli/v1/gw-1/up/answer/o-1", b"c"), NOW)
            )
        async with way_down(tmp_path) as way:
            await until(lambda: way.answers("o-1"), "answer")
            assert way.answers("o-1")[0].outcome == "unknown"
            assert way.wire.published[-1][2]["correlation"] == b"c"
            assert (await way.order("restart", "o-1")).outcome == "unknown"

    asyncio.run(story())


def test_an_order_is_settled_when_its_id_is_on_disk_and_not_when_it_is_done(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            go = asyncio.Event()

            async def picture(_order: Order) -> Mapping[str, Scalar]:
                await go.wait()
                return {"picture": "sha"}

            way.gateway.down.commands.snapshot = picture
            mid = way.send("request/snapshot", {"id": "o-1", "arguments": {"reason": "跌倒"}})
            await way.settled(mid)
            assert way.rows("SELECT id, answer FROM orders") == [("o-1", None)]
            assert not way.answers("o-1")
            go.set()
            await until(lambda: way.answers("o-1"), "answer")
            assert way.answers("o-1")[0].result == {"picture": "sha"}

    asyncio.run(story())


def test_a_fault_in_one_order_is_its_answer_and_nothing_else(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:

            async def broken(_order: Order) -> Mapping[str, Scalar]:
                raise ZeroDivisionError

            way.gateway.down.commands.diagnose = broken
            answer = await way.order("diagnose")
            assert (answer.outcome, answer.reason) == ("unknown", "a fault of the program: ZeroDivisionError")

    asyncio.run(story())


def test_more_orders_at_once_than_the_bound_are_refused(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            go = asyncio.Event()

            async def slow(_order: Order) -> Mapping[str, Scalar]:
                await go.wait()
                return {}

            way.gateway.down.commands.diagnose = slow
            for n in range(MAX_UNDER_WAY + 1):
                last = way.send("request/diagnose", {"id": f"o-{n}"})
            await way.settled(last)
            assert "under way already" in (await way.order("diagnose", f"o-{MAX_UNDER_WAY}")).reason
            go.set()
            await until(lambda: way.answers("o-0"), "answer")

    asyncio.run(story())


# --- answers


def test_an_answer_is_kept_until_a_broker_has_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            way.wire.online = False
            await way.settled(way.send("request/locate", {"id": "o-1", "device": "nobody"}))
        async with way_down(tmp_path) as way:
            await until(lambda: way.answers("o-1"), "answer")
            await until(lambda: way.rows("SELECT sent FROM orders") == [(1,)], "noted as sent")
            way.gateway.down.line_up()
            assert len(way.answers("o-1")) == 1

    asyncio.run(story())


def test_an_answer_nobody_listened_for_goes_again_with_the_next_connection(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            way.wire.code = PUBACK_NOBODY
            await way.order("locate", "o-1", "nobody")
            await asyncio.sleep(0)
            assert way.rows("SELECT sent FROM orders") == [(0,)]
            way.gateway.down.line_up()
            assert len(way.answers("o-1")) == 2

    asyncio.run(story())


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        ("linli/v1/gw-1/up/answer/desk/7", "linli/v1/gw-1/up/answer/desk/7"),
        ("linli/v1/gw-1/up/replies", "linli/v1/gw-1/up/replies"),
        (None, "linli/v1/gw-1/up/answer/o-1"),
        ("linli/v1/gw-1/up/", "linli/v1/gw-1/up/answer/o-1"),
        ("linli/v1/gw-2/up/answer/o-1", "linli/v1/gw-1/up/answer/o-1"),
        ("linli/v1/gw-1/up/alarm", "linli/v1/gw-1/up/answer/o-1"),
        ("linli/v1/gw-1/up/state", "linli/v1/gw-1/up/answer/o-1"),
        ("linli/v1/gw-1/up/answer/#", "linli/v1/gw-1/up/answer/o-1"),
        ("linli/v1/gw-1/up/" + "a" * 300, "linli/v1/gw-1/up/answer/o-1"),
    ],
)
def test_an_answer_goes_where_the_request_says_if_that_is_ours(tmp_path: Path, asked: str | None, used: str) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            way.send("request/locate", {"id": "o-1"}, response_topic=asked, correlation=b"\x00\xff")
            await until(lambda: way.wire.published, "answer")
            topic, _, how = way.wire.published[0]
            assert (topic, how["correlation"]) == (used, b"\x00\xff")

    asyncio.run(story())


def test_answers_are_thrown_after_seven_days_and_ids_known_for_longer(table: sqlite3.Connection) -> None:
    note(table, Order(id="o"), "locate", PLACE, NOW)
    interrupted(table)
    forget(table, NOW + ANSWERS_FOR - timedelta(hours=1))
    assert len(unsent(table)) == 1
    forget(table, NOW + ANSWERS_FOR + timedelta(hours=1))
    assert unsent(table) == []
    assert not note(table, Order(id="o"), "locate", PLACE, NOW + ANSWERS_FOR)
    table.execute("UPDATE orders SET sent = 1")
    forget(table, NOW + IDS_FOR + timedelta(hours=1))
    assert note(table, Order(id="o"), "locate", PLACE, NOW)


def test_the_first_word_about_an_order_stands(table: sqlite3.Connection) -> None:
    note(table, Order(id="o"), "locate", PLACE, NOW)
    orders.finish(table, Answer(id="o", outcome=Outcome.DONE))
    orders.finish(table, Answer(id="o", outcome=Outcome.REFUSED))
    assert b"done" in unsent(table)[0][3]


def test_a_retained_order_is_not_taken(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            await way.settled(way.send("request/restart", {"id": "o-1"}, retain=True))
            assert way.notes() == {"request not understood": 1}
            assert not way.wire.published

    asyncio.run(story())


# --- what may be asked


@pytest.mark.parametrize(
    ("command", "device", "arguments", "reason"),
    [
        ("lokate", "", {}, "there is no command `lokate`; did you mean `locate`?"),
        ("locate", "", {}, "name a device"),
        ("locate", "watch-2", {}, "there is no device `watch-2` here"),
        ("locate", "watch-1", {}, "`watch-1` is not connected now and was not heard since the gateway started"),
        ("locate", "watch-1", {"txt": 1}, "`txt` is no argument of `locate`"),
        ("say", "watch-1", {}, "`text` is missing"),
        ("say", "watch-1", {"text": "a\x1bb"}, "`text` holds control characters"),
        ("say", "watch-1", {"text": "长" * 501}, "`text` has 501 characters, at most 500"),
        ("interval", "watch-1", {"seconds": 0}, "`seconds` must be a whole number of seconds, 1 to 2678400"),
        ("interval", "watch-1", {"seconds": True}, "`seconds` must be a whole number of seconds, 1 to 2678400"),
        ("output", "", {"on": 1, "outptu": "x"}, "`on` must be true or false; `outptu` is no argument of `output`"),
        ("output", "", {"on": True}, "this gateway has no output of its own"),
        ("snapshot", "gate", {}, "`reason` is missing"),
        ("snapshot", "gate", {"reason": "跌倒"}, "this gateway has no camera"),
        ("diagnose", "", {}, "this gateway has no summary to give"),
        ("resend", "", {"lane": "alarms", "from": -1}, "`lane` must be alarm, state, bulk; `from` must be a sequence"),
        ("device-remove", "watch-2", {}, "there is no device `watch-2` here"),
        ("device-put", "b", {"id": "c"}, "`id` and the order's device are not the same"),
        ("device-put", "b", {"profile": "gt60", "address": "1", "lat": 91.5}, "lat: `91.5` is not -90 - 90 degrees"),
        ("device-put", "b", {"profile": "gt60", "address": "1", "lat": 91.5}, "profile: there is no profile `gt60`"),
        ("device-put", "b", {**WATCH}, "belongs to the device `watch-1` already"),
        ("locate", "watch-1", {"expires_at": "soon"}, "`expires_at` must be a time such as"),
    ],
)
def test_a_refusal_names_every_reason(
    tmp_path: Path, command: str, device: str, arguments: dict[str, object], reason: str
) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            await registered(way)
            commands = way.gateway.down.commands
            commands.snapshot = commands.diagnose = commands.output = None
            answer = await way.order(command, "o-1", device, **arguments)
            assert answer.outcome == "refused"
            assert reason in answer.reason
            assert len(way.gateway.registry) == 1

    asyncio.run(story())


def test_the_configuration_says_what_may_be_asked(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path, allow=Allow(requests=("locate",))) as way:
            for command in set(REQUESTS) - {"locate"}:
                answer = await way.order(command, f"o-{command}")
                assert "allow.requests" in answer.reason
            assert (await way.order("locate")).reason == "name a device"

    asyncio.run(story())


def test_an_order_after_its_time_is_not_carried_out(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            over = await way.order("device-put", "o-1", "a", **WATCH, expires_at="2020-01-01T00:00:00Z")
            assert over.outcome == "expired"
            assert len(way.gateway.registry) == 0
            fine = await way.order("device-put", "o-2", "a", **WATCH, expires_at="2999-01-01T00:00:00+08:00")
            assert fine.outcome == "done"

    asyncio.run(story())


def test_a_device_put_from_afar_is_known_at_once_and_gone_when_removed(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            put = await way.order("device-put", "o-1", "watch-1", **WATCH, check_in_s=600, lat=30.5, lon=114.25)
            assert put.result == {"device": "watch-1", "new": True, "changed": True}
            device = way.gateway.registry.get("watch-1")
            assert device is not None
            assert (device.check_in_s, device.lat) == (600, 30.5)
            again = await way.order("device-put", "o-2", "watch-1", room="302", enabled=False)
            assert again.result == {"device": "watch-1", "new": False, "changed": True}
            assert "disabled" in (await way.order("locate", "o-3", "watch-1")).reason
            assert (await way.order("device-remove", "o-4", "watch-1")).outcome == "done"
            assert len(way.gateway.registry) == 0

    asyncio.run(story())


def test_what_the_driver_cannot_say_is_refused_in_its_words(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            peer = way.connect(await registered(way))
            await until(lambda: peer.replies, "login answered")
            answer = await way.order("output", "o-1", "watch-1", on=True)
            assert answer.outcome == "refused"
            assert "output_on" in answer.reason

    asyncio.run(story())


def test_parts_that_refuse_give_their_reason(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:

            async def no(_order: Order) -> Refused:
                return Refused("the camera is away")

            way.gateway.down.commands.snapshot = no
            assert (await way.order("snapshot", reason="跌倒")).reason == "the camera is away"

    asyncio.run(story())


def test_an_answer_too_large_for_the_broker_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:

            async def long(_order: Order) -> Mapping[str, Scalar]:
                return {"log": "x" * 300_000}

            way.gateway.down.commands.diagnose = long
            answer = await way.order("diagnose")
            assert (answer.outcome, answer.reason) == ("done", "the answer is too large to be sent")

    asyncio.run(story())


def test_a_restart_is_answered_before_the_gateway_leaves(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            left = list[list[Answer]]()

            def leave(code: int = 75) -> None:  # noqa: ARG001 - as the gateway's
                left.append(way.answers("o-1"))

            way.gateway.leave = leave  # type: ignore[method-assign]
            way.send("request/restart", {"id": "o-1"})
            await until(lambda: left, "left")
            assert left == [[Answer(id="o-1", outcome=Outcome.DONE)]]
            assert way.rows("SELECT sent FROM orders") == [(1,)]

    asyncio.run(story())


def test_every_command_has_a_plan() -> None:
    from edge.commands import Commands  # noqa: PLC0415

    assert set(Commands._plans) == set(REQUESTS)
    assert Plan.__dataclass_fields__.keys() == {"effect", "then"}
