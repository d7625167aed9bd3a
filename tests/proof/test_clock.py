"""A clock ten years wrong: everything is stored, sent and kept in order, and says how far it can be believed."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

import pytest

from edge import config as configuration
from edge.clock import BUILD, GatewayClock
from edge.gateway import Gateway
from firmware_profiles.loader import load_profiles
from sync.contract import messages
from tests.proof.boxes import Box
from tests.proof.neighbours import Neighbour, Neighbourhood
from tests.proof.theatre import Theatre, until

TEN_YEARS = timedelta(days=3653)


class WrongClock:
    """A wall clock that is off until it is set, and the kernel's word on it."""

    def __init__(self, off: timedelta) -> None:
        self.off, self.synchronised = off, False

    def wall(self) -> datetime:
        return datetime.now(UTC) + self.off

    def set(self) -> None:
        """NTP came through."""
        self.off, self.synchronised = timedelta(0), True

    def made(self, last_saved: datetime | None = None) -> GatewayClock:
        return GatewayClock(last_saved, synchronised=lambda: self.synchronised, wall=self.wall)


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as theatre:
        theatre.start_broker()
        theatre.start_receiver()
        yield theatre
    shutil.rmtree(theatre.directory)


@pytest.mark.e2e
@pytest.mark.parametrize(("off", "trust"), [(-TEN_YEARS, "unset"), (TEN_YEARS, "floor")])
def test_a_clock_ten_years_wrong_costs_nothing(theatre: Theatre, off: timedelta, trust: str) -> None:
    wrong = WrongClock(off)
    box = Box(theatre, f"gw-{trust}")
    neighbours = box.devices(3)
    asyncio.run(life(box, wrong.made(), neighbours, lambda: None))
    assert {clock for _, clock, _ in arrived(theatre, box)} == {trust}

    later = box.devices(3)
    asyncio.run(life(box, wrong.made(), later, wrong.set))
    verdict = theatre.verdict(neighbours + later)
    assert verdict.faults() == (0, 0, 0, 0, 0), verdict
    events = arrived(theatre, box)
    assert {clock for _, clock, _ in events} == {trust, "trusted"}
    offsets = [data["offset_s"] for kind, _, data in events if kind == messages.CLOCK]
    assert len(offsets) == 1
    counted_from = BUILD if trust == "unset" else datetime.now(UTC) + off
    assert offsets[0] == pytest.approx((datetime.now(UTC) - counted_from).total_seconds(), abs=60)


async def life(box: Box, clock: GatewayClock, neighbours: list[Neighbour], meanwhile: Callable[[], None]) -> None:
    """One life of a gateway in this process: devices talk, something happens, devices talk."""
    gateway = Gateway(configuration.load(box.file), load_profiles([]), clock=clock)
    gateway.start()
    serving = asyncio.create_task(gateway.run())
    loop = asyncio.get_running_loop()

    def story() -> None:
        with Neighbourhood(neighbours) as hood:
            hood.say_more(10)
            meanwhile()
            loop.call_soon_threadsafe(clock.judge)
            hood.say_more(10)
            hood.finish()
        until(lambda: box.waiting() == 0, 20)

    try:
        await asyncio.to_thread(story)
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        await gateway.stop()


def arrived(theatre: Theatre, box: Box) -> list[tuple[str, str, dict[str, object]]]:
    """(type, clock, data) of every event of this gateway at the centre."""
    query = "SELECT e.type, e.clock, e.data FROM events e JOIN streams s ON s.id = e.stream WHERE s.gateway = ?"
    with closing(sqlite3.connect(f"file:{theatre.office_data / 'office.sqlite'}?mode=ro", uri=True)) as conn:
        return [(kind, clock, json.loads(data)) for kind, clock, data in conn.execute(query, (box.name,))]
