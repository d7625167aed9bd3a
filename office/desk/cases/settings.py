"""What the office itself decides about cases: departments, kinds, deadlines, office hours and days.

Departments and kinds are never removed, only put out of use: old cases keep their names.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from datetime import date
from functools import partial

from office.desk.cases.steps import TIMED
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.web import Reply, said
from sync.contract.envelope import Struct

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
MOST = 200
MOST_HOURS = 2000.0
DAY = 1440


class Department(Struct, frozen=True, kw_only=True):
    """A department, and in plain words what it is for."""

    id: str
    zh: str
    en: str
    scope_zh: str = ""
    scope_en: str = ""
    active: bool = True


class Kind(Struct, frozen=True, kw_only=True):
    """A kind of case, and the department it usually goes to."""

    id: str
    zh: str
    en: str
    department: str = ""
    active: bool = True


class Limit(Struct, frozen=True, kw_only=True):
    """Working hours for a step; `kind` empty for all kinds without their own."""

    kind: str = ""
    step: str
    hours: float


class Hours(Struct, frozen=True, kw_only=True):
    """The office is open from..to, minutes of the day."""

    first: int
    last: int


class OfficeDay(Struct, frozen=True, kw_only=True):
    """An exception: a holiday, or a weekend day that is worked."""

    day: date
    works: bool
    why: str = ""


class Settings(Struct, frozen=True, kw_only=True):
    """All of it; a PUT replaces what it names."""

    departments: list[Department] | None = None
    kinds: list[Kind] | None = None
    limits: list[Limit] | None = None
    hours: list[Hours] | None = None
    days: list[OfficeDay] | None = None


class SettingDoors:
    """Looking and setting."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> Sequence[Door]:
        """Everybody at the desk may look."""
        see, edit, path = Permission.CASES_SEE, Permission.SETTINGS_EDIT, "/v1/case-settings"
        return (
            Door("GET", path, self.look, see, "Departments, kinds, deadlines, office days", answers=Settings),
            Door("PUT", path, self.set, edit, "Set what is named", asks=Settings, answers=Settings),
        )

    async def look(self, _: Visit) -> Reply:
        """As it is."""
        return said(await self._desk.look(load))

    async def set(self, visit: Visit) -> Reply:
        """All that is named, or nothing. Deadlines of open cases stay as they were given."""
        asked, who, at = await visit.asked(Settings), visit.who, self._desk.now()
        check(asked)
        names = [
            name for name in ("departments", "kinds", "limits", "hours", "days") if getattr(asked, name) is not None
        ]

        def change(conn: sqlite3.Connection) -> None:
            store(conn, asked)
            audit.note(conn, at, who.id, "case-settings.set", "cases", parts=names)

        await self._desk.change(change)
        return said(await self._desk.look(partial(load)))


def load(conn: sqlite3.Connection) -> Settings:
    """Everything."""
    departments = conn.execute("SELECT * FROM departments ORDER BY rank, id").fetchall()
    kinds = conn.execute("SELECT * FROM case_kinds ORDER BY rank, id").fetchall()
    limits = conn.execute("SELECT kind, step, hours FROM case_limits ORDER BY kind, step")
    hours = conn.execute("SELECT first, last FROM office_hours ORDER BY first")
    days = conn.execute("SELECT day, works, why FROM office_days ORDER BY day")
    return Settings(
        departments=[
            Department(
                id=r["id"],
                zh=r["zh"],
                en=r["en"],
                scope_zh=r["scope_zh"],
                scope_en=r["scope_en"],
                active=bool(r["active"]),
            )
            for r in departments
        ],
        kinds=[
            Kind(id=r["id"], zh=r["zh"], en=r["en"], department=r["department"], active=bool(r["active"]))
            for r in kinds
        ],
        limits=[Limit(kind=r[0], step=r[1], hours=r[2]) for r in limits],
        hours=[Hours(first=r[0], last=r[1]) for r in hours],
        days=[OfficeDay(day=date.fromisoformat(r[0]), works=bool(r[1]), why=r[2]) for r in days],
    )


def store(conn: sqlite3.Connection, new: Settings) -> None:
    """Write what is named."""
    for rank, one in enumerate(new.departments or ()):
        row = (one.id, one.zh, one.en, one.scope_zh, one.scope_en, rank, int(one.active))
        conn.execute("INSERT OR REPLACE INTO departments VALUES (?,?,?,?,?,?,?)", row)
    for rank, kind in enumerate(new.kinds or ()):
        kind_row = (kind.id, kind.zh, kind.en, kind.department, rank, int(kind.active))
        conn.execute("INSERT OR REPLACE INTO case_kinds VALUES (?,?,?,?,?,?)", kind_row)
    if new.limits is not None:
        conn.execute("DELETE FROM case_limits")
        conn.executemany("INSERT INTO case_limits VALUES (?,?,?)", [(x.kind, x.step, x.hours) for x in new.limits])
    if new.hours is not None:
        conn.execute("DELETE FROM office_hours")
        conn.executemany("INSERT INTO office_hours VALUES (?,?)", [(x.first, x.last) for x in new.hours])
    if new.days is not None:
        conn.execute("DELETE FROM office_days")
        rows = [(x.day.isoformat(), int(x.works), x.why) for x in new.days]
        conn.executemany("INSERT INTO office_days VALUES (?,?,?)", rows)


def check(new: Settings) -> None:
    """Raises Mistake."""
    for field, listed in (("departments", new.departments), ("kinds", new.kinds)):
        _named(field, listed or ())
    if new.limits is not None:
        _limits(new.limits)
    if new.hours is not None:
        _hours(new.hours)
    days = [one.day for one in new.days or ()]
    if len(set(days)) != len(days) or len(days) > MOST * 5:
        raise Mistake("有重复的日期", "a day stands there twice", field="days")


def _named(field: str, listed: Sequence[Department | Kind]) -> None:
    ids = [one.id for one in listed]
    if len(ids) > MOST or len(set(ids)) != len(ids) or not all(ID.fullmatch(id_) for id_ in ids):
        raise Mistake(
            "代号只用小写字母、数字和短横线,且不重复", "ids: small letters, digits, dashes, each once", field=field
        )
    if not all(0 < len(one.zh.strip()) <= 40 and 0 < len(one.en.strip()) <= 60 for one in listed):
        raise Mistake("请填写中英文名称", "give a name in both languages", field=field)


def _limits(limits: Sequence[Limit]) -> None:
    keys = [(one.kind, one.step) for one in limits]
    if len(set(keys)) != len(keys) or any(one.step not in TIMED or not 0 < one.hours <= MOST_HOURS for one in limits):
        raise Mistake("时限为大于 0 的工作小时,每个环节一条", "hours above 0, each step once", field="limits")
    if {step for kind, step in keys if not kind} != set(TIMED):
        raise Mistake("每个环节都要有通用时限", "every step needs a deadline for all kinds", field="limits")


def _hours(hours: Sequence[Hours]) -> None:
    ends = [minute for one in hours for minute in (one.first, one.last)]
    if not hours or ends != sorted(set(ends)) or ends[0] < 0 or ends[-1] > DAY:
        raise Mistake("办公时间要先后排列,不能重叠", "office hours in order, not overlapping", field="hours")
