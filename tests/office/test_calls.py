"""Call signalling through the receiver: passed on at once, stored nowhere, and only what can be a signal."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from office.api import Api
from office.client import NotRunning
from office.desk.calls.listening import Signal
from office.desk.centre import Centre as DesksCentre
from office.web import Server
from sync.contract import topics
from tests.broker import Mosquitto
from tests.office.ends import Centre, Gateway, until
from tests.office.sending import positions

pytestmark = pytest.mark.e2e

CALL = "c0ffee0123456789"
SDP = "v=0\r\nc=IN IP4 192.0.2.77\r\n"


class Desk:
    """What the desk hears."""

    def __init__(self, socket: Path) -> None:
        self.centre = DesksCentre(socket)
        self.heard: list[Signal] = []
        self.begun = 0
        self.ended = False

    async def listen(self) -> None:
        try:
            async for signal in self.centre.signals():
                if signal is None:
                    self.begun += 1
                else:
                    self.heard.append(signal)
        except NotRunning:
            self.ended = True

    @property
    def signals(self) -> list[dict[str, Any]]:
        return [json.loads(signal.payload) for signal in self.heard]


@asynccontextmanager
async def served(centre: Centre, socket: Path) -> AsyncIterator[Desk]:
    """The receiver's socket, and a desk that listens there."""
    api = Server(Api(centre.store, centre.receiver, dict).routes())
    await api.listen_unix(socket)
    desk = Desk(socket)
    listening = asyncio.create_task(desk.listen())
    try:
        await until(lambda: desk.begun, "the desk listens")
        yield desk
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await api.close()


Story = Callable[[Centre, Gateway, Desk], Awaitable[None]]


def play(broker: Mosquitto, folder: Path, story: Story) -> None:
    async def run() -> None:
        async with (
            Centre(broker.port, folder / "office.sqlite") as centre,
            Gateway(broker.port) as gateway,
            served(centre, folder / "r.sock") as desk,
        ):
            await story(centre, gateway, desk)

    asyncio.run(run())


def say(gateway: Gateway, signal: object, call: str = CALL, **how: Any) -> None:
    payload = signal if isinstance(signal, bytes) else json.dumps(signal).encode()
    gateway.connection.publish(topics.up_call("gw-1", call), payload, **how)


def test_signals_reach_the_desk_in_order_and_go_back(broker: Mosquitto, tmp_path: Path) -> None:
    async def story(centre: Centre, gateway: Gateway, desk: Desk) -> None:
        for n in range(1, 101):
            say(gateway, {"type": "alive", "n": n})
        await until(lambda: len(desk.heard) == 100, "all signals")
        assert [signal["n"] for signal in desk.signals] == list(range(1, 101))
        assert {(s.gateway, s.call) for s in desk.heard} == {("gw-1", CALL)}
        assert await desk.centre.signal("gw-1", CALL, b'{"type":"hold","n":1,"on":true}')
        await until(lambda: any("/down/call/" in m.topic for m in gateway.heard), "down")
        (down,) = [m for m in gateway.heard if "/down/call/" in m.topic]
        assert (down.topic, down.payload) == (f"linli/v1/gw-1/down/call/{CALL}", b'{"type":"hold","n":1,"on":true}')
        await until(lambda: len(gateway.pubacks) == 100, "every one acknowledged")
        assert await centre.count("quarantine") == await centre.count("events") == 0

    play(broker, tmp_path, story)


def test_what_cannot_be_a_signal_is_counted_and_neither_stored_nor_passed_on(
    broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def story(centre: Centre, gateway: Gateway, desk: Desk) -> None:
        say(gateway, {"type": "offer", "n": 1, "leg": 1, "sdp": SDP * 3000})
        say(gateway, SDP.encode())
        say(gateway, {"n": 1, "sdp": SDP}, call="SHORT")
        gateway.connection.publish("linli/v1/GW_1/up/call/" + CALL, b'{"n":1}')
        say(gateway, {"type": "alive", "n": 9})
        await until(lambda: desk.heard, "the good one")
        assert [signal["n"] for signal in desk.signals] == [9]
        await until(lambda: len(gateway.pubacks) == 5, "every one acknowledged")
        counts = centre.receiver.calls.counts()
        assert (counts["passed"], counts["refused"], counts["listeners"]) == (1, 4, 1)
        assert await centre.count("quarantine") == 0

    play(broker, tmp_path, story)
    assert "192.0.2.77" not in caplog.text


def test_a_retained_signal_is_refused(broker: Mosquitto, tmp_path: Path) -> None:
    async def run() -> None:
        async with Gateway(broker.port) as gateway:
            say(gateway, {"type": "start", "n": 1, "department": "civil"}, retain=True)
            await until(lambda: gateway.pubacks, "kept by the broker")
            try:
                async with Centre(broker.port, tmp_path / "office.sqlite") as centre:
                    await until(lambda: centre.receiver.calls.refused, "it came, and was refused")
                    assert centre.receiver.calls.passed == 0
            finally:
                say(gateway, b"", retain=True)
                await until(lambda: len(gateway.pubacks) == 2, "cleared")

    asyncio.run(run())


def test_every_receiver_of_a_group_hears_a_call(broker: Mosquitto, tmp_path: Path) -> None:
    """The desk listens at one of them, and it may be any."""

    async def run() -> None:
        path = tmp_path / "office.sqlite"
        async with (
            Centre(broker.port, path, group="office", name="one") as one,
            Centre(broker.port, path, group="office", name="two") as two,
            Gateway(broker.port) as gateway,
        ):
            for n in range(1, 11):
                say(gateway, {"type": "alive", "n": n})
            for centre in (one, two):
                await until(lambda c=centre: c.receiver.calls.passed == 10, "all of them")  # type: ignore[misc]

    asyncio.run(run())


def test_a_call_does_not_wait_behind_batches_that_are_being_stored(broker: Mosquitto, tmp_path: Path) -> None:
    async def story(_: Centre, gateway: Gateway, desk: Desk) -> None:
        for first in range(1, 2001, 200):
            gateway.events(positions(first, first + 199))
        say(gateway, {"type": "alive", "n": 1})
        await until(lambda: desk.heard, "the signal")
        await gateway.receipted("bulk", 2000)

    play(broker, tmp_path, story)


def test_without_a_line_the_desk_is_told_at_once(broker: Mosquitto, tmp_path: Path) -> None:
    async def run() -> None:
        store_path = tmp_path / "office.sqlite"
        async with Centre(broker.port, store_path) as centre, served(centre, tmp_path / "r.sock") as desk:
            centre.receiver.rest_line.connection.cut("pulled")
            assert not await desk.centre.signal("gw-1", CALL, b'{"type":"bye","n":1,"reason":"office"}')
        assert not await desk.centre.signal("gw-1", CALL, b"{}")  # nobody serves there any more
        assert desk.ended or not desk.heard

    asyncio.run(run())


def test_a_receiver_that_ends_is_noticed_by_the_desk(broker: Mosquitto, tmp_path: Path) -> None:
    async def run() -> None:
        async with Centre(broker.port, tmp_path / "office.sqlite") as centre:
            api = Server(Api(centre.store, centre.receiver, dict).routes())
            await api.listen_unix(tmp_path / "r.sock")
            desk = Desk(tmp_path / "r.sock")
            listening = asyncio.create_task(desk.listen())
            await until(lambda: desk.begun, "the desk listens")
            await api.close()
            await until(lambda: desk.ended, "told")
            await listening

    asyncio.run(run())
