"""Follows the receiver's file: what alarms were raised or changed since the last look.

`PRAGMA data_version` says without touching the disk whether another program committed; only then the short list of
news is read. So nothing can be lost between the two programs, and neither needs the other to be running.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from functools import partial

from office.desk.desk import Desk

LOOK_S = 0.03
"""How late the desk may hear of an alarm; an idle look costs a few microseconds."""

MOST = 500
Heard = Callable[[Sequence[str]], Awaitable[None]]


async def follow(desk: Desk, after: int, heard: Heard) -> None:
    """Call `heard` with ids of alarms, in the order of their last change, until cancelled."""
    with closing(sqlite3.connect(f"file:{desk.centre_file}?mode=ro", uri=True)) as conn:
        version = -1
        while True:
            now = conn.execute("PRAGMA data_version").fetchone()[0]
            if now != version:
                version = now
                after = await _catch_up(desk, after, heard)
            await asyncio.sleep(LOOK_S)


async def _catch_up(desk: Desk, after: int, heard: Heard) -> int:
    while news := await desk.look(partial(news_after, after=after)):
        after = news[-1][0]
        await heard([alarm for _, alarm in news])
        if len(news) < MOST:
            break
    return after


def news_after(conn: sqlite3.Connection, after: int) -> list[tuple[int, str]]:
    """Number and alarm, oldest change first."""
    rows = conn.execute("SELECT n, alarm FROM centre.alarm_news WHERE n>? ORDER BY n LIMIT ?", (after, MOST))
    return [(row["n"], row["alarm"]) for row in rows]


def newest(conn: sqlite3.Connection) -> int:
    """The number of the last change."""
    return int(conn.execute("SELECT coalesce(max(n), 0) FROM centre.alarm_news").fetchone()[0])
