"""What the district centre dispatches: by API with a key, or as CSV; their number and their deadline beside ours.

Results go back the same two ways. A CSV is checked whole and changes nothing until the same file is sent again with
the mark of the check.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from office.desk.cases import book
from office.desk.cases.hooks import Brought, brought, secret_of
from office.desk.cases.office_time import OFFSET_MS, beijing
from office.desk.cases.steps import Step
from office.desk.cases.views import when
from office.desk.desk import Desk
from office.desk.door import Access, Door, Visit
from office.desk.mistake import Mistake
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.web import Reply, said
from sync.contract import case_number
from sync.contract.envelope import Struct

MOST_ROWS = 2000
LARGEST = 2 << 20
AT_ONCE = 500
MOST_NUMBER = 64


class Dispatched(Brought, frozen=True, kw_only=True):
    """A case of the district: `number` is theirs, `due` their deadline."""

    number: str
    due: datetime | None = None


class Dispatch(Struct, frozen=True):
    """Several at once."""

    cases: list[Dispatched]


class Entered(Struct, frozen=True):
    """Their number and ours; `new` is false when it was there before."""

    district: str
    number: str
    new: bool


class Result(Struct, frozen=True, kw_only=True):
    """How it stands with one of theirs. `n` goes into `after` for the next page."""

    n: int
    district: str
    number: str
    step: str
    due: datetime | None
    in_time: bool | None
    answer: str
    begun_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None


class BadRow(Struct, frozen=True):
    """A row that cannot be taken, and why."""

    row: int
    field: str
    zh: str
    en: str


class Checked(Struct, frozen=True, kw_only=True):
    """What an import would do, or did. `mark` is sent back as `confirm` with the same file."""

    rows: int
    new: int
    known: int
    bad: list[BadRow]
    mark: str
    done: bool


class DistrictDoors:
    """Their two doors and our three."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> Sequence[Door]:
        """The key of `/v1/district` is the secret of the way `district`, as a bearer token (RFC 6750)."""
        anyone, lead, see = Access.ANYONE, Permission.CASES_LEAD, Permission.CASES_SEE
        cases, results = "/v1/district/cases", "/v1/district/results"
        file, out = "/v1/cases/import", "/v1/cases/district.csv"
        return (
            Door("POST", cases, self.bring, anyone, "District: cases", asks=Dispatch, answers=list[Entered]),
            Door("GET", results, self.results, anyone, "District: results", answers=list[Result], query=("after",)),
            Door("POST", file, self.load, lead, "Import CSV", asks="text/csv", answers=Checked, query=("confirm",)),
            Door("GET", out, self.export, see, "Results for the district", answers="text/csv", query=("after",)),
        )

    async def bring(self, visit: Visit) -> Reply:
        """All of them or none."""
        await self._known(visit)
        asked, at = await visit.asked(Dispatch), self._desk.now()
        if not 1 <= len(asked.cases) <= AT_ONCE:
            raise Mistake(f"一次 1 到 {AT_ONCE} 件", f"1 to {AT_ONCE} cases at a time", field="cases")
        new = [_new(case) for case in asked.cases]
        return said(await self._desk.change(partial(self._enter, at=at, new=new)))

    async def results(self, visit: Visit) -> Reply:
        """By key, 500 at a time."""
        await self._known(visit)
        after = visit.ask.number("after", 0) or 0
        return said(await self._desk.look(partial(results, after=after)))

    async def load(self, visit: Visit) -> Reply:
        """Without `confirm` nothing changes. A file with a bad row is not taken at all."""
        content = await visit.ask.content(most=LARGEST)
        mark, who, at = hashlib.sha256(content).hexdigest()[:32], visit.who, self._desk.now()
        read = read_csv(content)
        known = await self._desk.look(partial(_known_of, new=read.new))
        confirmed = visit.ask.query.get("confirm", "") == mark and not read.bad
        if confirmed:

            def change(conn: sqlite3.Connection) -> None:
                self._enter(conn, at=at, new=read.new)
                audit.note(conn, at, who.id, "case.import", mark, rows=len(read.new))

            await self._desk.change(change, long=True)
        rows = len(read.new) + len({bad.row for bad in read.bad})
        fresh = len(read.new) - known
        return said(Checked(rows=rows, new=fresh, known=known, bad=read.bad, mark=mark, done=confirmed))

    async def export(self, _: Visit) -> Reply:
        """With a byte order mark, so that Excel reads it as UTF-8."""
        after = _.ask.number("after", 0) or 0
        found = await self._desk.look(partial(results, after=after, limit=20_000))
        headers = {"Content-Disposition": 'attachment; filename="district.csv"'}
        return Reply(200, b"\xef\xbb\xbf" + as_csv(found), headers, content_type="text/csv; charset=utf-8")

    async def _known(self, visit: Visit) -> None:
        key = visit.ask.headers.get("Authorization", "").removeprefix("Bearer ")
        secret = await self._desk.look(partial(secret_of, vault=self._desk.vault, source=book.Source.DISTRICT))
        if not secret or not hmac.compare_digest(secret.encode(), key.encode(errors="replace")):
            raise Mistake("密钥不对", "the key is wrong, or this way is closed", 401)

    def _enter(self, conn: sqlite3.Connection, at: int, new: Sequence[book.NewCase]) -> list[Entered]:
        entered = []
        for case in new:
            known = _known_of(conn, [case])
            number = book.begin(conn, at, case, self._desk.vault)
            entered.append(Entered(case.district_number, number, new=not known))
        return entered


