"""The local API: devices, imports, unknown ones, tests and absences."""

from __future__ import annotations

from pathlib import Path

from edge.api.client import part
from edge.neighbourhood.gt06 import Gt06Device
from tests.edge.api_stage import TRACKER, story
from tests.edge.at_the_socket import Box
from tests.edge.way_down import IMEI, until


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
