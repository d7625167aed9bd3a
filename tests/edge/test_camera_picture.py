"""A picture around an SOS: the real gateway, a tracker in memory, and the camera process's own end of the socket."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, cast

from drivers.camera.motion import Moved
from drivers.camera.wire import Ask, NoPicture, Picture, Report
from drivers.ports.camera import CameraPort
from drivers.ports.memory import MemoryPort
from edge import config_shape as shape
from edge.camera_link import CameraLink, camera_socket
from edge.cameras import Cameras
from edge.doors import Door
from edge.gateway import Gateway
from edge.looks import INTERRUPTED, KEPT, LookRow, looks
from edge.neighbourhood.gt06 import Gt06Device
from sync.contract.envelope import replaced
from sync.contract.messages import Outcome
from tests.edge.way_down import IMEI, PROFILES, Way, Wire, configured, until

JPEG = b"\xff\xd8\xff\xe0" + b"a picture of the yard" * 100
ALIVE = Report(alive=True, width=1280, height=720, fps=5.0)


@dataclass
class Eye:
    """Stands where the camera is; the line to the gateway is the product's."""

    answer: Picture | NoPicture | None = None
    asked: list[Ask] = field(default_factory=list)
    hold: asyncio.Event | None = None

    async def show(self, ask: Ask) -> Picture | NoPicture:
        self.asked.append(ask)
        if self.hold is not None:
            await self.hold.wait()
        return self.answer or Picture(ask.id, ask.at + 0.25, JPEG)


@asynccontextmanager
async def gateway(folder: Path, *, devices: tuple[str, ...] = (IMEI,), grace_s: float = 15.0) -> AsyncIterator[Way]:
    """A gateway with a tracker's port in memory and one camera's port."""
    camera = shape.CameraConfig(name="yard", profile="camera", source="rtsp://192.0.2.1/1", devices=devices)
    config = configured(folder)
    made = Gateway(replaced(config, ports=(*config.ports, camera)), PROFILES)
    made.start()
    wire = Wire(gateway=made)
    made.link.connection = cast("Any", wire)
    trackers = cast("MemoryPort", made.doors[0].port)
    trackers.start(made.doors[0])
    port(made)._grace_s = grace_s
    work = [asyncio.create_task(one) for one in (made.doors[1].run(), made.down.run(), made.cameras.run())]
    try:
        yield Way(made, wire)
    finally:
        for task in work:
            task.cancel()
        outcomes = await asyncio.gather(*work, return_exceptions=True)
        trackers.stop()
        await made.stop()
        assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes), outcomes


def port(made: Gateway) -> CameraPort:
    return cast("CameraPort", made.doors[1].port)


@asynccontextmanager
async def camera(folder: Path, eye: Eye, report: Report | None = ALIVE) -> AsyncIterator[CameraLink]:
    """The camera's process, as far as its line goes."""
    link = CameraLink("yard", "s1", camera_socket(folder, "yard"), eye.show)
    if report is not None:
        link.report(report)
    task = asyncio.create_task(link.run())
    try:
        yield link
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def kept(way: Way) -> list[LookRow]:
    conn = way.gateway.store.reader()
    try:
        return looks(conn)
    finally:
        conn.close()


def kinds(way: Way) -> list[str]:
    return [event["type"].removeprefix("linli.").removesuffix(".v1") for event in way.outbox()]


def of_kind(way: Way, kind: str) -> list[dict[str, Any]]:
    return [event for event in way.outbox() if event["type"] == f"linli.{kind}.v1"]


