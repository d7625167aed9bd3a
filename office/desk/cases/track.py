"""What a resident sees of a case by its number: step, dates, department. Nothing about anybody.

Pure queries over tables of the desk; the receiver asks them too, of the desk's file (`asked`).
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from office.desk.cases.book import AT_KIOSK, EVALUATE_MS
from office.desk.cases.office_time import beijing
from office.desk.cases.steps import Step
from office.desk.cases.views import line, when
from sync.contract import case_number
from sync.contract.envelope import Struct


class Both(Struct, frozen=True):
    """A word in both languages."""

    zh: str
    en: str


class TrackedStep(Struct, frozen=True):
    """One of the five. `state`: done, now, open."""

    step: str
    zh: str
    en: str
    state: str
    at: datetime | None


class Tracked(Struct, frozen=True, kw_only=True):
    """A case as anyone with its number may see it."""

    number: str
    kind: Both
    department: Both | None
    department_id: str = ""
    step: str
    title: Both
    begun_at: datetime
    held: bool
    answered: bool
    refused: bool
    can_evaluate: bool
    has_phone: bool
    line: list[TrackedStep]


class Choice(Struct, frozen=True):
    """One of two cases with one number: which kiosk, which day."""

    which: int
    kiosk: str
    day: str
    kind: Both


class Answered(Struct, frozen=True):
    """The case, or, when two boxes minted the same number, what tells them apart."""

    case: Tracked | None
    choices: list[Choice]


def track(conn: sqlite3.Connection, number: str, which: int, now: int, *, kiosk: bool = False) -> Answered | None:
    """None: there is no such case. `which` counts from 1 and chooses among several. `kiosk`: asked at one."""
    rows = having(conn, number)
    if not rows:
        return None
    if len(rows) > 1 and not 1 <= which <= len(rows):
        return Answered(None, [_choice(conn, row, n) for n, row in enumerate(rows, 1)])
    return Answered(_tracked(conn, rows[which - 1 if len(rows) > 1 else 0], now, kiosk=kiosk), [])


def having(conn: sqlite3.Connection, number: str) -> list[sqlite3.Row]:
    """Every case with that number on its slip or of its own, in the order in which they came."""
    sql = "SELECT * FROM cases WHERE slip=?1 UNION SELECT * FROM cases WHERE number=?1 ORDER BY n LIMIT 10"
    return conn.execute(sql, (number,)).fetchall()


def _tracked(conn: sqlite3.Connection, mine: sqlite3.Row, now: int, *, kiosk: bool) -> Tracked:
    case = mine
    if mine["leader"]:
        case = conn.execute("SELECT * FROM cases WHERE number=?", (mine["leader"],)).fetchone() or mine
    step = Step(case["step"])
    said = conn.execute(
        "SELECT 1 FROM case_evaluations WHERE number=? AND round=? AND (? OR way!=?)",
        (mine["number"], case["round"], kiosk, AT_KIOSK),
    )
    in_time = case["answered_at"] is not None and now <= case["answered_at"] + EVALUATE_MS
    over = step in (Step.CLOSE, Step.ENDED)
    return Tracked(
        number=case_number.shown(mine["number"]),
        kind=_named(conn, "case_kinds", mine["kind"]) or Both("其他", "Other"),
        department=_named(conn, "departments", case["department"]),
        department_id=case["department"],
        step=step.value,
        title=Both(**step.titles),
        begun_at=_moment(mine["begun_at"]),
        held=case["held_until"] is not None,
        answered=over and bool(case["answer"]),
        refused=over and case["outcome"] == "refused",
        can_evaluate=over and in_time and said.fetchone() is None,
        has_phone=bool(mine["phone"]),
        line=[TrackedStep(one.step, one.zh, one.en, one.state, one.at) for one in line(conn, case)],
    )


def _choice(conn: sqlite3.Connection, row: sqlite3.Row, which: int) -> Choice:
    kind = _named(conn, "case_kinds", row["kind"]) or Both("其他", "Other")
    return Choice(which, row["gateway"], beijing(row["begun_at"]).date().isoformat(), kind)


def _named(conn: sqlite3.Connection, table: str, key: str) -> Both | None:
    row = conn.execute(f"SELECT zh, en FROM {table} WHERE id=?", (key,)).fetchone()  # noqa: S608 - tables are ours
    return Both(row["zh"], row["en"]) if row else None


def _moment(at: int) -> datetime:
    moment = when(at)
    assert moment is not None
    return moment
