"""What the office itself decides about cases: departments, kinds, deadlines, office hours and days.

Departments and kinds are never removed, only put out of use: old cases keep their names.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from datetime import date
from functools import partial

from office.desk.cases import deadlines, office_time
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
SATURDAY = 5
MOST_WHY = 40


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


class SettingsNow(Settings, frozen=True, kw_only=True):
    """As they are. `years_without`: years that need a calendar and have none, so that weekends alone are off."""

    year: int
    years_without: list[int]
    recounted: int = 0
    """Deadlines of open cases that the change of the calendar moved."""


class SettingDoors:
    """Looking and setting."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> Sequence[Door]:
        """Everybody at the desk may look."""
        see, edit, path = Permission.CASES_SEE, Permission.SETTINGS_EDIT, "/v1/case-settings"
        return (
            Door("GET", path, self.look, see, "Departments, kinds, deadlines, office days", answers=SettingsNow),
            Door("PUT", path, self.set, edit, "Set what is named", asks=Settings, answers=SettingsNow),
        )

    async def look(self, _: Visit) -> Reply:
        """As it is."""
        return said(await self._now())

    async def set(self, visit: Visit) -> Reply:
        """All that is named, or nothing. New limits are for steps that begin; a new calendar moves what is open."""
        asked, who, at = await visit.asked(Settings), visit.who, self._desk.now()
        check(asked)
        names = [name for name in Settings.__struct_fields__ if getattr(asked, name) is not None]
        calendar = asked.hours is not None or asked.days is not None

        def change(conn: sqlite3.Connection) -> int:
            before = office_time.load(conn)
            store(conn, asked)
            moved = deadlines.recount(conn, at, before, who.id) if calendar else 0
            counted = {"deadlines": moved} if calendar else {}
            audit.note(conn, at, who.id, "case-settings.set", "cases", parts=names, **counted)
            return moved

        return said(await self._now(await self._desk.change(change, long=calendar)))

    async def _now(self, recounted: int = 0) -> SettingsNow:
        return await self._desk.look(partial(now, at=self._desk.now(), recounted=recounted))


def now(conn: sqlite3.Connection, at: int, recounted: int = 0) -> SettingsNow:
    """Everything, and what is missing."""
    kept = load(conn)
    named = {name: getattr(kept, name) for name in Settings.__struct_fields__}
    year = office_time.beijing(at).year
    return SettingsNow(**named, year=year, years_without=deadlines.years_without(conn, at), recounted=recounted)


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
    departments = {row["id"] for row in conn.execute("SELECT id FROM departments")}
    for rank, kind in enumerate(new.kinds or ()):
        if kind.department and kind.department not in departments:
            raise Mistake("没有这个科室", "no such department", field=f"kinds.{kind.id}.department")
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
    """Raises Mistake; its field reads `list.row.part`, so that a form finds the place."""
    for field, listed in (("departments", new.departments), ("kinds", new.kinds)):
        _named(field, listed or ())
    if new.limits is not None:
        _limits(new.limits)
    if new.hours is not None:
        _hours(new.hours)
    _days(new.days or ())


def _named(field: str, listed: Sequence[Department | Kind]) -> None:
    if len(listed) > MOST:
        raise Mistake(f"最多 {MOST} 条", f"at most {MOST}", field=field)
    seen: set[str] = set()
    for one in listed:
        if not ID.fullmatch(one.id) or one.id in seen:
            zh, en = "代号只用小写字母、数字和短横线,且不重复", "ids: small letters, digits, dashes, each once"
            raise Mistake(zh, en, field=f"{field}.{one.id[:32]}.id")
        seen.add(one.id)
        for part, most in (("zh", 40), ("en", 60)):
            if not 0 < len(getattr(one, part).strip()) <= most:
                zh, en = f"请填写中英文名称(最多 {most} 字)", f"give a name in both languages, at most {most} letters"
                raise Mistake(zh, en, field=f"{field}.{one.id}.{part}")


def _limits(limits: Sequence[Limit]) -> None:
    keys = [(one.kind, one.step) for one in limits]
    if len(set(keys)) != len(keys):
        raise Mistake("时限每个环节一条", "each step once", field="limits")
    for one in limits:
        if one.step not in TIMED or not 0 < one.hours <= MOST_HOURS:
            zh, en = f"时限为大于 0、不超过 {MOST_HOURS:.0f} 的工作小时", f"hours above 0, up to {MOST_HOURS:.0f}"
            raise Mistake(zh, en, field=f"limits.{one.kind}.{one.step}")
    for step in TIMED:
        if ("", step) not in keys:
            raise Mistake(
                "每个环节都要有通用时限", "every step needs a deadline for all kinds", field=f"limits..{step}"
            )


def _hours(hours: Sequence[Hours]) -> None:
    ends = [minute for one in hours for minute in (one.first, one.last)]
    if not hours or ends != sorted(set(ends)) or ends[0] < 0 or ends[-1] > DAY:
        raise Mistake("办公时间要先后排列,不能重叠", "office hours in order, not overlapping", field="hours")


def _days(listed: Sequence[OfficeDay]) -> None:
    days = [one.day for one in listed]
    if len(set(days)) != len(days) or len(days) > MOST * 5:
        raise Mistake("有重复的日期", "a day stands there twice", field="days")
    for one in listed:
        if one.works == (one.day.weekday() < SATURDAY):
            zh = "这一天本来就上班,不用登记" if one.works else "周末本来就不上班,不用登记"
            en = "a weekday is worked anyway" if one.works else "a weekend is off anyway"
            raise Mistake(zh, en, field=f"days.{one.day}.day")
        if len(one.why) > MOST_WHY:
            raise Mistake(f"最多 {MOST_WHY} 字", f"at most {MOST_WHY} letters", field=f"days.{one.day}.why")
