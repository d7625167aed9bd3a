"""What a clerk sees of the register: lists paged by key, and one person, household or place with what belongs to it."""

from __future__ import annotations

import json
import sqlite3

from office.desk.register import finding, look
from office.desk.register.look import Neighbour, Pole, Spot
from sync.contract.envelope import Struct

MOST_FOUND = 50


class PersonRow(Struct, frozen=True, kw_only=True):
    """A person in a list. `n` is what a list goes on from."""

    n: int
    ref: str
    name: str
    born: int | None
    phone: str
    tags: list[str]
    household: str
    words: str
    erased: bool


class DeviceAt(Struct, frozen=True, kw_only=True):
    """A device and whose it is."""

    n: int
    gateway: str
    device: str
    person: str
    name: str
    household: str
    place: str
    place_words: str
    pole: str
    words: str
    source: str
    v: int
    levels: dict[str, str] = {}


class PersonView(Struct, frozen=True, kw_only=True):
    """A person's card. What is sealed is asked for by itself."""

    person: PersonRow
    v: int
    changed_at: int
    place: str
    levels: dict[str, str]
    pole: str
    has_notes: bool
    has_contacts: bool
    members: list[PersonRow]
    devices: list[DeviceAt]
    near: list[Neighbour]
    conflicts: int


class HouseholdView(Struct, frozen=True, kw_only=True):
    """A household."""

    ref: str
    place: str
    words: str
    members: list[PersonRow]
    devices: list[DeviceAt]


class PlaceRow(Struct, frozen=True, kw_only=True):
    """A place in a list."""

    n: int
    id: str
    kind: str
    name: str
    words: str
    nearby: str
    aliases: str
    pole: str
    spot: Spot | None
    parts: int
    v: int


class PlaceView(Struct, frozen=True, kw_only=True):
    """A place, what it lies in and what lies in it."""

    place: PlaceRow
    levels: dict[str, str]
    above: list[PlaceRow]
    households: list[HouseholdView]
    poles: list[Pole]


class PoleView(Struct, frozen=True, kw_only=True):
    """A pole, its neighbours and what hangs at it."""

    pole: Pole
    levels: dict[str, str]
    near: list[Pole]
    devices: list[DeviceAt]


class ImportView(Struct, frozen=True, kw_only=True):
    """A draft and how far it has come."""

    id: str
    subject: str
    file: str
    state: str
    by: str
    by_name: str
    made_at: int
    expires_at: int
    version: int
    total: int
    done: int
    fresh: int
    changed: int
    same: int
    conflicts: int
    bad: int
    bad_rows: list[dict[str, int | str]]
    confirmed_name: str
    confirmed_at: int | None
    ended_at: int | None
    reason: str
    skipped: int
    undoable: bool = False


def persons(conn: sqlite3.Connection, after: int, limit: int, tag: str = "") -> list[PersonRow]:
    """In the order in which they came into the register."""
    rows = conn.execute(
        _PERSONS + "WHERE p.n>? AND p.erased_at IS NULL AND (?='' OR instr(p.tags, ?)) ORDER BY p.n LIMIT ?",
        (after, tag, tag, limit),
    )
    return [_person(row) for row in rows]


def found_persons(conn: sqlite3.Connection, text: str, limit: int = MOST_FOUND) -> list[PersonRow]:
    """By name, reference, tag, address, or the end of a phone number; best first."""
    numbers = finding.rows(conn, "found_persons", text, limit)
    digits = text.replace(" ", "")
    if digits.isascii() and digits.isdigit() and len(digits) >= 4:
        ends = conn.execute("SELECT n FROM persons WHERE phone LIKE ? LIMIT ?", (f"%{digits}", limit))
        numbers = [row["n"] for row in ends] + numbers
    rows = conn.execute(_PERSONS + _LISTED, (json.dumps(numbers),)).fetchall()
    by = {row["n"]: _person(row) for row in rows}
    return [by[n] for n in dict.fromkeys(numbers) if n in by][:limit]


def person(conn: sqlite3.Connection, ref: str) -> PersonView | None:
    """One person's card."""
    row = conn.execute(_PERSONS + "WHERE p.ref=?", (ref,)).fetchone()
    if row is None:
        return None
    place = str(row["place"] or "")
    household = row["household"]
    open_conflicts = "SELECT count(*) FROM register_conflicts WHERE settled_at IS NULL AND key=? AND subject='persons'"
    return PersonView(
        person=_person(row),
        v=row["v"],
        changed_at=row["changed_at"],
        place=place,
        levels=look.place_levels(conn, place),
        pole=look.pole_of_place(conn, place),
        has_notes=bool(row["notes"]),
        has_contacts=bool(row["contacts"]),
        members=[one for one in members(conn, household) if one.ref != ref] if household else [],
        devices=devices(conn, person=ref),
        near=look.neighbours(conn, place, ref),
        conflicts=conn.execute(open_conflicts, (ref,)).fetchone()[0],
    )


def members(conn: sqlite3.Connection, household: str) -> list[PersonRow]:
    """Who belongs to a household."""
    return [_person(row) for row in conn.execute(_PERSONS + "WHERE p.household=? ORDER BY p.n LIMIT 50", (household,))]


def household(conn: sqlite3.Connection, ref: str) -> HouseholdView | None:
    """One household."""
    row = conn.execute("SELECT * FROM households WHERE ref=?", (ref,)).fetchone()
    if row is None:
        return None
    return HouseholdView(
        ref=ref,
        place=row["place"],
        words=look.place_words(conn, row["place"]),
        members=members(conn, ref),
        devices=devices(conn, household=ref),
    )


