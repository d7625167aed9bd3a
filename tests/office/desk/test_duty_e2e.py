"""Unattended and drills between real programs: receiver, broker with the shipped rights, gateway."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import create_connection
from typing import Any

import pytest

from edge.demo.broker_files import free_ports
from edge.demo.stage import Stage
from edge.neighbourhood.gt06 import Gt06Device
from office.client import Client

pytestmark = pytest.mark.e2e

IMEI = "352093081234567"


@contextmanager
def played(folder: Path) -> Iterator[tuple[Stage, Client, int]]:
    (port,) = free_ports(1)
    trackers = {"name": "trackers", "kind": "tcp", "profile": "gt06", "listen": f"127.0.0.1:{port}"}
    with Stage(folder / "stage", [trackers]) as stage:
        stage.start()
        client = Client(stage.office_socket)
        until(lambda: any(g["online"] for g in client.get("gateways")), "gateway known")
        yield stage, client, port


def until(true: Callable[[], Any], what: str, within_s: float = 30.0) -> Any:
    deadline = time.monotonic() + within_s
    while not (found := true()):
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.02)
    return found


def reasons(stage: Stage) -> list[str]:
    with closing(sqlite3.connect(f"file:{stage.gateway_data / 'linli.db'}?mode=ro", uri=True)) as conn:
        return [reason for (reason,) in conn.execute("SELECT reason FROM escalation ORDER BY at")]


def said(client: Client, there: int, valid_s: float = 0.0) -> None:
    client.send("PUT", "presence/duty", {"there": there, "valid_s": valid_s})


def test_a_dead_desk_means_nobody_and_an_alarm_goes_the_second_way_at_once(short_tmp: Path) -> None:
    with played(short_tmp) as (stage, client, port):
        said(client, 1, 2.0)
        until(lambda: "nobody is on duty at the centre" in stage.gateway.tail(), "the lease ran out")
        until(lambda: client.get("presence")[0]["there"] == 0, "taken back")
        with create_connection(("127.0.0.1", port)) as tracker:
            device = Gt06Device(IMEI)
            tracker.sendall(device.login() + device.alarm("sos"))
            until(lambda: reasons(stage) == ["unattended"], "second path at once")
        said(client, 1, 60.0)
        until(lambda: "somebody is on duty at the centre again" in stage.gateway.tail(), "attended again")


def test_a_killed_receiver_takes_the_word_back_after_its_restart(short_tmp: Path) -> None:
    with played(short_tmp) as (stage, client, _):
        said(client, 1, 3.0)
        stage.receiver.kill()
        stage.start_receiver()
        until(lambda: client.get("presence")[0]["there"] == 0, "taken back")
        until(lambda: "nobody is on duty at the centre" in stage.gateway.tail(), "the gateway knows")


def test_a_drill_goes_down_the_real_way_and_comes_up_the_real_way(short_tmp: Path) -> None:
    with played(short_tmp) as (stage, client, _):
        put = {"command": "device-put", "by": "desk", "device": "watch-1"}
        arguments = {"profile": "gt06", "address": IMEI}
        answered(client, stage, {**put, "arguments": arguments})
        order = answered(client, stage, {"command": "drill", "by": "desk", "device": "watch-1", "id": "drill-1"})
        (alarm,) = until(lambda: client.get("alarms", open=1), "the alarm")
        assert (alarm["id"], alarm["device"], alarm["cause"]) == (order["result"]["alarm"], "watch-1", "sos")
        assert alarm["data"]["attributes"] == {"drill": True, "order": "drill-1", "whole_way": False}
        client.send("POST", f"alarms/{alarm['id']}/steps", {"step": "close", "by": "duty", "reason": "drill"})
        until(lambda: client.get(f"alarms/{alarm['id']}")["echoed"] == "closed", "the gateway knows its end")
        assert reasons(stage) == []


def answered(client: Client, stage: Stage, order: dict[str, Any]) -> dict[str, Any]:
    order_id = client.send("POST", f"gateways/{stage.gateway_name}/orders", order)["id"]

    def asked() -> dict[str, Any] | None:
        seen: dict[str, Any] = client.get(f"orders/{order_id}")
        return seen if seen["outcome"] else None

    found: dict[str, Any] = until(asked, order["command"])
    assert found["outcome"] == "done", found
    return found
