"""A store whose file is damaged: what can be read comes back, in whatever moment the program is killed meanwhile."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge import registry
from edge.addresses import normal_address
from edge.alarm_book import Alarm, inserter, level_writer, levels, open_alarms
from edge.device import Rules
from edge.gateway import MIGRATIONS
from edge.registry import Registry
from sync.contract.lanes import Lane
from sync.failpoint import POINTS
from sync.store import Entry, Salvage, Store, StoreError, outbox
from sync.store.file import open_file
from sync.store.salvage import suspect, told
from sync.store.schema import BASE
from tests.sync.stage import BODY, entry, put

PAGE = 4096
POINT_NAMES = [name for name in POINTS if name.startswith("salvage-")]
DEVICES, ALARMS, WAITING = 40, 30, 1500
RULES = Rules({"gt06": "gt06"}, normal_address)


def fill(path: Path, *, closed: bool = True) -> str:
    """A store as a gateway leaves it; its epoch. `closed` False: as a power cut leaves it, with its log."""

    async def main() -> str:
        store = Store(path, lambda: str(uuid.uuid4()), MIGRATIONS)
        store.start()

        def register(conn: sqlite3.Connection) -> None:
            for n in range(DEVICES):
                row = {"id": f"tracker-{n}", "profile": "gt06", "address": f"86123456{n:07d}"}
                registry.put(conn, row, RULES, datetime.now(UTC))
            outbox.note(conn, "clock", "2026-11-20T00:00:00+00:00")
            level_writer("gt06", "1", ["sos"])(conn)

        await store.transact(register)
        for n in range(ALARMS):
            alarm = Alarm(f"a-{n:03d}", f"tracker-{n}", "1", "gt06", "sos", raised_at="2026-11-20T00:00:00+00:00")
            await put(store, Entry(Lane.ALARM, BODY % n, n, alarm=True, also=inserter(alarm, store.era)))
        for start in range(0, WAITING, 100):
            await put(store, *(entry(n, key=10_000 + n) for n in range(start, start + 100)))
        if not closed:
            await asyncio.to_thread(keep_as_it_is, path)
        await store.stop()
        return store.epoch

    return asyncio.run(main())


def keep_as_it_is(path: Path) -> None:
    """Beside the closed store, the files as they lie on the disk now."""
    for suffix in ("", "-wal"):
        (path.with_name("cut" + suffix)).write_bytes(path.with_name(path.name + suffix).read_bytes())


def pages_of(path: Path, table: str) -> list[int]:
    """Pages (from 1) of a table; needs a SQLite with dbstat, else the whole file but its first page."""
    with closing(sqlite3.connect(path)) as conn:
        try:
            return [n for (n,) in conn.execute("SELECT pageno FROM dbstat WHERE name = ?", (table,))]
        except sqlite3.OperationalError:
            return list(range(2, path.stat().st_size // PAGE + 1))


def spoil(path: Path, pages: list[int]) -> None:
    """These pages become noise."""
    data = bytearray(path.read_bytes())
    dice = random.Random(7)
    for n in pages:
        data[(n - 1) * PAGE : n * PAGE] = dice.randbytes(PAGE)
    path.write_bytes(data)


def reopened(path: Path) -> tuple[sqlite3.Connection, Salvage | None]:
    return open_file(path, [*BASE, *MIGRATIONS], lambda: str(uuid.uuid4()), "x")


def waiting(conn: sqlite3.Connection, lane: Lane, era: int = 1) -> list[int]:
    found = conn.execute("SELECT seq FROM outbox WHERE era = ? AND lane = ? ORDER BY seq", (era, int(lane)))
    return [seq for (seq,) in found]


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "linli.db"
    for left in tmp_path.iterdir():
        assert left.name.startswith("linli.db"), left


def test_a_damaged_page_of_the_outbox_costs_its_own_rows_and_nothing_else(path: Path) -> None:
    epoch = fill(path)
    leaves = pages_of(path, "outbox")
    spoil(path, [leaves[len(leaves) // 3], leaves[len(leaves) * 2 // 3]])
    conn, salvage = reopened(path)
    with closing(conn):
        assert salvage is not None
        assert len(Registry.load(conn, RULES.driver_of)) == DEVICES
        assert len(open_alarms(conn)) == ALARMS
        assert levels(conn) == {("gt06", "1"): frozenset({"sos"})}
        assert outbox.recall(conn, "clock") == "2026-11-20T00:00:00+00:00"
        assert len(outbox.seen(conn)) == WAITING + ALARMS
        here = waiting(conn, Lane.BULK) + waiting(conn, Lane.ALARM)
        assert salvage.rows == len(here) > WAITING - 200
        ((name, ranges),) = outbox.holes(conn)
        assert name == epoch
        assert sum(r.last - r.first + 1 for r in ranges) == WAITING + ALARMS - len(here)
        assert conn.execute("SELECT max(era) FROM era").fetchone() == (2,)


@pytest.mark.parametrize("table", ["devices", "alarm", "seen", "level", "meta", "lane", "era"])
def test_a_lost_table_takes_no_other_along(path: Path, table: str) -> None:
    epoch = fill(path)
    spoil(path, pages_of(path, table))
    conn, salvage = reopened(path)
    with closing(conn):
        assert salvage is not None
        assert waiting(conn, Lane.BULK) == list(range(1, WAITING + 1))
        assert waiting(conn, Lane.ALARM) == list(range(1, ALARMS + 1))
        assert outbox.epoch_of(conn, 1) == epoch, "the events say it themselves"
        assert table == "devices" or len(Registry.load(conn, RULES.driver_of)) == DEVICES
        assert table == "alarm" or len(open_alarms(conn)) == ALARMS


def test_a_file_that_was_cut_gives_what_is_left_of_it(path: Path) -> None:
    fill(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size * 2 // 3 + 100)
    conn, salvage = reopened(path)
    with closing(conn):
        assert salvage is not None
        assert len(waiting(conn, Lane.BULK)) == salvage.rows - len(waiting(conn, Lane.ALARM)) > 0
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_is_only_in_the_log_comes_back_too(path: Path) -> None:
    fill(path, closed=False)
    cut = path.with_name("cut")
    for suffix in ("", "-wal"):
        cut.with_name("cut" + suffix).replace(path.with_name(path.name + suffix))
    log = path.with_name(path.name + "-wal").stat().st_size
    assert path.stat().st_size < PAGE * 4 < log, "nearly everything is in the log"
    path.write_bytes(b"this is no database".ljust(PAGE, b"."))
    conn, _ = reopened(path)
    with closing(conn):
        assert len(waiting(conn, Lane.BULK)) == WAITING
        assert len(Registry.load(conn, RULES.driver_of)) == DEVICES


def test_no_kind_of_damage_keeps_the_program_from_starting_or_invents_an_event(path: Path) -> None:
    fill(path)
    whole = path.read_bytes()
    with closing(sqlite3.connect(path)) as conn:
        real = set(conn.execute("SELECT era, lane, seq, body FROM outbox").fetchall())
    dice = random.Random(11)
    salvaged = 0
    for _ in range(60):
        for old in path.parent.iterdir():
            old.unlink()
        data = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            at = dice.randrange(len(data))
            end = min(len(data), at + dice.choice([1, 4, 64, 5000]))
            data[at:end] = dice.randbytes(end - at)
        path.write_bytes(data[: dice.choice([len(data), len(data), dice.randrange(100, len(data))])])
        try:
            opened, salvage = reopened(path)
        except StoreError:
            pytest.fail("it did not start")
        with closing(opened):
            if salvage is None:
                continue  # SQLite itself finds nothing wrong
            salvaged += 1
            here = opened.execute("SELECT era, lane, seq, body FROM outbox").fetchall()
            places = {(era, lane, seq) for era, lane, seq, _ in real}
            assert {row[:3] for row in here} <= places
            assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert salvaged > 30


CHILD = """
import sys, uuid
from pathlib import Path
from edge.gateway import MIGRATIONS
from sync.store.file import open_file
from sync.store.salvage import suspect, told
from sync.store.schema import BASE
conn, salvage = open_file(Path(sys.argv[1]), [*BASE, *MIGRATIONS], lambda: str(uuid.uuid4()), "x")
conn.close()
"""


@pytest.mark.parametrize("passes", [1, 2])
@pytest.mark.parametrize("name", POINT_NAMES)
def test_a_kill_in_the_middle_of_a_salvage_leaves_the_old_file_or_the_new_one(
    path: Path, name: str, passes: int
) -> None:
    fill(path)
    leaves = pages_of(path, "outbox")
    spoil(path, [leaves[len(leaves) // 2]])
    path.with_name("linli.db-wal").write_bytes(b"the log of the old file" * 100)
    environ = {**os.environ, "LINLI_FAILPOINT": f"{name}:{passes}", "PYTHONPATH": str(Path(__file__).parents[2])}
    child = subprocess.run([sys.executable, "-c", CHILD, str(path)], env=environ, check=False)
    assert child.returncode == -signal.SIGKILL or passes == 2
    conn, salvage = reopened(path)
    with closing(conn):
        assert salvage is not None, "it is told after the kill, too"
        assert Path(salvage.kept_as).exists()
        assert len(waiting(conn, Lane.ALARM)) == ALARMS
        assert len(waiting(conn, Lane.BULK)) > WAITING - 100
        assert len(Registry.load(conn, RULES.driver_of)) == DEVICES
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not [p.name for p in path.parent.iterdir() if ".new" in p.name or ".ready" in p.name]


def test_a_salvage_is_told_until_somebody_has_taken_note_of_it(path: Path) -> None:
    fill(path)
    spoil(path, pages_of(path, "seen"))
    for _ in range(2):
        conn, salvage = reopened(path)
        conn.close()
        assert salvage is not None
    conn, _ = reopened(path)
    with closing(conn):
        told(conn)
    conn, salvage = reopened(path)
    conn.close()
    assert salvage is None


def test_a_full_disk_in_the_middle_of_a_salvage_leaves_the_old_file(path: Path) -> None:
    fill(path)
    leaves = pages_of(path, "outbox")
    spoil(path, [leaves[len(leaves) // 2]])
    before = path.read_bytes()

    def on_a_full_disk(name: str) -> sqlite3.Connection:
        conn = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
        conn.execute("PRAGMA max_page_count = 60")
        return conn

    with pytest.raises(StoreError, match="full"):
        open_file(path, [*BASE, *MIGRATIONS], lambda: "e", "x", on_a_full_disk)
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.corrupt-*"))


def spoil_while_running(store: Store, table: str) -> None:
    """Bad sectors under a running store: noise where a table lies, and nothing of it in a cache."""
    with closing(sqlite3.connect(store.path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    spoil(store.path, pages_of(store.path, table))


def forget_pages(conn: sqlite3.Connection) -> None:
    conn.execute("PRAGMA shrink_memory")


def test_damage_found_while_running_is_told_once_and_the_next_start_salvages(path: Path) -> None:
    fill(path)

    async def main() -> None:
        store = Store(path, lambda: str(uuid.uuid4()), MIGRATIONS)
        store.start()
        told: list[str] = []
        store.on_corrupt = told.append
        await store.transact(forget_pages)
        spoil_while_running(store, "lane")
        await store.transact(forget_pages)
        for _ in range(2):
            assert isinstance(await put(store, entry(1, Lane.ALARM)), StoreError)
        assert len(told) == 1
        assert store.fault is not None
        assert store.reserve.keep(), "the reserve is of no use here"
        await store.stop()

    asyncio.run(main())
    conn, salvage = reopened(path)
    with closing(conn):
        assert salvage is not None
        assert len(waiting(conn, Lane.BULK)) == WAITING
    conn, again = reopened(path)
    conn.close()
    assert again == salvage, "once is enough"


def test_a_file_that_a_running_program_found_damaged_is_salvaged_although_it_looks_well(path: Path) -> None:
    fill(path)
    suspect(path, "index alarm_place is wrong")
    conn, salvage = reopened(path)
    with closing(conn):
        assert salvage is not None
        assert salvage.reason == "index alarm_place is wrong"
        assert len(open_alarms(conn)) == ALARMS
    assert not list(path.parent.glob("*.suspect"))
