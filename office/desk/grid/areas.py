"""Areas, their places, their wardens, and who is away: functions over a connection, each change with its note."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections import Counter
from collections.abc import Sequence

from office.desk.grid import look
from office.desk.mistake import Mistake, missing
from office.desk.people import audit
from office.desk.people.accounts import name_of
from office.desk.people.roles import Role
from office.desk.register import look as register
from sync.contract.envelope import Struct

MOST_PLACES = 500
MOST_WARDENS = 20
LONGEST_AWAY_MS = 366 * 24 * 3600 * 1000


class Named(Struct, frozen=True):
    """A place or a person, with the words for it."""

    id: str
    words: str


class Area(Struct, frozen=True):
    """An area with what lies open in it. `now` is who is asked first at this moment."""

    id: str
    name: str
    note: str
    v: int
    places: list[Named]
    wardens: list[Named]
    now: Named | None = None
    cases: int = 0
    alarms: int = 0
    department: str = ""


class PutArea(Struct, frozen=True):
    """An area as it shall be. `v` is the one that was looked at, 0 for a new one."""

    name: str
    places: list[str]
    wardens: list[str]
    note: str = ""
    v: int = 0
    department: str = ""
    """Who answers when a resident calls the warden from a kiosk; empty: the reception."""


class Away(Struct, frozen=True):
    """Somebody is away, and who stands in."""

    n: int
    account: Named
    substitute: Named | None
    from_at: int
    until_at: int


class PutAway(Struct, frozen=True):
    """From when to when; without a substitute the next warden of the area is asked."""

    account: str
    from_at: int
    until_at: int
    substitute: str = ""


def put(conn: sqlite3.Connection, at: int, who: str, area: str, wanted: PutArea) -> str:
    """Make it (with no id) or change it; its id. Raises Mistake."""
    name = wanted.name.strip()
    if not 0 < len(name) <= 60:
        raise Mistake("请填写网格名称(60 字以内)", "name the area, in at most 60 characters", field="name")
    _check(conn, area, name, wanted)
    if area:
        _change(conn, at, area, name, wanted)
    else:
        area = secrets.token_hex(8)
        conn.execute(
            "INSERT INTO grid_areas(id, name, note, v, changed_at, department) VALUES (?,?,?,1,?,?)",
            (area, name, wanted.note.strip()[:500], at, wanted.department),
        )
    conn.execute("DELETE FROM grid_places WHERE area=?", (area,))
    conn.executemany("INSERT INTO grid_places VALUES (?,?)", [(place, area) for place in dict.fromkeys(wanted.places)])
    conn.execute("DELETE FROM grid_wardens WHERE area=?", (area,))
    ranked = enumerate(dict.fromkeys(wanted.wardens))
    conn.executemany("INSERT INTO grid_wardens VALUES (?,?,?)", [(area, rank, account) for rank, account in ranked])
    audit.note(conn, at, who, "grid.area", area, places=len(wanted.places), wardens=wanted.wardens)
    return area


def remove(conn: sqlite3.Connection, at: int, who: str, area: str) -> None:
    """Its places belong to no area. Raises Mistake."""
    if not conn.execute("DELETE FROM grid_areas WHERE id=?", (area,)).rowcount:
        raise missing("网格", "area")
    for table in ("grid_places", "grid_wardens"):
        conn.execute(f"DELETE FROM {table} WHERE area=?", (area,))  # noqa: S608 - names are ours
    audit.note(conn, at, who, "grid.area-removed", area)


def every(conn: sqlite3.Connection, at: int) -> list[Area]:
    """All areas by name; an office has dozens. Looks at `centre.` for the open alarms."""
    cases, alarms = _open_cases(conn), _open_alarms(conn)
    rows = conn.execute("SELECT * FROM grid_areas ORDER BY name").fetchall()
    return [_area(conn, at, row, cases[row["id"]], alarms[row["id"]]) for row in rows]


def wardens(conn: sqlite3.Connection) -> list[Named]:
    """Every account that can be a warden."""
    rows = conn.execute("SELECT id, name, roles FROM accounts WHERE disabled=0 ORDER BY name")
    return [Named(row["id"], row["name"]) for row in rows if Role.WARDEN in json.loads(row["roles"])]


def departments(conn: sqlite3.Connection) -> list[Named]:
    """Those that work, in the office's order."""
    rows = conn.execute("SELECT id, zh FROM departments WHERE active=1 ORDER BY rank, id")
    return [Named(row["id"], row["zh"]) for row in rows]


def add_away(conn: sqlite3.Connection, at: int, who: str, wanted: PutAway) -> int:
    """Its number. Raises Mistake."""
    _wardens(conn, [account for account in (wanted.account, wanted.substitute) if account], "substitute")
    if wanted.substitute == wanted.account:
        raise Mistake("请选择另一个人代班", "choose another person to stand in", field="substitute")
    if not wanted.from_at < wanted.until_at <= wanted.from_at + LONGEST_AWAY_MS or wanted.until_at <= at:
        raise Mistake("请填写正确的起止时间(一年以内)", "give a beginning and an end within a year", field="until_at")
    row = (wanted.account, wanted.substitute, wanted.from_at, wanted.until_at, who, at)
    n = conn.execute(
        "INSERT INTO grid_away(account, substitute, from_at, until_at, made_by, made_at) VALUES (?,?,?,?,?,?)", row
    ).lastrowid
    audit.note(conn, at, who, "grid.away", wanted.account, substitute=wanted.substitute)
    return int(n or 0)


