"""A program that takes reports of kiosks and nothing else, to be killed at any moment: `FOLDER` is a house's data."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from office.config import BrokerAt, Config, DeskDoor, PageTls
from office.desk import submissions
from office.desk.cases.part import Cases
from office.desk.desk import Desk

FEW = 3
"""At a time, so that a kill meets many commits."""


async def take(folder: Path) -> None:
    """Until everything is taken; a line for each round."""
    submissions.AT_ONCE = FEW
    door = DeskDoor(PageTls("", ""), str(folder / "key"))
    desk = Desk(Config(BrokerAt("127.0.0.1", 1), data=str(folder), desk=door), door, time.time, time.monotonic)
    await desk.open()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    follower = submissions.Submissions(desk)
    Cases(desk)
    await follower.catch_up()
    sys.stdout.write("done\n")
    await desk.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
