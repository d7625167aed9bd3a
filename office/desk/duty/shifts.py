"""排班: who is planned when, in which order they are called. Functions over a connection.

A shift is a row of its own, also when it was planned with others by a repeating pattern (`series`): so each can be
swapped, moved or taken away alone, and every question is one query. Days are days of Beijing.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from office.desk.mistake import Mistake, missing
from office.desk.people.roles import Permission, Role, permissions
from sync.contract.envelope import Struct

BEIJING = timezone(timedelta(hours=8))
LATE_MS = 5 * 60 * 1000
"""So long after a shift's begin everyone is told that its person is not there."""

LONGEST = timedelta(hours=24)
MOST_WEEKS = 53
SWAPPED = "swap"


class Shift(Struct, frozen=True, kw_only=True):
    """One person, one time. `rank` 1 is called first."""

    id: str
    account: str
    name: str
    begins_at: int
    ends_at: int
    rank: int
    series: str
    note: str = ""
    swapped_from: str = ""


class Plan(Struct, frozen=True):
    """Shifts to plan: from `first` to `last` (days) on these weekdays (1 Monday to 7), `begins` to `ends` (HH:MM)."""

    account: str
    first: str
    begins: str
    ends: str
    last: str = ""
    weekdays: list[int] = []
    rank: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Planned, begun, and not there."""

    account: str
    name: str
    since: int


def spans(plan: Plan) -> list[tuple[int, int]]:
    """(begin, end) in milliseconds of everything the plan asks for. Raises Mistake."""
    first, last = _day(plan.first, "first"), _day(plan.last or plan.first, "last")
    begins, ends = _clock(plan.begins, "begins"), _clock(plan.ends, "ends")
    if not first <= last <= first + timedelta(weeks=MOST_WEEKS):
        raise Mistake(
            "结束日期应在开始日期之后,且不超过一年", "the last day is after the first, within a year", field="last"
        )
    if any(not 1 <= day <= 7 for day in plan.weekdays):
        raise Mistake("星期应为 1 到 7", "weekdays are 1 to 7", field="weekdays")
    if not 1 <= plan.rank <= 9:
        raise Mistake("呼叫顺序应为 1 到 9", "the order of calling is 1 to 9", field="rank")
    found = list(_spans(first, last, frozenset(plan.weekdays), begins, ends))
    if not found:
        raise Mistake("这段日期里没有所选的星期", "none of these weekdays lies between the days", field="weekdays")
    return found


def add(conn: sqlite3.Connection, at: int, by: str, plan: Plan) -> list[str]:
    """Plan them all; their ids. Raises Mistake when one overlaps another shift of the same person."""
    _can_work(conn, plan.account)
    if len(plan.note) > 200:
        raise Mistake("备注最多 200 字", "a note has at most 200 characters", field="note")
    series, made = secrets.token_hex(8), []
    for begin, end in spans(plan):
        _free(conn, plan.account, begin, end)
        made.append(shift := secrets.token_hex(8))
        conn.execute(
            "INSERT INTO shifts VALUES (?,?,?,?,?,?,?,'',?,?)",
            (shift, plan.account, begin, end, plan.rank, series, plan.note.strip(), at, by),
        )
    return made


def swap(conn: sqlite3.Connection, at: int, by: str, shift: str, account: str, note: str) -> str:
    """Another person takes it over; who had it. Raises Mistake."""
    row = conn.execute("SELECT * FROM shifts WHERE id=?", (shift,)).fetchone()
    if row is None:
        raise missing("班次", "shift")
    if row["ends_at"] <= at:
        raise Mistake("这个班次已经结束,不能再换", "this shift is over", 409)
    if not note.strip() or len(note) > 200:
        raise Mistake("请写明换班原因(最多 200 字)", "say why, in at most 200 characters", field="note")
    if account == row["account"]:
        raise Mistake("换班要换给另一个人", "a swap is with another person", field="account")
    _can_work(conn, account)
    _free(conn, account, row["begins_at"], row["ends_at"])
    conn.execute(
        "UPDATE shifts SET account=?, swapped_from=?, note=?, changed_at=?, changed_by=? WHERE id=?",
        (account, row["account"], note.strip(), at, by, shift),
    )
    return str(row["account"])


def remove(conn: sqlite3.Connection, at: int, shift: str, *, following: bool) -> int:
    """Take away what has not begun: this one, or it and all after it of its series. How many."""
    row = conn.execute("SELECT series, begins_at FROM shifts WHERE id=?", (shift,)).fetchone()
    if row is None:
        raise missing("班次", "shift")
    if row["begins_at"] <= at:
        raise Mistake("已经开始的班次不能删除,请换班", "a shift that has begun is not removed, swap it", 409)
    if not following:
        return conn.execute("DELETE FROM shifts WHERE id=?", (shift,)).rowcount
    found = conn.execute("DELETE FROM shifts WHERE series=? AND begins_at>=?", (row["series"], row["begins_at"]))
    return found.rowcount


def between(conn: sqlite3.Connection, begin: int, end: int) -> list[Shift]:
    """Every shift that touches that time, in order."""
    rows = conn.execute(
        """SELECT s.*, a.name FROM shifts s LEFT JOIN accounts a ON a.id=s.account
           WHERE s.begins_at<?2 AND s.begins_at>?3 AND s.ends_at>?1 ORDER BY s.begins_at, s.rank, s.id LIMIT 1000""",
        (begin, end, begin - int(LONGEST.total_seconds() * 1000) - 1),
    )
    return [_shift(row) for row in rows]


def planned(conn: sqlite3.Connection, at: int) -> list[Shift]:
    """Whose shift it is now, in the order in which they are called."""
    return sorted(between(conn, at, at + 1), key=lambda shift: (shift.rank, shift.begins_at, shift.id))


def absent(shifts: Sequence[Shift], there: frozenset[str], at: int) -> list[Missing]:
    """Of the shifts of now: whose person should have come five minutes ago and is not there."""
    late = [s for s in shifts if s.account not in there and at - s.begins_at >= LATE_MS]
    return [Missing(s.account, s.name, s.begins_at) for s in late]


def clerks(conn: sqlite3.Connection) -> list[tuple[str, str]]:
    """(account, name) of everyone who may be planned."""
    rows = conn.execute("SELECT id, name, roles FROM accounts WHERE disabled=0 ORDER BY name, id")
    return [(row["id"], row["name"]) for row in rows if _works(row["roles"])]


def _spans(first: date, last: date, weekdays: frozenset[int], begins: time, ends: time) -> Iterator[tuple[int, int]]:
    day = first
    while day <= last:
        if not weekdays or day.isoweekday() in weekdays:
            begin = datetime.combine(day, begins, BEIJING)
            end = datetime.combine(day, ends, BEIJING)
            if end <= begin:  # over midnight; the same time twice is the whole day
                end += timedelta(days=1)
            yield int(begin.timestamp() * 1000), int(end.timestamp() * 1000)
        day += timedelta(days=1)


def _day(text: str, field: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not 2020 <= day.year <= 2200:
        raise Mistake("请填写日期,如 2026-03-01", "a date such as 2026-03-01", field=field)
    return day


def _clock(text: str, field: str) -> time:
    try:
        found = time.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or len(text) != 5:
        raise Mistake("请填写时间,如 08:00", "a time such as 08:00", field=field)
    return found


def _can_work(conn: sqlite3.Connection, account: str) -> None:
    row = conn.execute("SELECT roles FROM accounts WHERE id=? AND disabled=0", (account,)).fetchone()
    if row is None or not _works(row["roles"]):
        raise Mistake("这个人不能值班(没有值班员身份)", "this person cannot be on duty", field="account")


def _works(roles: str) -> bool:
    known = frozenset(role for role in Role if f'"{role}"' in roles)
    return Permission.ALARMS_WORK in permissions(known)


def _free(conn: sqlite3.Connection, account: str, begin: int, end: int) -> None:
    row = conn.execute(
        "SELECT begins_at FROM shifts WHERE account=? AND begins_at<? AND ends_at>? LIMIT 1", (account, end, begin)
    ).fetchone()
    if row is not None:
        when = datetime.fromtimestamp(row["begins_at"] / 1000, BEIJING)
        raise Mistake(
            f"与此人 {when:%m-%d %H:%M} 开始的班次重叠",
            f"overlaps this person's shift of {when:%m-%d %H:%M}",
            409,
            field="first",
        )


def _shift(row: sqlite3.Row) -> Shift:
    names = ("id", "account", "begins_at", "ends_at", "rank", "series", "note", "swapped_from")
    return Shift(name=row["name"] or row["account"], **{name: row[name] for name in names})
