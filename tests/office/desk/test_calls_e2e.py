"""Calls through the real programs: gateway, broker, receiver, desk; and a desk that is killed in the middle of one."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Self

import aiohttp
import pytest

from edge.demo.stage import Stage
from sync.contract.call import Reason
from sync.contract.call_signals import (
    Alive,
    Answer,
    Bye,
    Down,
    Granted,
    Heard,
    Hold,
    Offer,
    Queued,
    Renew,
    Ringing,
    Start,
    Up,
    write,
)
from sync.contract.envelope import replaced
from sync.unix_http import Stream, Unreachable, ask
from tests.office.desk.calling import ADDRESS, SDP, Clerk, new_id
from tests.office.desk.house import Client, until

pytestmark = pytest.mark.e2e
log = logging.getLogger(__name__)

PASSWORD = "seven dry lanterns on the hill"


class Engine:
    """A call engine on the gateway's local API, as another program."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.heard: dict[str, list[Down]] = {}
        self.at_s: dict[str, float] = {}
        self._ears: dict[str, Heard] = {}
        self._n: dict[str, int] = {}
        self._stream = Stream(socket, "/v1/calls")
        self._living: asyncio.Task[None] | None = None
        self._reading = asyncio.create_task(asyncio.to_thread(self._read))

    def _read(self) -> None:
        with suppress(Unreachable):
            for line in self._stream.lines():
                if line:
                    news = json.loads(line)
                    call = news["call"]
                    signal = self._ears.setdefault(call, Heard()).down(json.dumps(news["signal"]).encode())
                    assert signal is not None, "a number came twice"
                    self.at_s[call] = time.perf_counter()
                    self.heard.setdefault(call, []).append(signal)

    async def say(self, call: str, signal: Up) -> int:
        self._n[call] = self._n.get(call, 0) + 1
        payload = write(replaced(signal, n=self._n[call]))
        return (await asyncio.to_thread(ask, self.socket, "POST", f"/v1/calls/{call}", payload)).status

    def all(self, call: str, kind: type[Down]) -> list[Down]:
        return [signal for signal in self.heard.get(call, ()) if isinstance(signal, kind)]

    async def told(self, call: str, kind: type[Down]) -> Down:
        await until(lambda: self.all(call, kind), f"the kiosk hears {kind.__name__}")
        return self.all(call, kind)[-1]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._living is not None:
            self._living.cancel()
        self._stream.close()
        await self._reading

    async def reached(self) -> None:
        """The gateway has its line, and the desk listens."""
        for _ in range(100):
            call = new_id()
            if await self.say(call, Alive(n=0)) == 202:
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.5):
                        await self.told(call, Bye)
                        return
            await asyncio.sleep(0.05)
        raise AssertionError("the desk cannot be reached")

    def live(self, call: str) -> None:
        """Say every second that it receives on leg 1."""
        self._living = asyncio.create_task(self._live(call))

    async def _live(self, call: str) -> None:
        while True:
            await self.say(call, Alive(n=0, leg=1, media=True))
            await asyncio.sleep(1.0)


@asynccontextmanager
async def a_clerk(stage: Stage) -> AsyncIterator[Clerk]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        client = await Client(http, f"https://127.0.0.1:{stage.desk_port}").sign_in("duty1", PASSWORD)
        async with client.live() as socket:
            clerk = Clerk(client, socket)
            try:
                yield clerk
            finally:
                await clerk.leave()


async def talk(engine: Engine, clerk: Clerk, call: str) -> None:
    """A call rings, is taken, answered, and media flows."""
    await clerk.take_calls()
    assert await engine.say(call, Start(n=0, department="general")) == 202
    await engine.told(call, Ringing)
    await engine.say(call, Offer(n=0, leg=1, sdp=SDP))
    await until(lambda: clerk.rings(call), "it rings")
    taken = (await clerk.step(call, "take")).json
    await engine.told(call, Granted)
    leg = taken["leg"] or (await clerk.word("offer"))["leg"]
    assert (await clerk.step(call, "answer", leg=leg, sdp=SDP)).status == 202
    await engine.told(call, Answer)
    engine.live(call)
    await flows(clerk, call)


async def flows(clerk: Clerk, call: str) -> None:
    await clerk.say("call", do="alive", call=call, leg=1, media=True)
    await until(lambda: (clerk.call(call) or {}).get("state") == "connected", "connected")


def test_a_call_outlives_the_desk_program(short_tmp: Path) -> None:
    async def story(stage: Stage) -> None:
        call = new_id()
        async with Engine(stage.api_socket) as engine:
            async with a_clerk(stage) as clerk:
                await talk(engine, clerk, call)
                await asyncio.to_thread(stage.desk.kill)
            before = len(engine.heard[call])
            await asyncio.to_thread(stage.start_desk)
            async with a_clerk(stage) as again:
                await goes_on(again, call, clerk.key, engine, before)

    async def goes_on(again: Clerk, call: str, key: str, engine: Engine, before: int) -> None:
        await again.here()
        assert again.mine == [call]
        await again.say("calls", do="resume", key=key, audible=True, visible=True)
        back = await again.step(call, "resume", leg=1, media=True)
        assert back.status == 200, back.content
        await flows(again, call)
        assert not [s for s in engine.heard[call][before:] if isinstance(s, Renew | Bye | Queued | Ringing)]
        assert (await again.step(call, "hold", on=True)).status == 202
        await engine.told(call, Hold)
        assert (await again.step(call, "hang-up")).status == 202
        bye = await engine.told(call, Bye)
        assert isinstance(bye, Bye)
        assert bye.reason is Reason.OFFICE

    with on_stage(short_tmp) as stage:
        asyncio.run(story(stage))
        stage.broker.stop()  # it writes what it holds
        for file in short_tmp.rglob("*"):
            if file.is_file():
                assert ADDRESS.encode() not in file.read_bytes(), file


def test_an_answer_of_the_desk_is_at_the_kiosk_at_once(short_tmp: Path) -> None:
    async def story(stage: Stage) -> None:
        took = []
        async with Engine(stage.api_socket) as engine:
            await engine.reached()
            for _ in range(12):
                call, began = new_id(), time.perf_counter()
                await engine.say(call, Start(n=0, department="civil"))
                bye = await engine.told(call, Bye)
                assert isinstance(bye, Bye)
                assert bye.reason in (Reason.ABSENT, Reason.CLOSED)
                took.append((engine.at_s[call] - began) * 1000)
        log.warning("kiosk, desk, kiosk: median %.1f ms, worst %.1f ms", median(took), max(took))
        assert median(took) < 1000

    with on_stage(short_tmp) as stage:
        asyncio.run(story(stage))


def on_stage(folder: Path) -> Stage:
    stage = Stage(folder, [], desk=True)
    stage.start()
    stage.open_desk(PASSWORD, [])
    return stage
