"""How a move of a case is judged, and which fields it sets. Changes nothing but the followers of a merged case."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from office.desk.cases import office_time
from office.desk.cases.steps import RULES, Action, NotNow, Step, after, fits
from office.desk.mistake import Mistake, missing
from office.desk.people.accounts import Person, name_of
from office.desk.people.roles import Permission
from sync.contract import case_number

MOST_WORDS = 4000


@dataclass(frozen=True, slots=True)
class Move:
    """What somebody wants to do to a case."""

    action: Action
    words: str = ""
    department: str = ""
    assignee: str = ""
    until: int | None = None
    leader: str = ""


def get(conn: sqlite3.Connection, number: str) -> sqlite3.Row:
    """The case with that number of ours. Raises Mistake 404."""
    row: sqlite3.Row | None = conn.execute("SELECT * FROM cases WHERE number=?", (number,)).fetchone()
    if row is None:
        raise missing("案件", "case")
    return row


def judge(case: sqlite3.Row, move: Move, who: Person) -> None:
    """Whether this person may do this now. Raises Mistake."""
    may(case, move, who)
    _fits(case, move)


def current(conn: sqlite3.Connection, case: sqlite3.Row, version: int) -> None:
    """Whether that is the version the case has. Raises Mistake that names who changed it."""
    if case["version"] == version:
        return
    last = conn.execute(
        "SELECT actor FROM case_history WHERE number=? ORDER BY n DESC LIMIT 1", (case["number"],)
    ).fetchone()
    name = name_of(conn, last["actor"])
    raise Mistake(
        f"{name} 刚刚更新了这个案件,请看最新情况后再操作", f"{name} changed this case; look again", 409, code="stale"
    )


def may(case: sqlite3.Row, move: Move, who: Person) -> None:
    """Leads everything; a department its own cases; whoever has a case, that case."""
    rule = RULES[move.action]
    if Permission.CASES_LEAD in who.may:
        return
    works = Permission.CASES_WORK in who.may and bool(who.department) and case["department"] == who.department
    mine = case["assignee"] == who.id
    if rule.may is not Permission.CASES_WORK or not (works or mine):
        raise Mistake("您没有这项权限", "you may not do this with this case", 403, code="may-not")
    if move.action is Action.HAND_OVER and move.department not in ("", case["department"]):
        raise Mistake("转给其他科室请先退回派遣", "return it to the centre to reach another department", 403)


def _fits(case: sqlite3.Row, move: Move) -> None:
    if not fits(move.action, held=case["held_until"] is not None, merged=bool(case["leader"])):
        raise Mistake("案件目前的状态不能这样操作", "this does not fit the state of the case", 409)
    if RULES[move.action].words and not move.words.strip():
        raise Mistake("请写明情况或理由", "write what was done, or why", field="words")
    if len(move.words) > MOST_WORDS:
        raise Mistake(f"最多 {MOST_WORDS} 字", f"at most {MOST_WORDS} characters", field="words")


def aim(case: sqlite3.Row, move: Move) -> Step:
    """Where it leads. Raises Mistake."""
    try:
        to = after(Step(case["step"]), move.action)
    except NotNow:
        title = Step(case["step"]).titles
        raise Mistake(
            f"案件在“{title['zh']}”环节,不能这样操作",
            f"the case stands in {title['en']}, this is not possible now",
            409,
        ) from None
    return Step.DISPATCH if move.action is Action.REOPEN and not case["department"] else to


def changes(conn: sqlite3.Connection, at: int, case: sqlite3.Row, move: Move) -> dict[str, object]:
    """The fields that this move sets, beside the step. Raises Mistake."""
    make = _CHANGES.get(move.action)
    return make(conn, at, case, move) if make else {}


def _handed(conn: sqlite3.Connection, _: int, case: sqlite3.Row, move: Move) -> dict[str, object]:
    department = move.department or case["department"]
    if not conn.execute("SELECT 1 FROM departments WHERE id=? AND active=1", (department,)).fetchone():
        raise Mistake("请选择科室", "choose a department", field="department")
    account = "SELECT 1 FROM accounts WHERE id=? AND disabled=0"
    if move.assignee and not conn.execute(account, (move.assignee,)).fetchone():
        raise Mistake("没有这个人员", "no such person", field="assignee")
    if move.action is Action.HAND_OVER and (department, move.assignee) == (case["department"], case["assignee"]):
        raise Mistake("案件已经在那里", "the case is there already", 409, field="assignee")
    return {"department": department, "assignee": move.assignee}


def _held(conn: sqlite3.Connection, at: int, case: sqlite3.Row, move: Move) -> dict[str, object]:
    """The deadline's clock stands while the case is on hold; the day it was held for is the deadline meanwhile."""
    if move.until is None or not at < move.until <= at + 366 * office_time.DAY_MS:
        raise Mistake("请填写恢复办理的日期", "say until when, within a year", field="until")
    left = office_time.load(conn).between(at, case["due_at"])
    words = move.words.strip()
    return {"held_until": move.until, "held_reason": words, "held_left": left, "due_at": move.until}