def end_away(conn: sqlite3.Connection, at: int, who: str, n: int) -> None:
    """They are back. Raises Mistake."""
    row = conn.execute("SELECT account FROM grid_away WHERE n=? AND until_at>?", (n, at)).fetchone()
    if row is None:
        raise missing("请假记录", "absence")
    conn.execute("UPDATE grid_away SET until_at=max(from_at, ?) WHERE n=?", (at, n))
    audit.note(conn, at, who, "grid.back", row["account"])


def away(conn: sqlite3.Connection, at: int) -> list[Away]:
    """Who is away, or will be."""
    rows = conn.execute("SELECT * FROM grid_away WHERE until_at>? ORDER BY from_at, n LIMIT 200", (at,)).fetchall()
    return [
        Away(
            row["n"],
            _named(conn, row["account"]),
            _named(conn, row["substitute"]) if row["substitute"] else None,
            row["from_at"],
            row["until_at"],
        )
        for row in rows
    ]


def _area(conn: sqlite3.Connection, at: int, row: sqlite3.Row, cases: int, alarms: int) -> Area:
    places = conn.execute("SELECT place FROM grid_places WHERE area=? ORDER BY place", (row["id"],)).fetchall()
    own = conn.execute("SELECT account FROM grid_wardens WHERE area=? ORDER BY rank", (row["id"],)).fetchall()
    now = look.wardens_in(conn, row["id"], at)
    return Area(
        row["id"], row["name"], row["note"], row["v"],
        [Named(one["place"], register.place_words(conn, one["place"]) or one["place"]) for one in places],
        [_named(conn, one["account"]) for one in own],
        _named(conn, now[0]) if now else None, cases, alarms, row["department"],
    )  # fmt: skip


def _named(conn: sqlite3.Connection, account: str) -> Named:
    return Named(account, name_of(conn, account))


def _check(conn: sqlite3.Connection, area: str, name: str, wanted: PutArea) -> None:
    if conn.execute("SELECT 1 FROM grid_areas WHERE name=? AND id<>?", (name, area)).fetchone():
        raise Mistake("已有同名的网格", "another area has this name", 409, field="name")
    if len(wanted.places) > MOST_PLACES or len(wanted.wardens) > MOST_WARDENS:
        raise Mistake("地点或网格员太多", "too many places or wardens", field="places")
    for place in wanted.places:
        if not register.place_words(conn, place):
            raise Mistake("没有这个地点", "no such place", field="places")
        other = conn.execute(
            "SELECT a.name FROM grid_places p JOIN grid_areas a ON a.id=p.area WHERE p.place=? AND p.area<>?",
            (place, area),
        ).fetchone()
        if other is not None:
            words = register.place_words(conn, place)
            raise Mistake(f"{words} 已属于“{other['name']}”", f"{words} belongs to {other['name']}", 409, "places")
    if wanted.department and wanted.department not in {one.id for one in departments(conn)}:
        raise Mistake("没有这个科室", "no such department", field="department")
    _wardens(conn, wanted.wardens, "wardens")


def _wardens(conn: sqlite3.Connection, accounts: Sequence[str], field: str) -> None:
    known = {one.id for one in wardens(conn)}
    if not known.issuperset(accounts):
        raise Mistake("没有这个网格员", "no such warden", field=field)


def _change(conn: sqlite3.Connection, at: int, area: str, name: str, wanted: PutArea) -> None:
    if conn.execute("SELECT 1 FROM grid_areas WHERE id=?", (area,)).fetchone() is None:
        raise missing("网格", "area")
    done = conn.execute(
        "UPDATE grid_areas SET name=?, note=?, department=?, v=v+1, changed_at=? WHERE id=? AND v=?",
        (name, wanted.note.strip()[:500], wanted.department, at, area, wanted.v),
    )
    if not done.rowcount:
        raise Mistake("网格刚被别人修改,请重新打开", "somebody changed the area, open it again", 409, code="stale")


def _open_cases(conn: sqlite3.Connection) -> Counter[str]:
    found: Counter[str] = Counter()
    rows = conn.execute("SELECT place, pole, count(*) AS many FROM cases WHERE open=1 GROUP BY place, pole").fetchall()
    for row in rows:
        area = look.area_of(conn, row["place"]) or look.area_of_pole(conn, row["pole"])
        if area:
            found[area] += row["many"]
    return found


def _open_alarms(conn: sqlite3.Connection) -> Counter[str]:
    found: Counter[str] = Counter()
    rows = conn.execute(
        "SELECT gateway, device, count(*) AS many FROM centre.alarms WHERE stage<5 GROUP BY gateway, device LIMIT 300"
    ).fetchall()
    for row in rows:
        card = register.card(conn, row["gateway"], row["device"])
        area = (look.area_of(conn, card.place) or look.area_of_pole(conn, card.pole)) if card else None
        if area:
            found[area] += row["many"]
    return found