def test_an_sos_of_a_linked_device_is_an_alarm_first_and_then_an_update_with_a_picture(tmp_path: Path) -> None:
    async def story() -> None:
        eye = Eye(hold=asyncio.Event())
        async with gateway(tmp_path) as way, camera(tmp_path, eye) as link:
            await until(lambda: link.connected and of_kind(way, "status"), "camera reports")
            tracker = Gt06Device(IMEI)
            before_s = monotonic()
            alarm = await way.press(way.connect(tracker), tracker)
            await until(lambda: eye.asked, "the camera is asked")

            # The alarm waits for no picture, and the look is on record before there is one.
            assert len(of_kind(way, "alarm")) == 1
            assert not of_kind(way, "alarm.update")
            assert [(row.asked_by, row.camera, row.reason, row.alarm, row.outcome) for row in kept(way)] == [
                ("alarm", "yard", "sos", alarm.id, "")
            ]
            assert before_s <= eye.asked[0].at <= monotonic()

            assert eye.hold is not None
            eye.hold.set()
            await until(lambda: of_kind(way, "alarm.update"), "update")
            (update,) = of_kind(way, "alarm.update")
            digest = hashlib.sha256(JPEG).hexdigest()
            assert (update["subject"], update["data"]["picture"]) == (alarm.id, digest)
            assert update["data"]["device"] == IMEI
            assert int(update["sequence"]) > int(of_kind(way, "alarm")[0]["sequence"])
            assert way.gateway.local.files.store.path(digest).read_bytes() == JPEG
            (row,) = kept(way)
            assert (row.outcome, row.picture) == (KEPT, digest)
            (look,) = of_kind(way, "look")
            assert look["data"]["asked_by"] == "alarm"
            assert look["data"]["alarm"] == alarm.id
            assert "picture" not in look["data"]

    asyncio.run(story())


def test_a_device_that_is_not_linked_to_the_camera_brings_no_look(tmp_path: Path) -> None:
    async def story() -> None:
        eye = Eye()
        async with gateway(tmp_path, devices=("button-12",)) as way, camera(tmp_path, eye) as link:
            await until(lambda: link.connected and of_kind(way, "status"), "camera reports")
            tracker = Gt06Device(IMEI)
            peer = way.connect(tracker)
            await way.press(peer, tracker)
            peer.send(tracker.alarm("lowBattery"))
            await way.gateway.store.transact(lambda _conn: None)
            assert (eye.asked, kept(way)) == ([], [])

    asyncio.run(story())


def test_a_camera_that_has_no_picture_leaves_the_alarm_alone_and_the_look_says_why(tmp_path: Path) -> None:
    async def story() -> None:
        eye = Eye(answer=NoPicture("1", "connection refused"))
        async with gateway(tmp_path) as way, camera(tmp_path, eye):
            await until(lambda: of_kind(way, "status"), "camera reports")
            tracker = Gt06Device(IMEI)
            await way.press(way.connect(tracker), tracker)
            await until(lambda: of_kind(way, "look"), "look told")
            assert [row.outcome for row in kept(way)] == ["connection refused"]
            assert of_kind(way, "look")[0]["data"]["refused"] == "connection refused"
            assert not of_kind(way, "alarm.update")

    asyncio.run(story())


def test_without_the_camera_process_the_alarm_goes_alone(tmp_path: Path) -> None:
    async def story() -> None:
        async with gateway(tmp_path) as way:
            tracker = Gt06Device(IMEI)
            await way.press(way.connect(tracker), tracker)
            await until(lambda: of_kind(way, "look"), "look told")
            assert [row.outcome for row in kept(way)] == ["the camera's process is not connected"]

    asyncio.run(story())


def test_what_is_no_picture_is_not_kept(tmp_path: Path) -> None:
    async def story() -> None:
        eye = Eye(answer=Picture("1", monotonic(), b"#!/bin/sh"))
        async with gateway(tmp_path) as way, camera(tmp_path, eye):
            await until(lambda: of_kind(way, "status"), "camera reports")
            tracker = Gt06Device(IMEI)
            await way.press(way.connect(tracker), tracker)
            await until(lambda: of_kind(way, "look"), "look told")
            assert not of_kind(way, "alarm.update")
            assert "no picture" in kept(way)[0].outcome

    asyncio.run(story())


