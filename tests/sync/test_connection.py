"""A connection keeps trying whatever is outside, and says why it has none."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sync.mqtt import Arrived, Broker, Connection, Tls
from sync.session import STEADY_S, Backoff


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
