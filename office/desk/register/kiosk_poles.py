"""Poles go out to the kiosks: one JSON file, no persons in it, and its manifest on `content/poles`.

    {"version": "...", "poles": [{"number", "words", "nearby", "aliases", "lat", "lon", "datum"}]}

The version is the hash of what is in it, so that nothing is sent twice and nothing is forgotten over a restart.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sqlite3
from functools import partial

from office.client import Declined, NotRunning
from office.database import StoreError
from office.desk.part import Part
from sync.contract.envelope import encode

log = logging.getLogger("linli.office.desk")

NAME = "poles"
LOOK_S = 10.0
"""After a change poles may have been moved one by one; a kiosk need not fetch each of them."""

PIECE = 500
SHOWN = ("number", "words", "nearby", "aliases", "lat", "lon", "datum")


class KioskPoles(Part):
    """Publishes when the poles are not what kiosks were told last."""

    async def run(self) -> None:
        """See `Part`."""
        said = ""
        seen: tuple[int, ...] = ()
        while True:
            try:
                now = await self.desk.look(_mark)
                if now != seen:
                    await self.publish()
                    seen, said = now, ""
            except (NotRunning, Declined, StoreError) as reason:
                if said != str(reason):
                    log.warning("poles cannot be brought to the kiosks yet: %s", reason)
                said = str(reason)
            await asyncio.sleep(LOOK_S)

    async def publish(self) -> str:
        """The version that kiosks are told; nothing is sent when they know it. Raises NotRunning, Declined."""
        poles: list[dict[str, object]] = []
        after = 0
        while piece := await self.desk.look(partial(_piece, after=after)):
            after, rows = piece
            poles += rows
        version = hashlib.sha256(encode(poles)).hexdigest()[:16]
        if await self.desk.look(_told) != version:
            content = encode({"version": version, "poles": poles})
            await self.desk.centre.content(NAME, version, {"poles.json": ("application/json", content)})
            row = (NAME, version, self.desk.now(), len(poles))
            await self.desk.change(
                lambda conn: conn.execute("INSERT OR REPLACE INTO register_published VALUES (?,?,?,?)", row).rowcount
            )
        return version


def _mark(conn: sqlite3.Connection) -> tuple[int, ...]:
    """Differs after every change of a pole, however it was made."""
    return tuple(conn.execute("SELECT count(*), coalesce(sum(v), 0), coalesce(sum(n), 0) FROM poles").fetchone())


def _piece(conn: sqlite3.Connection, after: int) -> tuple[int, list[dict[str, object]]] | None:
    rows = conn.execute(
        """SELECT n, number, words, nearby, aliases, lat, lon, datum FROM poles WHERE n>? ORDER BY n LIMIT ?""",
        (after, PIECE),
    ).fetchall()
    return (rows[-1]["n"], [{name: row[name] for name in SHOWN} for row in rows]) if rows else None


def _told(conn: sqlite3.Connection) -> str:
    row = conn.execute("SELECT version FROM register_published WHERE name=?", (NAME,)).fetchone()
    return str(row["version"]) if row else ""
