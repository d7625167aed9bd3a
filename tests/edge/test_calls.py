"""Call signalling through the gateway: up by POST at once or not at all, down by a stream, kept and logged nowhere."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from edge.api import calling
from sync.fanout import Fanout
from sync.unix_http import Stream, Unreachable, ask
from tests.edge.at_the_socket import Box, at_the_socket
from tests.edge.way_down import until

CALL = "c0ffee0123456789"
SDP = "v=0\r\nc=IN IP4 192.0.2.77\r\n"


async def post(box: Box, call: str, body: bytes) -> tuple[int, Any]:
    answer = await asyncio.to_thread(ask, box.socket, "POST", f"/v1/calls/{call}", body)
    return answer.status, json.loads(answer.content or b"null")


class Listener:
    """A call engine's ear, on a thread as another program has it."""

    def __init__(self, socket: Path) -> None:
        self.lines: list[bytes] = []
        self.ended = False
        self.stream = Stream(socket, "/v1/calls")

    def read(self) -> None:
        with suppress(Unreachable):
            self.lines.extend(self.stream.lines())
        self.ended = True

    @property
    def signals(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines if line]


@asynccontextmanager
async def listening(box: Box) -> AsyncIterator[Listener]:
    listener = await asyncio.to_thread(Listener, box.socket)
    reading = asyncio.create_task(asyncio.to_thread(listener.read))
    try:
        await until(lambda: listener.lines, "the stream has begun")
        yield listener
    finally:
        listener.stream.close()
        await reading


def test_a_signal_goes_up_at_once_with_ten_seconds_to_live(tmp_path: Path) -> None:
    async def story() -> None:
        async with at_the_socket(tmp_path) as box:
            assert await post(box, CALL, b'{"type":"start","n":1}') == (202, None)
            topic, payload, how = box.way.wire.published[-1]
            assert (topic, payload) == (f"linli/v1/gw-1/up/call/{CALL}", b'{"type":"start","n":1}')
            assert how["expiry_s"] == 10
            assert not box.way.outbox()

    asyncio.run(story())


def test_without_a_line_the_engine_is_told_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with at_the_socket(tmp_path) as box:
            box.way.wire.online = False
            status, said = await post(box, CALL, b'{"type":"start","n":1}')
            assert (status, said["error"]) == (503, "offline")
            box.way.wire.online = True
            assert box.way.wire.published == [] or all("/call/" not in t for t, _, _ in box.way.wire.published)

    asyncio.run(story())


@pytest.mark.parametrize(("body", "status"), [(b"", 400), (b"x" * 65536, 202), (b"x" * 65537, 413)])
def test_a_signal_has_one_byte_to_64_kilobytes(tmp_path: Path, body: bytes, status: int) -> None:
    async def story() -> None:
        async with at_the_socket(tmp_path) as box:
            assert (await post(box, CALL, body))[0] == status

    asyncio.run(story())


def test_every_listener_hears_what_comes_down_in_order(tmp_path: Path) -> None:
    async def story() -> None:
        async with at_the_socket(tmp_path) as box, listening(box) as one, listening(box) as other:
            for n in range(50):
                box.way.send(f"call/{CALL}", {"type": "alive", "n": n})
            for listener in (one, other):
                await until(lambda heard=listener: len(heard.signals) == 50, "all signals")  # type: ignore[misc]
                assert [s["signal"]["n"] for s in listener.signals] == list(range(50))
                assert {s["call"] for s in listener.signals} == {CALL}

    asyncio.run(story())


def test_what_cannot_be_a_signal_is_refused_counted_and_acknowledged(tmp_path: Path) -> None:
    async def story() -> None:
        async with at_the_socket(tmp_path) as box, listening(box) as engine:
            mids = [
                box.way.send(f"call/{CALL}", {"type": "alive", "n": 1}, retain=True),
                box.way.send(f"call/{CALL}", b"[" + b" " * (64 * 1024) + b"]"),
                box.way.send(f"call/{CALL}", SDP.encode()),
                box.way.send(f"call/{CALL}/more", {"n": 1}),
                box.way.send("call/" + "x" * 65, {"n": 1}),
            ]
            box.way.send(f"call/{CALL}", {"type": "alive", "n": 2})
            await until(lambda: engine.signals, "the good one")
            assert [s["signal"]["n"] for s in engine.signals] == [2]
            assert set(mids) <= set(box.way.wire.settled)
            assert sum(box.way.notes().values()) == 5

    asyncio.run(story())


def test_a_listener_that_is_too_slow_is_let_go_and_misses_nothing_unknowingly(tmp_path: Path) -> None:
    async def story() -> None:
        async with at_the_socket(tmp_path) as box, listening(box) as slow:
            box.way.gateway.down.calls.down = Fanout(most_items=3)
            async with listening(box) as fresh:
                for n in range(9):  # more at once than its queue holds
                    box.way.send(f"call/{CALL}", {"type": "alive", "n": n})
                await until(lambda: fresh.ended, "it ends")
                assert fresh.signals == []
                assert box.way.gateway.down.calls.down.lost == 1
            async with listening(box) as again:
                box.way.send(f"call/{CALL}", {"type": "alive", "n": 10})
                await until(lambda: again.signals, "it listens again")
            assert not slow.ended

    asyncio.run(story())


def test_signals_are_in_no_log_and_in_no_live_stream(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def story() -> None:
        async with at_the_socket(tmp_path) as box, listening(box) as engine:
            watcher = box.way.gateway.local.live.watch()
            await post(box, CALL, json.dumps({"type": "offer", "n": 1, "leg": 1, "sdp": SDP}).encode())
            box.way.send(f"call/{CALL}", {"type": "answer", "n": 1, "leg": 1, "sdp": SDP})
            box.way.send(f"call/{CALL}", SDP.encode())
            await until(lambda: engine.signals, "the answer")
            assert engine.signals[0]["signal"]["sdp"] == SDP
            assert watcher.take() == (0, [])
            assert "192.0.2.77" not in json.dumps(await box.get("diagnose"))

    asyncio.run(story())
    assert "192.0.2.77" not in caplog.text


def test_there_are_only_so_many_listeners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "MAX_LISTENERS", 1)

    async def story() -> None:
        async with at_the_socket(tmp_path) as box, listening(box):
            assert (await asyncio.to_thread(ask, box.socket, "GET", "/v1/calls")).status == 503

    asyncio.run(story())