def places(conn: sqlite3.Connection, parent: str, after: int, limit: int) -> list[PlaceRow]:
    """What lies in a place; the communities for an empty parent."""
    rows = conn.execute(_PLACES + "WHERE parent=? AND n>? ORDER BY n LIMIT ?", (parent, after, limit))
    return [_place(row) for row in rows]


def place(conn: sqlite3.Connection, place_id: str) -> PlaceView | None:
    """One place."""
    row = conn.execute(_PLACES + "WHERE id=?", (place_id,)).fetchone()
    if row is None:
        return None
    above = look.place_chain(conn, place_id)[:0:-1]
    at = conn.execute("SELECT ref FROM households WHERE place=? ORDER BY n LIMIT 20", (place_id,)).fetchall()
    poles_at = conn.execute("SELECT * FROM poles WHERE place=? ORDER BY n LIMIT 100", (place_id,))
    return PlaceView(
        place=_place(row),
        levels=look.place_levels(conn, place_id),
        above=[_place(conn.execute(_PLACES + "WHERE id=?", (each,)).fetchone()) for each in above],
        households=[view for each in at if (view := household(conn, each["ref"]))],
        poles=[look.pole_of(pole) for pole in poles_at],
    )


def poles(conn: sqlite3.Connection, after: int, limit: int, plate: str = "") -> list[tuple[int, Pole]]:
    """With the number each list goes on from."""
    which = "plate=?3 AND plate<>'ok' AND" if plate not in {"", "ok"} else "(?3='' OR plate=?3) AND"
    rows = conn.execute(f"SELECT * FROM poles WHERE {which} n>?1 ORDER BY n LIMIT ?2", (after, limit, plate))  # noqa: S608
    return [(row["n"], look.pole_of(row)) for row in rows]


def pole(conn: sqlite3.Connection, number: str) -> PoleView | None:
    """One pole."""
    found = look.pole(conn, number)
    if found is None:
        return None
    near = look.near_poles(conn, found.spot, 6) if found.spot else []
    return PoleView(
        pole=found,
        levels=look.place_levels(conn, found.place),
        near=[one for one in near if one.number != number][:5],
        devices=devices(conn, pole=number),
    )


def devices(
    conn: sqlite3.Connection, after: int = 0, limit: int = 100, *, person: str = "", household: str = "", pole: str = ""
) -> list[DeviceAt]:
    """Those of a person, a household, a pole, or all."""
    rows = conn.execute(
        _DEVICES, {"after": after, "limit": limit, "person": person, "household": household, "pole": pole}
    )
    return [
        DeviceAt(
            n=row["n"],
            gateway=row["gateway"],
            device=row["device"],
            person=row["person"],
            name=row["name"] or "",
            household=row["household"],
            place=row["place"],
            place_words=row["place_words"] or "",
            pole=row["pole"],
            words=row["words"],
            source=row["source"],
            v=row["v"],
            levels=look.place_levels(conn, row["place"]),
        )
        for row in rows
    ]


def imports(conn: sqlite3.Connection, only: str = "", limit: int = 20) -> list[ImportView]:
    """The newest first; or one."""
    rows = conn.execute(_IMPORTS + "WHERE ?1='' OR i.id=?1 ORDER BY i.made_at DESC, i.id DESC LIMIT ?2", (only, limit))
    last = conn.execute(
        "SELECT id FROM register_imports WHERE confirmed_at IS NOT NULL ORDER BY confirmed_at DESC, id DESC LIMIT 1"
    ).fetchone()
    return [
        ImportView(
            **{name: row[name] for name in _PLAIN},
            bad_rows=json.loads(row["bad_rows"]),
            by_name=row["by_name"] or row["by"],
            confirmed_name=row["confirmed_name"] or "",
            undoable=bool(last and last["id"] == row["id"] and row["state"] == "applied"),
        )
        for row in rows
    ]


_PLAIN = (
    *("id", "subject", "file", "state", "by", "made_at", "expires_at", "version", "total", "done", "fresh", "changed"),
    *("same", "conflicts", "bad", "confirmed_at", "ended_at", "reason", "skipped"),
)
_IMPORTS = """
SELECT i.*, a.name AS by_name, c.name AS confirmed_name FROM register_imports i
LEFT JOIN accounts a ON a.id=i.by LEFT JOIN accounts c ON c.id=i.confirmed_by
"""
_PERSONS = """
SELECT p.*, h.place, l.words FROM persons p
LEFT JOIN households h ON h.ref=p.household LEFT JOIN places l ON l.id=h.place
"""
_LISTED = "WHERE p.n IN (SELECT value FROM json_each(?)) AND p.erased_at IS NULL"
_PLACES = "SELECT *, (SELECT count(*) FROM places c WHERE c.parent=places.id) AS parts FROM places "
_DEVICES = """
SELECT d.*, p.name, l.words AS place_words FROM devices_at d
LEFT JOIN persons p ON p.ref=d.person LEFT JOIN places l ON l.id=d.place
WHERE d.n>:after AND (:person='' OR d.person=:person) AND (:household='' OR d.household=:household)
  AND (:pole='' OR d.pole=:pole) ORDER BY d.n LIMIT :limit
"""


def _person(row: sqlite3.Row) -> PersonRow:
    return PersonRow(
        n=row["n"],
        ref=row["ref"],
        name=row["name"],
        born=row["born"],
        phone=row["phone"],
        tags=[tag for tag in row["tags"].split("、") if tag],
        household=row["household"],
        words=row["words"] or "",
        erased=row["erased_at"] is not None,
    )


def _place(row: sqlite3.Row) -> PlaceRow:
    own = {name: row[name] for name in ("n", "id", "kind", "name", "words", "nearby", "aliases", "pole", "parts", "v")}
    return PlaceRow(**own, spot=look.spot_of(row))
