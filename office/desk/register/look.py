"""What the other parts ask the register: whose device is this, who lives near, which pole stands by the market.

Functions over a connection of `desk.look` (`card` also looks at `centre.`). Only `secrets` opens what is sealed; who
calls it notes it in the audit log.
"""

from __future__ import annotations

import json
import sqlite3

from office.desk.people.vault import Vault
from office.desk.register import finding
from office.desk.register.datum import distance_m, to_wgs84
from sync.contract.envelope import Struct

NEAR = 8
"""Neighbours on a card."""

_POLE = 0
_PLACE = 1
"""What the low bit of a row id of `found_spots` says."""


class Spot(Struct, frozen=True, kw_only=True):
    """A point on the map, as it was given."""

    lat: float
    lon: float
    datum: str


class Neighbour(Struct, frozen=True, kw_only=True):
    """Somebody who lives near."""

    person: str
    name: str
    phone: str
    words: str
    tags: list[str]
    born: int | None = None


class Card(Struct, frozen=True, kw_only=True):
    """Whose device it is and where. `known` is false when the register has nobody under that reference."""

    gateway: str
    device: str
    person: str = ""
    known: bool = False
    erased: bool = False
    name: str = ""
    born: int | None = None
    phone: str = ""
    tags: list[str] = []
    household: str = ""
    place: str = ""
    words: str = ""
    community: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""
    pole: str = ""
    pole_words: str = ""
    spot: Spot | None = None
    sealed: bool = False
    """There are notes or contacts to be read by who may."""
    near: list[Neighbour] = []


class Contact(Struct, frozen=True, kw_only=True):
    """Somebody to call."""

    name: str
    phone: str
    relation: str = ""


class Secrets(Struct, frozen=True, kw_only=True):
    """What is sealed about a person."""

    person: str
    notes: str = ""
    contacts: list[Contact] = []


class Pole(Struct, frozen=True, kw_only=True):
    """A pole (一号定位)."""

    number: str
    words: str
    nearby: str
    aliases: str
    kind: str
    plate: str
    place: str
    spot: Spot | None
    v: int
    distance_m: float | None = None


class Found(Struct, frozen=True, kw_only=True):
    """A pole or a place that fits what was said. `id` is a pole's number or a place's id."""

    what: str
    id: str
    words: str
    nearby: str = ""
    pole: str = ""
    plate: str = ""
    spot: Spot | None = None


def card(conn: sqlite3.Connection, gateway: str, device: str, *, resident: str = "", pole: str = "") -> Card | None:
    """None when neither the register nor the device itself says whose it is or where.

    `resident` and `pole` are what the alarm at hand says; without them the device's last alarm is asked.
    """
    row = conn.execute("SELECT * FROM devices_at WHERE gateway=? AND device=?", (gateway, device)).fetchone()
    if not (resident or pole) and (row is None or not (row["person"] or row["pole"] or row["place"])):
        resident, pole = said_by_device(conn, gateway, device)
    ref = (row["person"] if row else "") or resident
    number = (row["pole"] if row else "") or pole
    if row is None and not (ref or number):
        return None
    who = conn.execute("SELECT * FROM persons WHERE ref=?", (ref,)).fetchone() if ref else None
    household = (who["household"] if who else "") or (row["household"] if row else "")
    place = (row["place"] if row else "") or _place_of(conn, household)
    number = number or pole_of_place(conn, place)
    levels = place_levels(conn, place)
    post = _pole(conn, number) if number else None
    return Card(
        gateway=gateway,
        device=device,
        person=ref,
        known=who is not None,
        erased=bool(who and who["erased_at"]),
        name=who["name"] if who else "",
        born=who["born"] if who else None,
        phone=who["phone"] if who else "",
        tags=_tags(who["tags"]) if who else [],
        household=household,
        place=place,
        words=place_words(conn, place) or (row["words"] if row else "") or (post.words if post else ""),
        community=levels.get("community", ""),
        building=levels.get("building", ""),
        unit=levels.get("unit", ""),
        room=levels.get("room", ""),
        pole=number,
        pole_words=post.words if post else "",
        spot=_spot_of(conn, place) or (post.spot if post else None),
        sealed=bool(who and (who["notes"] or who["contacts"])),
        near=neighbours(conn, place, ref),
    )


