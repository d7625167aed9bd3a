"""The local API: what kiosk and command line may rely on."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import stat
from collections.abc import Awaitable, Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from edge.api import happenings
from edge.api.client import Client, Declined, NotRunning, part
from edge.api.web import Server
from edge.config_shape import Api
from edge.neighbourhood.gt06 import Gt06Device
from sync.contract.kiosk_box import KioskBox
from tests.edge.at_the_socket import Box, at_the_socket
from tests.edge.way_down import IMEI, until, way_down

STREAMS = ("/v1/events", "/v1/calls", "/v1/scans")
TRACKER = {"id": "tracker-1", "profile": "gt06", "address": IMEI, "building": "3", "room": "201", "resident": "r-17"}


def story(folder: Path, tell: Callable[[Box], Awaitable[None]], **more: Any) -> None:
    async def run() -> None:
        async with at_the_socket(folder, **more) as box:
            await tell(box)

    asyncio.run(asyncio.wait_for(run(), 30))


# --- the socket


def test_the_socket_is_for_owner_and_group_and_goes_with_the_gateway(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        assert stat.S_IMODE(box.socket.stat().st_mode) == 0o660

    story(short_tmp, tell)
    assert not (short_tmp / "run" / "api.sock").exists()
    with pytest.raises(NotRunning, match="is it running"):
        Client(short_tmp / "run" / "api.sock").get("status")


def test_a_socket_a_dead_program_left_is_taken_and_a_live_one_is_not(short_tmp: Path) -> None:
    path = short_tmp / "s"

    async def run() -> None:
        left = socket.socket(socket.AF_UNIX)
        left.bind(str(path))
        left.close()
        first, second = Server([]), Server([])
        await first.listen_unix(path)
        with pytest.raises(OSError, match="another program serves there"):
            await second.listen_unix(path)
        await second.close()
        assert path.is_socket(), "it is the first one's"
        await first.close()

    asyncio.run(run())


def test_a_file_that_is_no_socket_is_left_alone_and_is_a_fault_not_the_end(short_tmp: Path) -> None:
    path = short_tmp / "mine"
    path.write_text("mine")

    async def run() -> None:
        async with way_down(short_tmp, api=Api(socket=str(path))) as way:
            local = asyncio.create_task(way.gateway.local.run())
            await until(lambda: "api" in way.gateway.faults, "the fault is told")
            assert not local.done(), "it tries again"
            local.cancel()
            await asyncio.gather(local, return_exceptions=True)

    asyncio.run(run())
    assert path.read_text() == "mine"


# --- status


def test_the_status_says_in_one_word_how_it_is_and_why(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        status = await box.get("status")
        assert status["gateway"] == "gw-1"
        assert status["verdict"] in ("ok", "warn"), "nothing is wrong but the clock of a test machine"
        box.way.wire.online = False
        box.way.gateway.line_down("refused")
        status = await box.get("status")
        assert (status["verdict"], status["line"]["up"]) == ("warn", False)
        assert "line-down" in [reason["code"] for reason in status["reasons"]]
        box.way.gateway.store.trouble.failed("disk full")
        status = await box.get("status", language="zh")
        assert (status["verdict"], status["reasons"][0]["code"]) == ("fail", "store")
        assert "无法存储" in status["reasons"][0]["text"]
        box.way.gateway.store.trouble.over()

    story(short_tmp, tell)


def test_a_waiting_alarm_is_seen_with_its_age(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        tracker = Gt06Device(IMEI)
        await box.way.press(box.way.connect(tracker), tracker)
        status = await box.get("status")
        assert status["oldest_alarm_s"] is not None
        lane = status["lanes"][0]
        assert (lane["lane"], lane["waiting"]) == ("alarm", 1)
        assert lane["oldest_s"] < 30
        assert status["counts"]["open_alarms"] == 1

    story(short_tmp, tell)


# --- devices


def test_a_device_is_added_changed_and_removed(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        added = await box.send("POST", "devices", TRACKER)
        assert (added["id"], added["address"], added["last_heard"]) == ("tracker-1", IMEI, None)
        assert box.way.gateway.registry.get("tracker-1") is not None, "the gateway knows it at once"
        assert (await box.declined("POST", "devices", TRACKER)).status == 409
        changed = await box.send("PUT", "devices/tracker-1", {"room": "202", "lat": 31.2, "lon": 121.4})
        assert (changed["room"], changed["building"], changed["lat"]) == ("202", "3", 31.2)
        await box.send("DELETE", "devices/tracker-1")
        assert (await box.declined("GET", "devices/tracker-1")).status == 404
        assert box.way.gateway.registry.get("tracker-1") is None

    story(short_tmp, tell)


def test_every_wrong_field_is_told_at_once_in_the_language_asked_for(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        wrong = {"id": "A B", "profile": "gt07", "lat": 91, "colour": "red"}
        declined = await box.declined("POST", "devices", wrong)
        assert (declined.status, declined.code) == (422, "bad-fields")
        assert {"id", "profile", "lat", "colour", "address"} <= {field["field"] for field in declined.fields}
        assert "did you mean `gt06`" in str(declined)
        chinese = await box.declined("POST", "devices", wrong, language="zh")
        assert "没有设备类型" in str(chinese)
        assert len(box.way.gateway.registry) == 0

    story(short_tmp, tell)


def test_what_a_device_said_of_itself_is_shown(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        await box.send("POST", "devices", TRACKER)
        tracker = Gt06Device(IMEI)
        peer = box.way.connect(tracker)
        peer.send(tracker.status())
        await until(lambda: box.way.gateway.local.seen.of("tracker-1"), "heard")
        device = await box.get("devices/tracker-1")
        assert (device["connected"], device["silent"]) == (True, None)
        assert device["last_heard"] is not None
        assert device["battery"] is not None

    story(short_tmp, tell)


def test_devices_come_in_pages(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        for n in range(5):
            await box.send("POST", "devices", {"id": f"t-{n}", "profile": "gt06", "address": f"35209308123456{n}"})
        first = await box.get("devices", limit=2)
        assert ([d["id"] for d in first["devices"]], first["next"], first["total"]) == (["t-0", "t-1"], "t-1", 5)
        last = await box.get("devices", limit=3, after="t-1")
        assert ([d["id"] for d in last["devices"]], last["next"]) == (["t-2", "t-3", "t-4"], None)
        assert [d["id"] for d in (await box.get("devices", q="1234563"))["devices"]] == ["t-3"]

    story(short_tmp, tell)


def test_an_import_is_shown_before_it_is_done_and_can_be_taken_back(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        await box.send("POST", "devices", TRACKER)
        csv = f"id,profile,address,room\ntracker-1,gt06,{IMEI},305\nt-2,gt06,352093081234568,1\n".encode()
        plan = await box.send("POST", "devices/import", csv)
        assert (plan["adds"], plan["changes"], plan["bad_rows"]) == (1, 1, 0)
        assert {"field": "room", "before": "201", "after": "305"} in plan["diff"][1]["diff"]
        assert len(box.way.gateway.registry) == 1, "nothing has changed yet"
        assert (await box.send("POST", f"devices/import/{plan['token']}"))["changed"] == 2
        assert (await box.get("devices/tracker-1"))["room"] == "305"
        assert (await box.declined("POST", f"devices/import/{plan['token']}")).status == 404, (
            "a plan is carried out once"
        )
        assert (await box.send("POST", "devices/undo"))["changed"] == 2
        assert (await box.get("devices/tracker-1"))["room"] == "201"

    story(short_tmp, tell)


def test_a_plan_made_before_somebody_else_changed_the_device_is_refused(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        await box.send("POST", "devices", TRACKER)
        plan = await box.send("POST", "devices/import", f"id,profile,address,room\ntracker-1,gt06,{IMEI},9\n".encode())
        await box.send("PUT", "devices/tracker-1", {"room": "77"})
        assert (await box.declined("POST", f"devices/import/{plan['token']}")).code == "stale"
        assert (await box.get("devices/tracker-1"))["room"] == "77"

    story(short_tmp, tell)


def test_bad_rows_are_all_named_and_nothing_is_taken_unless_the_rest_is_wanted(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        csv = f"id,profile,address\ngood,gt06,{IMEI}\nBAD ID,gt06,352093081234568\nt-3,gt99,12\n".encode()
        plan = await box.send("POST", "devices/import", csv)
        assert (plan["adds"], plan["bad_rows"], {row["line"] for row in plan["bad"]}) == (1, 2, {3, 4})
        declined = await box.declined("POST", f"devices/import/{plan['token']}")
        assert (declined.status, len(box.way.gateway.registry)) == (422, 0)
        assert (await box.send("POST", f"devices/import/{plan['token']}", {"partial": True}))["changed"] == 1

    story(short_tmp, tell)


def test_an_export_can_be_imported_again_without_a_change(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        await box.send("POST", "devices", TRACKER)
        for language in ("zh", "en"):
            csv = await box.content("devices/export", language=language)
            plan = await box.send("POST", "devices/import", csv)
            assert (plan["same"], plan["diff"], plan["bad"]) == (1, [], [])

    story(short_tmp, tell)


def test_who_is_not_registered_is_shown_and_adopted(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        tracker = Gt06Device(IMEI)
        alarm = await box.way.press(box.way.connect(tracker), tracker)
        (unknown,) = (await box.get("unknown"))["unknown"]
        assert (unknown["address"], unknown["alarms"], unknown["connected"]) == (alarm.address, 1, True)
        assert "unknown-alarms" in [reason["code"] for reason in (await box.get("status"))["reasons"]]
        adopted = await box.send("POST", f"unknown/{part(alarm.address)}/adopt", {"id": "grandma", "building": "2"})
        assert (adopted["id"], adopted["profile"], adopted["connected"]) == ("grandma", "gt06", True)
        assert (await box.get("unknown"))["unknown"] == []
        nobody = await box.declined("POST", f"unknown/{part('zigbee2mqtt/0x1')}/adopt", {"id": "x"})
        assert "`zigbee2mqtt/0x1`" in str(nobody), "an address may hold slashes"

    story(short_tmp, tell)


def test_a_test_and_an_absence_are_announced_and_ended(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        await box.send("POST", "devices", TRACKER)
        assert (await box.send("POST", "devices/tracker-1/test", {"minutes": 10}))["test_until"] is not None
        tracker = Gt06Device(IMEI)
        assert (await box.way.press(box.way.connect(tracker), tracker)).test
        assert (await box.send("DELETE", "devices/tracker-1/test"))["test_until"] is None
        assert (await box.declined("POST", "devices/tracker-1/test", {"minutes": 1441})).status == 422
        now = box.way.gateway.clock().utc
        until_day = now.replace(year=now.year + 1, month=1, day=1).isoformat()
        assert (await box.send("POST", "devices/tracker-1/away", {"until": until_day}))["away_until"] is not None
        assert (await box.send("DELETE", "devices/tracker-1/away"))["away_until"] is None
        assert (await box.declined("POST", "devices/tracker-1/away", {"until": "2020-01-01T00:00:00Z"})).status == 422
        assert (await box.declined("POST", "devices/nobody/test", {"minutes": 1})).status == 404

    story(short_tmp, tell)


def test_a_device_is_spoken_to_over_its_line_or_the_reason_is_told(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        await box.send("POST", "devices", TRACKER)
        absent = await box.declined("POST", "devices/tracker-1/say", {"verb": "locate"})
        assert (absent.status, absent.code) == (409, "device-refused")
        peer = box.way.connect(Gt06Device(IMEI))
        await until(lambda: peer.replies, "login answered")
        said = len(peer.replies)
        assert (await box.send("POST", "devices/tracker-1/say", {"verb": "locate"}))["verb"] == "locate"
        assert len(peer.replies) == said + 1
        assert (await box.declined("POST", "devices/tracker-1/say", {"verb": "dance"})).status == 422

    story(short_tmp, tell)


# --- alarms and the live stream


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


# --- submissions and questions


def test_a_submission_is_on_disk_when_it_is_answered_and_kept_once_for_each_key(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        wish = {"kind": "booking", "form": {"slot": "2026-11-03T09:00"}, "resident": "r-17"}
        first = await box.submit(wish, key="k-1")
        again, other = await asyncio.gather(box.submit(wish, key="k-1"), box.submit(wish, key="k-2"))
        assert again == first
        assert other["id"] != first["id"]
        sent = [event for event in box.way.outbox() if event["type"] == "linli.submission.v1"]
        assert [event["id"] for event in sent] == [first["id"], other["id"]]
        assert sent[0]["data"] == wish
        with pytest.raises(Declined) as reused:
            await box.submit({**wish, "kind": "report"}, key="k-1")
        assert (reused.value.status, reused.value.code) == (409, "key-reused")

    story(short_tmp, tell)


def test_a_photo_and_a_voice_note_are_kept_and_go_up_with_the_report_that_names_them(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        photo, voice = b"\xff\xd8\xff" + bytes(1000), b"RIFF\x00\x00\x00\x00WAVE" + bytes(2000)
        kept = [await box.send("PUT", "blob", content) for content in (photo, voice)]
        assert [one["size"] for one in kept] == [len(photo), len(voice)]
        names = [one["sha256"] for one in kept]
        assert names[0] == hashlib.sha256(photo).hexdigest()
        assert box.way.rows("SELECT sha256 FROM blob_waiting") == []
        await box.submit({"kind": "report", "form": {}, "blobs": [*names, "0" * 64]}, key="k-1")
        assert box.way.rows("SELECT sha256 FROM blob_waiting ORDER BY n") == [(name,) for name in names]

    story(short_tmp, tell)


def test_a_file_that_is_thrown_away_is_gone_unless_a_report_has_named_it(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        voice, other = b"RIFF\x00\x00\x00\x00WAVE" + bytes(2000), b"RIFF\x00\x00\x00\x00WAVE" + bytes(3000)
        named, unsent = [(await box.send("PUT", "blob", content))["sha256"] for content in (voice, other)]
        await box.submit({"kind": "report", "form": {}, "blobs": [named]}, key="k-1")
        for name in (named, unsent, "no-name"):
            await box.send("DELETE", f"blob/{name}")
        assert await box.content(f"blob/{named}") == voice
        assert (await box.declined("GET", f"blob/{unsent}")).status == 404

    story(short_tmp, tell)


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh", b"<svg/>"])
def test_what_no_camera_or_microphone_made_is_not_kept(short_tmp: Path, content: bytes) -> None:
    async def tell(box: Box) -> None:
        with pytest.raises(Declined) as refused:
            await box.send("PUT", "blob", content)
        assert refused.value.status == 400

    story(short_tmp, tell)


def test_a_key_is_known_after_a_restart(short_tmp: Path) -> None:
    answers: list[object] = []

    async def tell(box: Box) -> None:
        answers.append(await box.submit({"kind": "report"}, key="k"))

    story(short_tmp, tell)
    story(short_tmp, tell)
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "Not A Word"},
        {"kind": "booking", "who": "somebody"},
        {"kind": "booking", "resident": "王 阿姨"},
        {"kind": "booking", "blobs": ["../../etc/passwd"]},
        {"form": {}},
        [],
    ],
)
def test_a_submission_out_of_bounds_is_refused(short_tmp: Path, wish: object) -> None:
    async def tell(box: Box) -> None:
        assert (await box.declined("POST", "events", wish)).status == 400
        assert box.way.outbox() == []

    story(short_tmp, tell)


def test_a_question_gets_the_centres_answer_or_the_reason_why_not(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        asked = asyncio.create_task(box.send("POST", "questions/my-case", {"arguments": {"case": "c-1"}}))
        await until(lambda: box.way.wire.published, "asked")
        topic, payload, _ = box.way.wire.published[-1]
        assert topic == "linli/v1/gw-1/up/request/my-case"
        question = json.loads(payload)
        box.way.send(f"answer/{question['id']}", {"id": question["id"], "outcome": "done", "result": {"state": "open"}})
        assert (await asked)["result"] == {"state": "open"}
        box.way.wire.online = False
        declined = await box.declined("POST", "questions/my-case", language="zh")
        assert (declined.status, declined.code) == (503, "offline")
        assert "线路中断" in str(declined)

    story(short_tmp, tell)


# --- what a kiosk shows


def test_presence_is_what_the_centre_last_said_and_says_whether_it_is_fresh(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        assert (await box.declined("GET", "presence/culture")).status == 404
        box.way.send("linli/v1/presence/culture", {"there": 2, "waiting": 1}, retain=True)
        seen = await box.get("presence/culture")
        assert (seen["there"], seen["waiting"], seen["fresh"]) == (2, 1, True)
        box.way.wire.online = False
        assert (await box.get("presence"))["departments"][0]["fresh"] is False

    story(short_tmp, tell)


def test_a_notice_is_offered_until_shown_and_the_centre_is_told_once(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        await box.way.settled(box.way.send("notice", {"id": "n-1", "text": "台风，请勿外出"}))
        (seen,) = (await box.get("notices"))["notices"]
        assert (seen["notice"]["text"], seen["shown_at"]) == ("台风，请勿外出", None)
        assert await box.send("POST", "notices/n-1/shown") == {"news": True}
        assert await box.send("POST", "notices/n-1/shown") == {"news": False}

    story(short_tmp, tell)


def test_a_file_kept_here_is_served_whole_and_in_parts(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        data = bytes(range(256)) * 4000
        name = await box.way.gateway.local.files.keep(data)
        assert await box.content(f"blob/{name}") == data
        request = f"GET /v1/blob/{name} HTTP/1.1\r\nHost: x\r\nRange: bytes=5-9\r\nConnection: close\r\n\r\n"
        answer = await box.raw(request.encode())
        assert answer.startswith(b"HTTP/1.1 206")
        assert answer.endswith(data[5:10])

    story(short_tmp, tell)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/blob/../../linli.db",
        "/v1/blob/%2e%2e%2f%2e%2e%2flinli.db",
        "/v1/blob/" + "0" * 64,
        "/v1/content/x%2F..",
        "/",
    ],
)
def test_no_other_name_is_ever_a_path(short_tmp: Path, path: str) -> None:
    async def tell(box: Box) -> None:
        answer = await box.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 404"), answer[:200]
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"] == "not-found"

    story(short_tmp, tell)


# --- outbox


def test_the_outbox_shows_what_waits_and_the_ledger_what_was_lost_on_purpose(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        gateway = box.way.gateway
        await box.submit({"kind": "report"})
        place = (gateway.store.era, next(lane for lane in gateway.store.waiting if lane.label == "state"), 1)
        assert await gateway.upkeep.give_up([place], "refused by the broker (0x99)") == 1
        outbox = await box.get("outbox")
        (loss,) = outbox["losses"]
        assert (loss["reason"], loss["count"]) == ("refused by the broker (0x99)", 1)
        assert loss["ranges"] == [{"lane": "state", "first": 1, "last": 1}]
        assert outbox["lost"] == 1
        types = [event["type"] for event in box.way.outbox()]
        assert types == ["linli.loss.v1"], "the loss itself waits to be told"
        assert (await box.send("POST", "outbox/resend", {"lane": "state"}))["lanes"].keys() == {"state"}
        assert (await box.declined("POST", "outbox/resend", {"lane": "fast"})).status == 400

    story(short_tmp, tell)


# --- the bundle for support


def test_the_bundle_says_what_helps_and_nothing_about_people(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        await box.send("POST", "devices", {**TRACKER, "note": "key at the neighbour's", "pole": "P-0815"})
        tracker = Gt06Device(IMEI)
        peer = box.way.connect(tracker)
        await box.way.press(peer, tracker)
        peer.send(b"\x78\x78\x05\x01\x00\x01\x00\x00\x0d\x0a")
        bundle = await box.get("diagnose")
        assert bundle["devices"] == {"gt06": 1}
        assert bundle["libraries"]["aiohttp"] != "not installed"
        assert bundle["ports"][0]["connections"] == 1
        assert bundle["network"][0]["ok"] is False
        assert any("alarm" in line for line in bundle["log"])
        text = json.dumps(bundle, ensure_ascii=False)
        for private in (IMEI, "r-17", "neighbour", "P-0815", '"201"'):
            assert private not in text

    story(short_tmp, tell)


# --- bad input


def test_every_error_is_json_with_a_code_a_sentence_and_never_a_page(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        assert (await box.declined("GET", "nothing")).code == "not-found"
        assert (await box.declined("DELETE", "status")).code == "method"
        assert (await box.declined("PUT", "devices/x", b"\xff{")).status == 400
        assert (await box.declined("PUT", "devices/x", [1])).status == 400
        assert (await box.declined("POST", "events", {"kind": "x", "form": {"a": "b" * 300_000}})).code == "too-large"
        assert (await box.declined("POST", "devices/import", b"x" * (9 << 20))).code == "too-large"
        for query in ("limit=0", "limit=1001", "limit=-1", "limit=x", "silent=2"):
            assert (await box.declined("GET", f"devices?{query}")).status == 400, query
        deep = b"[" * 100_000
        assert (await box.declined("POST", "events", deep)).status == 400
        assert (await box.get("status"))["gateway"] == "gw-1", "it goes on"

    story(short_tmp, tell)


# --- the document


def operations(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(method.upper(), path) for path, item in document["paths"].items() for method in item}


def test_every_route_is_documented_and_every_documented_route_exists(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        box.way.wire.online = False  # nothing is sent by what is tried here
        document = await box.get("openapi.json")
        routes = {(route.method, route.path) for route in box.way.gateway.local.api.routes}
        assert operations(document) == routes
        for method, path in sorted(routes - {("GET", path) for path in STREAMS}):
            request = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            answer = await box.raw(request.encode())
            status, body = answer.split(b" ", 2)[1], answer.partition(b"\r\n\r\n")[2]
            assert status not in (b"405", b"500"), (method, path, answer[:300])
            if status == b"404":
                assert b"such path" not in body, (method, path)
        for item in document["paths"].values():
            assert all(operation["summary"] for operation in item.values())

    story(short_tmp, tell)


def test_the_document_describes_what_is_said(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        await box.send("POST", "devices", TRACKER)
        tracker = Gt06Device(IMEI)
        alarm = await box.way.press(box.way.connect(tracker), tracker)
        await box.submit({"kind": "report"})
        document = await box.get("openapi.json")
        asked = {
            "/v1/devices/{id}": "devices/tracker-1",
            "/v1/alarms/{id}": f"alarms/{alarm.id}",
            **{
                path: path.removeprefix("/v1/")
                for method, path in operations(document)
                if method == "GET" and "{" not in path and path not in (*STREAMS, "/v1/devices/export")
            },
        }
        for path, what in asked.items():
            content = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
            schema = {**content["schema"], "components": document["components"]}
            Draft202012Validator(schema).validate(await box.get(what))

    story(short_tmp, tell, kiosk=KioskBox())
