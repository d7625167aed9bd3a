"""Receipts lost, repeated, of another life or for what was not sent: only a true one makes a gateway forget."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from office.store import Store as Office
from sync.contract import topics
from sync.contract.envelope import encode
from sync.contract.lanes import Lane
from sync.contract.messages import Receipt
from sync.link import Link
from sync.mqtt import Arrived, Broker, Connection, Tls
from sync.store import Row, Store
from tests.proof.judge import waiting
from tests.proof.neighbours import Neighbour, Neighbourhood
from tests.proof.theatre import Theatre, until
from tests.sync.stage import entry, put, rows

Says = Callable[[Receipt], list[bytes]]


class Centre:
    """Stores as the receiver does, with the receiver's own store; what it says of that is `says`."""

    def __init__(self, theatre: Theatre, says: Says) -> None:
        self.says = says
        self.receipts: list[Receipt] = []
        self._theatre = theatre
        self._office = Office(theatre.office_data / "office.sqlite", time.time)
        own = theatre.authority.client("centre")
        tls = Tls(str(theatre.authority.ca), str(own.cert), str(own.key))
        broker = Broker("127.0.0.1", theatre.centre_port, "centre-test", tls=tls)
        self._connection = Connection(broker, self, [("linli/v1/+/up/alarm", 1), ("linli/v1/+/up/events", 1)])

    async def run(self) -> None:
        """Until cancelled."""
        self._theatre.office_data.mkdir(exist_ok=True)
        self._office.open()
        try:
            await self._connection.run()
        finally:
            await self._office.close()

    def up(self, session_present: bool) -> None: ...  # noqa: FBT001

    def down(self, reason: str) -> None: ...

    def puback(self, mid: int, code: int) -> None: ...

    def arrived(self, message: Arrived) -> None:
        gateway = topics.gateway_of(message.topic)
        assert gateway is not None

        def done(receipts: list[Receipt], error: BaseException | None) -> None:
            assert error is None
            self.receipts += receipts
            self._connection.settle(message)
            for said in (said for receipt in receipts for said in self.says(receipt)):
                self._connection.publish(topics.down_receipt(gateway), said)

        self._office.take(gateway, message.topic, message.payload, done, urgent=True)


def honest(receipt: Receipt) -> list[bytes]:
    return [encode(receipt)]


def again_and_again(receipt: Receipt) -> list[bytes]:
    """Each three times, with older ones among them."""
    older = [encode(Receipt(receipt.epoch, receipt.lane, max(0, receipt.n - back))) for back in (0, 1, 5)]
    return [*older, encode(receipt), *older]


def false(receipt: Receipt) -> list[bytes]:
    """Of another life, of no lane, above what was sent, and no receipt at all."""
    return [
        encode(Receipt(str(uuid.uuid4()), receipt.lane, receipt.n)),
        encode(Receipt(receipt.epoch, "express", receipt.n)),
        encode(Receipt(receipt.epoch, receipt.lane, receipt.n + 100_000)),
        encode(Receipt(receipt.epoch, receipt.lane, 1 << 62)),
        b"",
        b'{"epoch": 7}',
    ]


@pytest.fixture
def stage() -> Iterator[Theatre]:
    """A broker and a gateway; the centre is the test's."""
    with Theatre() as theatre:
        theatre.start_broker()
        theatre.rise()
        yield theatre


async def listening(theatre: Theatre, says: Says, story: Callable[[Centre], object]) -> None:
    """The centre works while the story is told in a thread."""
    centre = Centre(theatre, says)
    serving = asyncio.create_task(centre.run())
    try:
        await asyncio.to_thread(story, centre)
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


def last(receipts: list[Receipt]) -> list[Receipt]:
    """The newest of each lane."""
    return list({r.lane: r for r in receipts}.values())


def judged(theatre: Theatre, neighbours: list[Neighbour]) -> None:
    theatre.delivered()
    verdict = theatre.verdict(neighbours)
    assert verdict.faults() == (0, 0, 0, 0, 0), verdict


@pytest.mark.e2e
def test_false_receipts_are_refused_and_noted_and_forget_nothing(stage: Theatre) -> None:
    neighbours = stage.some()

    def story(centre: Centre) -> None:
        with Neighbourhood(neighbours) as hood:
            hood.say_more(20)
            hood.finish()
            log = stage.gateway.log
            for refused in ("of another epoch or lane refused", "above what was sent refused", "not understood"):
                until(lambda refused=refused: refused in log.read_text("utf-8"), 10)  # type: ignore[misc]
            until(lambda: sum(r.n for r in last(centre.receipts)) >= sum(len(n.said) for n in neighbours), 10)
            assert waiting(stage.gateway_data) >= sum(len(n.said) for n in neighbours)
            centre.says = honest
            more = stage.some()
            with Neighbourhood(more) as others:
                others.say_more(5)
                others.finish()
            judged(stage, [*neighbours, *more])

    asyncio.run(listening(stage, false, story))


@pytest.mark.e2e
def test_repeated_and_older_receipts_change_nothing(stage: Theatre) -> None:
    neighbours = stage.some()

    def story(_centre: Centre) -> None:
        with Neighbourhood(neighbours) as hood:
            hood.say_more(30)
            hood.finish()
        judged(stage, neighbours)

    asyncio.run(listening(stage, again_and_again, story))


@pytest.mark.e2e
def test_what_is_not_receipted_in_ten_seconds_is_sent_again_and_stored_once(stage: Theatre) -> None:
    neighbours = stage.some()
    deaf_until = time.monotonic() + 3.0

    def lost_at_first(receipt: Receipt) -> list[bytes]:
        return honest(receipt) if time.monotonic() > deaf_until else []

    def story(centre: Centre) -> None:
        with Neighbourhood(neighbours) as hood:
            hood.say_more(10)
            hood.finish()
        assert waiting(stage.gateway_data) > 0, "receipts were lost and rows forgotten"
        judged(stage, neighbours)
        assert len(centre.receipts) > len({(r.lane, r.n) for r in centre.receipts}), "nothing was sent again"

    asyncio.run(listening(stage, lost_at_first, story))


def test_after_a_start_a_receipt_for_what_was_not_sent_yet_is_refused(tmp_path: Path) -> None:
    async def story() -> None:
        store = Store(tmp_path / "s.db", lambda: "epoch-1")
        store.start()
        await put(store, *(entry(n) for n in range(10)))
        await store.stop()
        store = Store(tmp_path / "s.db", lambda: "epoch-2")
        store.start()
        noted = Noted()
        link = Link(store, "gw-1", Broker("127.0.0.1", 1, "gw-1"), noted, custody="receipt")
        serving = asyncio.create_task(link.run())
        await asyncio.sleep(0)
        link.arrived(
            Arrived(topics.down_receipt("gw-1"), encode(Receipt("epoch-1", "bulk", 10)), 0, retain=False, mid=1)
        )
        await put(store, entry(10))
        assert len(rows(store, Lane.BULK)) == 11
        assert noted.reasons == ["receipt above what was sent refused: bulk 10"]
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        await store.stop()

    asyncio.run(story())


class Noted:
    """A `LinkEvents` that keeps what is noted."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.noted = self.reasons.append

    def line_up(self) -> None: ...

    def line_down(self, reason: str) -> None: ...

    def at_broker(self, era: int, lane: Lane, seqs: range) -> None: ...

    def received(self, era: int, lane: Lane, n: int) -> None: ...

    def refused(self, era: int, lane: Lane, row: Row, code: int) -> None: ...

    def hindered(self, reason: str | None) -> None: ...

    def arrived(self, message: Arrived) -> None: ...
