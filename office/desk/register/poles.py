"""Poles (一号定位) as rows that are imported and edited."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from office.desk.register import fields, places, words
from office.desk.register.datum import WGS84, distance_m, to_wgs84
from office.desk.register.fields import Field, Image
from office.desk.register.look import spot_row
from office.desk.register.subject import Clash, Current, Row, Seen, Subject, listed

KINDS = {"lamp": "灯杆", "power": "电线杆", "post": "桩"}
PLATES = {"ok": "完好", "broken": "破损", "missing": "缺失"}
MOVED_M = 20.0
"""Two surveys of one pole differ by less; more is another pole or a wrong number."""

FIELDS = (
    Field("number", "编号", fields.pole_number, also=("杆号", "一号定位", "点位"), must=True),
    Field("words", "位置", fields.words(200), also=("地点", "位置描述", "place")),
    Field("nearby", "附近", fields.words(400), also=("附近有什么", "周边")),
    Field("aliases", "别名", fields.words(200), also=("俗称",)),
    Field("kind", "种类", fields.choice(KINDS), "lamp", ("类型",)),
    Field("plate", "牌子", fields.choice(PLATES), "ok", ("牌况", "标牌")),
    *fields.SPOT,
    *fields.PLACE[:2],
)


class Poles(Subject):
    """See `Subject`. The key is the number."""

    name = "poles"
    fields = {field.name: field for field in FIELDS}
    key_fields = ("number",)

    def key(self, image: Image) -> str:
        """See `Subject`."""
        return str(image.get("number") or "")

    def current(self, conn: sqlite3.Connection, keys: Sequence[str]) -> dict[str, Current]:
        """See `Subject`."""
        rows = conn.execute(
            """SELECT poles.*, places.path FROM poles LEFT JOIN places ON places.id=poles.place
               WHERE number IN (SELECT value FROM json_each(?))""",
            (listed(keys),),
        )
        return {row["number"]: Current(_image(row), row["v"]) for row in rows}

    def put(self, conn: sqlite3.Connection, at: int, key: str, image: Image, origin: str = "") -> int:
        """See `Subject`."""
        lat, lon, wlat, wlon = places.coordinates(image)
        place = places.ensure(conn, at, {"community": image["community"], "building": image["building"]}, origin)
        values = (image["words"], image["nearby"], image["aliases"], image["kind"], image["plate"])
        row = conn.execute(
            """INSERT INTO poles(number, words, nearby, aliases, kind, plate, lat, lon, datum, wlat, wlon, place,
                                 changed_at)
               VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)
               ON CONFLICT(number) DO UPDATE SET words=excluded.words, nearby=excluded.nearby,
                   aliases=excluded.aliases, kind=excluded.kind, plate=excluded.plate, lat=excluded.lat,
                   lon=excluded.lon, datum=excluded.datum, wlat=excluded.wlat, wlon=excluded.wlon,
                   place=excluded.place, v=v+1, changed_at=excluded.changed_at
               RETURNING n, v""",
            (key, *values, lat, lon, image["datum"] or WGS84, wlat, wlon, place, at),
        ).fetchone()
        rowid = spot_row("pole", row["n"])
        conn.execute("DELETE FROM found_spots WHERE rowid=?", (rowid,))
        text = words.index(key, *(str(image[name]) for name in ("words", "nearby", "aliases", "community")))
        conn.execute("INSERT INTO found_spots(rowid, words) VALUES (?,?)", (rowid, text))
        return int(row["v"])

    def remove(self, conn: sqlite3.Connection, key: str) -> None:
        """See `Subject`."""
        row = conn.execute("DELETE FROM poles WHERE number=? RETURNING n", (key,)).fetchone()
        if row:
            conn.execute("DELETE FROM found_spots WHERE rowid=?", (spot_row("pole", row["n"]),))

    def clashes(self, _conn: sqlite3.Connection, rows: Sequence[Row], _seen: Seen) -> list[list[Clash]]:
        """A pole that would move farther than surveys differ."""
        return [[Clash("pole", key)] if now and _moved(now.image, image) else [] for key, image, now in rows]

    def hows(self, _kind: str) -> tuple[str, ...]:
        """Two poles with one number can both be there, when one gets another number."""
        return ("mine", "theirs", "both") if _kind in ("pole", "twice") else ("mine", "theirs")

    def settle(
        self, conn: sqlite3.Connection, _at: int, _clash: Clash, key: str, image: Image, how: str
    ) -> tuple[str, Image] | None:
        """See `Subject`."""
        if how == "both":
            key = _free(conn, key)
            return key, {**image, "number": key}
        return super().settle(conn, _at, _clash, key, image, how)


def _moved(before: Image, after: Image) -> bool:
    points = []
    for image in (before, after):
        lat, lon = image["lat"], image["lon"]
        if not isinstance(lat, int | float) or not isinstance(lon, int | float):
            return False
        points.append(to_wgs84(lat, lon, str(image["datum"])))
    return distance_m(*points) > MOVED_M


def _free(conn: sqlite3.Connection, number: str) -> str:
    n = 2
    while conn.execute("SELECT 1 FROM poles WHERE number=?", (f"{number}-{n}",)).fetchone():
        n += 1
    return f"{number}-{n}"


def _image(row: sqlite3.Row) -> Image:
    levels = places.levels_of(row["path"] or "")
    own = {name: row[name] for name in ("number", "words", "nearby", "aliases", "kind", "plate", "lat", "lon", "datum")}
    return {**own, "community": levels["community"], "building": levels["building"]}
