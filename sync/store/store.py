"""The store: one file, one thread, and the outbox in it as the only queue.

The loop hands over groups; the thread writes everything that is there in one transaction and reports back once.
While a commit runs the next group gathers by itself. Groups without an alarm are at least
`GATHER_S` apart under load, so that bursts share a commit; a group with an alarm leaves at once and takes
everything before it along. So an alarm waits for one commit that runs, and for its own.
"""

from __future__ import annotations

import asyncio
import logging
import math
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

from sync.contract.lanes import Lane
from sync.contract.messages import Range
from sync.failpoint import reach
from sync.store import outbox
from sync.store.file import Lock, Reserve, StoreError, connect, is_corrupt, open_file
from sync.store.job import Append, Call, Done, Group, Job, Outcome, Receipts, Write, note
from sync.store.log import Mover, move
from sync.store.outbox import Entry
from sync.store.salvage import Connect, Salvage, suspect
from sync.store.schema import BASE, Migration
from sync.store.trouble import Trouble

log = logging.getLogger("linli.store")

T = TypeVar("T")

GATHER_S = 0.01
LATER_S = 0.2
"""What nobody waits for waits so long for company: a commit less is one less that stands before an alarm."""

FORGET_EVERY_S, FORGET_ROWS = 1.0, 2000
FORGET_SOON_S, FORGET_LATE_S, FEW_ROWS = 0.2, 2.0, 16
"""Receipts go along with the next group once a second, or when they free this many rows. Without a group they go soon;
a few rows may wait longer for the next insert, with which deleting them writes no page more. A crash before it costs
a repeat, never a loss."""

TRIM_EVERY = 8192


