"""A store on disk and what the tests put into it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from pathlib import Path

from sync.contract.lanes import Lane
from sync.store import Entry, Store
from sync.store.outbox import Row, Track, read
from sync.store.schema import Migration

BODY = b'{"id":"%d","source":"/gw-1/d","type":"linli.position.v1","time":"2026-08-20T00:15:00Z","data":{}}'


def entry(n: int = 0, lane: Lane = Lane.BULK, key: int | None = None) -> Entry:
    """An event that says its number."""
    return Entry(lane, BODY % n, key, lane is Lane.ALARM)


def open_store(path: Path, migrations: Sequence[Migration] = ()) -> Store:
    """A started store; call on a running loop."""
    store = Store(path, lambda: str(uuid.uuid4()), migrations)
    store.start()
    return store


async def put(store: Store, *entries: Entry) -> BaseException | None:
    """Hand over, and wait until the store has said what became of it."""
    told: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
    store.append(entries, told.set_result)
    return await told


def rows(store: Store, lane: Lane, after: int = 0) -> list[Row]:
    """What waits in a lane of the current epoch."""
    reader = store.reader()
    try:
        return read(reader, Track(store.era, store.epoch, lane, 0, 0), after, 1_000_000, 1 << 30)
    finally:
        reader.close()
