"""What was said to be on disk is on disk, in order, once; and a disk in trouble is told, not hidden."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sync.contract.lanes import Lane
from sync.contract.messages import Range
from sync.store import Entry, Store, StoreError, StoreLocked, outbox
from sync.store import log as log_module
from sync.store.file import Reserve, connect
from tests.sync.stage import entry, open_store, put, rows


def run(path: Path, body: Callable[[Store], Awaitable[None]]) -> None:
    """Run `body(store)` on a store that is opened before and closed after."""

    async def main() -> None:
        store = open_store(path)
        try:
            await body(store)
        finally:
            await store.stop()

    asyncio.run(main())


def test_what_was_told_stored_is_there_after_a_restart(tmp_path: Path) -> None:
    async def write(store: Store) -> None:
        assert await put(store, entry(1), entry(2), entry(3, Lane.ALARM)) is None

    async def look(store: Store) -> None:
        assert [r.seq for r in rows(store, Lane.BULK)] == [1, 2]
        assert [r.seq for r in rows(store, Lane.ALARM)] == [1]

    run(tmp_path / "s.db", write)
    run(tmp_path / "s.db", look)


def test_an_event_carries_its_place(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        await put(store, entry(9))
        event = json.loads(rows(store, Lane.BULK)[0].body)
        assert (event["epoch"], event["lane"], event["sequence"]) == (store.epoch, "bulk", "00000000000000000001")

    run(tmp_path / "s.db", body)


def test_a_sequence_is_never_used_twice_even_when_the_outbox_was_emptied(tmp_path: Path) -> None:
    async def write(store: Store) -> None:
        await put(store, entry(1), entry(2))
        store.receipt(store.era, Lane.BULK, 2)

    async def again(store: Store) -> None:
        assert rows(store, Lane.BULK) == []
        await put(store, entry(3))
        assert [r.seq for r in rows(store, Lane.BULK)] == [3]

    run(tmp_path / "s.db", write)
    run(tmp_path / "s.db", again)


def test_the_order_of_handing_over_is_the_order_of_sequences_and_of_answers(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        told: list[int] = []
        for n in range(500):
            store.append([entry(n)], partial(lambda n, _error: told.append(n), n))
            if n % 37 == 0:
                await asyncio.sleep(0)
        await put(store, entry(500))
        assert told == list(range(500))
        assert [json.loads(r.body)["id"] for r in rows(store, Lane.BULK)] == [str(n) for n in range(501)]

    run(tmp_path / "s.db", body)


def test_an_answer_without_events_waits_for_what_came_before_it(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        told: list[str] = []
        store.append([entry(1)], lambda _e: told.append("event"))
        store.append([], lambda _e: told.append("repeat"))
        await put(store)
        assert told == ["event", "repeat"]

    run(tmp_path / "s.db", body)


def test_a_failing_call_is_told_to_its_caller_and_harms_nobody_else(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        def wrong(conn: sqlite3.Connection) -> None:
            outbox.note(conn, "half", "done")
            raise ValueError("no")

        stored = asyncio.create_task(put(store, entry(1)))
        with pytest.raises(ValueError, match="no"):
            await store.transact(wrong)
        assert await stored is None
        assert await store.transact(lambda c: outbox.recall(c, "half", "nothing")) == "nothing"

    run(tmp_path / "s.db", body)


@pytest.mark.parametrize("problem", [ValueError("no"), sqlite3.IntegrityError("twice"), OverflowError("2**70")])
def test_what_can_never_be_written_harms_neither_its_neighbours_nor_the_thread(
    tmp_path: Path, problem: Exception
) -> None:
    async def body(store: Store) -> None:
        def wrong(_conn: sqlite3.Connection, _seq: int) -> None:
            raise problem

        faults: list[str | None] = []
        store.on_fault = faults.append
        poison = Entry(Lane.BULK, entry(2).body, also=wrong)
        told = await asyncio.gather(put(store, entry(1)), put(store, poison), put(store, entry(3)))
        assert [error is None for error in told] == [True, False, True]
        assert [r.seq for r in rows(store, Lane.BULK)] == [1, 2]
        assert store.pending == 0
        assert not faults, "the disk is well"
        assert await put(store, entry(4)) is None

    run(tmp_path / "s.db", body)


def test_a_listener_that_fails_does_not_keep_the_others_from_hearing(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        def broken(_error: BaseException | None) -> None:
            raise ValueError("no")

        store.append([entry(1)], broken)
        stored = asyncio.create_task(put(store, entry(2)))
        await asyncio.sleep(0)
        assert await asyncio.wait_for(store.transact(lambda _conn: 7), 5) == 7
        assert await stored is None

    run(tmp_path / "s.db", body)


def test_the_log_stays_bounded_on_a_slow_disk_that_always_has_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "CHECKPOINT_BYTES", 64 * 1024)
    monkeypatch.setattr(log_module, "WAL_BYTES", 256 * 1024)
    monkeypatch.setattr(log_module, "LOOK_EVERY_S", 0.01)

    class Slow(sqlite3.Connection):
        def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
            if sql == "COMMIT":
                time.sleep(0.02)
            return super().execute(sql, *more)

    def slow(path: str) -> sqlite3.Connection:
        connect(path).close()
        conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=Slow)
        conn.execute("PRAGMA wal_autocheckpoint = 0")
        return conn

    async def body() -> None:
        path = tmp_path / "s.db"
        store = Store(path, lambda: "e", opener=slow)
        store.start()
        try:
            largest, fat, waiting, busy = 0, Entry(Lane.BULK, BIG), 0, 0

            def written(_error: BaseException | None) -> None:
                nonlocal waiting
                waiting -= 1

            for _ in range(1500):
                store.append([fat] * 4, written)
                waiting += 1
                await asyncio.sleep(0.006)
                busy += waiting > 0  # a busy machine may come back to this loop later than the disk
                if busy == 150:
                    break
                largest = max(largest, path.with_name("s.db-wal").stat().st_size)
            assert busy == 150, "there is always work"
            assert largest < 1024 * 1024
        finally:
            await store.stop()

    asyncio.run(body())


def test_keys_of_repeats_come_back_and_stay_bounded(tmp_path: Path) -> None:
    async def write(store: Store) -> None:
        store.keep_keys = (2, 10)
        for start in range(0, 9000, 1000):
            await put(store, *(entry(n, key=n) for n in range(start, start + 1000)))
        await put(store, entry(1, Lane.ALARM, key=-5))

    async def look(store: Store) -> None:
        keys = await store.transact(outbox.seen)
        assert (-5, True) in keys
        assert len(keys) < 2000
        assert (8999, False) in keys

    run(tmp_path / "s.db", write)
    run(tmp_path / "s.db", look)


def test_giving_up_and_telling_it_are_one_transaction(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        await put(store, *(entry(n) for n in range(10)))
        told: list[list[Range]] = []

        def tell(_epoch: str, ranges: list[Range]) -> Entry:
            told.append(ranges)
            return entry(99, Lane.STATE)

        lost = await store.lose(lambda _c: [(store.era, Lane.BULK, n) for n in (1, 2, 3, 7)], tell)
        assert lost == 4
        assert told == [[Range("bulk", 1, 3), Range("bulk", 7, 7)]]
        assert [r.seq for r in rows(store, Lane.BULK)] == [4, 5, 6, 8, 9, 10]
        assert len(rows(store, Lane.STATE)) == 1
        assert store.waiting[Lane.BULK][0] == 6

    run(tmp_path / "s.db", body)


def test_a_second_gateway_on_the_same_store_is_refused(tmp_path: Path) -> None:
    async def body(_store: Store) -> None:
        with pytest.raises(StoreLocked, match="another linli"):
            open_store(tmp_path / "s.db")

    run(tmp_path / "s.db", body)


def test_a_file_of_a_newer_program_is_refused_and_not_touched(tmp_path: Path) -> None:
    async def nothing(_store: Store) -> None: ...

    run(tmp_path / "s.db", nothing)
    with closing(sqlite3.connect(tmp_path / "s.db")) as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('linli', '9999-future', '')"
        )
        conn.commit()
    before = (tmp_path / "s.db").read_bytes()

    async def main() -> None:
        with pytest.raises(StoreError, match="9999-future"):
            open_store(tmp_path / "s.db")

    asyncio.run(main())
    assert (tmp_path / "s.db").read_bytes() == before


def test_a_file_that_is_no_database_is_set_aside_and_a_fresh_one_serves(tmp_path: Path) -> None:
    (tmp_path / "s.db").write_bytes(b"this is no database" * 500)

    async def body(store: Store) -> None:
        assert store.salvage is not None
        assert store.salvage.rows == 0
        assert await put(store, entry(1)) is None

    run(tmp_path / "s.db", body)
    (kept,) = tmp_path.glob("s.db.corrupt-*")
    assert kept.read_bytes().startswith(b"this is no database")


def test_unsent_rows_of_a_corrupt_file_are_saved_under_their_old_epoch(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    epochs: list[str] = []

    async def write(store: Store) -> None:
        epochs.append(store.epoch)
        await put(store, *(entry(n) for n in range(2000)), entry(0, Lane.ALARM))

    run(path, write)
    page = 4096
    damaged = bytearray(path.read_bytes())
    middle = len(damaged) // page // 2 * page
    damaged[middle : middle + page] = b"\xa5" * page
    path.write_bytes(damaged)

    async def look(store: Store) -> None:
        assert store.salvage is not None
        assert store.salvage.rows > 500
        assert store.epoch != epochs[0]
        old = [t for t in await store.transact(outbox.tracks) if t.epoch == epochs[0]]
        assert {t.lane for t in old} >= {Lane.BULK}
        assert await put(store, entry(1)) is None
        (bulk,) = [t for t in old if t.lane is Lane.BULK]
        here = {r.seq for r in await store.transact(lambda c: outbox.read(c, bulk, 0, 10_000, 1 << 30))}
        ((epoch, holes),) = await store.transact(outbox.holes)
        told = {n for r in holes if r.lane == Lane.BULK.label for n in range(r.first, r.last + 1)}
        assert epoch == epochs[0]
        assert told
        assert here | told == set(range(1, bulk.next)), "what could not be read is known by its sequence"
        assert not here & told

    run(path, look)


def test_a_full_disk_is_told_and_the_reserve_takes_the_alarm(tmp_path: Path) -> None:
    async def body(store: Store) -> None:
        faults: list[str | None] = []
        store.on_fault = faults.append
        assert store.reserve.keep()
        # SQLite refuses to grow the file, as on a full disk (SQLITE_FULL); freeing the reserve makes room.
        pages = await store.transact(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
        await store.transact(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").fetchone())
        free = store.reserve.free

        def freed() -> bool:
            store._conn.execute(f"PRAGMA max_page_count = {pages + 50}")
            return free()

        store.reserve.free = freed  # type: ignore[method-assign]
        fat = Entry(Lane.BULK, BIG)
        assert isinstance(await put(store, *([fat] * 40)), StoreError)
        assert faults[-1] is not None
        alarms = [put(store, Entry(Lane.ALARM, BIG, n, alarm=True)) for n in range(20)]
        assert set(await asyncio.gather(*alarms)) == {None}
        assert len(rows(store, Lane.ALARM)) == 20
        assert len(faults) == 1, "that the reserve takes something does not mean that the disk does"

    run(tmp_path / "s.db", body)


def test_receipts_find_room_in_the_reserve_because_they_make_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget = outbox.forget

    async def body(store: Store) -> None:
        assert await put(store, entry(1), entry(2)) is None

        reserve = tmp_path / "s.db.reserve"

        def on_a_full_disk(*place: Any) -> int:
            if reserve.exists():
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise error
            return forget(*place)

        monkeypatch.setattr(outbox, "forget", on_a_full_disk)
        store.receipt(store.era, Lane.BULK, 2)
        await put(store)
        assert not rows(store, Lane.BULK)
        assert reserve.exists(), "what is left is kept again"

    run(tmp_path / "s.db", body)


def test_a_reserve_is_as_large_as_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fallocate, room = os.posix_fallocate, 1_500_000

    def on_a_small_disk(descriptor: int, start: int, size: int) -> None:
        if size > room:
            raise OSError(errno.ENOSPC, "no space left on device")
        fallocate(descriptor, start, size)

    monkeypatch.setattr(os, "posix_fallocate", on_a_small_disk)
    reserve = Reserve(tmp_path / "reserve")
    assert reserve.keep()
    assert (tmp_path / "reserve").stat().st_size == 1024 * 1024
    room = 10_000_000
    assert reserve.keep()
    assert (tmp_path / "reserve").stat().st_size == reserve.size, "it grows back"
    assert reserve.free()
    room = 0
    assert not reserve.keep()


BIG = b'{"id":"big","data":"' + b"x" * 3000 + b'"}'


def test_receipts_are_noted_and_survive(tmp_path: Path) -> None:
    async def write(store: Store) -> None:
        await put(store, *(entry(n) for n in range(5)))
        store.receipt(store.era, Lane.BULK, 3)
        store.receipt(store.era, Lane.BULK, 2)

    async def look(store: Store) -> None:
        track = next(t for t in await store.transact(outbox.tracks) if t.lane is Lane.BULK)
        assert (track.receipted, track.next) == (3, 6)
        assert [r.seq for r in rows(store, Lane.BULK)] == [4, 5]

    run(tmp_path / "s.db", write)
    run(tmp_path / "s.db", look)


def test_an_alarm_goes_before_the_rows_that_a_receipt_frees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forget = outbox.forget

    async def body(store: Store) -> None:
        on_disk: list[int] = []

        def noted(*place: Any) -> int:
            with closing(store.reader()) as conn:
                on_disk.append(outbox.waiting(conn)[Lane.ALARM][0])
            return forget(*place)

        await put(store, *(entry(n) for n in range(1000)))
        monkeypatch.setattr(outbox, "forget", noted)
        busy = threading.Event()
        held = asyncio.create_task(store.transact(lambda _conn: busy.wait(10)))
        await asyncio.sleep(0)
        store.receipt(store.era, Lane.BULK, 1000)
        store._forget()
        store.append([entry(1, Lane.ALARM)], None)
        busy.set()
        await held
        await put(store)
        await put(store)
        assert on_disk == [1], "the alarm was on disk when the rows went"
        assert not rows(store, Lane.BULK)

    run(tmp_path / "s.db", body)