def test_ten_presses_in_a_minute_are_one_look(tmp_path: Path) -> None:
    async def story() -> None:
        eye = Eye()
        async with gateway(tmp_path) as way, camera(tmp_path, eye):
            await until(lambda: of_kind(way, "status"), "camera reports")
            tracker = Gt06Device(IMEI)
            peer = way.connect(tracker)
            alarm = await way.press(peer, tracker)
            for _ in range(9):
                peer.send(tracker.alarm("sos"))
            await until(lambda: alarm.count == 10, "presses counted")
            await until(lambda: [row for row in kept(way) if row.outcome], "look over")
            await way.gateway.store.transact(lambda _conn: None)
            assert len(eye.asked) == 1

    asyncio.run(story())


def test_the_centre_gets_a_picture_for_a_reason_and_the_look_is_told(tmp_path: Path) -> None:
    async def story() -> None:
        eye = Eye()
        async with gateway(tmp_path) as way, camera(tmp_path, eye):
            await until(lambda: of_kind(way, "status"), "camera reports")
            answer = await way.order("snapshot", device="yard", reason="neighbours report smoke")
            digest = hashlib.sha256(JPEG).hexdigest()
            assert (answer.outcome, answer.result["picture"]) == (Outcome.DONE, digest)
            (row,) = kept(way)
            assert (row.asked_by, row.reason, row.alarm) == ("centre", "neighbours report smoke", "")
            await until(lambda: len(of_kind(way, "look")) == 2, "looks told")
            assert [look["data"].get("picture") for look in of_kind(way, "look")] == [None, digest]

            without = await way.order("snapshot", "o-2", device="yard")
            assert without.outcome is Outcome.REFUSED
            unknown = await way.order("snapshot", "o-3", device="gate", reason="why not")
            assert (unknown.outcome, unknown.reason) == (Outcome.REFUSED, "there is no camera `gate` here")
            assert len(kept(way)) == 1

    asyncio.run(story())


def test_with_a_blob_door_the_update_waits_for_the_picture_to_be_there(tmp_path: Path) -> None:
    async def story() -> None:
        async with gateway(tmp_path) as way, camera(tmp_path, Eye()):
            made = way.gateway
            made.config = replaced(made.config, centre=replaced(made.config.centre, blob_url="https://192.0.2.1:1"))
            await until(lambda: of_kind(way, "status"), "camera reports")
            tracker = Gt06Device(IMEI)
            await way.press(way.connect(tracker), tracker)
            await until(lambda: made.local.files.carrier.backlog()[0], "picture waits")
            assert not of_kind(way, "alarm.update")

    asyncio.run(story())


def test_a_dead_camera_is_one_fault_and_its_end_is_told(tmp_path: Path) -> None:
    async def story() -> None:
        async with gateway(tmp_path) as way, camera(tmp_path, Eye()) as link:
            await until(lambda: of_kind(way, "status"), "camera reports")
            for reason in ("nothing came for 8 s", "connection refused", "connection refused"):
                link.report(Report(alive=False, reason=reason))
            await until(lambda: "port-yard" in way.gateway.faults, "fault")
            assert list(way.gateway.faults) == ["port-yard"]
            assert way.gateway.faults["port-yard"].reason == "nothing came for 8 s"

            link.report(ALIVE)
            await until(lambda: not way.gateway.faults, "fault over")
            await way.gateway.store.transact(lambda _conn: None)
            assert [fault["data"]["active"] for fault in of_kind(way, "fault")] == [True, False]

    asyncio.run(story())


def test_a_camera_process_that_never_comes_is_one_fault_that_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        async with gateway(tmp_path, grace_s=0.0) as way:
            await until(lambda: way.gateway.faults, "fault")
            assert way.gateway.faults["port-yard"].reason == "the camera's process is not connected"
            async with camera(tmp_path, Eye()):
                await until(lambda: not way.gateway.faults, "fault over")

    asyncio.run(story())