def results(conn: sqlite3.Connection, after: int, limit: int = AT_ONCE) -> list[Result]:
    """In the order in which they came; a case that follows another shows that one's answer."""
    rows = conn.execute(
        """SELECT c.n, c.number, c.district_number, c.district_due, c.begun_at,
                  coalesce(l.step, c.step) AS step, coalesce(l.answer, c.answer) AS answer,
                  coalesce(l.answered_at, c.answered_at) AS answered_at, coalesce(l.ended_at, c.ended_at) AS ended_at
           FROM cases c INDEXED BY cases_district LEFT JOIN cases l ON c.leader<>'' AND l.number=c.leader
           WHERE c.source='district' AND c.n>? ORDER BY c.n LIMIT ?""",
        (after, limit),
    )
    return [
        Result(
            n=row["n"],
            district=row["district_number"],
            number=case_number.shown(row["number"]),
            step=row["step"],
            due=when(row["district_due"]),
            in_time=_in_time(row["district_due"], row["answered_at"]),
            answer=row["answer"],
            begun_at=datetime.fromtimestamp(row["begun_at"] / 1000, UTC),
            answered_at=when(row["answered_at"]),
            ended_at=when(row["ended_at"]),
        )
        for row in rows
    ]


def as_csv(found: Sequence[Result]) -> bytes:
    """Columns as the district's sheet has them; times in Beijing."""
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(["区编号", "街道编号", "环节", "区时限", "是否按时", "处理结果", "受理时间", "回复时间", "办结时间"])
    for one in found:
        timely = "" if one.in_time is None else "是" if one.in_time else "否"
        times = [_shown(at) for at in (one.begun_at, one.answered_at, one.ended_at)]
        row = [one.district, one.number, Step(one.step).titles["zh"], _shown(one.due), timely, one.answer, *times]
        sheet.writerow([_harmless(cell) for cell in row])
    return text.getvalue().encode()


@dataclass
class Read:
    """What a file holds."""

    new: list[book.NewCase] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


COLUMNS = {
    "number": ("区编号", "编号", "number"),
    "words": ("内容", "问题描述", "words"),
    "kind": ("类别", "kind"),
    "place_words": ("地点", "地址", "place"),
    "pole": ("立杆号", "杆号", "pole"),
    "due": ("时限", "期限", "due"),
    "phone": ("电话", "phone"),
}


