"""How long steps take and how often they are on time: by step, department and kind, over some months.

Times are working hours. Every stay of a case in a step is one row of `case_spans`, written when the case leaves it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from office.desk.cases import gongshi
from office.desk.cases.office_time import HOUR_MS, beijing, month_span
from office.desk.cases.steps import TIMED
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake
from office.desk.people.roles import Permission
from office.web import Reply, said
from sync.contract.envelope import Struct

MONTHS = 12


class Figure(Struct, frozen=True):
    """Stays in a step, or of a department or kind: how many, working hours, share on time (0..1)."""

    id: str
    zh: str
    en: str
    count: int
    median_h: float
    p90_h: float
    on_time: float


class Figures(Struct, frozen=True, kw_only=True):
    """From the first to the last of these months."""

    first: str
    last: str
    received: int
    ended: int
    evaluated: int
    stars: float | None
    solved: float | None
    steps: list[Figure]
    departments: list[Figure]
    kinds: list[Figure]
    months: list[gongshi.Count]


class FigureDoors:
    """One route."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> Sequence[Door]:
        """For who plans."""
        query = ("first", "last")
        may = Permission.FIGURES_SEE
        path = "/v1/cases/figures"
        return (
            Door("GET", path, self.figures, may, "How long it takes, how often on time", answers=Figures, query=query),
        )

    async def figures(self, visit: Visit) -> Reply:
        """`first` and `last` are months; without them this one and the two before."""
        now = self._desk.now()
        here = beijing(now)
        last = visit.ask.query.get("last") or f"{here.year:04d}-{here.month:02d}"
        first = visit.ask.query.get("first") or earlier(gongshi.named(last, now), 2)
        gongshi.named(first, now)
        gongshi.named(last, now)
        if not first <= last <= later(first, MONTHS - 1):
            raise Mistake(
                f"请选择最多 {MONTHS} 个月", f"choose at most {MONTHS} months, the first first", field="first"
            )
        return said(await self._desk.look(partial(figures, first=first, last=last)))


def figures(conn: sqlite3.Connection, first: str, last: str) -> Figures:
    """Everything of these months."""
    span = month_span(first)[0], month_span(last)[1]
    rows = conn.execute(
        "SELECT step, department, kind, worked_ms, on_time FROM case_spans WHERE ended_at>=? AND ended_at<?", span
    ).fetchall()
    received = conn.execute("SELECT count(*) FROM cases WHERE begun_at>=? AND begun_at<?", span).fetchone()[0]
    ended = conn.execute("SELECT count(*) FROM cases WHERE ended_at>=? AND ended_at<?", span).fetchone()[0]
    said_ = conn.execute("SELECT count(*), avg(stars), avg(solved) FROM case_evaluations WHERE at>=? AND at<?", span)
    evaluated, stars, solved = said_.fetchone()
    steps = [(step.value, step.titles["zh"], step.titles["en"]) for step in TIMED]
    return Figures(
        first=first,
        last=last,
        received=received,
        ended=ended,
        evaluated=evaluated,
        stars=None if stars is None else round(stars, 2),
        solved=None if solved is None else round(solved, 3),
        steps=_by(rows, steps, lambda row: str(row["step"])),
        departments=_by(rows, _titles(conn, "departments"), lambda row: str(row["department"])),
        kinds=_by(rows, _titles(conn, "case_kinds"), lambda row: str(row["kind"])),
        months=_months(conn, first, last),
    )


def _by(
    rows: Sequence[sqlite3.Row], titles: Iterable[tuple[str, str, str]], key: Callable[[sqlite3.Row], str]
) -> list[Figure]:
    groups: dict[str, list[sqlite3.Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return [_figure(title, groups[title[0]]) for title in titles if title[0] in groups]


def _figure(title: tuple[str, str, str], rows: list[sqlite3.Row]) -> Figure:
    worked = sorted(int(row["worked_ms"]) for row in rows)
    timely = sum(int(row["on_time"]) for row in rows)
    return Figure(*title, len(rows), _share(worked, 0.5), _share(worked, 0.9), round(timely / len(rows), 4))


def _share(ordered: Sequence[int], share: float) -> float:
    """The nearest rank: a value that really occurred."""
    rank = max(0, -int(-share * len(ordered) // 1) - 1)
    return round(ordered[min(rank, len(ordered) - 1)] / HOUR_MS, 2)


def _months(conn: sqlite3.Connection, first: str, last: str) -> list[gongshi.Count]:
    counts, name = [], first
    while name <= last:
        span = month_span(name)
        got = conn.execute("SELECT count(*) FROM cases WHERE begun_at>=? AND begun_at<?", span).fetchone()[0]
        over = conn.execute("SELECT count(*) FROM cases WHERE ended_at>=? AND ended_at<?", span).fetchone()[0]
        row = conn.execute(
            "SELECT count(*), coalesce(sum(on_time), 0) FROM case_spans WHERE ended_at>=? AND ended_at<?", span
        ).fetchone()
        counts.append(gongshi.Count(name, name, name, got, over, row[0], row[1]))
        name = later(name, 1)
    return counts


def later(month: str, by: int) -> str:
    """So many months on."""
    n = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{n // 12:04d}-{n % 12 + 1:02d}"


def earlier(month: str, by: int) -> str:
    """So many months back."""
    return later(month, -by)


def _titles(conn: sqlite3.Connection, table: str) -> list[tuple[str, str, str]]:
    rows = conn.execute(f"SELECT id, zh, en FROM {table} ORDER BY rank, id")  # noqa: S608 - tables are ours
    return [(row["id"], row["zh"], row["en"]) for row in rows]
