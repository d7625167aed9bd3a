"""Imports from CSV: bring a file, see what is wrong with it and what it would change, confirm, undo; settle conflicts.

One import works at a time, in pieces that let everything else go first.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice

from office.database import StoreError
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.desk.people.vault import WrongKey
from office.desk.register import book, conflicts, imports, views
from office.desk.register.csv_table import Bad, Line, Table, Unreadable, written
from office.desk.register.difference import Batch, Comparison
from office.desk.register.fields import Value
from office.desk.register.subject import Subject
from office.desk.register.views import ImportView
from office.web import Reply, said
from sync.contract.envelope import Struct

log = logging.getLogger("linli.office.desk")

LARGEST = 32 << 20
TIDY_S = 600.0
AGAIN_S = 10.0
"""A full disk is not emptied faster by asking more often."""

READ = 400
"""Rows that are held against the register at once."""

EDIT, EXPORT = Permission.REGISTER_EDIT, Permission.REGISTER_EXPORT


class RowView(Struct, frozen=True, kw_only=True):
    """A row of a draft; of what is sealed only that it is there."""

    line: int
    what: str
    key: str
    fields: list[str]
    before: dict[str, Value] | None
    after: dict[str, Value]
    conflict: str
    other: str


class RowsView(Struct, frozen=True):
    """A page of a draft; `next` goes into `after`, 0 at the end."""

    rows: list[RowView]
    next: int = 0


class ConflictView(Struct, frozen=True, kw_only=True):
    """Two rows that collide, and what can be done."""

    n: int
    subject: str
    kind: str
    key: str
    other: str
    other_name: str
    zh: str
    en: str
    mine: dict[str, Value]
    theirs: dict[str, Value]
    fields: list[str]
    hows: list[str]
    origin: str
    file: str
    line: int
    at: int
    settled_at: int | None
    settled_by: str
    how: str


class ConflictsView(Struct, frozen=True):
    """A page of them, and how many are open."""

    rows: list[ConflictView]
    open: int
    next: int = 0


class ConfirmAsked(Struct, frozen=True):
    """The register's version as the draft showed it."""

    version: int


class SettleAsked(Struct, frozen=True):
    """`mine`, `theirs` or `both`."""

    how: str


