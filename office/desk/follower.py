"""Follows the receiver's file: what alarms were raised or changed since the last look.

`PRAGMA data_version` says without touching the disk whether another program committed; only then the short list of
news is read. So nothing can be lost between the two programs, and neither needs the other to be running.

Somebody may put a backup in the place of that file. Connections go on reading the file that is gone, and a place in it
means nothing in the other: the desk would be blind and not know it. So this is looked for, and it ends the desk, which
is started anew and reads everything anew.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from functools import partial

from office.database import StoreError
from office.desk.desk import Desk

log = logging.getLogger("linli.office.desk")

LOOK_S = 0.03
"""How late the desk may hear of an alarm; an idle look costs a few microseconds."""

AGAIN_S = 0.5
SAME_S = 1.0
"""How often it is asked whether the file is still the same."""

MOST = 500
Heard = Callable[[Sequence[str]], Awaitable[None]]


class Replaced(StoreError):  # noqa: N818 - reads as what happened
    """The receiver's file is another one, or an older one."""


async def follow(desk: Desk, after: int, heard: Heard) -> None:
    """Call `heard` with ids of alarms, in the order of their last change, until cancelled. Raises Replaced.

    A file that cannot be read for a while is said once, and once more when it can be read again.
    """
    follower, lost = _Follower(desk, after, heard), False
    while True:
        try:
            with closing(sqlite3.connect(f"file:{desk.centre_file}?mode=ro", uri=True)) as conn:
                follower.begin(conn)
                while True:
                    await follower.look(conn)
                    if lost:
                        log.warning("the receiver's file is followed again")
                    lost = False
                    await asyncio.sleep(LOOK_S)
        except Replaced:
            raise
        except (sqlite3.Error, StoreError) as error:
            if not lost:
                log.error("the receiver's file cannot be followed: %s", error)  # noqa: TRY400 - no stack needed
            lost = True
        await asyncio.sleep(AGAIN_S)


class _Follower:
    """`after` is the last change that was told."""

    def __init__(self, desk: Desk, after: int, heard: Heard) -> None:
        self._desk, self._after, self._heard = desk, after, heard
        self._version = -1
        self._asked_at = float("-inf")

    def begin(self, conn: sqlite3.Connection) -> None:
        """A new connection: its count of versions is its own."""
        conn.execute("PRAGMA busy_timeout=0")  # this is the event loop's thread
        self._version = -1

    async def look(self, conn: sqlite3.Connection) -> None:
        """One look. Raises sqlite3.Error, StoreError, Replaced."""
        self._is_same()
        now = conn.execute("PRAGMA data_version").fetchone()[0]
        if now != self._version:
            await self._catch_up()
            self._version = now

    def _is_same(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._asked_at < SAME_S:
            return
        self._asked_at = now
        there = self._desk.centre_is()
        if there is not None and there != self._desk.centre_was:
            raise Replaced(f"{self._desk.centre_file} was replaced: the desk must begin anew")

    async def _catch_up(self) -> None:
        """A file written over in its place tells fewer changes than were heard: `alarm_news` never forgets its top."""
        top = await self._desk.look(newest)
        if top < self._after:
            raise Replaced(f"{self._desk.centre_file} is older than it was: the desk must begin anew")
        while news := await self._desk.look(partial(news_after, after=self._after)):
            await self._heard([alarm for _, alarm in news])
            self._after = news[-1][0]
            if len(news) < MOST:
                break


def news_after(conn: sqlite3.Connection, after: int) -> list[tuple[int, str]]:
    """Number and alarm, oldest change first."""
    rows = conn.execute("SELECT n, alarm FROM centre.alarm_news WHERE n>? ORDER BY n LIMIT ?", (after, MOST))
    return [(row["n"], row["alarm"]) for row in rows]


def newest(conn: sqlite3.Connection) -> int:
    """The number of the last change."""
    return int(conn.execute("SELECT coalesce(max(n), 0) FROM centre.alarm_news").fetchone()[0])
