"""The audit log for the inspector: read, filtered, held against its chain and anchors, taken away as a table.

Anchors are written when the desk starts and ends, and once a day in between.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

from office.database import StoreError
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake
from office.desk.part import Part
from office.desk.people import accounts, anchors, audit, steps, verify
from office.desk.people.roles import Permission
from office.web import Reply, said
from sync.contract.envelope import Struct
from sync.contract.messages import Scalar

log = logging.getLogger("linli.office.desk")

BEIJING = timezone(timedelta(hours=8))
LAST_MS = 253_370_764_800_000
"""The beginning of the year 9999: a clock may be wrong, a list of times must not end in an error."""
DAY_MS = 24 * 3600 * 1000
LOOK_S = 5.0
MOST_LISTED = 200
MOST_EXPORTED = 50_000
QUERY = ("actor", "action", "about", "from", "to")


class Note(Struct, frozen=True):
    """One row; `name` is the actor's as colleagues read it now."""

    n: int
    at: int
    actor: str
    name: str
    action: str
    about: str
    about_name: str
    detail: dict[str, Scalar | list[str] | None]
    hash: str


class NoteList(Struct, frozen=True):
    """Newest first; `next` goes into `before`."""

    items: list[Note]
    next: int | None = None


class Finding(Struct, frozen=True):
    """How far a verification is, or what the last one found (see `verify.Verdict`)."""

    running: bool
    done: int
    rows: int
    at: int | None = None
    whole: bool | None = None
    first: int | None = None
    fault: str = ""
    last_good: int = 0
    anchored: int = 0
    unreadable: list[int] = []
    failed: str = ""


@dataclass(frozen=True, slots=True)
class _Filter:
    actor: str
    action: str
    about: str
    first: int | None
    last: int | None


class Auditing(Part):
    """See the module."""

    _finding = Finding(running=False, done=0, rows=0)
    _task: asyncio.Task[None] | None = None
    _anchored_at = 0
    _told = False

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        see = Permission.AUDIT_SEE
        return (
            Door("GET", "/v1/audit", self.list, see, "The audit log", answers=NoteList,
                 query=("before", "limit", *QUERY)),
            Door("GET", "/v1/audit.csv", self.export, see, "The audit log as a table", answers="text/csv", query=QUERY),
            Door("GET", "/v1/audit/check", self.check, see, "The last verification", answers=Finding),
            Door("POST", "/v1/audit/check", self.begin_check, see, "Verify it now", answers=Finding, status=202),
        )  # fmt: skip

    async def list(self, visit: Visit) -> Reply:
        """A page of it."""
        limit = visit.ask.number("limit", 50, most=MOST_LISTED) or 1
        before = visit.ask.number("before", 2**62)
        found = await self.desk.look(partial(_notes, wanted=_filter(visit), before=before or 0, limit=limit + 1))
        more = len(found) > limit
        return said(NoteList(found[:limit], found[limit - 1].n if more else None))

    async def export(self, visit: Visit) -> Reply:
        """The newest 50,000 rows that fit, as a file. Taking it away is a row too."""
        wanted, at = _filter(visit), self.desk.now()
        rows = await self.desk.look(partial(_notes, wanted=wanted, before=2**62, limit=MOST_EXPORTED))
        content = await asyncio.to_thread(_table, rows)
        await self.desk.change(
            lambda conn: audit.note(conn, at, visit.who.id, "audit.exported", "audit", rows=len(rows))
        )
        name = f'attachment; filename="audit-{_beijing(at):%Y%m%d-%H%M}.csv"'
        return Reply(200, content, {"Content-Disposition": name}, content_type="text/csv; charset=utf-8")

    async def check(self, _: Visit) -> Reply:
        """How far it is, or what was found."""
        return said(self._finding)

    async def begin_check(self, visit: Visit) -> Reply:
        """Start one, unless one is under way."""
        if self._task is None or self._task.done():
            rows, _ = await self.desk.look(audit.head)
            self._finding = Finding(running=True, done=0, rows=rows)
            self._task = asyncio.create_task(self._verify(visit.who.id), name="verify")
        return said(self._finding, 202)

    async def _verify(self, by: str) -> None:
        """In a thread with its own look into the file: a long log holds up nobody."""
        loop, at = asyncio.get_running_loop(), self.desk.now()
        rows = self._finding.rows

        def tell(done: int) -> None:
            loop.call_soon_threadsafe(self._progress, done, rows)

        try:
            found = await asyncio.to_thread(
                verify.verify, self.desk.config.desk_database, Path(self.desk.door.anchors), tell
            )
        except (OSError, sqlite3.Error) as error:
            self._finding = Finding(running=False, done=0, rows=rows, at=at, failed=str(error))
            return
        self._finding = Finding(
            running=False, done=found.rows, rows=found.rows, at=at, whole=found.whole, first=found.first,
            fault=found.fault, last_good=found.last_good, anchored=found.anchored, unreadable=[*found.unreadable],
        )  # fmt: skip
        with suppress(StoreError):
            await self.desk.change(
                lambda conn: audit.note(conn, at, by, "audit.verified", "audit", rows=found.rows, first=found.first)
            )

    def _progress(self, done: int, rows: int) -> None:
        if self._finding.running:
            self._finding = Finding(running=True, done=done, rows=max(done, rows))

    # --- anchors

    async def run(self) -> None:
        """An anchor at the start, each day, and at the end."""
        try:
            while True:
                if _beijing(self.desk.now()).date() != _beijing(self._anchored_at).date():
                    await self._anchor()
                await asyncio.sleep(LOOK_S)
        finally:
            await self._anchor()
            if self._task is not None:
                self._task.cancel()

    async def _anchor(self) -> None:
        """Said once when it cannot be done, and once when it can again; the desk goes on."""
        folder, at = Path(self.desk.door.anchors), self.desk.now()
        try:
            n, hash_ = await self.desk.look(audit.head)
            if not n:
                return
            await asyncio.to_thread(anchors.append, folder, at, n, hash_)
        except (OSError, StoreError) as error:
            if not self._told:
                log.warning("the head of the audit log cannot be anchored in %s: %s", folder, error)
            self._told = True
            return
        if self._told:
            log.warning("the head of the audit log is anchored again in %s", folder)
        self._told, self._anchored_at = False, at