def read_csv(content: bytes) -> Read:
    """UTF-8, or GB 18030 as Chinese Excel saves it. Says every bad row; raises Mistake when it is no such sheet."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise Mistake("文件编码不对,请存为 UTF-8 或 GBK 的 CSV", "save it as CSV in UTF-8 or GB 18030") from None
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise Mistake(f"不是有效的 CSV 文件:{error}", f"this is no CSV file: {error}") from None
    if not rows or len(rows) - 1 > MOST_ROWS:
        raise Mistake(f"文件应有表头和 1 到 {MOST_ROWS} 行", f"a heading and 1 to {MOST_ROWS} rows")
    where = {name: _column(rows[0], titles) for name, titles in COLUMNS.items()}
    if where["number"] is None or where["words"] is None:
        raise Mistake("表头缺少“区编号”或“内容”", "the heading needs `number` and `words`")
    read, seen = Read(), set[str]()
    for n, cells in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in cells):
            _read_row(read, seen, n, {name: _cell(cells, at) for name, at in where.items()})
    return read


def _read_row(read: Read, seen: set[str], n: int, cells: dict[str, str]) -> None:
    faults = list(_faults(cells, seen))
    seen.add(cells["number"])
    if faults:
        read.bad.extend(BadRow(n, name, zh, en) for name, zh, en in faults)
        return
    due = _moment(cells["due"])
    rest = {name: cells[name] for name in ("words", "place_words", "pole", "phone", "number")}
    read.new.append(_new(Dispatched(kind=cells["kind"] or "other", due=due, **rest)))


def _faults(cells: dict[str, str], seen: set[str]) -> Iterator[tuple[str, str, str]]:
    if not 1 <= len(cells["number"]) <= MOST_NUMBER:
        yield "number", "区编号为 1 到 64 字", "their number has 1 to 64 characters"
    elif cells["number"] in seen:
        yield "number", "同一文件里区编号重复", "the number stands twice in this file"
    if not 1 <= len(cells["words"]) <= book.MOST_WORDS:
        yield "words", f"内容为 1 到 {book.MOST_WORDS} 字", f"words: 1 to {book.MOST_WORDS} characters"
    if cells["due"] and _moment(cells["due"]) is None:
        yield "due", "时限写成 2026-09-30 或 2026-09-30 17:00", "write the deadline as 2026-09-30 17:00"


def _moment(text: str) -> datetime | None:
    """A day (its end), or a minute, in Beijing time; also as Excel writes it (2026/9/30)."""
    plain = text.strip().replace("/", "-").replace("T", " ")
    formats: tuple[tuple[str, Callable[[datetime], datetime]], ...] = (
        ("%Y-%m-%d %H:%M:%S", lambda at: at),
        ("%Y-%m-%d %H:%M", lambda at: at),
        ("%Y-%m-%d", lambda at: at.replace(hour=23, minute=59)),
    )
    for form, full in formats:
        try:
            at = full(datetime.strptime(plain, form).replace(tzinfo=UTC))
        except ValueError:
            continue
        return datetime.fromtimestamp(at.timestamp() - OFFSET_MS / 1000, UTC)
    return None


def _new(case: Dispatched) -> book.NewCase:
    number = case.number.strip()
    if not 1 <= len(number) <= MOST_NUMBER:
        raise Mistake("区编号为 1 到 64 字", "their number has 1 to 64 characters", field="number")
    new = brought(case, book.Source.DISTRICT, number)
    due = None if case.due is None else int(case.due.timestamp() * 1000)
    return replace(new, district_number=number, district_due=due)


def _known_of(conn: sqlite3.Connection, new: Sequence[book.NewCase]) -> int:
    sql = "SELECT count(*) FROM cases WHERE source=? AND source_ref=?"
    return sum(conn.execute(sql, (case.source, case.source_ref)).fetchone()[0] for case in new)


def _in_time(due: int | None, answered: int | None) -> bool | None:
    return None if due is None or answered is None else answered <= due


def _column(heading: Sequence[str], titles: Sequence[str]) -> int | None:
    plain = [cell.strip().lower() for cell in heading]
    return next((plain.index(title) for title in titles if title in plain), None)


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""


def _shown(at: datetime | None) -> str:
    return "" if at is None else beijing(int(at.timestamp() * 1000)).strftime("%Y-%m-%d %H:%M")


def _harmless(cell: str) -> str:
    """A spreadsheet must not take what somebody wrote for a formula (OWASP, CSV injection)."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
