"""Whose a device is and where, as rows that are imported and edited. The desk's word stands above the gateway's."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from office.desk.register import fields, places
from office.desk.register.fields import Field, Image
from office.desk.register.subject import Current, Subject, listed

FIELDS = (
    Field("gateway", "网关", fields.reference, must=True),
    Field("device", "设备", fields.reference, also=("设备编号", "id"), must=True),
    Field("person", "居民编号", fields.reference, also=("resident", "居民")),
    Field("household", "户号", fields.reference, also=("户",)),
    *fields.PLACE,
    Field("pole", "杆号", fields.pole_number, also=("一号定位", "点位")),
    Field("words", "位置", fields.words(200), also=("地点", "安装位置")),
)


class Devices(Subject):
    """See `Subject`. The key is gateway/device."""

    name = "devices"
    fields = {field.name: field for field in FIELDS}
    key_fields = ("gateway", "device")

    def key(self, image: Image) -> str:
        """See `Subject`."""
        return f"{image['gateway']}/{image['device']}" if image.get("gateway") and image.get("device") else ""

    def current(self, conn: sqlite3.Connection, keys: Sequence[str]) -> dict[str, Current]:
        """See `Subject`."""
        rows = conn.execute(
            """SELECT d.*, places.path FROM json_each(?) AS asked
               JOIN devices_at d ON d.gateway=substr(asked.value, 1, instr(asked.value, '/')-1)
                                AND d.device=substr(asked.value, instr(asked.value, '/')+1)
               LEFT JOIN places ON places.id=d.place""",
            (listed(keys),),
        )
        own = ("gateway", "device", "person", "household", "pole", "words")
        return {
            f"{row['gateway']}/{row['device']}": Current(
                {**{name: row[name] for name in own}, **places.levels_of(row["path"] or "")}, row["v"]
            )
            for row in rows
        }

    def put(self, conn: sqlite3.Connection, at: int, key: str, image: Image, origin: str = "") -> int:
        """See `Subject`."""
        source = "gateway" if origin == "gateway" else "desk"
        gateway, _, device = key.partition("/")
        place = places.ensure(conn, at, image, origin)
        values = [image[name] for name in ("person", "household")]
        row = conn.execute(
            """INSERT INTO devices_at(gateway, device, person, household, place, pole, words, source, changed_at)
               VALUES (?,?,?,?,?,?,?,?,?)
               ON CONFLICT(gateway, device) DO UPDATE SET person=excluded.person, household=excluded.household,
                   place=excluded.place, pole=excluded.pole, words=excluded.words, source=excluded.source, v=v+1,
                   changed_at=excluded.changed_at
               RETURNING v""",
            (gateway, device, *values, place, image["pole"], image["words"], source, at),
        ).fetchone()
        return int(row["v"])

    def remove(self, conn: sqlite3.Connection, key: str) -> None:
        """See `Subject`."""
        gateway, _, device = key.partition("/")
        conn.execute("DELETE FROM devices_at WHERE gateway=? AND device=?", (gateway, device))
