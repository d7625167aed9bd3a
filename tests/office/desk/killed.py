"""Work of a desk that is killed at random moments, until a last run ends it: what the receiver stored, the kills."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

from office.desk.people.vault import new_key
from office.store import Store
from sync.contract.envelope import batch

KILLS = 6


@asynccontextmanager
async def receiver_of(folder: Path) -> AsyncIterator[Store]:
    """The receiver's half of a house's data, and the desk's key."""
    (folder / "key").write_text(new_key(), encoding="ascii")
    store = Store(folder / "office.sqlite", time.time)
    store.open()
    try:
        yield store
    finally:
        await store.close()


async def brought(store: Store, events: Sequence[bytes]) -> None:
    """A gateway's batch, on the receiver's disk."""
    stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def done(_: object, error: BaseException | None) -> None:
        stored.set_exception(error) if error else stored.set_result(None)

    store.take("gw-1", "linli/v1/gw-1/up/events", batch(events), done, urgent=False)
    await stored


def killed_while(program: str, folder: Path, within_s: float, query: str) -> list[int]:
    """What `query` counts in the desk's file after each kill; then the program ran to its end."""
    chance, counts = random.Random(3), []
    for _ in range(KILLS):
        running = _begun(program, folder)
        time.sleep(chance.random() * within_s)  # the moment to die
        running.kill()
        running.communicate()
        counts.append(int(asked(folder, query)[0][0]))
    assert _begun(program, folder).communicate()[0] == "done\n"
    return counts


def asked(folder: Path, query: str) -> list[tuple[int | str, ...]]:
    """Rows of the desk's file."""
    with closing(sqlite3.connect(folder / "desk.sqlite")) as conn:
        return conn.execute(query).fetchall()


def _begun(program: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"tests.office.desk.{program}", str(folder)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    return running
