"""A gateway's store before the gateway runs: with devices registered as an installer would, or with events waiting."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from drivers.model import Event, Instant, Kind
from edge import registry
from edge.addresses import normal_address
from edge.device import Rules
from edge.gateway import MIGRATIONS
from edge.mapper import Identity, Mapper
from firmware_profiles.loader import load_profiles
from sync.contract.identity import Uuid7
from sync.store import Entry, Store
from tests.bench.devices import DOORS, GATEWAY, Row, all_devices

GROUP = 1000
SECOND = timedelta(milliseconds=10)


def register(data: Path, devices: Sequence[Row]) -> None:
    """Make the store in this directory and register the devices in it."""
    asyncio.run(_in_store(data, _registrar(devices), 0))


def write_backlog(data: Path, count: int) -> None:
    """The same with `count` door events in the outbox, as they are when the line was away."""
    asyncio.run(_in_store(data, _registrar(all_devices()), count))


def _registrar(devices: Sequence[Row]) -> Callable[[sqlite3.Connection], None]:
    rules = Rules({profile.id: profile.driver for profile in load_profiles().values()}, normal_address)
    at = datetime.now(UTC)

    def put(conn: sqlite3.Connection) -> None:
        for row in devices:
            registry.put(conn, row, rules, at)

    return put


async def _in_store(data: Path, put: Callable[[sqlite3.Connection], None], count: int) -> None:
    store = Store(data / "linli.db", lambda: str(uuid.uuid4()), MIGRATIONS)
    store.start()
    try:
        await store.transact(put)
        mapper = Mapper(GATEWAY, 1, Uuid7(), lambda: "trusted")
        began = datetime.now(UTC) - SECOND * count
        for first in range(0, count, GROUP):
            entries = [_entry(mapper, n, began) for n in range(first, min(first + GROUP, count))]
            store.append(entries, None)
            await store.transact(lambda _conn: None)
    finally:
        await store.stop()


def _entry(mapper: Mapper, n: int, began: datetime) -> Entry:
    door = DOORS[n % len(DOORS)]
    at = began + SECOND * n
    event = Event(kind=Kind.CONTACT, device=door, time=at, open=bool(n & 1), attributes={"battery": 97})
    lane, body = mapper.event(event, Identity(door, "z2m-contact"), Instant(at, n / 100))
    return Entry(lane, body)
