"""The way down between real programs: a broker with the shipped rights, a gateway, and a centre of our own."""

from __future__ import annotations

import asyncio
import itertools
import json
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from edge.demo.broker_files import free_ports
from edge.demo.stage import Stage
from edge.neighbourhood.gt06 import Gt06Device
from sync.contract.envelope import decode
from sync.contract.messages import Answer, GatewayState
from sync.mqtt import Arrived, Broker, Connection, Tls
from tests.edge.way_down import IMEI, until

pytestmark = pytest.mark.e2e

WATCH = {"profile": "gt06", "address": IMEI}
_names = itertools.count(1)


class Centre:
    """The other end, on the centre's listener with its certificate."""

    def __init__(self, stage: Stage) -> None:
        self.name, self.heard = stage.gateway_name, list[Arrived]()
        folder = stage.directory
        tls = Tls(str(stage.authority.ca), str(folder / "centre.crt"), str(folder / "centre.key"))
        broker = Broker("127.0.0.1", stage.centre_port, f"desk-{next(_names)}", tls=tls)
        self.connection = Connection(broker, self, [("linli/v1/+/up/#", 1)])

    def send(self, topic: str, message: object, **how: Any) -> None:
        self.connection.publish(f"linli/v1/{self.name}/down/{topic}", json.dumps(message).encode(), **how)

    def order(self, command: str, order_id: str, device: str = "", **arguments: object) -> None:
        self.send(f"request/{command}", {"id": order_id, "device": device, "arguments": arguments})

    def answers(self, order_id: str) -> list[Answer]:
        return [decode(m.payload, Answer) for m in self.heard if m.topic.endswith(f"/up/answer/{order_id}")]

    async def answer(self, order_id: str, count: int = 1) -> Answer:
        await until(lambda: len(self.answers(order_id)) >= count, f"answer {count} to {order_id}", 20.0)
        return self.answers(order_id)[count - 1]

    def states(self) -> list[GatewayState]:
        return [decode(m.payload, GatewayState) for m in self.heard if m.topic.endswith("/up/state")]

    def up(self, session_present: bool) -> None: ...  # noqa: FBT001

    def down(self, reason: str) -> None: ...

    def arrived(self, message: Arrived) -> None:
        self.heard.append(message)
        self.connection.settle(message)

    def puback(self, mid: int, code: int) -> None: ...


@asynccontextmanager
async def centre_of(stage: Stage) -> AsyncIterator[Centre]:
    centre = Centre(stage)
    task = asyncio.create_task(centre.connection.run())
    try:
        await until(lambda: centre.connection.online, "centre connected")
        yield centre
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def played(folder: Path) -> AsyncIterator[tuple[Stage, Centre, int]]:
    """Broker and gateway run, the centre has heard the gateway's birth; with the trackers' TCP port."""
    (port,) = free_ports(1)
    trackers = {"name": "trackers", "kind": "tcp", "profile": "gt06", "listen": f"127.0.0.1:{port}"}
    with Stage(folder / "stage", [trackers]) as stage:
        stage.start_broker()
        async with centre_of(stage) as centre:
            await started(stage, centre)
            yield stage, centre, port


async def started(stage: Stage, centre: Centre, failpoint: str = "") -> None:
    before = len(centre.states())
    stage.start_gateway({"LINLI_FAILPOINT": failpoint} if failpoint else None, wait=False)
    await until(lambda: any(s.online for s in centre.states()[before:]), f"birth\n{stage.gateway.tail()}", 30.0)


async def ended(stage: Stage) -> int | None:
    await until(lambda: not stage.gateway.running, "gateway ended", 20.0)
    return stage.gateway.wait(1.0)


def test_an_order_goes_down_to_a_device_once_and_its_answer_up_as_often_as_it_is_asked(short_tmp: Path) -> None:
    async def story() -> None:
        async with played(short_tmp) as (_, centre, port):
            centre.order("device-put", "put", "watch-1", **WATCH)
            assert (await centre.answer("put")).outcome == "done"
            device = Gt06Device(IMEI)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(device.login())
            heard = await reader.read(100)
            for n in (1, 2):
                topic = f"linli/v1/{centre.name}/up/answer/desk-{n}"
                order = {"id": "o-1", "device": "watch-1"}
                centre.send("request/locate", order, response_topic=topic, correlation=b"c%d" % n, expiry_s=60)
                await until(lambda topic=topic: any(m.topic == topic for m in centre.heard), topic)  # type: ignore[misc]
                (message,) = (m for m in centre.heard if m.topic == topic)
                assert message.correlation == b"c%d" % n
                assert decode(message.payload, Answer).outcome == "done"
            centre.order("locate", "o-2", "watch-1")
            await centre.answer("o-2")
            while heard.count(b"WHERE#") < 2:
                heard += await asyncio.wait_for(reader.read(100), 5.0)
            writer.close()
            assert heard.count(b"WHERE#") == 2

    asyncio.run(story())