class Importing(Part):
    """See the module."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.subjects = book.subjects(desk.vault)
        self._work: asyncio.Queue[tuple[str, bytes | None]] = asyncio.Queue(8)

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        base = "/v1/register"
        one = f"{base}/imports/{{import}}"
        return (
            Door(
                "POST",
                f"{base}/imports",
                self.bring,
                EDIT,
                "Bring a CSV file of persons, places, poles or devices",
                asks="text/csv",
                answers=ImportView,
                query=("subject", "file"),
                status=202,
            ),
            Door("GET", f"{base}/imports", self.listed, EDIT, "Imports, newest first", answers=list[ImportView]),
            Door("GET", one, self.seen, EDIT, "One import and its bad rows", answers=ImportView),
            Door(
                "GET",
                f"{one}/rows",
                self.rows,
                EDIT,
                "What it would change",
                answers=RowsView,
                query=("what", "after", "limit"),
            ),
            Door("POST", f"{one}/confirm", self.confirm, EDIT, "Apply it", asks=ConfirmAsked, answers=ImportView),
            Door("POST", f"{one}/undo", self.undo, EDIT, "Take the last one back", answers=ImportView),
            Door("DELETE", one, self.discard, EDIT, "Throw a draft away", status=204),
            Door(
                "GET",
                f"{base}/conflicts",
                self.conflicts,
                EDIT,
                "What collided",
                answers=ConflictsView,
                query=("after", "limit", "settled"),
            ),
            Door("POST", f"{base}/conflicts/{{n}}", self.settle, EDIT, "Settle one", asks=SettleAsked, status=204),
            Door("GET", f"{base}/files/{{subject}}", self.file, EXPORT, "All rows as CSV", answers="text/csv"),
        )

    async def run(self) -> None:
        """See `Part`: one import after the other, and once in a while what is too old."""
        at = self.desk.now()
        for made in await self.desk.change(partial(imports.interrupted, at=at)):
            await self._one(made, None)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tidy(), name="old drafts")
            while True:
                await self._one(*await self._work.get())

    async def _one(self, made: str, content: bytes | None) -> None:
        """What cannot be stored now is tried again; what can never be read is said."""
        while True:
            try:
                await (self._go_on(made) if content is None else self._read(made, content))
            except StoreError as error:
                log.error("an import stands still: %s", error)  # noqa: TRY400 - a full disk needs no stack
                await asyncio.sleep(AGAIN_S)
                if content is None:
                    continue
                at = self.desk.now()
                with suppress(StoreError):
                    await self.desk.change(partial(imports.interrupted, at=at))
            return

    # --- doors

    async def bring(self, visit: Visit) -> Reply:
        """202: it is being read; `register.import` on the live line says how far."""
        subject = self._subject(visit.ask.query.get("subject", ""))
        content = await visit.ask.content(LARGEST)
        if not content:
            raise Mistake("文件是空的", "the file is empty")
        made, at, who = secrets.token_hex(8), self.desk.now(), visit.who
        file = visit.ask.query.get("file", "")[:120]
        if self._work.full():
            raise Mistake("有太多导入在排队,请稍后", "too many imports are waiting", 429)
        await self.desk.change(lambda conn: imports.begin(conn, at, made, subject.name, file, who.id))
        await self._work.put((made, content))
        return said(await self._view(made), 202)

    async def listed(self, _: Visit) -> Reply:
        """The last twenty."""
        return said(await self.desk.look(views.imports))

    async def seen(self, visit: Visit) -> Reply:
        """One."""
        return said(await self._view(visit.name("import")))

    async def rows(self, visit: Visit) -> Reply:
        """By line; `what` is new, changed or conflict."""
        made, ask = await self._view(visit.name("import")), visit.ask
        what, limit = ask.query.get("what", ""), ask.number("limit", 50, most=200) or 50
        subject = self.subjects[made.subject]
        query = partial(_rows, subject=subject, made=made.id, what=what, after=ask.number("after", 0) or 0, limit=limit)
        rows = await self.desk.look(query)
        return said(RowsView(rows, rows[-1].line if len(rows) == limit else 0))

    async def confirm(self, visit: Visit) -> Reply:
        """Compare and set; the work begins."""
        wanted, made = await visit.asked(ConfirmAsked), visit.name("import")
        at, who = self.desk.now(), visit.who
        await self.desk.change(lambda conn: imports.confirm(conn, at, made, wanted.version, who.id))
        await self._work.put((made, None))
        return said(await self._view(made))

    async def undo(self, visit: Visit) -> Reply:
        """Only the last."""
        made, at, who = visit.name("import"), self.desk.now(), visit.who
        await self.desk.change(lambda conn: imports.undo(conn, at, made, who.id))
        await self._work.put((made, None))
        return said(await self._view(made))

    async def discard(self, visit: Visit) -> Reply:
        """A draft is gone with all it held."""
        made, at, who = visit.name("import"), self.desk.now(), visit.who
        await self.desk.change(lambda conn: imports.discard(conn, at, made, who.id))
        return Reply(204)

    async def conflicts(self, visit: Visit) -> Reply:
        """Open ones, oldest first; or with `settled=1` the settled ones, newest first."""
        ask = visit.ask
        after, limit = ask.number("after", 0) or 0, ask.number("limit", 50, most=200) or 50
        query = partial(
            _conflicts, subjects=self.subjects, after=after, limit=limit, settled=ask.query.get("settled") == "1"
        )
        return said(await self.desk.look(query))

    async def settle(self, visit: Visit) -> Reply:
        """Of two who settle it the second reads so."""
        wanted, text, at, who = await visit.asked(SettleAsked), visit.name("n"), self.desk.now(), visit.who
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise missing("冲突", "conflict")

        def work(conn: sqlite3.Connection) -> None:
            row = conn.execute("SELECT subject FROM register_conflicts WHERE n=?", (int(text),)).fetchone()
            if row is None:
                raise missing("冲突", "conflict")
            conflicts.settle(conn, self.subjects[row["subject"]], at, int(text), wanted.how, who.id)

        await self.desk.change(work)
        self.desk.live.tell("register.conflicts", None, may=EDIT)
        return Reply(204)

    async def file(self, visit: Visit) -> Reply:
        """As an import would read it, without what is sealed."""
        subject, at, who = self._subject(visit.name("subject")), self.desk.now(), visit.who
        names = [name for name, field in subject.fields.items() if not field.sealed]
        rows: list[list[Value]] = []
        after = 0
        while piece := await self.desk.look(partial(_piece, subject=subject, after=after)):
            after, images = piece
            rows += [[image[name] for name in names] for image in images]
        await self.desk.change(
            lambda conn: audit.note(conn, at, who.id, "register.file.exported", subject.name, rows=len(rows))
        )
        content = await asyncio.to_thread(written, [subject.fields[name].zh for name in names], rows)
        headers = {"Content-Disposition": f'attachment; filename="{subject.name}.csv"'}
        return Reply(200, content, headers, content_type="text/csv; charset=utf-8")

    # --- the work

    async def _read(self, made: str, content: bytes) -> None:
        subject = self.subjects[(await self._view(made)).subject]
        try:
            table = await asyncio.to_thread(Table, content, subject.fields)
            await self._compare(made, Comparison(subject, table), table)
        except Unreadable as error:
            bad, at = error.bad, self.desk.now()
            await self.desk.change(lambda conn: imports.complain(conn, made, bad))
            await self.desk.change(lambda conn: imports.state(conn, at, made, "failed", "unreadable"))
        except WrongKey:  # a sealed note of somebody in the file was changed on disk: nothing to guess about
            at = self.desk.now()
            await self.desk.change(lambda conn: imports.state(conn, at, made, "failed", "sealed"))
        await self._tell(made)

    async def _compare(self, made: str, comparison: Comparison, table: Table) -> None:
        lines = table.lines()
        while piece := await asyncio.to_thread(_next, lines):
            batch: Batch = await self.desk.look(partial(comparison.batch, lines=piece))
            count = len(piece)
            await self.desk.change(
                partial(imports.add, made=made, batch=batch, lines=count, total=table.rows), long=True
            )
            await self._tell(made)
        at = self.desk.now()
        await self.desk.change(lambda conn: imports.state(conn, at, made, "draft"))

    async def _go_on(self, made: str) -> None:
        """Apply or undo, to the end."""
        view = await self._view(made)
        step = imports.apply_piece if view.state == "applying" else imports.undo_piece
        work = partial(step, at=self.desk.now(), made=made, subject=self.subjects[view.subject])
        while await self.desk.change(work, long=True):
            await self._tell(made)
        await self._tell(made)
        self.desk.live.tell("register", {"subject": view.subject}, may=Permission.REGISTER_SEE)

    async def _tidy(self) -> None:
        while True:
            at = self.desk.now()
            with suppress(StoreError):
                await self.desk.change(partial(imports.expire, at=at), long=True)
            await asyncio.sleep(TIDY_S)

    async def _view(self, made: str) -> ImportView:
        found = await self.desk.look(partial(views.imports, only=made)) if made else []
        if not found:
            raise missing("导入", "import")
        return found[0]

    async def _tell(self, made: str) -> None:
        view = await self._view(made)
        told = {"id": made, "state": view.state, "done": view.done, "total": view.total}
        self.desk.live.tell("register.import", told, may=EDIT)

    def _subject(self, name: str) -> Subject:
        subject = self.subjects.get(name)
        if subject is None:
            raise Mistake(
                "登记种类应为 persons、places、poles 或 devices", f"subject is one of {', '.join(self.subjects)}"
            )
        return subject


def _next(lines: Iterator[Line | Bad]) -> list[Line | Bad]:
    return list(islice(lines, READ))


def _rows(conn: sqlite3.Connection, subject: Subject, made: str, what: str, after: int, limit: int) -> list[RowView]:
    rows = conn.execute(
        """SELECT * FROM register_import_rows
           WHERE import=?1 AND (?2='' OR what=?2) AND line>?3 ORDER BY line LIMIT ?4""",
        (made, what, after, limit),
    )
    return [
        RowView(
            line=row["line"],
            what=row["what"],
            key=row["key"],
            fields=json.loads(row["fields"]),
            before=subject.shown(json.loads(row["before"])) if row["before"] else None,
            after=subject.shown(json.loads(row["image"])),
            conflict=row["conflict"],
            other=row["other"],
        )
        for row in rows
    ]


def _conflicts(
    conn: sqlite3.Connection, subjects: dict[str, Subject], after: int, limit: int, *, settled: bool
) -> ConflictsView:
    which = (
        "c.settled_at IS NOT NULL AND (?1=0 OR c.n<?1) ORDER BY c.n DESC"
        if settled
        else "c.settled_at IS NULL AND c.n>?1 ORDER BY c.n"
    )
    rows = conn.execute(_CONFLICTS + f"WHERE {which} LIMIT ?2", (after, limit)).fetchall()
    number = conn.execute("SELECT count(*) FROM register_conflicts WHERE settled_at IS NULL").fetchone()[0]
    listed_rows = [_conflict(conn, row, subjects[row["subject"]]) for row in rows]
    return ConflictsView(listed_rows, number, rows[-1]["n"] if len(rows) == limit else 0)


def _conflict(conn: sqlite3.Connection, row: sqlite3.Row, subject: Subject) -> ConflictView:
    mine, theirs = ({**subject.blank(), **json.loads(row[side])} for side in ("mine", "theirs"))
    if row["kind"] == "phone" and mine == subject.blank():  # nobody yet: what stands against it is the other's row
        other = subject.current(conn, [row["other"]]).get(row["other"])
        mine = other.image if other else mine
    zh, en = book.CLASHES[row["kind"]]
    return ConflictView(
        n=row["n"],
        subject=row["subject"],
        kind=row["kind"],
        key=row["key"],
        other=row["other"],
        other_name=row["other_name"] or "",
        zh=zh,
        en=en,
        mine=subject.shown(mine),
        theirs=subject.shown(theirs),
        fields=[name for name in subject.fields if mine[name] != theirs[name]],
        hows=[*subject.hows(row["kind"])],
        origin=row["origin"],
        file=row["file"] or "",
        line=row["line"],
        at=row["at"],
        settled_at=row["settled_at"],
        settled_by=row["settler"] or row["settled_by"],
        how=row["how"],
    )


def _piece(conn: sqlite3.Connection, subject: Subject, after: int) -> tuple[int, list[dict[str, Value]]] | None:
    table, key = _KEYS[subject.name]
    rows = conn.execute(f"SELECT n, {key} AS key FROM {table} WHERE n>? ORDER BY n LIMIT 500", (after,)).fetchall()  # noqa: S608
    if not rows:
        return None
    current = subject.current(conn, [row["key"] for row in rows])
    return rows[-1]["n"], [current[row["key"]].image for row in rows if row["key"] in current]


_KEYS = {
    "persons": ("persons", "CASE WHEN erased_at IS NULL THEN ref END"),
    "places": ("places", "path"),
    "poles": ("poles", "number"),
    "devices": ("devices_at", "gateway || '/' || device"),
}
_CONFLICTS = """
SELECT c.*, i.file, a.name AS settler, p.name AS other_name FROM register_conflicts c
LEFT JOIN register_imports i ON i.id=c.origin LEFT JOIN accounts a ON a.id=c.settled_by
LEFT JOIN persons p ON p.ref=c.other AND c.subject='persons'
"""
