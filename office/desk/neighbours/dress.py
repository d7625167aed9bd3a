"""What a published version says beside the drafts: how many have joined, how a poll ended, who the warden is, 公示."""

from __future__ import annotations

import sqlite3
from typing import Any

from office.desk.cases import gongshi
from office.desk.cases.office_time import beijing
from office.desk.grid import look as grid
from office.desk.neighbours import joining, votes
from sync.contract.departments import Said
from sync.contract.envelope import replaced
from sync.contract.services import Activity, ClosedCase, Poll, Publicity, Warden

MOST_CASES = 200
MOST_POLES = 5_000
"""Of one area, so that a file of all areas stays small."""


def activities(conn: sqlite3.Connection, _at: int, items: list[Any]) -> list[Any]:
    """With the number of people who have joined."""
    return [replaced(one, taken=joining.joined(conn, one.id)) if isinstance(one, Activity) else one for one in items]


def polls(conn: sqlite3.Connection, at: int, items: list[Any]) -> list[Any]:
    """Ended ones with their results: nobody is led by the answers of others."""
    today = beijing(at).date().isoformat()
    return [
        replaced(one, results=votes.counts(conn, one.id, len(one.answers)))
        if isinstance(one, Poll) and one.ends[:10] < today
        else one
        for one in items
    ]


def wardens(conn: sqlite3.Connection, _at: int) -> list[Warden]:
    """One for each area, as residents know her: by how she is called, never by her account."""
    rows = conn.execute(
        """SELECT a.id, a.name, coalesce(d.id, '') AS department,
                  (SELECT c.name FROM grid_wardens w JOIN accounts c ON c.id=w.account
                   WHERE w.area=a.id ORDER BY w.rank LIMIT 1) AS called
           FROM grid_areas a LEFT JOIN departments d ON d.id=a.department AND d.active=1 ORDER BY a.name, a.id"""
    )
    poles = _poles(conn)
    return [
        Warden(
            area=row["id"],
            area_name=Said(row["name"]),
            called=Said(row["called"] or ""),
            department=row["department"],
            poles=poles.get(row["id"], [])[:MOST_POLES],
        )
        for row in rows
    ]


def _poles(conn: sqlite3.Connection) -> dict[str, list[str]]:
    """Numbers by area; each place is looked up once, however many poles stand there."""
    areas: dict[str, str | None] = {}
    found: dict[str, list[str]] = {}
    for row in conn.execute("SELECT number, place FROM poles WHERE place<>'' ORDER BY number").fetchall():
        if row["place"] not in areas:
            areas[row["place"]] = grid.area_of(conn, row["place"])
        if area := areas[row["place"]]:
            found.setdefault(area, []).append(row["number"])
    return found


def publicity(conn: sqlite3.Connection, at: int) -> Publicity:
    """Last month: figures, and the cases that were approved for the public."""
    month = gongshi.month(conn, gongshi.named("last", at))
    cases = [_closed(one) for one in month.cases[:MOST_CASES]]
    on_time = month.on_time / month.steps if month.steps else 0.0
    return Publicity(month=month.month, closed=month.ended, on_time=round(on_time, 4), cases=cases)


def _closed(case: gongshi.Shown) -> ClosedCase:
    department = case.department.zh if case.department else ""
    return ClosedCase(Said(case.kind.zh, case.kind.en), Said(case.text), case.days, department)