class AlarmSteps(Part):
    """Each step that a person took about an alarm, as a row of the log."""

    async def run(self) -> None:
        """What came while the desk was not there, and what a full disk kept from being written."""
        while True:
            with suppress(StoreError):
                await self._catch_up()
            await asyncio.sleep(LOOK_S)

    async def alarms_changed(self, alarms: Sequence[str]) -> None:
        """See `Part`."""
        del alarms
        with suppress(StoreError):
            await self._catch_up()

    async def _catch_up(self) -> None:
        while (news := await self.desk.look(steps.look)).steps or news.lost:
            await self.desk.change(partial(steps.write, at=self.desk.now(), news=news))


def _filter(visit: Visit) -> _Filter:
    query = visit.ask.query
    texts = [query.get(name, "")[:100] for name in ("actor", "action", "about")]
    first, last = visit.ask.number("from"), visit.ask.number("to")
    if first is not None and last is not None and first > last:
        raise Mistake("开始时间晚于结束时间", "it begins after it ends", field="from")
    return _Filter(texts[0], texts[1], texts[2], first, last)


def _notes(conn: sqlite3.Connection, wanted: _Filter, before: int, limit: int) -> list[Note]:
    """Newest first. `action` may be the beginning of one; times are of the act, rows are in the order of writing."""
    clauses: list[str] = ["n<?"]
    values: list[object] = [before]
    for clause, value in (
        ("actor=?", wanted.actor),
        ("about=?", wanted.about),
        ("substr(action, 1, length(?)) = ?", wanted.action),
    ):
        if value:
            clauses.append(clause)
            values += [value] * clause.count("?")
    for clause, moment in (("at>=?", wanted.first), ("at<?", wanted.last)):
        if moment is not None:
            clauses.append(clause)
            values.append(moment)
    rows = conn.execute(
        f"SELECT * FROM audit WHERE {' AND '.join(clauses)} ORDER BY n DESC LIMIT ?",  # noqa: S608 - our own clauses
        [*values, limit],
    ).fetchall()
    names: dict[str, str] = {}
    return [_note(conn, row, names) for row in rows]


def _note(conn: sqlite3.Connection, row: sqlite3.Row, names: dict[str, str]) -> Note:
    for account in (row["actor"], row["about"]):
        if account not in names:
            names[account] = accounts.name_of(conn, account)
    about = names[row["about"]]
    return Note(
        row["n"], row["at"], row["actor"], names[row["actor"]], row["action"], row["about"],
        about if about != row["about"] else "", _detail(row["detail"]), row["hash"],
    )  # fmt: skip


def _detail(text: str) -> dict[str, Scalar | list[str] | None]:
    try:
        detail = json.loads(text)
    except ValueError:
        return {"": text}
    return detail if isinstance(detail, dict) else {"": text}


def _table(rows: Sequence[Note]) -> bytes:
    """CSV with a mark for spreadsheets; no cell begins like a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["编号 n", "时间 at", "人员 actor", "姓名 name", "操作 action", "对象 about", "详情 detail", "hash"]
    )
    for row in rows:
        cells = [row.actor, row.name, row.action, row.about, json.dumps(row.detail, ensure_ascii=False), row.hash]
        writer.writerow([row.n, _beijing(row.at).isoformat(), *(_cell(cell) for cell in cells)])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def _cell(text: str) -> str:
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _beijing(at_ms: int) -> datetime:
    return datetime.fromtimestamp(min(max(at_ms, 0), LAST_MS) / 1000, BEIJING)
