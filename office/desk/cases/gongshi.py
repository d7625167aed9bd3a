"""公示: a month in public. Counts of everything, and those cases whose words a clerk wrote for the public and approved.

What residents wrote never gets here; the clerk's words are held against telephone numbers and doors, too.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from functools import partial

from office.desk.cases.desk_doors import numbered, seen
from office.desk.cases.moves import get
from office.desk.cases.office_time import beijing, month_span
from office.desk.cases.steps import Step
from office.desk.cases.track import Both
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.web import Reply, said
from sync.contract.envelope import Struct

MOST = 300
MOST_TITLE, MOST_TEXT = 60, 600
_PRIVATE = (
    (re.compile(r"\d[\d \-]{6,}\d"), "电话或证件号码", "a telephone or identity number"),
    (re.compile(r"\d+\s*(单元|室|门(?!前|口)|号楼)"), "楼号、单元或门牌", "a building, unit or door"),
)


class Count(Struct, frozen=True):
    """How many of one department or kind: received, ended, and steps that were on time of all."""

    id: str
    zh: str
    en: str
    received: int
    ended: int
    steps: int
    on_time: int


class Shown(Struct, frozen=True):
    """A case as everyone may read it."""

    kind: Both
    department: Both | None
    community: str
    title: str
    text: str
    days: int


class Month(Struct, frozen=True, kw_only=True):
    """A month."""

    office: str = ""
    month: str
    received: int
    ended: int
    steps: int
    on_time: int
    evaluated: int
    stars: float | None
    solved: int
    departments: list[Count]
    kinds: list[Count]
    cases: list[Shown]


class PublicText(Struct, frozen=True, kw_only=True):
    """What everyone may read of a case; `approve` puts it up."""

    title: str
    text: str
    approve: bool = False


class PublicTextSeen(PublicText, frozen=True, kw_only=True):
    """The same, with who approved it."""

    community: str
    approved_by: str = ""
    written: bool = False


class GongshiDoors:
    """Writing and approving."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> Sequence[Door]:
        """For leads."""
        path, lead = "/v1/cases/{number}/public", Permission.CASES_LEAD
        return (
            Door("GET", path, self.one, lead, "What the public may read of it", answers=PublicTextSeen),
            Door("PUT", path, self.write, lead, "Write or approve it", asks=PublicText, answers=PublicTextSeen),
        )

    async def one(self, visit: Visit) -> Reply:
        """A suggestion, as long as nothing is written."""
        number = numbered(visit)
        await self._desk.look(partial(seen, number=number, who=visit.who))
        return said(await self._desk.look(partial(text_of, number=number)))

    async def write(self, visit: Visit) -> Reply:
        """Changing an approved text takes it down until it is approved again."""
        asked, number, who, at = await visit.asked(PublicText), numbered(visit), visit.who, self._desk.now()
        check(asked)

        def change(conn: sqlite3.Connection) -> None:
            case = seen(conn, number, who)
            if asked.approve and case["step"] not in (Step.CLOSE, Step.ENDED):
                raise Mistake("办结后才能公示", "only an answered case is published", 409)
            approved = (who.id, at) if asked.approve else ("", None)
            conn.execute(
                "INSERT OR REPLACE INTO case_public VALUES (?,?,?,?,?,?,?)",
                (number, asked.title.strip(), asked.text.strip(), who.id, at, *approved),
            )
            audit.note(conn, at, who.id, "case.public", number, approved=asked.approve)

        await self._desk.change(change)
        return said(await self._desk.look(partial(text_of, number=number)))


def check(text: PublicText) -> None:
    """Raises Mistake where it would tell who or where exactly."""
    for field, words, most in (("title", text.title, MOST_TITLE), ("text", text.text, MOST_TEXT)):
        if not words.strip():
            raise Mistake("请填写公示内容", "write what the public reads", field=field)
        if len(words) > most:
            raise Mistake(f"最多 {most} 字", f"at most {most} characters", field=field)
        for pattern, zh, en in _PRIVATE:
            if pattern.search(words):
                raise Mistake(
                    f"公示内容里有{zh},请删去(地点只写到社区)", f"this tells {en}; write the community", field=field
                )