def test_a_frozen_camera_is_told_once_and_its_end_too_also_over_a_restart_of_its_process(tmp_path: Path) -> None:
    async def story() -> None:
        async with gateway(tmp_path) as way:
            frozen = Report(alive=True, frozen=True, width=640, height=480)
            async with camera(tmp_path, Eye(), frozen):
                await until(lambda: of_kind(way, "status"), "frozen told")
            async with camera(tmp_path, Eye(), frozen) as link:
                await until(lambda: len(of_kind(way, "status")) >= 3, "second life of the process")
                link.report(ALIVE)
                await until(lambda: any(e["data"]["attributes"].get("cleared") for e in of_kind(way, "status")), "over")
            told = [e["data"] for e in of_kind(way, "status") if e["data"].get("alarm")]
            assert [(data["alarm"], data["severity"], data["attributes"]["cause"]) for data in told] == [
                ("fault", "trouble", "frozen")
            ]

    asyncio.run(story())


def test_a_restarted_gateway_finds_its_camera_and_what_moved_meanwhile(tmp_path: Path) -> None:
    async def story() -> None:
        async with camera(tmp_path, Eye()) as link:
            async with gateway(tmp_path) as way:
                await until(lambda: link.connected, "connected")
                link.moved(Moved(monotonic(), "door", 0.02))
                await until(lambda: of_kind(way, "motion"), "motion kept")
                await until(lambda: not link._motions, "motion settled")
            await until(lambda: not link.connected, "gateway gone")
            link.moved(Moved(monotonic(), "gate", 0.03))
            async with gateway(tmp_path) as way:
                await until(lambda: link.connected, "connected again")
                await until(lambda: len(of_kind(way, "motion")) == 2, "both motions")
                assert [event["data"]["attributes"]["zone"] for event in of_kind(way, "motion")] == ["door", "gate"]
                assert not way.gateway.faults

    asyncio.run(story())


def test_a_gateway_that_stops_while_it_looks_says_so_on_the_record(tmp_path: Path) -> None:
    async def story() -> None:
        eye = Eye(hold=asyncio.Event())
        async with camera(tmp_path, eye):
            async with gateway(tmp_path) as way:
                await until(lambda: of_kind(way, "status"), "camera reports")
                tracker = Gt06Device(IMEI)
                await way.press(way.connect(tracker), tracker)
                await until(lambda: eye.asked, "the camera is asked")
            async with gateway(tmp_path) as way:
                await until(lambda: [row.outcome for row in kept(way)] == [INTERRUPTED], "record closed")

    asyncio.run(story())


def test_two_processes_of_one_camera_are_one_and_the_newest_counts(tmp_path: Path) -> None:
    async def story() -> None:
        first, second = Eye(), Eye()
        async with gateway(tmp_path) as way, camera(tmp_path, first) as old:
            await until(lambda: old.connected and of_kind(way, "status"), "first")
            async with camera(tmp_path, second) as new:
                await until(lambda: new.connected and len(of_kind(way, "status")) >= 2, "second")
                await way.gateway.cameras.snapshot("yard", "test", "installer")
                assert len(first.asked) + len(second.asked) == 1

    asyncio.run(story())


def test_noise_on_the_socket_is_counted_and_hurts_nobody(tmp_path: Path) -> None:
    async def story() -> None:
        async with gateway(tmp_path) as way, camera(tmp_path, Eye()) as link:
            await until(lambda: of_kind(way, "status"), "camera reports")
            reader, writer = await asyncio.open_unix_connection(str(camera_socket(tmp_path, "yard")))
            writer.write(b"\x00\xff{]\n" * 100 + b"x" * (1024 * 1024))
            with suppress(ConnectionError):
                assert await asyncio.wait_for(reader.read(), 10) == b""
            writer.close()
            await until(lambda: link.connected and port(way.gateway)._line is not None, "camera back")
            assert sum(n for (_, reason), n in way.gateway.intake.notes.items() if "line" in reason) >= 100

    asyncio.run(story())


def test_a_gateway_without_cameras_offers_no_picture(tmp_path: Path) -> None:
    async def story() -> None:
        made = Gateway(configured(tmp_path), PROFILES)
        made.start()
        try:
            assert isinstance(made.cameras, Cameras)
            assert made.down.commands.snapshot is None
            assert [type(door) for door in made.doors] == [Door]
        finally:
            await made.stop()

    asyncio.run(story())
