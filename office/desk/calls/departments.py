"""The departments as kiosks get them: names and scope from the office's own list, hours and days from its calendar.

Collected once: names, scope and order stand in `departments` (cases are dispatched to the same), holidays and worked
weekends in `office_days`; only icon, hotline, own hours and the length of the queue are of the calls.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date

from office.desk.calls.queue import MOST_WAITING
from office.desk.calls.shapes import DepartmentEdited, DepartmentsSeen, StaffSeen
from office.desk.mistake import Mistake
from office.desk.people import audit
from sync.contract.departments import Department, Departments, Hours, Said
from sync.contract.envelope import decode, encode

NAMED = re.compile(r"[a-z][a-z0-9-]{0,40}")
ICON = re.compile(r"[a-z0-9-]{0,40}")
HOTLINE = re.compile(r"[0-9+ -]{0,32}")
MOST_DEPARTMENTS = 24
MOST_WORDS = 120
DAY_MIN = 24 * 60
WORKDAYS = [1, 2, 3, 4, 5]


def every(conn: sqlite3.Connection) -> list[DepartmentEdited]:
    """All that kiosks show, in the order of the screen."""
    days, office = _days(conn), _office_hours(conn)
    rows = conn.execute(
        """SELECT d.*, c.icon, c.hotline, c.hours, c.closed_on, c.open_on, c.most FROM departments d
           LEFT JOIN call_departments c ON c.department=d.id
           WHERE d.active=1 AND coalesce(c.shown, 1) ORDER BY d.rank, d.id"""
    ).fetchall()
    return [
        DepartmentEdited(department=_department(row, office, days), most=row["most"] or MOST_WAITING) for row in rows
    ]


def _department(row: sqlite3.Row, office: list[Hours], days: tuple[list[str], list[str]]) -> Department:
    hours = decode(row["hours"].encode(), list[Hours]) if row["hours"] is not None else office
    closed, worked = (decode((row[name] or "[]").encode(), list[str]) for name in ("closed_on", "open_on"))
    return Department(
        id=row["id"],
        name=Said(row["zh"], row["en"]),
        words=Said(row["scope_zh"], row["scope_en"]),
        icon=row["icon"] or "",
        hotline=row["hotline"] or "",
        hours=hours,
        closed_on=sorted({*days[0], *closed}) if hours else [],
        open_on=sorted({*days[1], *worked}) if hours else [],
    )


def _office_hours(conn: sqlite3.Connection) -> list[Hours]:
    rows = conn.execute("SELECT first, last FROM office_hours ORDER BY first")
    return [Hours(WORKDAYS, row["first"], row["last"]) for row in rows]


def _days(conn: sqlite3.Connection) -> tuple[list[str], list[str]]:
    """(holidays, worked weekends) of the office."""
    rows = conn.execute("SELECT day, works FROM office_days ORDER BY day").fetchall()
    return [r["day"] for r in rows if not r["works"]], [r["day"] for r in rows if r["works"]]


def content(departments: Iterable[DepartmentEdited]) -> bytes:
    """What every kiosk gets."""
    return encode(Departments([one.department for one in departments]))


def version_of(departments: Sequence[DepartmentEdited]) -> str:
    """The hash of everything that can be edited."""
    return hashlib.sha256(encode(list(departments))).hexdigest()[:16]


def seen(conn: sqlite3.Connection, published: str) -> DepartmentsSeen:
    """For the editor."""
    found = every(conn)
    return DepartmentsSeen(version_of(found), found, published=published)


def put(conn: sqlite3.Connection, at: int, by: str, version: str, wanted: Sequence[DepartmentEdited]) -> None:
    """All of them anew, in this order. Raises Mistake."""
    before = every(conn)
    if version != version_of(before):
        raise Mistake("科室信息已被他人修改,请刷新后再改", "somebody else changed the departments meanwhile", 409)
    _check(wanted)
    days, hours = _days(conn), _office_hours(conn)
    conn.execute("INSERT OR IGNORE INTO call_departments(department) SELECT id FROM departments")
    conn.execute("UPDATE call_departments SET shown=0")
    for rank, one in enumerate(wanted, 1):
        _put(conn, rank, one, days, hours)
    plain = {one.department.id: one for one in before}
    changed = [one.department.id for one in wanted if plain.get(one.department.id) != one]
    audit.note(conn, at, by, "departments.changed", "departments", departments=changed)


def _put(
    conn: sqlite3.Connection, rank: int, one: DepartmentEdited, days: tuple[list[str], list[str]], office: list[Hours]
) -> None:
    it = one.department
    conn.execute(
        """INSERT INTO departments(id, zh, en, scope_zh, scope_en, rank) VALUES (?,?,?,?,?,?)
           ON CONFLICT(id) DO UPDATE SET zh=excluded.zh, en=excluded.en, scope_zh=excluded.scope_zh,
               scope_en=excluded.scope_en, rank=excluded.rank, active=1""",
        (it.id, it.name.zh, it.name.en, it.words.zh, it.words.en, rank),
    )
    own = None if it.hours == office else encode(it.hours).decode()
    closed, worked = (
        encode(sorted(set(of) - set(all_))).decode() for of, all_ in zip((it.closed_on, it.open_on), days, strict=True)
    )
    conn.execute(
        "INSERT OR REPLACE INTO call_departments VALUES (?,?,?,?,?,?,?,1)",
        (it.id, it.icon, it.hotline, own, closed, worked, one.most),
    )


def _check(wanted: Sequence[DepartmentEdited]) -> None:
    names = [one.department.id for one in wanted]
    if not 0 < len(wanted) <= MOST_DEPARTMENTS or len(set(names)) != len(names):
        raise Mistake("科室为 1 到 24 个,编号不能重复", "1 to 24 departments, each id once", field="departments")
    for one in wanted:
        department = one.department
        where = f"departments.{department.id[:40]}"
        said = (department.name.zh, department.name.en, department.words.zh, department.words.en)
        if not NAMED.fullmatch(department.id):
            raise Mistake(
                "科室编号为小写字母、数字和短横线", "an id is lower case letters, digits, dashes", field=where
            )
        if not department.name.zh.strip() or max(map(len, said)) > MOST_WORDS:
            raise Mistake("名称必填,文字最多 120 字", "a name is needed, and at most 120 characters", field=where)
        if not HOTLINE.fullmatch(department.hotline) or not ICON.fullmatch(department.icon):
            raise Mistake("热线只能是数字", "a hotline is digits, an icon a plain name", field=where)
        if not all(map(_is_day, [*department.closed_on, *department.open_on])):
            raise Mistake("日期写成 2026-10-01", "days are written 2026-10-01", field=where)
        if not 0 <= one.most <= 100 or not all(map(_is_span, department.hours)) or len(department.hours) > 20:
            raise Mistake("时间段或排队人数不对", "hours or the length of the queue are not possible", field=where)


def _is_span(span: Hours) -> bool:
    days = span.days
    return bool(days) and set(days) <= set(range(1, 8)) and 0 <= span.opens < span.closes <= DAY_MIN


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def staff(conn: sqlite3.Connection) -> list[StaffSeen]:
    """Everyone who may take calls, and for which departments."""
    rows = conn.execute(
        """SELECT a.id, a.name, (SELECT json_group_array(department) FROM department_staff s WHERE s.account=a.id) AS of
           FROM accounts a WHERE a.disabled=0
             AND EXISTS (SELECT 1 FROM json_each(a.roles) WHERE value IN ('duty', 'department'))
           ORDER BY a.name, a.id LIMIT 500"""
    ).fetchall()
    return [StaffSeen(row["id"], row["name"], sorted(decode(row["of"].encode(), list[str]))) for row in rows]


def assign(conn: sqlite3.Connection, at: int, by: str, account: str, departments: Sequence[str]) -> None:
    """This account answers for these from now on. Desk numbers stay with whoever stays."""
    if conn.execute("SELECT 1 FROM accounts WHERE id=?", (account,)).fetchone() is None:
        raise Mistake("没有这个账号", "there is no such account", 404)
    known = {row["id"] for row in conn.execute("SELECT id FROM departments WHERE active=1")}
    wanted = set(departments)
    if not wanted <= known:
        raise Mistake("没有这个科室", "there is no such department", field="departments")
    had = {r["department"] for r in conn.execute("SELECT department FROM department_staff WHERE account=?", (account,))}
    for department in had - wanted:
        conn.execute("DELETE FROM department_staff WHERE account=? AND department=?", (account, department))
    for department in wanted - had:
        conn.execute(
            """INSERT INTO department_staff SELECT ?1, ?2, 1 + coalesce(max(number), 0) FROM department_staff
               WHERE department=?2""",
            (account, department),
        )
    audit.note(conn, at, by, "staff.assigned", account, departments=sorted(wanted))


def assigned(conn: sqlite3.Connection) -> list[sqlite3.Row]:
    """(account, name, department, number); every account once at least, without a department where it has none."""
    return conn.execute(
        """SELECT a.id AS account, a.name, s.department, s.number FROM accounts a
           LEFT JOIN department_staff s ON s.account=a.id WHERE a.disabled=0"""
    ).fetchall()
