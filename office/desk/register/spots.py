"""Places as rows that are imported and edited; the tree itself is in `places`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from office.desk.register import fields, places
from office.desk.register.fields import Field, Image
from office.desk.register.subject import Current, Subject, listed

FIELDS = (
    *fields.PLACE,
    Field("aliases", "别名", fields.words(200), also=("俗称",)),
    Field("nearby", "附近", fields.words(400), also=("附近有什么", "周边")),
    *fields.SPOT,
    Field("pole", "杆号", fields.pole_number, also=("一号定位", "点位")),
)
OWN = ("aliases", "nearby", "lat", "lon", "datum", "pole")


class Places(Subject):
    """See `Subject`. The key is the path."""

    name = "places"
    fields = {field.name: field for field in FIELDS}
    key_fields = ("community", "building", "unit", "room")

    def key(self, image: Image) -> str:
        """See `Subject`."""
        return places.path_of(image)

    def current(self, conn: sqlite3.Connection, keys: Sequence[str]) -> dict[str, Current]:
        """See `Subject`."""
        rows = conn.execute("SELECT * FROM places WHERE path IN (SELECT value FROM json_each(?))", (listed(keys),))
        return {
            row["path"]: Current({**places.levels_of(row["path"]), **{name: row[name] for name in OWN}}, row["v"])
            for row in rows
        }

    def put(self, conn: sqlite3.Connection, at: int, key: str, image: Image, origin: str = "") -> int:
        """See `Subject`."""
        del key
        return places.describe(conn, at, places.ensure(conn, at, image, origin), image)

    def remove(self, conn: sqlite3.Connection, key: str) -> None:
        """A place in which somebody lives by now stays."""
        row = conn.execute("SELECT id FROM places WHERE path=?", (key,)).fetchone()
        if row:
            places.remove(conn, row["id"])
