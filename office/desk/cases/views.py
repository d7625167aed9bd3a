"""Cases as people see them: rows of tables into shapes. Functions over a reading connection.

`Any` stands for what a table's column holds: SQLite's types are the ones the tables (STRICT) declare.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from office.desk import file_rows
from office.desk.cases import book, camera
from office.desk.cases.book import about
from office.desk.cases.moves import MOST_WORDS, Move, get, may
from office.desk.cases.shapes import (
    CaseRow,
    CaseView,
    Colleague,
    EvaluationRow,
    FileRow,
    HistoryRow,
    LineStep,
    Named,
    ReplyRow,
    Tally,
    Vocabulary,
)
from office.desk.cases.steps import LINE, Action, Step, possible
from office.desk.grid import look as grid
from office.desk.mistake import Mistake
from office.desk.people.accounts import Person, name_of
from office.desk.people.roles import Permission

LIST_WORDS = 160


def rows(conn: sqlite3.Connection, found: Iterable[sqlite3.Row], now: int) -> list[CaseRow]:
    """A list."""
    cases = list(found)
    names = _names(conn, (case["assignee"] for case in cases))
    return [CaseRow(**_row(case, names, now, LIST_WORDS)) for case in cases]


def view(conn: sqlite3.Connection, number: str, who: Person, now: int) -> CaseView:
    """One case whole. Raises Mistake 404, also for who may not see it."""
    case = get(conn, number)
    if not visible(case, who):
        raise Mistake("没有这个案件", "no such case", 404)
    leader = book.leading(conn, case)
    history = conn.execute("SELECT * FROM case_history WHERE number=? ORDER BY n", (number,)).fetchall()
    names = _names(conn, [case["assignee"], *(r["actor"] for r in history), *(r["assignee"] for r in history)])
    followers = conn.execute("SELECT * FROM cases WHERE leader=? ORDER BY n LIMIT 100", (number,)).fetchall()
    same = [one for one in book.with_number(conn, case["slip"]) if one["number"] != number and visible(one, who)]
    can = _can(case, who)
    warden = _warden(conn, case, now)
    return CaseView(
        **_row(case, names, now, MOST_WORDS),
        **{name: case[name] for name in _PLAIN},
        has_phone=bool(case["phone"]),
        picture=camera.picture(conn, case["source_ref"]) if case["source"] == book.Source.CAMERA else "",
        answered_at=when(leader["answered_at"]),
        ended_at=when(leader["ended_at"]),
        line=line(conn, leader),
        history=[_history(row, names) for row in history],
        files=_files(conn, number),
        files_awaited=_awaited(conn, number),
        warden=warden or "",
        warden_name=name_of(conn, warden) if warden else "",
        evaluations=_evaluations(conn, number),
        followers=rows(conn, followers, now),
        same_slip=rows(conn, same, now),
        replies=_replies(conn, number),
        can=[action.value for action in can],
        can_correct=Action.NOTE in can and bool(case["open"]),
    )


def visible(case: sqlite3.Row, who: Person) -> bool:
    """A department sees its own cases and what it is asked; the centre, the inspector and leads see all."""
    if {Permission.CASES_LEAD, Permission.AUDIT_SEE} & who.may:
        return Permission.CASES_SEE in who.may
    own = Permission.CASES_SEE in who.may and bool(who.department) and case["department"] == who.department
    return own or (bool(case["assignee"]) and case["assignee"] == who.id)


def line(conn: sqlite3.Connection, case: sqlite3.Row) -> list[LineStep]:
    """The five steps with the last time the case came into each."""
    entered = dict(
        conn.execute(
            "SELECT step, min(at) FROM case_history WHERE number=? GROUP BY step", (case["number"],)
        ).fetchall()
    )
    entered[case["step"]] = case["step_at"]
    here = list(Step).index(Step(case["step"]))
    return [
        LineStep(
            one.value,
            **one.titles,
            state="done" if (at := list(Step).index(one)) < here else "now" if at == here else "open",
            at=when(entered.get(one)) if at <= here else None,
        )
        for one in LINE
    ]


def vocabulary(conn: sqlite3.Connection) -> Vocabulary:
    """Departments, kinds, steps and people who work on cases."""
    departments = conn.execute("SELECT id, zh, en FROM departments WHERE active=1 ORDER BY rank, id")
    kinds = conn.execute("SELECT id, zh, en, department FROM case_kinds WHERE active=1 ORDER BY rank, id")
    people = conn.execute(
        """SELECT id, name, department FROM accounts
           WHERE disabled=0 AND (roles LIKE '%"department"%' OR roles LIKE '%"warden"%') ORDER BY department, name"""
    )
    return Vocabulary(
        [Named(*row) for row in departments],
        [Named(*row) for row in kinds],
        [Named(step.value, **step.titles) for step in Step],
        [Colleague(*row) for row in people],
    )


def tally(conn: sqlite3.Connection, department: str, now: int, soon: int) -> Tally:
    """How many are open, overdue, due before `soon`, and without a department; of one department or of all."""
    where, values = ("AND department=?", [department]) if department else ("", [])

    def count(condition: str, *more: object) -> int:
        sql = f"SELECT count(*) FROM cases WHERE open=1 {where} {condition}"  # noqa: S608 - texts are ours
        return int(conn.execute(sql, [*values, *more]).fetchone()[0])

    overdue = count("AND due_at<?", now)
    waiting = count("AND step IN ('received', 'dispatch')")
    return Tally(count(""), overdue, count("AND due_at>=? AND due_at<?", now, soon), waiting)


def when(at: int | None) -> datetime | None:
    """Milliseconds as a moment."""
    return None if at is None else datetime.fromtimestamp(at / 1000, UTC)


_PLAIN = ("transcript", "place", "community", "gateway", "alarm", "held_reason", "result", "answer", "outcome", "round")
_SAME = (
    "number", "slip", "version", "step", "kind", "department", "assignee", "source", "place_words", "pole", "leader",
    "district_number",
)  # fmt: skip
_TIMES = ("begun_at", "step_at", "due_at", "held_until", "district_due")


def _row(case: sqlite3.Row, names: dict[str, str], now: int, most: int) -> dict[str, Any]:
    words = case["words"] or case["transcript"]
    return {
        **{name: case[name] for name in _SAME},
        **{name: when(case[name]) for name in _TIMES},
        "open": bool(case["open"]),
        "assignee_name": names.get(case["assignee"], ""),
        "words": words if len(words) <= most else words[:most] + "…",
        "overdue": bool(case["open"]) and case["due_at"] < now,
    }


def _can(case: sqlite3.Row, who: Person) -> list[Action]:
    everything = frozenset({Permission.CASES_WORK, Permission.CASES_LEAD})
    fitting = possible(Step(case["step"]), everything, held=case["held_until"] is not None, merged=bool(case["leader"]))
    return [action for action in fitting if _lets(case, action, who)]


def _lets(case: sqlite3.Row, action: Action, who: Person) -> bool:
    try:
        may(case, Move(action), who)
    except Mistake:
        return False
    return True


def _history(row: sqlite3.Row, names: dict[str, str]) -> HistoryRow:
    return HistoryRow(
        at=datetime.fromtimestamp(row["at"] / 1000, UTC),
        actor=row["actor"],
        name=names.get(row["actor"], row["actor"]),
        action=row["action"],
        step=row["step"],
        department=row["department"],
        assignee_name=names.get(row["assignee"], ""),
        words=row["words"],
        detail=json.loads(row["detail"]),
    )


def _warden(conn: sqlite3.Connection, case: sqlite3.Row, now: int) -> str | None:
    """Who walks where it is."""
    area = grid.area_of(conn, case["place"]) or (grid.area_of_pole(conn, case["pole"]) if case["pole"] else None)
    return next(iter(grid.wardens_in(conn, area, now)), None) if area else None


def _awaited(conn: sqlite3.Connection, number: str) -> int:
    sql = "SELECT count(*) FROM case_blobs WHERE number=? AND state='wait'"
    return int(conn.execute(sql, (number,)).fetchone()[0])


def _files(conn: sqlite3.Connection, number: str) -> list[FileRow]:
    kinds = {True: "picture", False: "voice"}
    return [FileRow(file.sha256, kinds[file.width > 0], file.type) for file in file_rows.of(conn, about(number))]


def _evaluations(conn: sqlite3.Connection, number: str) -> list[EvaluationRow]:
    found = conn.execute("SELECT * FROM case_evaluations WHERE number=? ORDER BY round", (number,))
    return [
        EvaluationRow(
            r["round"], datetime.fromtimestamp(r["at"] / 1000, UTC), r["stars"], bool(r["solved"]), r["words"]
        )
        for r in found
    ]


def _replies(conn: sqlite3.Connection, number: str) -> list[ReplyRow]:
    found = conn.execute("SELECT * FROM case_replies WHERE number=? ORDER BY n", (number,))
    return [
        ReplyRow(
            r["source"],
            datetime.fromtimestamp(r["made_at"] / 1000, UTC),
            r["tries"],
            when(r["sent_at"]),
            when(r["given_up_at"]),
            r["fault"],
        )
        for r in found
    ]


def _names(conn: sqlite3.Connection, accounts: Iterable[str]) -> dict[str, str]:
    wanted = json.dumps(sorted({account for account in accounts if account}))
    found = conn.execute("SELECT id, name FROM accounts WHERE id IN (SELECT value FROM json_each(?))", (wanted,))
    return {row["id"]: row["name"] for row in found}
