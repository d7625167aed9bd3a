"""The SOS on a kiosk's screen at its gateway: kept before it is answered, counted, and never closed from there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from edge import registry
from edge.alarm_book import Alarm
from edge.api import pressing
from edge.gateway import Gateway
from edge.neighbourhood.gt06 import Gt06Device
from edge.registry import Registry
from edge.screen_alarm import KIOSK
from sync.contract.lanes import Lane
from sync.store import Entry
from tests.edge.at_the_socket import Box, at_the_socket
from tests.edge.test_full_disk import fill
from tests.edge.way_down import until

BUTTON = "352093081234567"
"""Any device stands for the wired button here."""

PRESS = {"cause": "sos", "from": "screen"}


def story(folder: Path, tell: Callable[[Box], Awaitable[None]]) -> None:
    async def run() -> None:
        async with at_the_socket(folder) as box:
            await tell(box)

    asyncio.run(asyncio.wait_for(run(), 30))


async def press(box: Box, key: str = "") -> Any:
    return await asyncio.to_thread(partial(box.client().post, "alarms", PRESS, key=key))


async def fill_to_the_last_byte(gateway: Gateway) -> None:
    """`fill` leaves room for a row as small as a press."""
    while True:
        told: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
        gateway.store.append([Entry(Lane.BULK, b'{"id":"small"}')], told.set_result)
        if await told is not None:
            return


def sent_up(box: Box) -> list[dict[str, Any]]:
    return [event["data"] for event in box.way.outbox() if "linli.alarm" in event["type"]]


def test_a_press_on_the_screen_is_an_alarm_of_the_kiosk_on_disk(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        alarm = await press(box, "k-1")
        assert (alarm["device"], alarm["cause"], alarm["stage"], alarm["count"]) == ("kiosk", "sos", "raised", 1)
        rows = box.way.rows("SELECT id, device, count FROM alarm")
        assert [tuple(row) for row in rows] == [(alarm["id"], "kiosk", 1)]
        (told,) = sent_up(box)
        assert (told["device"], told["severity"], told["attributes"]) == ("kiosk", "emergency", {"from": "screen"})
        assert told.get("registered", True), "nobody has to register the box's own screen"
        assert (await box.get("unknown"))["unknown"] == []

    story(short_tmp, tell)


def test_the_same_key_is_one_press_and_a_new_one_counts(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        first = await press(box, "k-1")
        again = await press(box, "k-1")
        assert (again["id"], again["count"]) == (first["id"], 1)
        second, third = await asyncio.gather(press(box, "k-2"), press(box, "k-2"))
        assert {second["id"], third["id"]} == {first["id"]}
        assert (await box.get(f"alarms/{first['id']}"))["count"] == 2
        assert len(box.way.gateway.book.open) == 1

    story(short_tmp, tell)


def test_the_wired_button_and_the_screen_raise_one_alarm(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        gateway = box.way.gateway
        values = {"id": KIOSK, "profile": "gt06", "address": BUTTON, "pole": "HH010234"}
        rules, at = gateway.rules, gateway.clock().utc
        await gateway.store.transact(lambda conn: registry.put(conn, values, rules, at))
        gateway.reload_registry(await gateway.store.transact(lambda conn: Registry.load(conn, rules.driver_of)))
        alarm = await press(box, "k-1")
        assert alarm["pole"] == "HH010234"
        button = Gt06Device(BUTTON)
        peer = box.way.connect(button)
        peer.send(button.alarm("sos"))
        await until(lambda: gateway.book.open[alarm["id"]].count == 2, "the button's press counted")
        assert len(gateway.book.open) == 1

    story(short_tmp, tell)


def test_i_am_fine_is_told_and_closes_nothing(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        alarm = await press(box, "k-1")
        fine = await box.send("POST", f"alarms/{alarm['id']}/fine")
        assert (fine["stage"], fine["closed_at"]) == ("raised", None)
        assert fine["fine_at"] is not None
        assert sent_up(box)[-1]["attributes"] == {"step": "fine", "from": "screen"}
        assert await box.send("POST", f"alarms/{alarm['id']}/fine") == fine, "said once"
        assert len(sent_up(box)) == 2
        assert alarm["id"] in box.way.gateway.book.open
        pressed = await press(box, "k-2")
        assert (pressed["count"], pressed["fine_at"]) == (2, None), "whoever presses again is not fine"
        (row,) = box.way.rows("SELECT fine_at FROM alarm")
        assert row[0] is None

    story(short_tmp, tell)


def test_nobody_at_the_screen_speaks_for_somebody_else(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        tracker = Gt06Device(BUTTON)
        other = await box.way.press(box.way.connect(tracker), tracker)
        declined = await box.declined("POST", f"alarms/{other.id}/fine")
        assert (declined.status, declined.code) == (409, "not-ours")
        assert (await box.declined("POST", "alarms/none/fine")).status == 404

    story(short_tmp, tell)


def test_what_is_no_press_of_a_screen_is_refused(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        assert (await box.declined("POST", "alarms", {"cause": "fire", "from": "screen"})).status in (400, 422)
        assert (await box.declined("POST", "alarms", {**PRESS, "device": "x"})).status in (400, 422)
        assert box.way.gateway.book.open == {}

    story(short_tmp, tell)


def test_stages_and_fine_are_seen_live(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        watcher = box.way.gateway.local.live.watch()
        alarm = await press(box, "k-1")
        await box.send("POST", f"alarms/{alarm['id']}/fine")
        _, news = watcher.take()
        assert [one.kind for one in news if one.kind.startswith("alarm.")] == ["alarm.raised", "alarm.fine"]

    story(short_tmp, tell)


def test_it_is_known_after_a_restart(short_tmp: Path) -> None:
    raised: list[Alarm] = []

    async def first(box: Box) -> None:
        alarm = await press(box, "k-1")
        await box.send("POST", f"alarms/{alarm['id']}/fine")
        raised.append(box.way.gateway.book.open[alarm["id"]])

    async def second(box: Box) -> None:
        again = await press(box, "k-1")
        assert (again["id"], again["count"]) == (raised[0].id, 1), "the key is known from before"
        assert again["fine_at"] is not None

    story(short_tmp, first)
    story(short_tmp, second)


def test_a_disk_that_takes_nothing_is_said_and_the_press_waits_in_memory(
    short_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pressing, "PATIENCE_S", 0.3)

    async def tell(box: Box) -> None:
        gateway = box.way.gateway
        await fill(gateway)
        await fill_to_the_last_byte(gateway)
        declined = await box.declined("POST", "alarms", PRESS)
        assert (declined.status, declined.code) == (503, "not-stored")
        assert "button" in declined.hint
        (alarm,) = gateway.book.open.values()
        assert alarm.device == KIOSK, "it goes to the centre from memory, and escalates as any other"

    story(short_tmp, tell)