@pytest.mark.parametrize(("failpoint", "effect"), [("order-noted", False), ("order-done", True)])
def test_after_a_crash_between_note_and_answer_the_answer_is_unknown(
    short_tmp: Path, failpoint: str, *, effect: bool
) -> None:
    async def story() -> None:
        async with played(short_tmp) as (stage, centre, _):
            stage.gateway.kill()
            await started(stage, centre, failpoint)
            centre.order("device-put", "o-1", "watch-1", **WATCH)
            assert await ended(stage) == -signal.SIGKILL
            await started(stage, centre)
            assert (await centre.answer("o-1")).outcome == "unknown"
            centre.order("device-put", "o-1", "watch-1", **WATCH)
            assert (await centre.answer("o-1", 2)).outcome == "unknown"
            centre.order("locate", "o-2", "watch-1")
            there = "not connected" in (await centre.answer("o-2")).reason
            assert there is effect

    asyncio.run(story())


def test_a_restart_is_answered_then_done_and_done_once(short_tmp: Path) -> None:
    async def story() -> None:
        async with played(short_tmp) as (stage, centre, _):
            centre.order("restart", "o-1")
            assert (await centre.answer("o-1")).outcome == "done"
            assert await ended(stage) == 75
            await started(stage, centre)
            centre.order("restart", "o-1")
            assert (await centre.answer("o-1", 2)).outcome == "done"
            centre.order("locate", "o-2")
            assert (await centre.answer("o-2")).reason == "name a device"

    asyncio.run(story())


def test_a_wrong_configuration_is_refused_in_the_retained_state_and_a_good_one_outlives_a_kill(short_tmp: Path) -> None:
    async def story() -> None:
        async with played(short_tmp) as (stage, centre, _):
            good = {"version": 1, "config": {"alarms": {"escalate_after_s": 5}}}
            centre.send("config", good, retain=True)
            await until(lambda: (c := centre.states()[-1].config) and c.accepted, "in force", 20.0)
            bad = {"version": 2, "config": {"alarms": {"escalate_after_s": 0}, "centre": {"host": "evil"}}}
            centre.send("config", bad, retain=True)
            await until(lambda: (c := centre.states()[-1].config) and not c.accepted, "refused", 20.0)
            async with centre_of(stage) as late:
                await until(late.states, "retained state")
                status = late.states()[0].config
            assert status is not None
            assert (status.version, status.in_force, len(status.reasons)) == (2, 1, 2)
            stage.gateway.kill()
            await started(stage, centre)
            config = centre.states()[-1].config
            assert config is not None
            assert config.in_force == 1

    asyncio.run(story())


def test_an_order_whose_expiry_passed_while_the_gateway_was_away_is_never_carried_out(short_tmp: Path) -> None:
    async def story() -> None:
        async with played(short_tmp) as (stage, centre, _):
            stage.gateway.kill()
            order = {"id": "late", "device": "watch-1", "arguments": WATCH}
            centre.send("request/device-put", order, expiry_s=1)
            over = time.monotonic() + 2.1  # the broker counts whole seconds
            await until(lambda: time.monotonic() > over, "expiry")
            await started(stage, centre)
            centre.order("locate", "o-1", "watch-1")
            assert (await centre.answer("o-1")).reason.startswith("there is no device")
            assert not centre.answers("late")

    asyncio.run(story())


def test_a_lane_is_sent_again_from_its_receipt_on(short_tmp: Path) -> None:
    async def story() -> None:
        async with played(short_tmp) as (_, centre, port):
            device = Gt06Device(IMEI)
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(device.login() + device.alarm("sos"))
            await until(lambda: _alarms(centre), "alarm")
            centre.order("resend", "o-1", lane="alarm")
            assert (await centre.answer("o-1")).result == {"lane": "alarm", "from": 1, "count": 1}
            await until(lambda: len(_alarms(centre)) > 1, "alarm again", 5.0)
            assert len(set(_alarms(centre))) == 1
            centre.send("receipt", {"epoch": centre.states()[-1].epoch, "lane": "alarm", "n": 1})
            centre.send("request/resend", {"id": "o-2", "arguments": {"lane": "alarm", "from": 1}})
            assert "alarm 1 has its receipt and is deleted" in (await centre.answer("o-2")).reason
            writer.close()

    asyncio.run(story())


def _alarms(centre: Centre) -> list[bytes]:
    return [m.payload for m in centre.heard if m.topic.endswith("/up/alarm")]
