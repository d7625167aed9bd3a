"""Reports of kiosks become exactly one case each, also when the desk is killed in the middle of taking them."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from office.desk.people.vault import new_key
from office.store import Store
from sync.contract import case_number
from sync.contract.envelope import batch
from sync.contract.kiosk import Submission
from sync.contract.messages import SUBMISSION
from tests.office.sending import event

COUNT, KILLS = 240, 6


async def _stored(folder: Path, numbers: list[str]) -> None:
    store = Store(folder / "office.sqlite", time.time)
    store.open()
    sent = [
        event(n, kind=SUBMISSION, data=Submission(kind="report", form={"number": number, "words": f"第 {n} 次"}))
        for n, number in enumerate(numbers, 1)
    ]
    stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def done(_: object, error: BaseException | None) -> None:
        stored.set_exception(error) if error else stored.set_result(None)

    store.take("gw-1", "linli/v1/gw-1/up/events", batch(sent), done, urgent=False)
    await stored
    await store.close()


def _take(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.office.desk.taking_reports", str(folder)]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    return program


@pytest.mark.slow
def test_killed_while_it_takes_reports_the_desk_loses_none_and_doubles_none(short_tmp: Path) -> None:
    (short_tmp / "key").write_text(new_key(), encoding="ascii")
    numbers = [case_number.mint() for _ in range(COUNT)]
    asyncio.run(_stored(short_tmp, numbers))
    chance, taken = random.Random(3), []
    for _ in range(KILLS):
        program = _take(short_tmp)
        time.sleep(chance.random() * 0.25)
        program.kill()
        program.communicate()
        with closing(sqlite3.connect(short_tmp / "desk.sqlite")) as conn:
            taken.append(conn.execute("SELECT count(*) FROM cases").fetchone()[0])
    last = _take(short_tmp)
    assert last.communicate()[0] == "done\n"
    with closing(sqlite3.connect(short_tmp / "desk.sqlite")) as conn:
        kept = [row[0] for row in conn.execute("SELECT slip FROM cases ORDER BY n")]
        began = conn.execute("SELECT count(*) FROM case_history WHERE action='begin'").fetchone()[0]
    assert kept == numbers
    assert began == COUNT
    assert any(0 < count < COUNT for count in taken), taken
