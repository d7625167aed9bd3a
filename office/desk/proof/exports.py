"""Taking tables away: a job writes the file page by page, it stays for a day, and the log says who took what."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from office.database import StoreError
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.desk.proof.datasets import BY_NAME, DATASETS, Dataset, Key, cells
from office.desk.proof.files import TYPES, TableFile, begin
from office.web import FilePart, Reply, said
from sync.contract.envelope import Struct

KEPT_MS = 24 * 3600 * 1000
SWEEP_S = 600.0
MOST_WAITING = 8
SHOWN = 50


class Wanted(Struct, frozen=True):
    """What to write: `since` inclusive and `until` exclusive, milliseconds."""

    dataset: str
    kind: str
    since: int
    until: int


class Choice(Struct, frozen=True):
    """A dataset that can be taken."""

    name: str
    zh: str
    en: str
    columns: list[str]


class Taken(Struct, frozen=True):
    """One export."""

    id: str
    dataset: str
    kind: str
    since: int
    until: int
    account: str
    at: int
    state: str
    rows: int
    bytes: int
    why: str


class Listing(Struct, frozen=True):
    """What can be taken, and what was, newest first."""

    choices: list[Choice]
    exports: list[Taken]


class Exports(Part):
    """Files lie in `data/exports/`; one is written at a time."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._folder = Path(desk.config.data) / "exports"
        self._jobs: asyncio.Queue[tuple[str, Wanted]] = asyncio.Queue(MOST_WAITING)

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        may = Permission.REGISTER_EXPORT
        return (
            Door("GET", "/v1/exports", self.listed, may, "What can be taken away, and what was", answers=Listing),
            Door("POST", "/v1/exports", self.wish, may, "Write a table", asks=Wanted, answers=Taken, status=202),
            Door("GET", "/v1/exports/{export}/file", self.fetch, may, "The file", answers="application/octet-stream"),
        )

    async def run(self) -> None:
        """Write what is wished, one after the other; remove what is old."""
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        await self.desk.change(_interrupted)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sweep(), name="old exports")
            while True:
                export, wanted = await self._jobs.get()
                await self._write(export, wanted)

    async def listed(self, _: Visit) -> Reply:
        """All datasets and the last exports."""
        choices = [Choice(d.name, d.zh, d.en, [column.zh for column in d.columns]) for d in DATASETS]
        return said(Listing(choices, await self.desk.look(_listed)))

    async def wish(self, visit: Visit) -> Reply:
        """202; the page hears of progress on the topic `exports`."""
        wanted = await visit.asked(Wanted)
        if wanted.dataset not in BY_NAME:
            raise Mistake("没有这种表", "there is no such table", field="dataset")
        if wanted.kind not in TYPES:
            raise Mistake("格式是 csv、xlsx 或 jsonl", "the format is csv, xlsx or jsonl", field="kind")
        if not 0 <= wanted.since < wanted.until <= 10**14:
            raise Mistake("开始时间要早于结束时间", "the beginning lies before the end", field="since")
        if self._jobs.full():
            raise Mistake("正在写的表太多,请稍后再试", "too many tables are being written, try again later", 429)
        export, at, who = secrets.token_hex(8), self.desk.now(), visit.who

        def begin_(conn: sqlite3.Connection) -> None:
            values = (export, wanted.dataset, wanted.kind, wanted.since, wanted.until, who.id, at)
            conn.execute("INSERT INTO exports VALUES (?,?,?,?,?,?,?,'waiting',0,0,'')", values)
            audit.note(conn, at, who.id, "export.wished", export, dataset=wanted.dataset, kind=wanted.kind)

        await self.desk.change(begin_)
        self._jobs.put_nowait((export, wanted))
        return said(await self._one(export), 202)

    async def fetch(self, visit: Visit) -> Reply:
        """The file, as an attachment."""
        found = await self._one(visit.name("export"))
        path = self._path(found.id, found.kind)
        if found.state != "ready" or not await asyncio.to_thread(path.exists):
            raise Mistake("文件还没写好,或已过期", "the file is not ready, or gone", 409)
        at, who = self.desk.now(), visit.who

        def noted(conn: sqlite3.Connection) -> None:
            audit.note(conn, at, who.id, "export.taken", found.id, dataset=found.dataset, rows=found.rows)

        await self.desk.change(noted)
        headers = {"Content-Disposition": f'attachment; filename="{found.dataset}-{found.id}.{found.kind}"'}
        return Reply(200, b"", headers, FilePart(path, 0, found.bytes), content_type=TYPES[found.kind])

    # --- writing

    async def _write(self, export: str, wanted: Wanted) -> None:
        path = self._path(export, wanted.kind)
        try:
            rows = await self._pages(export, path, wanted)
        except (OSError, StoreError) as error:
            path.with_suffix(".part").unlink(missing_ok=True)
            await self._now_is(export, "failed", 0, 0, str(error)[:200])
            return
        size = (await asyncio.to_thread(path.stat)).st_size
        await self._now_is(export, "ready", rows, size)

    async def _pages(self, export: str, path: Path, wanted: Wanted) -> int:
        dataset, part, rows = BY_NAME[wanted.dataset], path.with_suffix(".part"), 0
        first, end = await self.desk.look(partial(dataset.bounds, since=wanted.since, until=wanted.until))
        file = await asyncio.to_thread(begin, part, wanted.kind, dataset)
        try:
            at: Key | None = first
            while at is not None:
                found, at = await self.desk.look(partial(dataset.page, first=at, end=end))
                await asyncio.to_thread(_add, file, dataset, found)
                rows += len(found)
                self._tell(export, "waiting", rows)
        finally:
            await asyncio.to_thread(file.close)
        await asyncio.to_thread(part.replace, path)
        return rows

    async def _now_is(self, export: str, state: str, rows: int, size: int, why: str = "") -> None:
        def change(conn: sqlite3.Connection) -> None:
            conn.execute(
                "UPDATE exports SET state=?, rows=?, bytes=?, why=? WHERE id=?", (state, rows, size, why, export)
            )

        await self.desk.change(change)
        self._tell(export, state, rows)

    def _tell(self, export: str, state: str, rows: int) -> None:
        self.desk.live.tell("exports", {"id": export, "state": state, "rows": rows}, Permission.REGISTER_EXPORT)

    async def _sweep(self) -> None:
        while True:
            await self.sweep()
            await asyncio.sleep(SWEEP_S)

    async def sweep(self) -> None:
        """Remove the files that are older than a day."""
        for export, kind in await self.desk.change(partial(_aged, before=self.desk.now() - KEPT_MS)):
            with suppress(OSError):
                await asyncio.to_thread(self._path(export, kind).unlink, missing_ok=True)

    def _path(self, export: str, kind: str) -> Path:
        return self._folder / f"{export}.{kind}"

    async def _one(self, export: str) -> Taken:
        row = await self.desk.look(lambda conn: conn.execute("SELECT * FROM exports WHERE id=?", (export,)).fetchone())
        if row is None:
            raise missing("导出", "export")
        return Taken(**dict(row))


def _add(file: TableFile, dataset: Dataset, rows: Sequence[sqlite3.Row]) -> None:
    file.add([cells(dataset, row) for row in rows])


def _listed(conn: sqlite3.Connection) -> list[Taken]:
    query = """SELECT e.*, coalesce(a.name, e.account) AS who FROM exports e LEFT JOIN accounts a ON a.id=e.account
               ORDER BY e.at DESC, e.id LIMIT ?"""
    found = []
    for row in conn.execute(query, (SHOWN,)):
        values = dict(row)
        values["account"] = values.pop("who")
        found.append(Taken(**values))
    return found


def _interrupted(conn: sqlite3.Connection) -> None:
    """What was being written when the desk ended was not finished."""
    conn.execute("UPDATE exports SET state='failed', why='the desk was restarted' WHERE state='waiting'")


def _aged(conn: sqlite3.Connection, before: int) -> list[tuple[str, str]]:
    rows = conn.execute("SELECT id, kind FROM exports WHERE state='ready' AND at<?", (before,)).fetchall()
    conn.execute("UPDATE exports SET state='gone' WHERE state='ready' AND at<?", (before,))
    return [(row["id"], row["kind"]) for row in rows]
