"""Cases as a part of the desk: its routes, and what it does by itself.

By itself: reports of kiosks become cases, their files follow when they have come, deadlines are told, answers go out,
and whatever changed, in whoever's transaction, is told to the open pages.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from office.database import StoreError
from office.desk import file_rows
from office.desk.cases import book, kiosk, reminders
from office.desk.cases.camera import CameraDoors
from office.desk.cases.desk_doors import DeskDoors
from office.desk.cases.district import DistrictDoors
from office.desk.cases.figures import FigureDoors
from office.desk.cases.gongshi import GongshiDoors
from office.desk.cases.hooks import HookDoors
from office.desk.cases.public_doors import PublicDoors
from office.desk.cases.replies import Replies
from office.desk.cases.settings import SettingDoors
from office.desk.desk import Desk
from office.desk.door import Door
from office.desk.files import Files
from office.desk.mistake import Mistake
from office.desk.part import Part
from office.desk.people.roles import Permission
from office.desk.submissions import Submissions
from sync.contract.envelope import Struct

log = logging.getLogger("linli.office.cases")

NEWS_S, BLOBS_S, DEADLINES_S, REPLIES_S = 0.3, 2.0, 10.0, 3.0
MOST_NEWS = 200


class CaseNews(Struct, frozen=True):
    """What pages are told: look at this case again. Nothing of what is in it."""

    number: str
    action: str
    step: str
    department: str
    assignee: str


class Cases(Part):
    """From a report to the resident's word about it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        submissions, vault, url = desk.part(Submissions), desk.vault, desk.door.url
        for kind in kiosk.KINDS:
            submissions.take(kind, lambda conn, at, sent: kiosk.take(conn, at, sent, vault, url))
        submissions.take(kiosk.EVALUATION, kiosk.evaluated, about="number")
        self.replies = Replies(desk)
        self._told = -1

    def doors(self) -> Sequence[Door]:
        """Static paths before `/v1/cases/{number}`: the router takes the first that fits."""
        desk = self.desk
        first = (FigureDoors(desk), DistrictDoors(desk), GongshiDoors(desk), PublicDoors(desk), HookDoors(desk))
        return [
            door for each in (*first, SettingDoors(desk), CameraDoors(desk), DeskDoors(desk)) for door in each.doors()
        ]

    async def run(self) -> None:
        """See `Part`."""
        async with asyncio.TaskGroup() as tasks:
            for every_s, work in (
                (NEWS_S, self.tell_news),
                (BLOBS_S, self.fetch_blobs),
                (DEADLINES_S, self.deadlines),
                (REPLIES_S, self.replies.send),
            ):
                tasks.create_task(_often(work, every_s), name=work.__qualname__)

    async def tell_news(self) -> None:
        """Whatever the history has new."""
        rows = await self.desk.look(partial(_news, after=self._told))
        if self._told < 0:
            rows, self._told = [], rows[0]["n"] if rows else 0
        for row in rows:
            self._told = row["n"]
            news = CaseNews(row["number"], row["action"], row["step"], row["department"], row["assignee"])
            self.desk.live.tell("case", news, may=Permission.CASES_SEE)

    async def fetch_blobs(self) -> None:
        """Pictures and voice notes of kiosks that have come since."""
        files = self.desk.part(Files)
        for number, blob in await self.desk.look(_blobs):
            try:
                file = await files.from_blob(blob)
            except Mistake:
                await self.desk.change(partial(_settle, at=self.desk.now(), number=number, blob=blob, sha256=""))
                continue
            if file is not None:
                at = self.desk.now()
                await self.desk.change(partial(_settle, at=at, number=number, blob=blob, sha256=file.sha256))

    async def deadlines(self) -> None:
        """Tell what is due, and end what nobody evaluated."""
        at = self.desk.now()
        if not await self.desk.look(partial(reminders.waiting, at=at)):
            return
        await self.desk.change(partial(reminders.end_silent, at=at))
        told = await self.desk.change(partial(reminders.remind, at=at))
        for one in told:
            accounts = await self.desk.look(partial(_concerned, one=one))
            self.desk.live.tell("case-due", one, may=Permission.CASES_SEE, accounts=accounts)


async def _often(work: Callable[[], Awaitable[object]], every_s: float) -> None:
    """A disk that is full for a while does not end the work; it is said once when lost, once when back."""
    lost = False
    while True:
        try:
            await work()
        except StoreError as error:
            if not lost:
                log.warning("%s waits: %s", work.__qualname__, error)
            lost = True
        except Exception:  # what one row brought ends neither this work nor its neighbours
            if not lost:
                log.exception("%s failed", work.__qualname__)
            lost = True
        else:
            if lost:
                log.warning("%s goes on", work.__qualname__)
            lost = False
        await asyncio.sleep(every_s)


def _news(conn: sqlite3.Connection, after: int) -> list[sqlite3.Row]:
    """The newest row alone when nobody was told anything yet."""
    if after < 0:
        return conn.execute("SELECT * FROM case_history ORDER BY n DESC LIMIT 1").fetchall()
    return conn.execute("SELECT * FROM case_history WHERE n>? ORDER BY n LIMIT ?", (after, MOST_NEWS)).fetchall()


def _blobs(conn: sqlite3.Connection) -> list[tuple[str, str]]:
    """Those whose file is at the receiver."""
    rows = conn.execute(
        """SELECT w.number, w.blob FROM case_blobs w WHERE w.state='wait'
           AND (EXISTS (SELECT 1 FROM centre.blobs b WHERE b.sha256=w.blob) OR length(w.blob)<>64) LIMIT 50"""
    )
    return [(row["number"], row["blob"]) for row in rows]


def _settle(conn: sqlite3.Connection, at: int, number: str, blob: str, sha256: str) -> None:
    if sha256:
        file_rows.use(conn, at, sha256, book.about(number))
    conn.execute("UPDATE case_blobs SET state=? WHERE number=? AND blob=?", ("kept" if sha256 else "bad", number, blob))


def _concerned(conn: sqlite3.Connection, one: reminders.Reminder) -> frozenset[str]:
    """Whoever has it; else its department; and always those who lead."""
    rows = conn.execute("SELECT id, roles, department FROM accounts WHERE disabled=0")
    leads = ('"duty"', '"administrator"')
    return frozenset(
        row["id"]
        for row in rows
        if row["id"] == one.assignee
        or (not one.assignee and one.department and row["department"] == one.department)
        or any(lead in row["roles"] for lead in leads)
    )
