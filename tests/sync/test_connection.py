"""A connection keeps trying whatever is outside, and says why it has none."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.addresses import is_from
from sync.mqtt import CONNECT_TIMEOUT_S, MOVED, MOVED_EVERY_S, Arrived, Broker, Connection, Tls
from sync.session import STEADY_S, Backoff
from tests.broker import Mosquitto


class Told:
    """A handler that keeps why there is no line."""

    def __init__(self) -> None:
        self.reasons: asyncio.Queue[str] = asyncio.Queue()

    def up(self, session_present: bool) -> None: ...  # noqa: FBT001 - the handler's shape

    def down(self, reason: str) -> None:
        self.reasons.put_nowait(reason)

    def arrived(self, message: Arrived) -> None: ...

    def puback(self, mid: int, code: int) -> None: ...


@pytest.mark.parametrize("written", [None, "", "-----BEGIN CERTIFICATE-----\nhalf of it"])
def test_a_certificate_that_cannot_be_read_is_told_and_tried_again(tmp_path: Path, written: str | None) -> None:
    ca = tmp_path / "ca.pem"
    if written is not None:
        ca.write_text(written)

    async def body() -> None:
        told = Told()
        connection = Connection(Broker("127.0.0.1", 1, "gw-1", tls=Tls(str(ca))), told)
        running = asyncio.create_task(connection.run())
        first = await asyncio.wait_for(told.reasons.get(), 5)
        assert str(ca) in first
        connection.broker = Broker("127.0.0.1", 1, "gw-1")  # as if the file had been mended
        connection.kick()
        assert "refused" in await asyncio.wait_for(told.reasons.get(), 5)
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(body())


def test_whoever_is_thrown_out_at_once_comes_back_more_slowly_and_never_later_than_two_seconds() -> None:
    backoff, now, waits = Backoff(random=lambda: 1.0), 0.0, []
    for _ in range(200):
        waits.append(backoff.next_s(now))
        now += waits[-1] + 0.1
        backoff.lost(0.1)
    assert waits[0] < 0.5
    assert waits[:5] == sorted(waits[:5])
    assert set(waits[5:]) == {2.0}


def test_after_a_steady_time_the_first_attempt_is_quick_again() -> None:
    backoff = Backoff(random=lambda: 1.0)
    for _ in range(10):
        backoff.next_s(0.0)
    backoff.lost(STEADY_S)
    assert backoff.next_s(100.0) < 0.5


class Deaf:
    """An address at which nobody answers, as one looks from a network that is gone: its queue is full."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.port: int = self._server.getsockname()[1]
        self._waiting = [socket.socket() for _ in range(4)]
        for one in self._waiting:
            one.settimeout(0)
            one.connect_ex(("127.0.0.1", self.port))

    def close(self) -> None:
        for one in (*self._waiting, self._server):
            one.close()


def test_an_attempt_from_an_address_that_is_gone_is_given_up_at_once() -> None:
    async def body() -> None:
        deaf, told, here = Deaf(), Told(), ["192.0.2.1"]
        connection = Connection(Broker("127.0.0.1", deaf.port, "gw-1"), told, (), lambda: frozenset(here))
        running = asyncio.create_task(connection.run())
        try:
            await asyncio.sleep(0.2)
            assert told.reasons.empty(), "somebody answered"
            connection.broker = Broker("127.0.0.1", 1, "gw-1")
            here[:] = ["192.0.2.2"]
            begun_s = time.monotonic()
            assert await asyncio.wait_for(told.reasons.get(), CONNECT_TIMEOUT_S) == MOVED
            assert "refused" in await asyncio.wait_for(told.reasons.get(), 5), "the next attempt begins at once"
            assert time.monotonic() - begun_s < CONNECT_TIMEOUT_S
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            deaf.close()

    asyncio.run(body())


@pytest.mark.parametrize(("host", "gone"), [("127.0.0.1", "127.0.0.1"), ("::1", "0" * 31 + "1")])
def test_a_connection_knows_the_address_it_was_made_from(host: str, gone: str) -> None:
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as server:
        assert is_from(server, frozenset({gone, "192.0.2.1"}))
        assert not is_from(server, frozenset({"192.0.2.1"}))
    assert not is_from(server, frozenset({gone})), "one that is closed is from nowhere"


def test_a_line_is_cut_when_its_address_is_gone_and_not_when_another_is(tmp_path: Path) -> None:
    async def body() -> None:
        here = {"127.0.0.1", "192.0.2.1"}
        with Mosquitto(tmp_path) as broker:
            told = Told()
            connection = Connection(Broker("127.0.0.1", broker.port, "gw-1"), told, (), lambda: frozenset(here))
            running = asyncio.create_task(connection.run())
            try:
                await until(lambda: connection.online)
                here.discard("192.0.2.1")
                await asyncio.sleep(2.5 * MOVED_EVERY_S)
                assert connection.online
                here.clear()
                assert await asyncio.wait_for(told.reasons.get(), 5) == MOVED
                await until(lambda: connection.online)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    asyncio.run(body())


async def until(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end_s
        await asyncio.sleep(0.02)
