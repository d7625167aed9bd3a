"""The alarm board: every open alarm as it is now, told to every page the moment it changes.

What the pages know is kept here as well, so that a page that comes gets it without a query, and each change is read
once and encoded once for all. Changes are read and told under one lock: what is told last is the newest.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial

from office.database import StoreError
from office.desk.alarms import rows
from office.desk.alarms.rows import Row
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people.roles import Permission
from office.parcel import ID
from office.web import Reply, said
from sync.contract.envelope import Struct, encode, replaced

log = logging.getLogger("linli.office.alarms")

TOPIC = "alarms"
PAGE = 50
MOST = 200
_PLACE = re.compile(r"(\d{1,16})\.([0-9A-Za-z._-]{1,64})")


class OpenAlarms(Struct, frozen=True):
    """Everything that is open. `n` is when this was true, `now` the desk's clock; who may `work` them is rung at."""

    n: int
    now: int
    you: str
    work: bool
    rows: list[Row]


class ClosedAlarms(Struct, frozen=True):
    """Closed ones, the last closed first; `next` is the `before` of the next page, empty at the end."""

    rows: list[Row]
    next: str = ""


class Board(Part):
    """Knows what is open. `changed` listeners are called after every telling."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.open: dict[str, Row] = {}
        self.changed: list[Callable[[Sequence[Row]], None]] = []
        self.drills: rows.Drills = rows.none
        self._n = desk.now()
        self._lock = asyncio.Lock()
        self._loaded = False
        self._behind: dict[str, None] = {}

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        see = Permission.ALARMS_SEE
        return (
            Door("GET", "/v1/alarms", self.listed, see, "Open alarms", answers=OpenAlarms),
            Door(
                "GET",
                "/v1/alarms/closed",
                self.closed,
                see,
                "Closed alarms, the last closed first",
                answers=ClosedAlarms,
                query=("before", "limit"),
            ),
        )

    async def run(self) -> None:
        """See `Part`: what was open before the desk started."""
        await self.ready()

    async def ready(self) -> None:
        """Return when the open ones are known."""
        async with self._lock:
            if not self._loaded:
                await self._read_and_tell(await self.desk.look(rows.open_ids))
                self._loaded = True

    async def alarms_changed(self, alarms: Sequence[str]) -> None:
        """See `Part`."""
        self._behind.update(dict.fromkeys(alarms))
        try:
            await self.tell(list(self._behind))
        except StoreError as error:  # the next change tells these too
            log.error("alarms cannot be read for the board: %s", error)  # noqa: TRY400 - a full disk needs no stack
        else:
            self._behind.clear()

    async def tell(self, alarms: Sequence[str]) -> list[Row]:
        """These changed, here or at the receiver: read them, tell every page; the rows."""
        async with self._lock:
            return await self._read_and_tell(alarms)

    async def _read_and_tell(self, alarms: Sequence[str]) -> list[Row]:
        found = await self.desk.look(partial(rows.read, ids=alarms, drills=self.drills, vault=self.desk.vault))
        self._n += 1
        found = [replaced(row, n=self._n) for row in found]
        for row in found:
            if row.closed_at is None:
                self.open[row.id] = row
            else:
                self.open.pop(row.id, None)
        self._broadcast(found)
        for listener in self.changed:
            listener(found)
        return found

    def _broadcast(self, found: Sequence[Row]) -> None:
        if not found or not self.desk.live.pages:
            return
        whole = encode({"topic": TOPIC, "data": found}).decode()
        bare = encode({"topic": TOPIC, "data": [row.bare() for row in found]}).decode()
        for page in self.desk.live.pages:
            if Permission.ALARMS_SEE in page.who.may:
                page.tell(whole if Permission.REGISTER_SEE in page.who.may else bare)

    async def row(self, alarm: str) -> Row:
        """One alarm as it is now, open or closed. Raises Mistake."""
        if not ID.fullmatch(alarm):
            raise missing("警报", "alarm")
        found = await self.desk.look(partial(rows.read, ids=[alarm], drills=self.drills, vault=self.desk.vault))
        if not found:
            raise missing("警报", "alarm")
        return found[0]

    async def listed(self, visit: Visit) -> Reply:
        """All open ones, oldest first."""
        await self.ready()
        ordered = sorted(self.open.values(), key=lambda row: (row.received_at, row.id))
        work = Permission.ALARMS_WORK in visit.who.may
        return said(OpenAlarms(self._n, self.desk.now(), visit.who.id, work, _for(visit, ordered)))

    async def closed(self, visit: Visit) -> Reply:
        """`before` (as in `next`), `limit`."""
        limit = visit.ask.number("limit", PAGE, most=MOST) or PAGE
        found = await self.desk.look(partial(_closed, before=_place(visit), limit=limit, drills=self.drills))
        last = found[-1] if len(found) == limit else None
        return said(ClosedAlarms(_for(visit, found), f"{last.closed_at}.{last.id}" if last else ""))


def _for(visit: Visit, found: Sequence[Row]) -> list[Row]:
    return list(found) if Permission.REGISTER_SEE in visit.who.may else [row.bare() for row in found]


def _place(visit: Visit) -> tuple[int, str] | None:
    text = visit.ask.query.get("before", "")
    if not text:
        return None
    match = _PLACE.fullmatch(text)
    if match is None:
        raise Mistake("翻页位置不对,请刷新页面", "`before` is what `next` said", 422, "before")
    return int(match[1]), match[2]


def _closed(conn: sqlite3.Connection, before: tuple[int, str] | None, limit: int, drills: rows.Drills) -> list[Row]:
    ids = rows.closed_ids(conn, before, limit)
    found = {row.id: row for row in rows.read(conn, ids, drills)}
    return [found[alarm] for alarm in ids if alarm in found]
