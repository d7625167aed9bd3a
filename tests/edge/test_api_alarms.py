"""The local API: alarms, and the live stream that tells of them."""

from __future__ import annotations

import asyncio
from itertools import islice
from pathlib import Path

import pytest

from edge.api import happenings
from edge.neighbourhood.gt06 import Gt06Device
from tests.edge.api_stage import TRACKER, story
from tests.edge.at_the_socket import Box
from tests.edge.way_down import IMEI, until


def test_alarms_are_paged_and_found_open_and_closed(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        await box.send("POST", "devices", TRACKER)
        tracker = Gt06Device(IMEI)
        alarm = await box.way.press(box.way.connect(tracker), tracker)
        (seen,) = (await box.get("alarms"))["alarms"]
        assert (seen["id"], seen["stage"], seen["room"], seen["device"]) == (alarm.id, "raised", "201", "tracker-1")
        closing = {"alarm": alarm.id, "step": "close", "by": "desk", "at": "2026-11-02T10:00:00Z", "reason": "seen"}
        await box.way.settled(box.way.send(f"alarm/{alarm.id}", closing))
        assert (await box.get("alarms", open=1))["alarms"] == []
        assert (await box.get(f"alarms/{alarm.id}"))["closed_by"] == "desk"
        assert (await box.get("alarms", before=alarm.id))["alarms"] == []
        assert (await box.declined("GET", "alarms/none")).status == 404

    story(short_tmp, tell)


def test_the_buzzer_is_silenced_here_and_the_alarm_stays_open(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        tracker = Gt06Device(IMEI)
        alarm = await box.way.press(box.way.connect(tracker), tracker)
        assert (await box.send("POST", f"alarms/{alarm.id}/silence")) == {"silenced": False}, "nothing sounds yet"
        at = box.way.gateway.clock()
        later = type(at)(at.utc, at.monotonic_s + 11)
        box.way.gateway.guard.watch.tick(later)
        assert (await box.send("POST", f"alarms/{alarm.id}/silence")) == {"silenced": True}
        assert (await box.get(f"alarms/{alarm.id}"))["acknowledged_at"] is None
        assert (await box.declined("POST", "alarms/none/silence")).status == 404

    story(short_tmp, tell)


def test_a_press_is_seen_live_and_a_watcher_goes_on_where_it_was(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        watched = asyncio.create_task(asyncio.to_thread(lambda: list(islice(box.client().events(), 2))))
        await until(lambda: box.way.gateway.local.live.watchers, "somebody watches")
        tracker = Gt06Device(IMEI)
        alarm = await box.way.press(box.way.connect(tracker), tracker)
        raised, event = await watched
        assert (raised.kind, raised.data["data"]["id"]) == ("alarm.raised", alarm.id)
        assert (event.kind, event.data["data"]["alarm"]) == ("event", "sos")
        again = await asyncio.to_thread(lambda: next(iter(box.client().events(after=raised.id, kinds="event"))))
        assert again.id == event.id

    story(short_tmp, tell)


def test_a_watcher_that_is_too_slow_is_told_how_much_it_missed(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        live = box.way.gateway.local.live
        for _ in range(2_500):
            live.tell("line", {"up": True})
        seen = await asyncio.to_thread(lambda: list(islice(box.client().events(after=live.id_of(0)), 2)))
        assert (seen[0].kind, seen[0].data) == ("dropped", {"count": 500})
        assert seen[1].id == live.id_of(501)

    story(short_tmp, tell)


def test_a_watcher_of_few_kinds_gets_its_beat_however_much_else_happens(
    short_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(happenings, "BEAT_S", 0.2)

    async def tell(box: Box) -> None:
        live = box.way.gateway.local.live
        reader, writer = await asyncio.open_unix_connection(str(box.socket))
        writer.write(b"GET /v1/events?kinds=line HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readuntil(b": linli")

        async def much() -> None:
            while True:
                live.tell("devices", {"name": "registry"})
                await asyncio.sleep(0.02)

        happening = asyncio.create_task(much())
        try:
            async with asyncio.timeout(10):
                await reader.readuntil(b": still here")
        finally:
            happening.cancel()
            writer.close()

    story(short_tmp, tell)