def said_by_device(conn: sqlite3.Connection, gateway: str, device: str) -> tuple[str, str]:
    """Resident and pole of the device's last alarm, as its gateway knows them."""
    row = conn.execute(
        """SELECT json_extract(data, '$.resident'), json_extract(data, '$.pole') FROM centre.alarms
           WHERE gateway=? AND device=? AND json_valid(data) ORDER BY received_at DESC LIMIT 1""",
        (gateway, device),
    ).fetchone()
    return (str(row[0] or ""), str(row[1] or "")) if row else ("", "")


def secrets(conn: sqlite3.Connection, vault: Vault, person: str) -> Secrets:
    """Notes and contacts; empty for nobody. Raises WrongKey."""
    row = conn.execute("SELECT notes, contacts FROM persons WHERE ref=?", (person,)).fetchone()
    if row is None:
        return Secrets(person=person)
    contacts = vault.open(row["contacts"], f"person:{person}:contacts")
    return Secrets(
        person=person,
        notes=vault.open(row["notes"], f"person:{person}:notes"),
        contacts=[Contact(**each) for each in json.loads(contacts)] if contacts else [],
    )


def pole(conn: sqlite3.Connection, number: str) -> Pole | None:
    """One pole by its number."""
    return _pole(conn, number)


def near_poles(conn: sqlite3.Connection, spot: Spot, limit: int = 5) -> list[Pole]:
    """The poles nearest to a point, nearest first, with their distance; none farther than about 50 km."""
    at = to_wgs84(spot.lat, spot.lon, spot.datum)
    found: list[Pole] = []
    for degrees in (0.002, 0.01, 0.05, 0.5):
        rows = conn.execute(
            "SELECT * FROM poles WHERE wlat BETWEEN ? AND ? AND wlon BETWEEN ? AND ?",
            (at[0] - degrees, at[0] + degrees, at[1] - degrees, at[1] + degrees),
        )
        far = [(distance_m(at, (row["wlat"], row["wlon"])), row) for row in rows]
        far.sort(key=lambda pair: (pair[0], pair[1]["n"]))
        found = [pole_of(row, round(metres, 1)) for metres, row in far[:limit]]
        if len(found) >= limit:
            break
    return found


def find_places(conn: sqlite3.Connection, text: str, limit: int = 20) -> list[Found]:
    """Poles and places by number, name or by what stands nearby, best first."""
    exact = _pole(conn, text.strip())
    found = [_found_pole(exact)] if exact else []
    for n in finding.rows(conn, "found_spots", text, limit):
        if n & 1 == _PLACE:
            row = conn.execute("SELECT * FROM places WHERE n=?", (n >> 1,)).fetchone()
            if row is not None:
                found.append(_found_place(row))
        else:
            row = conn.execute("SELECT * FROM poles WHERE n=?", (n >> 1,)).fetchone()
            if row is not None and not (exact and row["number"] == exact.number):
                found.append(_found_pole(pole_of(row)))
    return found[:limit]


def place_words(conn: sqlite3.Connection, place_id: str) -> str:
    """As people read it; empty for no such place."""
    row = conn.execute("SELECT words FROM places WHERE id=?", (place_id,)).fetchone() if place_id else None
    return str(row["words"]) if row else ""


def place_chain(conn: sqlite3.Connection, place_id: str) -> list[str]:
    """Ids from the place itself up to its community."""
    chain: list[str] = []
    while place_id and place_id not in chain:
        row = conn.execute("SELECT parent FROM places WHERE id=?", (place_id,)).fetchone()
        if row is None:
            break
        chain.append(place_id)
        place_id = row["parent"]
    return chain


def place_levels(conn: sqlite3.Connection, place_id: str) -> dict[str, str]:
    """Name by kind (community, building, unit, room), from the community down."""
    levels: dict[str, str] = {}
    for each in reversed(place_chain(conn, place_id)):
        row = conn.execute("SELECT kind, name FROM places WHERE id=?", (each,)).fetchone()
        levels[row["kind"]] = row["name"]
    return levels


