"""One SQLite file, one thread that writes, group commit; some that read, one that moves the log to the file.

The only file of `office` that knows how transactions are run; what is in them are plain functions over a
connection. WAL with `synchronous=FULL`: what `done` was told of is on disk.

Two queues. Urgent work (alarms, a person's step) goes first, and a bulk group ends early when urgent work comes; a
bulk group is bounded by weight. Work whose group fails is run again alone, so that one bad piece never harms its
neighbours: work must be repeatable.

Moving the write-ahead log into the file (a checkpoint) syncs the file too: inside a commit it held alarms up for
hundreds of milliseconds. A third thread does it beside the writer; what it cannot keep up with is bounded by
`LOG_PAGES`.

Every sqlite3 step lets go of the interpreter's lock, and against a busy event loop each costs up to one switch
interval to get it back: `executemany` of single rows falls from 80,000 to 500 rows a second then. Write many rows in
one statement (`rows_at_once`).
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from office.schema import MIGRATIONS, Migration

log = logging.getLogger("linli.office.store")

GROUP_WEIGHT = 2000
"""Events in one bulk group: the longest an alarm can be kept waiting, about 20 ms here."""

CHECKPOINT_EVENTS = 4000
"""About 2 MB of log."""

LOG_PAGES = 16384
"""64 MB: here the writer itself waits for a checkpoint, and the log begins anew."""

BUSY_S = 10.0
"""A second receiver may share the file; its groups are short."""

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]
Done = Callable[[Any, BaseException | None], None]


class StoreError(RuntimeError):
    """The store cannot be used; the text says why and what to do. Nothing was touched."""


class StoreFailed(StoreError):  # noqa: N818 - reads as what happened
    """A transaction failed (disk full, file damaged, busy for too long). Nothing of it was kept; it may be repeated."""


class StoreClosed(StoreError):  # noqa: N818 - reads as the state it is
    """The store was closed before this work was done."""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Work
    done: Done
    weight: int


class Database:
    """Owns the file and its threads. `forget` is called when a group was rolled back: drop what you remember.

    `readers` threads share the queries, so that one long list does not hold up the others. `beside` are other files
    that queries may look into, each under its name (`name.table`); they are never written to.
    """

    def __init__(
        self,
        path: Path,
        forget: Callable[[], None] = lambda: None,
        *,
        readers: int = 1,
        beside: Mapping[str, Path] | None = None,
    ) -> None:
        self._path = path
        self._forget = forget
        self._readers = readers
        self._beside = beside or {}
        self._urgent: deque[_Job] = deque()
        self._bulk: deque[_Job] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._threads: list[threading.Thread] = []
        self._reads: deque[_Job] = deque()
        self._read_wake = threading.Condition()
        self._log_wake = threading.Event()
        self._log_weight = 0

    def open(self, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        """Make or open the file, bring it up to date and start; raises StoreError. Belongs to the running loop."""
        self._loop = asyncio.get_running_loop()
        for path in self._beside.values():
            if not path.exists():
                raise StoreError(f"{path} is not there; its own program makes it")
        conn = _connect(self._path)
        try:
            _migrate(conn, migrations, self._path)
            readers = [(self._read, self._reader()) for _ in range(self._readers)]
            mover = _connect(self._path)
        except BaseException:
            conn.close()
            raise
        for target, connection in ((self._write, conn), *readers, (self._checkpoint, mover)):
            name = f"office{target.__name__}"
            thread = threading.Thread(target=target, args=(connection,), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def _reader(self) -> sqlite3.Connection:
        conn = _connect(self._path)
        for name, path in self._beside.items():
            conn.execute(f"ATTACH ? AS {name}", (str(path),))
        conn.execute("PRAGMA query_only=ON")
        conn.text_factory = _readable
        return conn

    async def close(self) -> None:
        """Finish what is waiting and stop."""
        for condition in (self._wake, self._read_wake):
            with condition:
                self._closing = True
                condition.notify_all()
        self._log_wake.set()
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
        await asyncio.sleep(0)

    def submit(self, work: Work, done: Done, *, urgent: bool = False, weight: int = 1) -> None:
        """Run `work(conn)` in a group; after the commit `done(result, None)` is called on the loop, in order."""
        with self._wake:
            if self._closing:
                raise StoreClosed(f"{self._path} is closed")
            (self._urgent if urgent else self._bulk).append(_Job(work, done, weight))
            self._wake.notify()

    async def write(self, work: Callable[[sqlite3.Connection], T], *, urgent: bool = False) -> T:
        """The same, awaited."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.submit(work, _settle(future), urgent=urgent)
        return await future

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run a short query on the reading thread, on what is committed."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        with self._read_wake:
            if self._closing:
                raise StoreClosed(f"{self._path} is closed")
            self._reads.append(_Job(work, _settle(future), 1))
            self._read_wake.notify()
        return await future

    # --- the writing thread

    def _write(self, conn: sqlite3.Connection) -> None:
        while True:
            with self._wake:
                while not (self._urgent or self._bulk or self._closing):
                    self._wake.wait()
                if not (self._urgent or self._bulk):
                    break
            results = self._group(conn)
            self._tell(results)
            self._log_weight += sum(job.weight for job, _, _ in results)
            if self._log_weight >= CHECKPOINT_EVENTS:
                self._log_weight = 0
                self._log_wake.set()
        conn.close()

    def _group(self, conn: sqlite3.Connection) -> list[tuple[_Job, Any, BaseException | None]]:
        jobs: list[_Job] = []
        try:
            conn.execute("BEGIN IMMEDIATE")
            results = [(job, job.work(conn), None) for job in self._take(jobs)]
            conn.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it was, it goes to whoever asked for the work
            self._roll_back(conn)
            if not jobs:
                jobs.append((self._urgent or self._bulk).popleft())
            return [(jobs[0], None, _ours(error))] if len(jobs) == 1 else [self._alone(conn, job) for job in jobs]
        return list(results)

    def _alone(self, conn: sqlite3.Connection, job: _Job) -> tuple[_Job, Any, BaseException | None]:
        try:
            conn.execute("BEGIN IMMEDIATE")
            result = job.work(conn)
            conn.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - as above
            self._roll_back(conn)
            return job, None, _ours(error)
        return job, result, None

    def _take(self, jobs: list[_Job]) -> Iterator[_Job]:
        """Jobs of this group: all urgent ones, or bulk until the weight is reached or an urgent one comes."""
        urgent, weight = bool(self._urgent), 0
        queue = self._urgent if urgent else self._bulk
        while queue and weight < GROUP_WEIGHT and (urgent or not self._urgent):
            job = queue.popleft()
            weight += job.weight
            jobs.append(job)
            yield job

    def _roll_back(self, conn: sqlite3.Connection) -> None:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        self._forget()

    # --- the thread for the log

    def _checkpoint(self, conn: sqlite3.Connection) -> None:
        while not self._closing:
            self._log_wake.wait()
            self._log_wake.clear()
            with suppress(sqlite3.OperationalError):  # the log stays longer, no more; the writer meets a full disk
                conn.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        conn.close()

    # --- the reading thread

    def _read(self, conn: sqlite3.Connection) -> None:
        while True:
            with self._read_wake:
                while not (self._reads or self._closing):
                    self._read_wake.wait()
                if not self._reads:
                    break
                job = self._reads.popleft()
            try:
                self._tell([(job, job.work(conn), None)])
            except Exception as error:  # noqa: BLE001 - it goes to whoever asked
                self._tell([(job, None, _ours(error))])
        conn.close()

    def _tell(self, results: list[tuple[_Job, Any, BaseException | None]]) -> None:
        """Back on the loop, one wake-up for the whole group."""
        assert self._loop is not None
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(_call_all, results)


