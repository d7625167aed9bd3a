"""The link under a broker and a centre that do not do what is hoped for: bounded, in order, alarms first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from sync import link as link_module
from sync.contract import topics
from sync.contract.envelope import decode_batch, encode
from sync.contract.lanes import Lane
from sync.contract.messages import Receipt
from sync.link import Link
from sync.mqtt import Arrived, Broker, Connection
from sync.store import Row, Store
from tests.sync.stage import entry, open_store, put


@dataclass
class Line:
    """Stands where the connection is: what was published, and what of it is acknowledged."""

    online: bool = True
    receive_maximum: int = 1000
    maximum_packet_size: int = 1 << 20
    published: list[tuple[str, list[int]]] = field(default_factory=list)
    unacked: set[int] = field(default_factory=set)

    @property
    def in_flight(self) -> int:
        return len(self.unacked)

    def publish(self, topic: str, payload: bytes, **_how: Any) -> int:
        self.published.append((topic, [int(event.sequence) for event in decode_batch(payload)]))
        self.unacked.add(len(self.published))
        return len(self.published)

    def settle(self, message: Arrived) -> None: ...

    async def run(self) -> None:
        await asyncio.Event().wait()

    def sent(self, topic: str) -> list[int]:
        return [n for at, sequences in self.published if at == topic for n in sequences]


class Ears:
    """An owner that only listens."""

    def line_up(self) -> None: ...
    def line_down(self, reason: str) -> None: ...
    def at_broker(self, era: int, lane: Lane, seqs: range) -> None: ...
    def received(self, era: int, lane: Lane, n: int) -> None: ...
    def refused(self, era: int, lane: Lane, row: Row, code: int) -> None: ...
    def hindered(self, reason: str | None) -> None: ...
    def arrived(self, message: Arrived) -> None: ...
    def noted(self, reason: str) -> None: ...


ALARM, EVENTS = topics.up_alarm("gw-1"), topics.up_events("gw-1")

Story = Callable[[Link, Line, Store], Awaitable[None]]


def linked(folder: Path, line: Line, story: Story, stored: Sequence[tuple[Lane, int]] = ()) -> None:
    """Run a story on a link whose line is up."""

    async def play() -> None:
        store = open_store(folder / "s.db")
        for lane, count in stored:
            await put(store, *(entry(n, lane) for n in range(count)))
        link = Link(store, "gw-1", Broker("127.0.0.1", 1, "gw-1"), Ears(), custody="receipt")
        link.connection = cast("Connection", line)
        store.on_stored = link.wake
        serving = asyncio.create_task(link.run())
        await asyncio.sleep(0)
        link.up(session_present=False)
        try:
            await story(link, line, store)
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving
            await store.stop()

    asyncio.run(play())


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def receipted(link: Link, store: Store, lane: Lane, n: int) -> None:
    body = encode(Receipt(store.epoch, lane.label, n))
    link.arrived(Arrived(topics.down_receipt("gw-1"), body, 0, retain=False, mid=0))


def test_what_is_sent_again_still_counts_for_the_receive_maximum(tmp_path: Path) -> None:
    async def story(link: Link, line: Line, _store: Store) -> None:
        await turns()
        for _ in range(5):
            link.resend(Lane.BULK)
            await turns()
        assert 0 < line.in_flight < line.receive_maximum

    linked(tmp_path, Line(receive_maximum=8, maximum_packet_size=2048), story, [(Lane.BULK, 2000)])


def test_bulk_leaves_the_alarm_a_place_in_the_receive_maximum(tmp_path: Path) -> None:
    async def story(link: Link, line: Line, store: Store) -> None:
        await turns()
        assert not line.sent(ALARM)
        before = line.in_flight
        assert await put(store, entry(1, Lane.ALARM)) is None
        await turns()
        assert line.sent(ALARM) == [1]
        assert before < line.in_flight <= line.receive_maximum
        known = len(line.published)
        for mid in sorted(line.unacked)[:5]:
            line.unacked.discard(mid)
            link.puback(mid, 0)
        await turns()
        assert len(line.published) > known, "a PUBACK makes room, without a receipt"

    linked(tmp_path, Line(receive_maximum=20, maximum_packet_size=2048), story, [(Lane.BULK, 5000)])


def test_who_sends_no_receipts_is_not_flooded_and_other_lanes_keep_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "RECEIPT_S", 0.05)
    monkeypatch.setattr(link_module, "WATCH_S", 0.01)

    async def story(link: Link, line: Line, store: Store) -> None:
        await turns()
        first = len(line.sent(EVENTS))
        assert first > 300, "the window is full"
        await asyncio.sleep(1.0)  # patience has run out twenty times by then
        again = len(line.sent(EVENTS)) - first
        assert 0 < again < 10 * link_module.FIRST_BATCH, "the window was sent again and again"
        assert await put(store, entry(7, Lane.STATE)) is None
        await turns()
        assert (EVENTS, [1]) in line.published[-2:], "the state lane waits behind a lane nobody receipts"
        receipted(link, store, Lane.BULK, link_module.FIRST_BATCH)
        await turns()
        # after a second without a word the line counts as slow: the smallest window, but more than the probes
        assert len(line.sent(EVENTS)) - first - again > 2 * link_module.FIRST_BATCH, "a receipt opens it again"

    linked(tmp_path, Line(), story, [(Lane.BULK, 5000)])
