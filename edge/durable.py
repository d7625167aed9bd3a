"""Writing what must be on disk before it is acknowledged, also while the disk has trouble for a moment."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from typing import TypeVar

from sync.store import Entry, Store, StoreError, Write

log = logging.getLogger("linli.durable")

T = TypeVar("T")

AGAIN_S = 1.0
TIMES = 30
"""After this many seconds without a disk the message is given up: its sender repeats what we do not confirm."""


class NotStoredError(OSError):
    """The disk did not take it."""


class Durable:
    """Writes to the store and tries again."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def write(self, fn: Callable[[sqlite3.Connection], T], *, patient: bool = False) -> T:
        """Run `fn` in a transaction; its result once on disk. Raises NotStoredError; `patient`: never."""
        left = TIMES
        while True:
            try:
                return await self.store.transact(fn)
            except (StoreError, sqlite3.Error) as error:
                left -= 1
                if left <= 0 and not patient:
                    raise NotStoredError(str(error)) from error
            await asyncio.sleep(AGAIN_S)

    async def append(self, entries: Sequence[Entry], writes: Sequence[Write]) -> None:
        """Events and rows as one, on disk. Raises NotStoredError."""
        for left in range(TIMES, 0, -1):
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

            def told(error: BaseException | None, done: asyncio.Future[None] = done) -> None:
                if done.done():
                    return
                done.set_result(None) if error is None else done.set_exception(error)

            self.store.append(entries, told, writes)
            try:
                await done
            except (StoreError, sqlite3.Error) as error:
                if left == 1:
                    raise NotStoredError(str(error)) from error
                await asyncio.sleep(AGAIN_S)
            else:
                return