def text_of(conn: sqlite3.Connection, number: str) -> PublicTextSeen:
    """What is written, or a suggestion made of nothing but kind and community."""
    case = get(conn, number)
    row = conn.execute("SELECT * FROM case_public WHERE number=?", (number,)).fetchone()
    if row is not None:
        return PublicTextSeen(
            title=row["title"],
            text=row["text"],
            approve=row["approved_at"] is not None,
            community=case["community"],
            approved_by=row["approved_by"],
            written=True,
        )
    kind = _both(conn, "case_kinds", case["kind"]) or Both("其他", "Other")
    where = case["community"] or "辖区内"
    text = f"居民反映{where}{kind.zh}问题,已办理并答复。"
    return PublicTextSeen(title=f"{where}{kind.zh}问题", text=text, community=case["community"])


def named(text: str, now: int) -> str:
    """`last`, or a month as `2026-08`. Raises Mistake."""
    here = beijing(now)
    if text == "last":
        year, month_ = (here.year, here.month - 1) if here.month > 1 else (here.year - 1, 12)
        return f"{year:04d}-{month_:02d}"
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", text) or text > f"{here.year:04d}-{here.month:02d}":
        raise Mistake("没有这个月份的公示", "there is no such month", 404)
    return text


def month(conn: sqlite3.Connection, name: str) -> Month:
    """Everything of one month, Beijing time."""
    span = month_span(name)
    received = "SELECT count(*) FROM cases WHERE begun_at>=? AND begun_at<?"
    ended = "SELECT count(*) FROM cases WHERE ended_at>=? AND ended_at<?"
    steps = conn.execute(
        "SELECT count(*), coalesce(sum(on_time), 0) FROM case_spans WHERE ended_at>=? AND ended_at<?", span
    ).fetchone()
    words = conn.execute(
        "SELECT count(*), avg(stars), coalesce(sum(solved), 0) FROM case_evaluations WHERE at>=? AND at<?", span
    ).fetchone()
    return Month(
        month=name,
        received=conn.execute(received, span).fetchone()[0],
        ended=conn.execute(ended, span).fetchone()[0],
        steps=steps[0],
        on_time=steps[1],
        evaluated=words[0],
        stars=None if words[1] is None else round(words[1], 2),
        solved=words[2],
        departments=_counts(conn, "departments", "department", span),
        kinds=_counts(conn, "case_kinds", "kind", span),
        cases=_shown(conn, span),
    )


def _counts(conn: sqlite3.Connection, table: str, column: str, span: tuple[int, int]) -> list[Count]:
    """By department or kind, those with anything to tell."""
    got = _grouped(conn, f"SELECT {column}, count(*) FROM cases WHERE begun_at>=? AND begun_at<? GROUP BY 1", span)  # noqa: S608 - ours
    over = _grouped(conn, f"SELECT {column}, count(*) FROM cases WHERE ended_at>=? AND ended_at<? GROUP BY 1", span)  # noqa: S608 - ours
    spans = "FROM case_spans WHERE ended_at>=? AND ended_at<? GROUP BY 1"
    steps = _grouped(conn, f"SELECT {column}, count(*) {spans}", span)
    timely = _grouped(conn, f"SELECT {column}, sum(on_time) {spans}", span)
    return [
        Count(row["id"], row["zh"], row["en"], *(each.get(row["id"], 0) for each in (got, over, steps, timely)))
        for row in conn.execute(f"SELECT id, zh, en FROM {table} ORDER BY rank, id")  # noqa: S608 - ours
        if row["id"] in got or row["id"] in over or row["id"] in steps
    ]


def _grouped(conn: sqlite3.Connection, sql: str, span: tuple[int, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in conn.execute(sql, span)}


def _shown(conn: sqlite3.Connection, span: tuple[int, int]) -> list[Shown]:
    rows = conn.execute(
        """SELECT c.*, p.title, p.text FROM cases c CROSS JOIN case_public p ON p.number=c.number
           WHERE c.ended_at>=? AND c.ended_at<? AND p.approved_at IS NOT NULL ORDER BY c.ended_at LIMIT ?""",
        (*span, MOST),
    ).fetchall()
    return [
        Shown(
            _both(conn, "case_kinds", row["kind"]) or Both("其他", "Other"),
            _both(conn, "departments", row["department"]),
            row["community"],
            row["title"],
            row["text"],
            (beijing(row["ended_at"]).date() - beijing(row["begun_at"]).date()).days,
        )
        for row in rows
    ]


def _both(conn: sqlite3.Connection, table: str, key: str) -> Both | None:
    row = conn.execute(f"SELECT zh, en FROM {table} WHERE id=?", (key,)).fetchone()  # noqa: S608 - tables are ours
    return Both(row["zh"], row["en"]) if row else None