def pole_of_place(conn: sqlite3.Connection, place_id: str) -> str:
    """The pole by which one finds it: its own, or that of what it lies in."""
    for each in place_chain(conn, place_id):
        row = conn.execute("SELECT pole FROM places WHERE id=?", (each,)).fetchone()
        if row["pole"]:
            return str(row["pole"])
    return ""


def neighbours(conn: sqlite3.Connection, place_id: str, but: str, limit: int = NEAR) -> list[Neighbour]:
    """Who lives in the same household, then in the same unit or building; the household first."""
    chain = place_chain(conn, place_id)
    found: dict[str, Neighbour] = {}
    for root in chain[:3]:
        if len(found) >= limit:
            break
        if conn.execute("SELECT kind FROM places WHERE id=?", (root,)).fetchone()["kind"] == "community":
            break
        for row in conn.execute(_WITHIN, {"root": root, "but": but, "limit": limit * 2}):
            found.setdefault(
                row["ref"],
                Neighbour(
                    person=row["ref"],
                    name=row["name"],
                    phone=row["phone"],
                    words=row["words"],
                    tags=_tags(row["tags"]),
                    born=row["born"],
                ),
            )
    return list(found.values())[:limit]


_WITHIN = """
WITH RECURSIVE inside(id) AS (
    SELECT :root UNION ALL SELECT places.id FROM places JOIN inside ON places.parent=inside.id
)
SELECT p.ref, p.name, p.phone, p.tags, p.born, l.words FROM inside
JOIN households h ON h.place=inside.id JOIN persons p ON p.household=h.ref JOIN places l ON l.id=h.place
WHERE p.ref<>:but AND p.erased_at IS NULL LIMIT :limit
"""


def pole_of(row: sqlite3.Row, distance: float | None = None) -> Pole:
    """A row of `poles` as others see it."""
    return Pole(
        number=row["number"],
        words=row["words"],
        nearby=row["nearby"],
        aliases=row["aliases"],
        kind=row["kind"],
        plate=row["plate"],
        place=row["place"],
        spot=spot_of(row),
        v=row["v"],
        distance_m=distance,
    )


def spot_of(row: sqlite3.Row) -> Spot | None:
    """Where a place or pole is, if anybody said so."""
    return None if row["lat"] is None else Spot(lat=row["lat"], lon=row["lon"], datum=row["datum"])


def spot_row(what: str, n: int) -> int:
    """The row id in `found_spots` of row `n` of `poles` or `places`."""
    return n << 1 | (_PLACE if what == "place" else _POLE)


def _pole(conn: sqlite3.Connection, number: str) -> Pole | None:
    row = conn.execute("SELECT * FROM poles WHERE number=?", (number,)).fetchone()
    return pole_of(row) if row else None


def _found_pole(pole: Pole) -> Found:
    return Found(
        what="pole",
        id=pole.number,
        words=pole.words,
        nearby=pole.nearby,
        pole=pole.number,
        plate=pole.plate,
        spot=pole.spot,
    )


def _found_place(row: sqlite3.Row) -> Found:
    return Found(
        what="place", id=row["id"], words=row["words"], nearby=row["nearby"], pole=row["pole"], spot=spot_of(row)
    )


def _place_of(conn: sqlite3.Connection, household: str) -> str:
    row = conn.execute("SELECT place FROM households WHERE ref=?", (household,)).fetchone() if household else None
    return str(row["place"]) if row else ""


def _spot_of(conn: sqlite3.Connection, place_id: str) -> Spot | None:
    """Of the place, or of what it lies in."""
    for each in place_chain(conn, place_id):
        row = conn.execute("SELECT lat, lon, datum FROM places WHERE id=?", (each,)).fetchone()
        if row["lat"] is not None:
            return spot_of(row)
    return None


def _tags(text: str) -> list[str]:
    return [tag for tag in text.split("、") if tag]
