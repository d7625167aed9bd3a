"""A store that is damaged while the gateway runs: told, ended with a code of its own, salvaged at the next start."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge import config_shape as shape
from edge import upkeep
from edge.gateway import Gateway
from edge.upkeep import CORRUPT
from sync.contract.lanes import Lane
from sync.store import Entry
from tests.edge.way_down import PROFILES, configured, until


def noise_in(path: Path, table: str) -> None:
    """The pages of this table are noise, and the log is empty."""
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        root = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xa5" * 4096)


def test_a_gateway_whose_store_is_damaged_ends_itself_and_comes_back_salvaged(
    short_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "LAST_LOOKS", 3)
    config = configured(short_tmp, api=shape.Api(socket=str(short_tmp / "api")))

    async def body() -> None:
        gateway = Gateway(config, PROFILES)
        gateway.start()
        running = asyncio.create_task(gateway.run())
        await until((short_tmp / "api").exists, "serves")
        await gateway.store.transact(lambda conn: conn.execute("PRAGMA shrink_memory"))
        noise_in(gateway.store.path, "lane")
        await gateway.store.transact(lambda conn: conn.execute("PRAGMA shrink_memory"))
        gateway.store.append([Entry(Lane.ALARM, b'{"id":"1"}')], None)
        async with asyncio.timeout(20):
            assert await running == CORRUPT
        assert "store-corrupt" in gateway.faults
        await gateway.stop()

        again = Gateway(config, PROFILES)
        again.start()
        assert again.store.salvage is not None
        await again.stop()

    asyncio.run(body())
