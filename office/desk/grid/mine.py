"""What a warden carries: their areas, their cases, and the poles around them. Functions over a reading connection."""

from __future__ import annotations

import sqlite3

from office.desk import file_rows
from office.desk.cases.steps import Step
from office.desk.file_rows import FileRef
from office.desk.grid import look
from office.desk.people.accounts import Person
from office.desk.register import look as register
from office.desk.register.look import Pole, Spot
from sync.contract.envelope import Struct

MOST_CASES = 100
REPORTED_MS = 30 * 24 * 3600 * 1000
"""How long a warden sees what became of a report."""


class Choice(Struct, frozen=True):
    """A kind of case."""

    id: str
    zh: str
    en: str


class Area(Struct, frozen=True):
    """An area in which they walk now."""

    id: str
    name: str


class Mine(Struct, frozen=True):
    """A case of theirs: to do when `mine`, else one that they reported."""

    number: str
    kind: str
    step: str
    step_zh: str
    step_en: str
    words: str
    place: str
    pole: str
    begun_at: int
    due_at: int
    mine: bool
    version: int
    result: str
    files: list[FileRef]


class Round(Struct, frozen=True):
    """Everything a phone keeps for when there is no line."""

    at: int
    areas: list[Area]
    kinds: list[Choice]
    cases: list[Mine]


class PoleNear(Struct, frozen=True):
    """A pole with its place read back, and how far it is."""

    number: str
    words: str
    nearby: str
    distance_m: float | None


def whole(conn: sqlite3.Connection, who: Person, at: int) -> Round:
    """Everything."""
    areas = [Area(row["id"], row["name"]) for row in look.areas_with(conn, who.id, at)]
    kinds = conn.execute("SELECT id, zh, en FROM case_kinds WHERE active=1 ORDER BY rank, id")
    return Round(at, areas, [Choice(*row) for row in kinds], [*_to_do(conn, who), *_reported(conn, who, at)])


def sees(conn: sqlite3.Connection, who: Person, number: str) -> bool:
    """Whether the case is theirs: to work on, or because they reported it."""
    row = conn.execute("SELECT assignee, begun_by FROM cases WHERE number=?", (number,)).fetchone()
    return row is not None and bool(who.id) and who.id in (row["assignee"], row["begun_by"])


def poles_near(conn: sqlite3.Connection, lat: float, lon: float) -> list[PoleNear]:
    """The five nearest to a telephone."""
    spot = Spot(lat=lat, lon=lon, datum="WGS-84")
    return [_near(pole) for pole in register.near_poles(conn, spot, 5)]


def pole(conn: sqlite3.Connection, number: str) -> list[PoleNear]:
    """That one, or none."""
    found = register.pole(conn, number)
    return [_near(found)] if found else []


def _near(found: Pole) -> PoleNear:
    return PoleNear(found.number, found.words, found.nearby, found.distance_m)


def _to_do(conn: sqlite3.Connection, who: Person) -> list[Mine]:
    rows = conn.execute(
        "SELECT * FROM cases WHERE assignee=? AND open=1 ORDER BY due_at, n LIMIT ?", (who.id, MOST_CASES)
    )
    return [_mine(conn, row, mine=row["step"] == Step.HANDLE) for row in rows.fetchall()]


def _reported(conn: sqlite3.Connection, who: Person, at: int) -> list[Mine]:
    rows = conn.execute(
        """SELECT c.* FROM round_sent s JOIN cases c ON c.number=json_extract(s.answer, '$.number')
           WHERE s.account=? AND s.at>? AND c.begun_by=? AND c.assignee<>? GROUP BY c.n ORDER BY c.n DESC LIMIT ?""",
        (who.id, at - REPORTED_MS, who.id, who.id, MOST_CASES),
    )
    return [_mine(conn, row, mine=False) for row in rows.fetchall()]


def _mine(conn: sqlite3.Connection, row: sqlite3.Row, *, mine: bool) -> Mine:
    titles = Step(row["step"]).titles
    return Mine(
        row["number"], row["kind"], row["step"], titles["zh"], titles["en"], row["words"], row["place_words"],
        row["pole"], row["begun_at"], row["due_at"], mine, row["version"], row["result"],
        file_rows.of(conn, f"case:{row['number']}"),
    )  # fmt: skip