def make_ready(path: Path, migrations: Sequence[Migration]) -> None:
    """Make the file or bring it up to date, and close it again. Raises StoreError."""
    conn = _connect(path)
    try:
        _migrate(conn, migrations, path)
    finally:
        conn.close()


def _connect(path: Path) -> sqlite3.Connection:
    try:
        conn = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}") from None
    try:
        conn.execute("PRAGMA journal_mode=WAL")
        conn.execute("PRAGMA synchronous=FULL")
        conn.execute("PRAGMA foreign_keys=OFF")  # rows are written by this program alone; a check a row costs 10 %
        conn.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")
    except sqlite3.Error as error:
        conn.close()
        raise StoreError(f"{path}: {error}; nothing was changed, put a backup or an empty place there") from None
    conn.row_factory = sqlite3.Row
    return conn


_readable = partial(str, encoding="utf-8", errors="replace")
"""JSON may say half a character (`\\ud800`); what SQLite makes of it must not spoil the list that it stands in."""


def _migrate(conn: sqlite3.Connection, migrations: Sequence[Migration], path: Path) -> None:
    """Each step and the note that it ran share one transaction."""
    conn.execute("CREATE TABLE IF NOT EXISTS applied(name TEXT PRIMARY KEY, at TEXT DEFAULT CURRENT_TIMESTAMP)")
    applied = {row["name"] for row in conn.execute("SELECT name FROM applied")}
    unknown = sorted(applied - {name for name, _ in migrations})
    if unknown:
        raise StoreError(f"{path} was written by a newer version (it has {', '.join(unknown)}); nothing was changed")
    for name, script in migrations:
        if name in applied:
            continue
        note = f"INSERT INTO applied(name) VALUES ('{name}');"  # noqa: S608 - a name from our own source
        try:
            conn.executescript(f"BEGIN IMMEDIATE;{note}{script}COMMIT;")
        except sqlite3.IntegrityError:  # another receiver that starts at this moment was first
            conn.execute("ROLLBACK")


def _ours(error: Exception) -> Exception:
    if not isinstance(error, sqlite3.Error):
        return error
    failed = StoreFailed(str(error))
    failed.__cause__ = error
    return failed


def _call_all(results: list[tuple[_Job, Any, BaseException | None]]) -> None:
    for job, result, error in results:
        job.done(result, error)


def _settle(future: asyncio.Future[Any]) -> Done:
    def done(result: Any, error: BaseException | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)

    return done
