"""Numbers that the desk phoned are sealed as contacts are, also those that an older desk kept in clear."""

from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from pathlib import Path

from office.desk.duty import calling
from office.desk.duty.calling import Callee
from office.desk.duty.duty import Duty
from office.desk.outcall import FakeOutcall
from office.desk.people.roles import Role
from tests.office.desk.house import House, until

NUMBER = "13800001234"


def test_a_number_is_phoned_and_shown_shortened_and_stands_in_no_file(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            calls = house.desk.part(Duty).calls
            calls.way = way = FakeOutcall()
            await calls.add("alarm", "a-1", "有人求助", [Callee("", "值班手机", NUMBER)])
            await until(lambda: way.rung, "phoned")
            assert way.rung[0].numbers == (NUMBER,)
            assert [one["number"] for one in (await clerk.get("/v1/duty/calls"))[0]["to"]] == ["…1234"]
            await house.desk.change(_as_an_older_desk)
            assert [one["number"] for one in (await clerk.get("/v1/duty/calls"))[0]["to"]] == ["…1234"]
            await house.desk.change(partial(calling.seal_clear, vault=house.desk.vault))
            assert [one["number"] for one in (await clerk.get("/v1/duty/calls"))[0]["to"]] == ["…1234"]
            assert NUMBER not in str(await house.desk.look(_kept))

    asyncio.run(story())


def _as_an_older_desk(conn: sqlite3.Connection) -> None:
    conn.execute(
        "INSERT INTO outcalls(at, reason, about, text, numbers) VALUES (1, 'alarm', 'a-0', '', ?)",
        (f'[["", "值班手机", "{NUMBER}"]]',),
    )
    conn.execute("UPDATE outcalls SET state='done' WHERE about='a-0'")


def _kept(conn: sqlite3.Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in conn.execute("SELECT * FROM outcalls")]
