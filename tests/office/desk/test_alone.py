"""Two desks on one file would both phone out and escalate: the second is told, and the file is free after the first."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from office.database import StoreError
from office.desk.desk import Desk
from office.desk.program import start
from tests.office.desk.house import House


def test_a_second_desk_on_the_same_file_is_refused_until_the_first_has_ended(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            second = Desk(house.config, house.door, house.clock, house.clock)
            with pytest.raises(StoreError, match="another desk runs on it"):
                async with AsyncExitStack() as stack:
                    await start(second, stack)
            await house.desk.look(lambda conn: conn.execute("SELECT 1").fetchone())  # the first goes on
        async with AsyncExitStack() as stack:
            assert (await start(second, stack)).port

    asyncio.run(story())
