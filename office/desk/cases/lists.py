"""Lists of cases: open ones by deadline, all by age, and by what was said. Every one comes from an index.

Paged by key: `after` is the mark of the last row of the page before, opaque to whoever asks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from office.desk.cases import book
from office.desk.cases.wording import query, tag
from office.desk.mistake import Mistake
from sync.contract import case_number

MOST = 200
_EVER = 2**62


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases. Empty filters let all through; `only_open` sorts by deadline, otherwise the newest come first."""

    only_open: bool = True
    department: str = ""
    kind: str = ""
    step: str = ""
    assignee: str = ""
    overdue_at: int | None = None
    text: str = ""
    after: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One page; `next` is empty when there is no more."""

    rows: list[sqlite3.Row]
    next: str = ""


Statement = tuple[str, list[object]]


def find(conn: sqlite3.Connection, wanted: Wanted) -> Found:
    """A page of cases. Raises Mistake when `after` is not one of our marks."""
    if wanted.text and (number := case_number.check(wanted.text)):
        return Found([row for row in book.with_number(conn, number) if _within(row, wanted)])
    sql, values = statement(wanted)
    rows = conn.execute(sql, values).fetchall()
    if len(rows) <= wanted.limit:
        return Found(rows)
    rows.pop()
    last = rows[-1]
    return Found(rows, f"{last['due_at']}.{last['n']}" if _by_deadline(wanted) else str(last["n"]))


def statement(wanted: Wanted) -> Statement:
    """The query of this list: one row more than a page."""
    if wanted.text:
        return _by_words(wanted)
    return _due_first(wanted) if _by_deadline(wanted) else _newest_first(wanted)


def _by_deadline(wanted: Wanted) -> bool:
    return (wanted.only_open or wanted.overdue_at is not None) and not wanted.text


def _due_first(wanted: Wanted) -> Statement:
    due, n = _marks(wanted.after, 2, (-_EVER, 0))
    where, values = ["open=1", "(due_at, n)>(?, ?)"], [due, n]
    if wanted.overdue_at is not None:
        where.append("due_at<?")
        values.append(wanted.overdue_at)
    return _select(wanted, where, values, "due_at, n")


def _newest_first(wanted: Wanted) -> Statement:
    (before,) = _marks(wanted.after, 1, (_EVER,))
    return _select(wanted, ["n<?"], [before], "n DESC")


def _select(wanted: Wanted, where: list[str], values: Iterable[object], order: str) -> Statement:
    filters = _filters(wanted)
    conditions = " AND ".join([*(f"{name}=?" for name in filters), *where])
    sql = f"SELECT * FROM cases WHERE {conditions} ORDER BY {order} LIMIT ?"  # noqa: S608 - names are ours
    return sql, [*filters.values(), *values, wanted.limit + 1]


def _by_words(wanted: Wanted) -> Statement:
    """Filters narrow the search inside the index: a common word in a small department is still quick."""
    (before,) = _marks(wanted.after, 1, (_EVER,))
    tags = [tag(name, value) for name, value in _filters(wanted).items()]
    if wanted.only_open or wanted.overdue_at is not None:
        tags.append(tag("open", "1"))
    match = query(wanted.text, tags)
    if match is None:
        raise Mistake("请输入要找的文字", "write what to look for", field="text")
    sql = """SELECT c.* FROM case_words w CROSS JOIN cases c ON c.n=w.rowid
             WHERE case_words MATCH ?1 AND w.rowid<?2 AND c.due_at<?3 ORDER BY w.rowid DESC LIMIT ?4"""
    overdue = _EVER if wanted.overdue_at is None else wanted.overdue_at
    return sql, [match, before, overdue, wanted.limit + 1]


def _filters(wanted: Wanted) -> dict[str, str]:
    names = ("department", "kind", "step", "assignee")
    return {name: value for name in names if (value := str(getattr(wanted, name)))}


def _within(row: sqlite3.Row, wanted: Wanted) -> bool:
    """A number finds its case whatever else is filtered, but never another department's for who may not see it."""
    return not wanted.department or row["department"] == wanted.department


def _marks(after: str, count: int, default: tuple[int, ...]) -> tuple[int, ...]:
    if not after:
        return default
    parse: Callable[[str], int] = int
    try:
        marks = tuple(parse(part) for part in after[:60].split("."))
    except ValueError:
        marks = ()
    if len(marks) != count or any(abs(mark) > _EVER for mark in marks):
        raise Mistake("页码不对,请重新打开列表", "this is not a page of this list", field="after")
    return marks
