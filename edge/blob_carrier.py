"""Carries files through the blob door: pictures up, content down; goes on where it broke off, and after a restart.

A picture's event goes into the outbox only after the centre has the picture; the file stays until that event's receipt.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from edge import blob_waiting
from edge.blob_door import BlobDoor, DoorError, DoorRefused
from edge.blob_waiting import Waiting
from edge.blobs import BlobStore
from sync.contract.lanes import Lane
from sync.store import Entry, Store, StoreError

log = logging.getLogger("linli.blobs")

BACK_OFF_S = (1.0, 60.0)
"""First and largest wait after a failure, with full jitter."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch."""

    sha256: str
    size: int


class BlobCarrier:
    """On the loop. `wanted` says what is missing here; `on_fetched` is told of each that came or cannot come."""

    def __init__(self, blobs: BlobStore, store: Store, door: BlobDoor | None, now: Callable[[], datetime]) -> None:
        self.trouble: str | None = None
        self.on_trouble: Callable[[str | None], None] = lambda _reason: None
        self.wanted: Callable[[], list[Wanted]] = list
        self.on_fetched: Callable[[str, str | None], None] = lambda _sha256, _reason: None
        self.on_given_up: Callable[[str, str], None] = lambda _sha256, _reason: None
        self._blobs, self._store, self._door, self._now = blobs, store, door, now
        self._waiting: dict[int, Waiting] = {}
        self._hopeless: set[str] = set()
        self._stuck = ""
        self._changes = 0
        self._news = asyncio.Event()
        self._failures = 0
        blobs.guards.append(lambda: {w.sha256 for w in self._waiting.values()})

    def open(self) -> None:
        """Read what waits. Before the ports open."""
        with closing(self._store.reader()) as conn:
            over = set(blob_waiting.receipted(conn))
            rows = blob_waiting.load(conn)
        self._waiting = {w.n: w for w in rows if w.n not in over}
        if over:
            self._store.append([], None, [partial(blob_waiting.remove, n=n) for n in over])

    def backlog(self) -> tuple[int, datetime | None]:
        """How many files the centre has not got, and since when the oldest waits."""
        unsent = [w for w in self._waiting.values() if w.seq is None]
        return len(unsent), min((w.since for w in unsent), default=None)

    async def send_later(self, sha256: str, lane: Lane | None = None, event: bytes | None = None) -> None:
        """Send it as soon as that is possible; on disk when this returns.

        `event`, an encoded `Unsequenced`, goes up in `lane` once the centre has the file. Raises StoreError.
        """
        if not self._blobs.has(sha256):
            raise KeyError(sha256)
        since = self._now()
        n = await self._store.transact(lambda conn: blob_waiting.add(conn, sha256, since, lane, event))
        self._waiting[n] = Waiting(n, sha256, since, lane, event)
        self.wake()

    def adopt(self, waiting: Sequence[Waiting]) -> None:
        """Rows that somebody else added in a transaction of theirs, and which is on disk."""
        self._waiting.update({one.n: one for one in waiting})
        self.wake()

    def received(self, era: int, lane: Lane, n: int) -> None:
        """The centre has the events 1..n of this lane: their files may go when room is needed."""
        over = [
            w.n for w in self._waiting.values() if w.era == era and w.lane is lane and w.seq is not None and w.seq <= n
        ]
        for number in over:
            del self._waiting[number]
        if over:
            self._store.append([], None, [partial(blob_waiting.remove, n=number) for number in over])
            self._blobs.tidy()

    def wake(self) -> None:
        """There is something to carry, or the line is back."""
        self._news.set()

    def retry(self) -> None:
        """Also what the centre did not have the last time: something has changed there."""
        self._changes += 1
        self._hopeless.clear()
        self.wake()

    async def run(self) -> None:
        """Carry until cancelled. Without a door nothing is carried, and everything is kept."""
        if self._door is None:
            return
        thread = ThreadPoolExecutor(1, "blobs")
        try:
            while True:
                self._news.clear()
                if not await self._round(thread, self._door):
                    self._door.rest()
                    await self._rest()
        finally:
            self._door.cut()
            thread.shutdown(wait=False, cancel_futures=True)

    async def _round(self, thread: ThreadPoolExecutor, door: BlobDoor) -> bool:
        """One file, pictures first; whether there was one and it went well."""
        up = next((w for w in self._waiting.values() if w.seq is None), None)
        down = self._next_down() if up is None else None
        try:
            if up is not None:
                await self._up(thread, door, up)
            elif down is not None:
                await self._down(thread, door, down)
        except (OSError, StoreError) as error:  # DoorError and BlobsFull are OSErrors
            self._failures += 1
            self._say(str(error))
            return False
        self._failures = 0
        self._say(None)
        return up is not None or down is not None

    def _next_down(self) -> Wanted | None:
        """The one that failed the last time is behind the others: they may well be whole."""
        open_ = [one for one in self.wanted() if one.sha256 not in self._hopeless]
        return min(open_, key=lambda one: one.sha256 == self._stuck, default=None)

    async def _up(self, thread: ThreadPoolExecutor, door: BlobDoor, one: Waiting) -> None:
        try:
            path = self._blobs.path(one.sha256)
            await asyncio.get_running_loop().run_in_executor(thread, door.upload, path, one.sha256)
        except (DoorRefused, KeyError, FileNotFoundError) as error:
            # its event would name a file that nobody will ever find, and says nothing else
            log.error("file %s is given up: %s", one.sha256[:12], error)  # noqa: TRY400 - an outside cause, said whole
            self.on_given_up(one.sha256, str(error))
            await self._forget(one)
            return
        await self._release(one)

    async def _release(self, one: Waiting) -> None:
        """The file is there: its event may go, and the note of that is in the same transaction."""
        if one.event is None or one.lane is None:
            await self._forget(one)
            return
        era, note = self._store.era, blob_waiting.place(one.n, self._store.era)
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        place = [0]

        def also(conn: sqlite3.Connection, seq: int) -> None:
            note(conn, seq)
            place[0] = seq

        def done(error: BaseException | None) -> None:
            if error is None:  # at once: the receipt may be next
                self._waiting[one.n] = Waiting(one.n, one.sha256, one.since, one.lane, None, era, place[0])
            if not stored.cancelled():
                stored.set_result(None) if error is None else stored.set_exception(error)

        self._store.append([Entry(one.lane, one.event, also=also)], done)
        await stored

    async def _forget(self, one: Waiting) -> None:
        await self._store.transact(lambda conn: blob_waiting.remove(conn, one.n))
        del self._waiting[one.n]
        self._blobs.tidy()

    async def _down(self, thread: ThreadPoolExecutor, door: BlobDoor, one: Wanted) -> None:
        self._blobs.make_room(one.size)
        part = self._blobs.part(one.sha256)
        begun, reason, changes, self._stuck = part.exists(), None, self._changes, one.sha256
        try:
            await asyncio.get_running_loop().run_in_executor(thread, door.download, part, one.sha256, one.size)
            if not await self._blobs.take_part(one.sha256):
                other = f"what came for {one.sha256[:12]} has another hash"
                # What lay here may have been wrong; what came whole is wrong there, and others must not wait behind it.
                raise DoorError(other) if begun else DoorRefused(other)
        except DoorRefused as error:
            if changes == self._changes:  # else it was asked for before something changed there
                self._hopeless.add(one.sha256)
            reason = str(error)
        self.on_fetched(one.sha256, reason)

    async def _rest(self) -> None:
        """Until there is news; after a failure for a while, and then again without any."""
        first, most = BACK_OFF_S
        wait = min(most, first * 2.0 ** min(self._failures, 10)) if self._failures else most
        wait = random.uniform(wait / 10, wait) if self._failures else wait  # noqa: S311 - spreads the load
        try:
            async with asyncio.timeout(wait):  # wait_for of Python 3.11 may swallow a cancellation
                await self._news.wait()
        except TimeoutError:
            self._hopeless.clear()

    def _say(self, reason: str | None) -> None:
        if reason != self.trouble:
            self.trouble = reason
            self.on_trouble(reason)
