"""The whole way of a picture: button, gateway, camera process, blob door, centre; every one a real program."""

from __future__ import annotations

import hashlib
import json
import socket
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.demo.broker_files import free_ports
from edge.demo.stage import Program, Stage
from edge.neighbourhood.gt06 import Gt06Device
from tests.camera.scenes import Yard, video

pytestmark = pytest.mark.e2e

IMEI = "352093081234567"


def rows(database: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as conn:
        return conn.execute(query).fetchall()


def until(true: Callable[[], Any], what: Callable[[], str], within_s: float = 30.0) -> Any:
    deadline = time.monotonic() + within_s
    while not (found := true()):
        assert time.monotonic() < deadline, what()
        time.sleep(0.02)
    return found


def test_a_press_brings_the_alarm_and_then_the_picture_to_the_centre(short_tmp: Path) -> None:
    (number,) = free_ports(1)
    yard, data = Yard(640, 360), short_tmp / "stage"
    source = video(short_tmp / "yard.mkv", lambda _i: yard.picture(), 50, fps=10)
    trackers = {"name": "trackers", "kind": "tcp", "profile": "gt06", "listen": f"127.0.0.1:{number}"}
    seen = {"name": "yard", "kind": "camera", "profile": "camera", "source": str(source), "devices": [IMEI]}
    data.mkdir()
    with Stage(data, [trackers, seen]) as stage:
        command = [sys.executable, "-m", "edge.cli", "camera", "yard", "--config", str(stage.gateway_file)]
        camera = Program("camera", command, data / "camera.log")
        try:
            stage.start()
            camera.start()
            own, centre = stage.gateway_data / "linli.db", stage.office_data / "office.sqlite"
            until(lambda: rows(centre, "SELECT 1 FROM events WHERE type='linli.status.v1'"), camera.tail)

            device = Gt06Device(IMEI)
            with socket.create_connection(("127.0.0.1", number), 10) as line:
                line.sendall(device.login() + device.alarm("sos"))
                updates = until(lambda: rows(centre, "SELECT alarm, data FROM alarm_updates"), stage.gateway.tail)

            ((alarm, update),) = updates
            name = json.loads(update)["picture"]
            assert rows(centre, "SELECT id, cause FROM alarms WHERE origin='gateway'") == [(alarm, "sos")]
            assert rows(centre, "SELECT sha256 FROM blobs") == [(name,)]
            kept = [path for path in stage.office_data.rglob(name) if path.is_file()]
            assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in kept] == [name]
            assert kept[0].read_bytes().startswith(b"\xff\xd8\xff")
            assert rows(own, "SELECT camera, asked_by, reason, alarm, outcome, picture FROM look") == [
                ("yard", "alarm", "sos", alarm, "kept", name)
            ]
            look = until(lambda: rows(centre, "SELECT data FROM events WHERE type='linli.look.v1'"), stage.gateway.tail)
            assert json.loads(look[0][0])["asked_by"] == "alarm"
        finally:
            camera.stop()
