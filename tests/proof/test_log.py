"""What an alarm pays the disk: one sync, also when the write-ahead log is long."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from pathlib import Path

import pytest

from sync.contract.lanes import Lane
from sync.store import Store
from sync.store import log as log_module
from sync.store.log import reached
from tests.edge.way_down import until
from tests.proof.apsw_sqlite import Op, Vfs, opener
from tests.sync.stage import entry, put


class Syncs:
    """A watcher that counts syncs by thread and file, and may make each of them last."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.lasts_s = 0.0

    def see(self, op: Op) -> None:
        if op[0] == "sync":
            self.seen.append((threading.current_thread().name, op[1]))
            time.sleep(self.lasts_s)


@pytest.fixture
def short_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is long soon."""
    monkeypatch.setattr(log_module, "CHECKPOINT_BYTES", 64 * 1024)
    monkeypatch.setattr(log_module, "WAL_BYTES", 128 * 1024)
    monkeypatch.setattr(log_module, "LOOK_EVERY_S", 0.002)


def on_a_disk(tmp_path: Path, disk: Syncs) -> tuple[Store, Vfs]:
    vfs = Vfs(f"linli-{uuid.uuid4().hex}", disk)
    return Store(tmp_path / "s.db", lambda: "e", opener=opener(vfs)), vfs


@pytest.mark.usefixtures("short_log")
def test_an_alarm_costs_one_sync_however_long_the_log_has_become(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "WAL_BYTES", 64 * 1024 * 1024)

    async def main() -> None:
        disk = Syncs()
        store, _vfs = on_a_disk(tmp_path, disk)
        store.start()
        await put(store, entry(0, Lane.ALARM))
        disk.seen.clear()
        for n in range(100):
            await put(store, entry(n, Lane.ALARM))
        assert disk.seen == [("storage", "s.db-wal")] * 100
        assert reached(tmp_path / "s.db-wal", 2 * log_module.CHECKPOINT_BYTES)
        await store.stop()

    asyncio.run(main())


@pytest.mark.usefixtures("short_log")
def test_the_log_is_moved_beside_the_thread_that_commits_and_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "CALM_S", 0.02)
    monkeypatch.setattr(log_module, "ALARM_NEAR_S", 0.0)

    async def main() -> None:
        disk = Syncs()
        store, _vfs = on_a_disk(tmp_path, disk)
        store.start()
        wal = tmp_path / "s.db-wal"
        n = 0
        while not n or not reached(wal, log_module.CHECKPOINT_BYTES):
            await put(store, entry(n := n + 1))
        await until(lambda: not reached(wal, log_module.CHECKPOINT_BYTES), "begun anew")
        await store.transact(lambda _conn: None)  # behind the new beginning, which is synced after it can be read
        assert ("log", "s.db") in disk.seen
        assert ("storage", "s.db") not in disk.seen
        length = wal.stat().st_size
        disk.seen.clear()
        await put(store, entry(n := n + 1, Lane.ALARM))
        assert disk.seen == [("storage", "s.db-wal")], "the new beginning was paid for before"
        assert wal.stat().st_size == length, "written over, not cut"
        await store.stop()

    asyncio.run(main())


@pytest.mark.usefixtures("short_log")
def test_an_alarm_does_not_wait_for_the_log_to_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "CALM_S", 0.0)
    monkeypatch.setattr(log_module, "ALARM_NEAR_S", 0.0)

    async def main() -> None:
        disk = Syncs()
        store, _vfs = on_a_disk(tmp_path, disk)
        store.start()
        moving, go_on = threading.Event(), threading.Event()
        see = disk.see

        def held(op: Op) -> None:
            see(op)
            if disk.seen[-1:] == [("log", "s.db")] and op[0] == "sync":
                moving.set()
                go_on.wait(10)

        disk.see = held  # type: ignore[method-assign]
        try:
            for n in range(1000):
                if moving.is_set():
                    break
                await put(store, entry(n))
            assert moving.is_set()
            async with asyncio.timeout(5):
                assert await put(store, entry(1, Lane.ALARM)) is None
        finally:
            go_on.set()
        await store.stop()

    asyncio.run(main())
