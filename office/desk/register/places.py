"""Places: a tree of community (社区), building (楼), unit (单元) and room. Functions over a writing connection."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping

from office.desk.register import words
from office.desk.register.datum import WGS84, to_wgs84
from office.desk.register.fields import LEVELS, Image, Value
from office.desk.register.look import spot_row


def path_of(image: Mapping[str, Value]) -> str:
    """What makes two places the same: the letter and name of every level that is given."""
    return "/".join(f"{level[0]}{image[level]}" for level in LEVELS if image.get(level))


def levels_of(path: str) -> Image:
    """The names of a path, every level; empty where there is none."""
    found = {part[0]: part[1:] for part in path.split("/") if part}
    return {level: found.get(level[0], "") for level in LEVELS}


def ensure(conn: sqlite3.Connection, at: int, image: Mapping[str, Value], origin: str = "") -> str:
    """The id of that place, made with everything above it when it is not there; empty when no level is given."""
    path = path_of(image)
    return _ensure(conn, at, path, origin) if path else ""


def _ensure(conn: sqlite3.Connection, at: int, path: str, origin: str) -> str:
    row = conn.execute("SELECT id FROM places WHERE path=?", (path,)).fetchone()
    if row:
        return str(row["id"])
    above, _, part = path.rpartition("/")
    parent = _ensure(conn, at, above, origin) if above else ""
    place, said = f"p-{secrets.token_hex(6)}", " ".join(each[1:] for each in path.split("/"))
    kind = next(level for level in LEVELS if level[0] == part[0])
    n = conn.execute(
        "INSERT INTO places(id, parent, kind, name, path, words, origin, changed_at) VALUES (?,?,?,?,?,?,?,?)",
        (place, parent, kind, part[1:], path, said, origin, at),
    ).lastrowid
    assert n is not None
    conn.execute("INSERT INTO found_spots(rowid, words) VALUES (?,?)", (spot_row("place", n), words.index(said)))
    return place


def describe(conn: sqlite3.Connection, at: int, place: str, image: Mapping[str, Value]) -> int:
    """Aliases, what stands nearby, coordinates and pole of a place that is there; its new `v`."""
    lat, lon, wlat, wlon = coordinates(image)
    row = conn.execute(
        """UPDATE places SET aliases=?, nearby=?, lat=?, lon=?, datum=?, wlat=?, wlon=?, pole=?, v=v+1, changed_at=?
           WHERE id=? RETURNING v""",
        (
            image["aliases"],
            image["nearby"],
            lat,
            lon,
            image["datum"] or WGS84,
            wlat,
            wlon,
            image["pole"],
            at,
            place,
        ),
    ).fetchone()
    reindex(conn, place)
    return int(row["v"])


def remove(conn: sqlite3.Connection, place: str) -> bool:
    """Take it out when nothing is in it and nobody lives there; whether it is gone."""
    used = conn.execute(
        """SELECT 1 WHERE EXISTS (SELECT 1 FROM places WHERE parent=?1)
                       OR EXISTS (SELECT 1 FROM households WHERE place=?1)
                       OR EXISTS (SELECT 1 FROM devices_at WHERE place=?1)
                       OR EXISTS (SELECT 1 FROM poles WHERE place=?1)""",
        (place,),
    ).fetchone()
    if used:
        return False
    row = conn.execute("DELETE FROM places WHERE id=? RETURNING n", (place,)).fetchone()
    if row:
        conn.execute("DELETE FROM found_spots WHERE rowid=?", (spot_row("place", row["n"]),))
    return True


def reindex(conn: sqlite3.Connection, place: str) -> None:
    """What the index knows of it, anew."""
    row = conn.execute("SELECT * FROM places WHERE id=?", (place,)).fetchone()
    rowid = spot_row("place", row["n"])
    conn.execute("DELETE FROM found_spots WHERE rowid=?", (rowid,))
    text = words.index(row["words"], row["aliases"], row["nearby"])
    conn.execute("INSERT INTO found_spots(rowid, words) VALUES (?,?)", (rowid, text))


def coordinates(image: Mapping[str, Value]) -> tuple[Value, Value, Value, Value]:
    """lat, lon as given and in WGS-84; nothing when one of them is not there."""
    lat, lon = image.get("lat"), image.get("lon")
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return None, None, None, None
    return lat, lon, *to_wgs84(lat, lon, str(image.get("datum") or WGS84))