def _merged(conn: sqlite3.Connection, _: int, case: sqlite3.Row, move: Move) -> dict[str, object]:
    leader = get(conn, case_number.check(move.leader) or "")
    if leader["number"] == case["number"] or leader["leader"]:
        raise Mistake("请选择主案件", "choose the case that leads, not one that follows", field="leader")
    if not leader["open"]:
        raise Mistake("主案件已办结", "the leading case has ended", 409, field="leader")
    conn.execute("UPDATE cases SET leader=? WHERE leader=?", (leader["number"], case["number"]))
    return {"leader": leader["number"]}


def _returned(_conn: sqlite3.Connection, _at: int, _case: sqlite3.Row, _move: Move) -> dict[str, object]:
    return {"department": "", "assignee": ""}


def _done(_conn: sqlite3.Connection, _at: int, _case: sqlite3.Row, move: Move) -> dict[str, object]:
    return {"result": move.words.strip()}


def _refused(_conn: sqlite3.Connection, at: int, _case: sqlite3.Row, move: Move) -> dict[str, object]:
    return {"answer": move.words.strip(), "answered_at": at, "outcome": "refused"}


def _replied(_conn: sqlite3.Connection, at: int, _case: sqlite3.Row, move: Move) -> dict[str, object]:
    return {"answer": move.words.strip(), "answered_at": at, "outcome": "answered"}


def _ended(_conn: sqlite3.Connection, at: int, _case: sqlite3.Row, _move: Move) -> dict[str, object]:
    return {"ended_at": at}


def _reopened(_conn: sqlite3.Connection, _at: int, case: sqlite3.Row, _move: Move) -> dict[str, object]:
    return {"ended_at": None, "outcome": "", "round": case["round"] + 1}


def _resumed(conn: sqlite3.Connection, at: int, case: sqlite3.Row, _: Move) -> dict[str, object]:
    due = office_time.load(conn).add(at, case["held_left"] or 0)
    return {"held_until": None, "held_reason": "", "held_left": None, "due_at": due}


def _split(_conn: sqlite3.Connection, _at: int, _case: sqlite3.Row, _move: Move) -> dict[str, object]:
    return {"leader": ""}


Make = Callable[[sqlite3.Connection, int, sqlite3.Row, Move], dict[str, object]]

_CHANGES: dict[Action, Make] = {
    Action.DISPATCH: _handed,
    Action.HAND_OVER: _handed,
    Action.RETURN: _returned,
    Action.DONE: _done,
    Action.REFUSE: _refused,
    Action.REPLY: _replied,
    Action.END: _ended,
    Action.REOPEN: _reopened,
    Action.HOLD: _held,
    Action.RESUME: _resumed,
    Action.MERGE: _merged,
    Action.SPLIT: _split,
}
