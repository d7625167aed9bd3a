"""A power cut at any moment: what was told stored is there, whole transactions only, no sequence used twice."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import tempfile
import uuid
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

import sync.store.log as log_module
from edge.alarm_book import Alarm, inserter
from edge.gateway import MIGRATIONS
from sync.contract.lanes import Lane
from sync.store import Entry, Store, StoreError, outbox
from sync.store.file import open_file
from sync.store.schema import BASE
from tests.proof.apsw_sqlite import Vfs, opener
from tests.proof.powercut import Files, Log, states
from tests.sync.stage import BODY, entry, put

Dump = tuple[tuple[Any, ...], ...]
GO_ON_EVERY = 200
FIRST_START_EVERY = 23
"""Making the tables anew for each state takes long; a prime, so that it falls on all kinds of states."""

FEW_EVERY = 7
"""As above: what every run of the tests looks at; `make proof` looks at all of them."""

TABLES = ("era", "lane", "outbox", "seen", "meta", "alarm")


def dump(conn: sqlite3.Connection) -> Dump:
    """Everything the store keeps."""
    return tuple(tuple(sorted(map(tuple, conn.execute(f"SELECT * FROM {t}").fetchall()))) for t in TABLES)


class Probed(Store):
    """The store, and a note on the storage thread of what is told and when."""

    def __init__(self, *args: Any, log: Log, **more: Any) -> None:
        super().__init__(*args, **more)
        self.log = log
        self.snapshots: list[Dump] = []
        self.told: list[int] = []

    def _post(self, job: Any, outcome: Any, error: StoreError | None, *, of_the_disk: bool = True) -> None:
        if error is None:
            self.snapshots.append(dump(self._conn))
            self.told.append(len(self.log.ops))
        super()._post(job, outcome, error, of_the_disk=of_the_disk)


@dataclass
class Recorded:
    """One run: the files before it, what happened to them, and what was told after how many operations."""

    before: Files
    log: Log
    snapshots: list[Dump] = field(default_factory=list)
    told: list[int] = field(default_factory=list)


def record(folder: Path, synchronous: str) -> Recorded:
    """Play the script on a real store, through a VFS that writes everything down."""
    path = folder / "s.db"
    asyncio.run(once(path))
    log = Log()
    vfs = Vfs(f"linli-{uuid.uuid4().hex}", log)
    with closing(sqlite3.connect(path)) as conn:
        first = dump(conn)
    recorded = Recorded(files_of(folder), log, [first], [0])
    for _ in range(2):
        store = Probed(
            path, lambda: str(uuid.uuid4()), MIGRATIONS, log=log, opener=opener(vfs, synchronous=synchronous)
        )
        asyncio.run(script(store))
        recorded.snapshots += store.snapshots
        recorded.told += store.told
    return recorded


async def once(path: Path) -> None:
    store = Store(path, lambda: str(uuid.uuid4()), MIGRATIONS)
    store.start()
    await store.stop()


async def script(store: Store) -> None:
    """Everything a gateway does to its store: lone alarms, bursts, notes, receipts, losses, checkpoints."""
    store.start()
    n = 0

    def more(count: int, lane: Lane) -> list[Entry]:
        nonlocal n
        n += count
        return [entry(i, lane, key=i) for i in range(n - count, n)]

    def alarm() -> Entry:
        raised = Alarm(str(uuid.uuid4()), "d", "1", "gt06", "sos", raised_at="2026-11-20T00:00:00+00:00")
        return Entry(Lane.ALARM, BODY % n, alarm=True, also=inserter(raised, store.era))

    for turn in range(4):
        await put(store, alarm())
        await put(store, *more(30, Lane.BULK))
        await asyncio.gather(*(put(store, *more(1, lane)) for lane in (Lane.STATE, Lane.ALARM, Lane.BULK)))
        await store.transact(partial(outbox.note, key="clock", value=f"{turn}"))
        store.receipt(store.era, Lane.BULK, store.newest[Lane.BULK] - 5)
        store.receipt(store.era, Lane.ALARM, store.newest[Lane.ALARM])
        await put(store, *more(2, Lane.STATE))
        newest = store.newest[Lane.BULK]
        await store.lose(partial(chosen, [(store.era, Lane.BULK, newest - 1)]), lambda *_: entry(0, Lane.STATE))
    await store.stop()


def chosen(places: list[tuple[int, Lane, int]], _conn: sqlite3.Connection) -> list[tuple[int, Lane, int]]:
    return places


def files_of(folder: Path) -> Files:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name in ("s.db", "s.db-wal")}


@dataclass
class Findings:
    """How many states were looked at, and in how many a promise was broken."""

    states: int = 0
    lost: int = 0
    torn: int = 0
    salvaged: int = 0
    gone_on: int = 0


def examine(recorded: Recorded, folder: Path, *, every: int = 1, until_lost: bool = False) -> Findings:
    """Open the store after every power cut, or every so many, and hold it against what was told."""
    found = Findings()
    position = {snapshot: i for i, snapshot in enumerate(recorded.snapshots)}
    for done, _, files in islice(states(recorded.before, recorded.log.ops, random.Random(7)), 0, None, every):
        found.states += 1
        content = opened(folder, files)
        if content is None:
            found.salvaged += 1
        elif (here := position.get(content)) is None:
            found.torn += 1
        elif here < bisect_right(recorded.told, done) - 1:
            found.lost += 1
            if until_lost:
                break
        if found.states % GO_ON_EVERY == 0:
            asyncio.run(go_on(folder / "s.db"))
            found.gone_on += 1
    return found


def opened(folder: Path, files: Files) -> Dump | None:
    """What the real code finds in these files; None when it had to salvage."""
    for old in folder.iterdir():
        old.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    conn, salvage = open_file(folder / "s.db", [*BASE, *MIGRATIONS], lambda: "never", "x")
    with closing(conn):
        return None if salvage else dump(conn)


async def go_on(path: Path) -> None:
    """The store works after the cut and gives a sequence that nobody had."""
    store = Store(path, lambda: "never", MIGRATIONS)
    store.start()
    before = store.newest[Lane.ALARM]
    assert await put(store, entry(1, Lane.ALARM)) is None
    assert store.newest[Lane.ALARM] == before + 1
    await store.stop()


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path]]:
    """To run in and to cut in (in memory where there is such a folder). Checkpoints come often: cuts fall into many."""
    for name, value in {
        "CHECKPOINT_BYTES": 64 * 1024,
        "CALM_S": 0.0,
        "ALARM_NEAR_S": 0.0,
        "LOOK_EVERY_S": 0.001,
    }.items():
        monkeypatch.setattr(log_module, name, value)
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as cut:
        yield tmp_path, Path(cut)


@pytest.mark.parametrize("every", [FEW_EVERY, pytest.param(1, marks=pytest.mark.slow)])
def test_no_power_cut_loses_what_was_told(folders: tuple[Path, Path], every: int, tell: Callable[[str], None]) -> None:
    run, cut = folders
    recorded = record(run, "FULL")
    found = examine(recorded, cut, every=every)
    tell(f"{len(recorded.log.ops)} operations, {len(recorded.told) - 1} transactions: {found}")
    assert (found.lost, found.torn, found.salvaged) == (0, 0, 0), found
    assert found.states > 5000 // every
    assert ("sync", "s.db") in {op[:2] for op in recorded.log.ops}, "no cut fell into a checkpoint"


def test_a_power_cut_at_the_very_first_start_leaves_a_store_that_starts(
    folders: tuple[Path, Path], tell: Callable[[str], None]
) -> None:
    run, cut = folders
    log = Log()
    vfs = Vfs(f"linli-{uuid.uuid4().hex}", log)
    store = Probed(run / "s.db", lambda: "e", MIGRATIONS, log=log, opener=opener(vfs))

    async def first_start() -> None:
        store.start()
        await put(store, entry(1, Lane.ALARM))
        await store.stop()

    asyncio.run(first_start())
    count = salvaged = lost = 0
    for done, _, files in islice(states({}, log.ops, random.Random(7)), 0, None, FIRST_START_EVERY):
        count += 1
        content = opened(cut, files)
        salvaged += content is None
        lost += done >= store.told[0] and content != store.snapshots[0]
    tell(f"{len(log.ops)} operations, {count} states, {salvaged} salvaged, {lost} lost")
    assert salvaged == lost == 0


def test_the_model_finds_the_loss_where_the_disk_is_promised_less(folders: tuple[Path, Path]) -> None:
    """With synchronous=NORMAL a commit is not synced: were the model blind, it would not show."""
    run, cut = folders
    found = examine(record(run, "NORMAL"), cut, until_lost=True)
    assert found.lost == 1
    assert found.torn == 0


def test_the_model_finds_a_file_that_is_not_synced_at_all(folders: tuple[Path, Path]) -> None:
    run, cut = folders
    recorded = record(run, "OFF")
    assert not [op for op in recorded.log.ops if op[0] == "sync"]
    found = examine(recorded, cut, until_lost=True)
    assert found.lost + found.torn + found.salvaged > 0
