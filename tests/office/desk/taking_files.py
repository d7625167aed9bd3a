"""A program that takes reports of kiosks with their files, to be killed at any moment: `FOLDER` is a house's data."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from office.config import BrokerAt, Config, DeskDoor, PageTls
from office.desk.cases.part import Cases
from office.desk.desk import Desk
from office.desk.files import Files
from office.desk.submissions import Submissions

WAITING = "SELECT count(*) FROM case_blobs WHERE state='wait'"


async def take(folder: Path) -> None:
    """Until everything is taken."""
    door = DeskDoor(PageTls("", ""), str(folder / "key"))
    desk = Desk(Config(BrokerAt("127.0.0.1", 1), data=str(folder), desk=door), door, time.time, time.monotonic)
    await desk.open()
    submissions, files, cases = Submissions(desk), Files(desk), Cases(desk)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await files.tidy()
    await submissions.catch_up()
    while await desk.look(lambda conn: conn.execute(WAITING).fetchone()[0]):
        await cases.fetch_blobs()
    sys.stdout.write("done\n")
    await desk.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
