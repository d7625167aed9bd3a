"""The local API: what kiosk and command line may rely on."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from edge.api.client import Client, NotRunning
from edge.api.web import Server
from edge.config_shape import Api
from edge.neighbourhood.gt06 import Gt06Device
from sync.contract.kiosk_box import KioskBox
from tests.edge.api_stage import TRACKER, story
from tests.edge.at_the_socket import Box
from tests.edge.way_down import IMEI, until, way_down

STREAMS = ("/v1/events", "/v1/calls", "/v1/scans")


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