class Store:
    """Open with `start`, close with `stop`; everything else only between the two, on the loop that started it."""

    def __init__(
        self,
        path: Path,
        epoch: Callable[[], str],
        migrations: Sequence[Migration] = (),
        *,
        stamp: str = "set-aside",
        opener: Connect = connect,
    ) -> None:
        self.path = path
        self.salvage: Salvage | None = None
        self.era = 0
        self.epoch = ""
        self.newest: dict[Lane, int] = dict.fromkeys(Lane, 0)
        self.waiting: dict[Lane, tuple[int, int]] = dict.fromkeys(Lane, (0, 0))
        self.pending = 0
        self.keep_keys = (4096, 16384)
        self._keys_since_trim = 0
        self._failures = self._failures_told = 0
        self.reserve = Reserve(path.with_name(path.name + ".reserve"))
        self.on_stored: Callable[[], None] = lambda: None
        self.on_corrupt: Callable[[str], None] = lambda _reason: None
        """The file is damaged: nothing more comes out of it, or into it, before a start has salvaged it."""
        self._new_epoch, self._steps, self._stamp, self._opener = epoch, [*BASE, *migrations], stamp, opener
        self._queue: SimpleQueue[Group | Call | None] = SimpleQueue()
        self._gather = Group()
        self._timer: asyncio.TimerHandle | None = None
        self.on_fault: Callable[[str | None], None] = lambda _reason: None
        self.trouble = Trouble(lambda reason: _call(self.on_fault, reason))
        self._corrupt = False
        self._mover = Mover(path.with_name(path.name + "-wal"), lambda: opener(str(path)), self._log_moved)
        self._last_flush = 0.0
        self._receipt_timer: asyncio.TimerHandle | None = None
        self._receipts: Receipts = {}
        self._receipted: Receipts = {}
        self._owed_rows = 0
        self._forgot_at = 0.0

    # --- life

    def start(self) -> None:
        """Open the file and start the thread. Raises StoreError (StoreLocked, ...) and touches nothing then."""
        self._loop = asyncio.get_running_loop()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = Lock(self.path)
        try:
            self._conn, self.salvage = open_file(self.path, self._steps, self._new_epoch, self._stamp, self._opener)
        except BaseException:
            self._lock.release()
            raise
        current = outbox.tracks(self._conn)[-1]
        self.era, self.epoch = current.era, current.epoch
        self.newest = {t.lane: t.next - 1 for t in outbox.tracks(self._conn) if t.era == self.era}
        self.waiting = outbox.waiting(self._conn)
        self.reserve.keep()
        self._thread = threading.Thread(target=self._work, name="storage", daemon=True)
        self._mover.start()
        self._thread.start()

    @property
    def fault(self) -> str | None:
        """Why nothing is stored now."""
        return self.trouble.reason

    async def stop(self) -> None:
        """Write what was handed over, then close."""
        self._forget()
        self._queue.put(None)
        await self._loop.run_in_executor(None, self._ended)
        self.trouble.forget()
        self._conn.close()
        self._lock.release()

    def _ended(self) -> None:
        self._mover.stop()
        self._thread.join()

    def damaged_by(self, errors: BaseException) -> bool:
        """Whether a reader fell over damage in the file; then the next start salvages it."""
        found = errors.subgroup(is_corrupt) if isinstance(errors, BaseExceptionGroup) else is_corrupt(errors)
        if found:
            suspect(self.path, repr(errors))
        return bool(found)

    def reader(self) -> sqlite3.Connection:
        """A read-only connection for short reads on the caller's thread."""
        conn = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
        conn.execute("PRAGMA query_only = 1")
        conn.execute("PRAGMA cache_size = -512")
        return conn

    # --- on the loop

    def append(
        self,
        entries: Sequence[Entry],
        done: Done | None,
        writes: Sequence[Write] = (),
        *,
        relies: bool = False,
        later: bool = False,
    ) -> None:
        """Hand over events that belong together; `done` is called once they, and all before them, are on disk.

        What was handed over before and fails does not stop them, unless this `relies` on it (it repeats it, or counts
        on for it): then it fails, too. With `later` nobody waits for it, and it waits for company.
        """
        append = Append(entries, done, writes, self._failures_told if relies else None, later)
        self._gather.appends.append(append)
        self.pending += append.weight()
        if append.urgent():
            self._flush()
        else:
            self._flush_at(self._loop.time() + LATER_S if later else self._last_flush + GATHER_S)

    def _flush_at(self, when: float) -> None:
        if self._timer is not None:
            if self._timer.when() <= when:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(when, self._flush)

    async def transact(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Run `fn` in the thread's next transaction, after everything handed over before; its result once on disk."""
        future: asyncio.Future[object] = self._loop.create_future()
        self._flush()
        self._queue.put(Call(fn, future))
        return await future  # type: ignore[return-value]

    async def lose(
        self,
        pick: Callable[[sqlite3.Connection], Sequence[tuple[int, Lane, int]]],
        tell: Callable[[str, list[Range]], Entry],
    ) -> int:
        """Give up rows on purpose, and write the loss event that lists them, in one transaction.

        `pick` chooses (era, lane, sequence); `tell(epoch, ranges)` makes the event. The number of rows given up.
        """

        def fn(conn: sqlite3.Connection) -> tuple[int, dict[Lane, int], list[tuple[Lane, int]]]:
            chosen = pick(conn)
            count, gone, entries = 0, [], []
            for era, lane in dict.fromkeys((e, lane) for e, lane, _ in chosen):
                ranges = outbox.give_up(conn, era, lane, [n for e, which, n in chosen if (e, which) == (era, lane)])
                lost = sum(r.last - r.first + 1 for r in ranges)
                count += lost
                gone.append((lane, lost))
                if lost:
                    entries.append(tell(outbox.epoch_of(conn, era), ranges))
            return count, outbox.append(conn, self.era, self.epoch, entries), gone

        count, moved, gone = await self.transact(fn)
        self.newest.update(moved)
        self._count([], gone)
        if moved:
            self.on_stored()
        return count

    def receipt(self, era: int, lane: Lane, n: int) -> None:
        """The centre has 1..n: forget them, soon. A crash before that costs a repeat, never a loss."""
        place = (era, lane)
        self._owed_rows += max(0, n - self._receipted.get(place, 0))
        self._receipted[place] = max(n, self._receipted.get(place, 0))
        note(self._receipts, era, lane, n)
        if self.fault is not None or self._owed_rows >= FORGET_ROWS:
            self._forget()
        else:
            self._forget_within(FORGET_LATE_S if self._owed_rows <= FEW_ROWS else FORGET_SOON_S)

    def _owe_again(self, receipts: Receipts) -> None:
        """The disk did not take these: not at once again, that would be a loop."""
        for (era, lane), n in receipts.items():
            note(self._receipts, era, lane, n)
        if receipts:
            self._forget_within(FORGET_EVERY_S)

    def _forget_within(self, seconds: float) -> None:
        timer = self._receipt_timer
        if timer is None or timer.when() > self._loop.time() + seconds:
            if timer is not None:
                timer.cancel()
            self._receipt_timer = self._loop.call_later(seconds, self._forget)

    def _forget(self) -> None:
        if self._receipt_timer is not None:
            self._receipt_timer.cancel()
            self._receipt_timer = None
        self._forgot_at = -math.inf
        self._flush()

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = self._loop.time()
        group, self._gather = self._gather, Group()
        if self._receipts and now - self._forgot_at >= FORGET_EVERY_S:
            group.receipts, self._receipts = self._receipts, {}
            group.owed, self._owed_rows, self._forgot_at = self._owed_rows, 0, now
            if self._receipt_timer is not None:
                self._receipt_timer.cancel()
                self._receipt_timer = None
        if group.appends or group.receipts:
            self._last_flush = now
            reach("before-commit")
            self._queue.put(group)

    # --- on the storage thread

    def _work(self) -> None:
        stop, later = False, None
        while not stop or later:
            job, end = self._pick(later)
            stop = stop or end
            later = job.put_off() if later is None else None  # once: alarm after alarm must not fill the disk
            self._turn(job)
            self._mover.worked(self._conn, alarm=job.urgent())
        self._turn(Job())
        with suppress(sqlite3.Error):
            self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _pick(self, later: Job | None) -> tuple[Job, bool]:
        """Everything that is there now, with what was put off; the flag says that the end of work was among it."""
        job = later or Job()
        try:
            item = self._queue.get(block=later is None)
            while item is not None:
                job.take(item)
                item = self._queue.get_nowait()
        except Empty:
            return job, False
        return job, True

    def _turn(self, job: Job) -> None:
        """One transaction for everything; when the disk is full, the reserve is freed.

        It is for what holds an alarm, and for receipts, because they make room.
        """
        self._drop_stale(job)
        try:
            outcome = self._commit(job)
        except Exception as error:  # noqa: BLE001 - this thread is the only one: whatever it was, it must go on
            self._roll_back()
            if is_corrupt(error):
                self._condemn(str(error))
            elif not _of_the_disk(error):
                self._alone(job, error)
                return
            nothing = job.let_go()
            urgent = Job([a for a in job.appends if a.urgent()], job.receipts)
            rest = Job([a for a in job.appends if not a.urgent()], {}, job.calls)
            if (urgent.appends or urgent.receipts) and not self._corrupt and self.reserve.free():
                self._failures += bool(rest.appends)  # known before what may rely on it is tried
                self._loop.call_soon_threadsafe(self.trouble.failed, str(error))
                self._turn(urgent)
                move(self._conn)
                self.reserve.keep()  # what is left of it, before anything else takes it
            else:
                rest = job
                self._failures += bool(rest.appends)
            if rest.appends or rest.calls or rest.receipts:
                self._post(rest, Outcome(), StoreError(str(error)))
            if nothing.appends:
                self._post(nothing, Outcome(), None, of_the_disk=False)
        else:
            self._post(job, outcome, None)

    def _drop_stale(self, job: Job) -> None:
        """What relies on something that failed, and was handed over before that was told, fails with it."""
        stale = [a for a in job.appends if a.stale(self._failures)]
        if stale:
            job.appends = [a for a in job.appends if not a.stale(self._failures)]
            error = StoreError("not stored: what it repeats was not stored")
            self._post(Job(stale), Outcome(), error, of_the_disk=False)

    def _alone(self, job: Job, error: Exception) -> None:
        """Something in it can never be written. Each by itself, in order, so that it harms none of the others."""
        pieces = [Job([append]) for append in job.appends]
        if job.receipts or job.calls:
            pieces.append(Job([], job.receipts, job.calls))
        if len(pieces) > 1:
            for piece in pieces:
                self._turn(piece)
        else:
            log.error("cannot be written: %r", error)
            self._failures += bool(job.appends)
            self._post(job, Outcome(), StoreError(repr(error)), of_the_disk=False)

    def _commit(self, job: Job) -> Outcome:
        """Calls run after the groups handed over before them, each in its own savepoint."""
        entries = [e for a in job.appends for e in a.entries]
        outcome = Outcome()
        self._conn.execute("BEGIN IMMEDIATE")
        if entries:
            outcome.moved = outbox.append(self._conn, self.era, self.epoch, entries)
        for write in (w for a in job.appends for w in a.writes):
            write(self._conn)
        if entries:
            self._trim(sum(e.key is not None for e in entries), job)
        for (era, lane), n in job.receipts.items():
            outcome.gone.append((lane, outbox.forget(self._conn, era, lane, n)))
        outcome.answers = [(call, *_savepoint(self._conn, call.fn)) for call in job.calls]
        reach("in-transaction")
        if job.receipts:
            reach("forgetting")
        self._conn.execute("COMMIT")
        reach("after-commit")
        if job.receipts:
            reach("forgotten")
        return outcome

    def _trim(self, keys: int, job: Job) -> None:
        self._keys_since_trim += keys
        if self._keys_since_trim >= (2 * TRIM_EVERY if job.urgent() else TRIM_EVERY):
            self._keys_since_trim = 0
            outbox.trim_seen(self._conn, *self.keep_keys)

    def _roll_back(self) -> None:
        if self._conn.in_transaction:
            with suppress(sqlite3.Error):
                self._conn.execute("ROLLBACK")

    def _post(self, job: Job, outcome: Outcome, error: StoreError | None, *, of_the_disk: bool = True) -> None:
        """Report on the loop, in the order things were handed over."""
        failures = self._failures

        def on_loop() -> None:
            self.pending -= sum(a.weight() for a in job.appends)
            self._failures_told = failures
            self.newest.update(outcome.moved)
            if of_the_disk and error is not None:
                self.trouble.failed(str(error))
            elif of_the_disk and any(a.entries or a.writes for a in job.appends):
                self.trouble.stored()
            if error is None:
                self._count(job.appends, outcome.gone)
            else:
                self._owe_again(job.receipts)
            for append in job.appends:
                if append.done is not None:
                    _call(append.done, error)
            for call, value, problem in outcome.answers:
                _settle(call.result, value, problem)
            for call in job.calls if error is not None else ():
                _settle(call.result, None, error)
            if outcome.moved:
                self.on_stored()

        self._loop.call_soon_threadsafe(on_loop)

    def _count(self, appends: list[Append], gone: list[tuple[Lane, int]]) -> None:
        """Keep `waiting` roughly right without asking the file: bytes shrink by the average."""
        for entry in (e for a in appends for e in a.entries):
            count, size = self.waiting[entry.lane]
            self.waiting[entry.lane] = (count + 1, size + len(entry.body) + 110)
        for lane, n in gone:
            count, size = self.waiting[lane]
            left = max(0, count - n)
            self.waiting[lane] = (left, size * left // count if count else 0)

    def _condemn(self, reason: str) -> None:
        """Noted beside the file: what was found while running, a look at the start may not find."""
        if not self._corrupt:
            self._corrupt = True
            suspect(self.path, reason)
            self._loop.call_soon_threadsafe(_call, self.on_corrupt, reason)

    def _log_moved(self) -> None:
        """The log can begin anew: its header is synced before the rows then, and an alarm should not be who waits."""
        begin = partial(outbox.note, key="log", value="moved")
        self._loop.call_soon_threadsafe(partial(self.append, [], None, [begin], later=True))


def _savepoint(
    conn: sqlite3.Connection, fn: Callable[[sqlite3.Connection], object]
) -> tuple[object, BaseException | None]:
    conn.execute("SAVEPOINT call")
    try:
        value = fn(conn)
    except Exception as error:  # it belongs to the caller, who awaits it; others' writes go on
        conn.execute("ROLLBACK TO call")
        conn.execute("RELEASE call")
        if _of_the_disk(error):
            raise
        return None, error
    conn.execute("RELEASE call")
    return value, None


def _of_the_disk(error: Exception) -> bool:
    """Whether the disk or the file does not take it, or else it is what was to be written that cannot be."""
    if not isinstance(error, sqlite3.OperationalError | sqlite3.DatabaseError):
        return False
    if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.DataError):
        return False
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_IOERR) != sqlite3.SQLITE_ERROR


def _call(tell: Callable[[T], None], value: T) -> None:
    """One listener that fails must not keep the others from hearing."""
    try:
        tell(value)
    except Exception:  # supervision
        log.exception("what the store told met a fault of the program")


def _settle(future: asyncio.Future[object], value: object, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(value)
