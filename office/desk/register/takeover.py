"""What gateways say of their devices: a resident's reference, a pole. Taken over where the desk has not said otherwise.

Where the desk's word and the gateway's differ, the desk's stands and the difference is a conflict to be settled, once.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from office.database import StoreError
from office.desk.desk import Desk
from office.desk.register.devices import Devices
from office.desk.register.imports import Collision, add_conflict

EVERY_S = 300.0
"""Alarms are looked at as they come; what only ever reports its state can wait."""

PIECE = 200


@dataclass(frozen=True, slots=True)
class Saying:
    """A gateway's word on one device."""

    gateway: str
    device: str
    resident: str
    pole: str


class Takeover:
    """Part of the register's own work."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._devices = Devices(desk.vault)

    async def run(self) -> None:
        """Look through all devices now and then, until cancelled."""
        while True:
            with suppress(StoreError):  # the next round looks again
                await self._round()
            await asyncio.sleep(EVERY_S)

    async def _round(self) -> None:
        after = 0
        while pair := await self._desk.look(partial(_piece, after=after)):
            after, sayings = pair
            await self.take(sayings)

    async def of_alarms(self, alarms: Sequence[str]) -> None:
        """These alarms were raised or changed. An alarm never waits for this: what fails, the next round takes."""
        with suppress(StoreError):
            await self.take(await self._desk.look(partial(_alarms, ids=alarms)))

    async def take(self, sayings: Sequence[Saying]) -> None:
        """Write only where something is new."""
        news = await self._desk.look(partial(_news, sayings=sayings)) if sayings else []
        if news:
            at = self._desk.now()
            await self._desk.change(partial(self._all, at=at, news=news))

    def _all(self, conn: sqlite3.Connection, at: int, news: Sequence[Saying]) -> None:
        for each in news:
            self._one(conn, at, each)

    def _one(self, conn: sqlite3.Connection, at: int, saying: Saying) -> None:
        key = f"{saying.gateway}/{saying.device}"
        now = self._devices.current(conn, [key]).get(key)
        before = now.image if now else {**self._devices.blank(), "gateway": saying.gateway, "device": saying.device}
        after = {**before, "person": saying.resident or before["person"], "pole": saying.pole or before["pole"]}
        if after == before and now:
            return
        row = conn.execute(
            "SELECT source FROM devices_at WHERE gateway=? AND device=?", (saying.gateway, saying.device)
        ).fetchone()
        if row is None or row["source"] == "gateway":
            self._devices.put(conn, at, key, after, "gateway")
        elif not _known(conn, key, saying):
            one = Collision(
                subject="devices",
                kind="device",
                key=key,
                other=saying.resident,
                mine=before,
                theirs=after,
                origin="gateway",
            )
            add_conflict(conn, at, one)


def _news(conn: sqlite3.Connection, sayings: Sequence[Saying]) -> list[Saying]:
    return [
        each
        for each in sayings
        if conn.execute(
            """SELECT 1 FROM devices_at WHERE gateway=? AND device=? AND (?='' OR person=?) AND (?='' OR pole=?)""",
            (each.gateway, each.device, each.resident, each.resident, each.pole, each.pole),
        ).fetchone()
        is None
    ]


def _known(conn: sqlite3.Connection, key: str, saying: Saying) -> bool:
    """The same was said before, whether settled or not."""
    rows = conn.execute(
        "SELECT theirs FROM register_conflicts WHERE subject='devices' AND key=? AND kind='device'", (key,)
    )
    said = [json.loads(row["theirs"]) for row in rows]
    return any(saying.resident in ("", each["person"]) and saying.pole in ("", each["pole"]) for each in said)


def _alarms(conn: sqlite3.Connection, ids: Sequence[str]) -> list[Saying]:
    rows = conn.execute(
        """SELECT gateway, device, data->>'resident' AS resident, data->>'pole' AS pole FROM centre.alarms
           WHERE id IN (SELECT value FROM json_each(?)) AND origin='gateway' AND json_valid(data)""",
        (json.dumps([*ids]),),
    )
    return _sayings(rows.fetchall())


def _piece(conn: sqlite3.Connection, after: int) -> tuple[int, list[Saying]] | None:
    """The next registered devices, each by its newest event."""
    rows = conn.execute(
        """SELECT d.id, d.gateway, d.device,
                  CASE WHEN json_valid(e.data) THEN e.data->>'resident' END AS resident,
                  CASE WHEN json_valid(e.data) THEN e.data->>'pole' END AS pole
           FROM centre.devices d
           JOIN centre.events e ON e.n=(SELECT max(n) FROM centre.events WHERE device=d.id)
           WHERE d.id>? AND d.registered=1 ORDER BY d.id LIMIT ?""",
        (after, PIECE),
    ).fetchall()
    return (rows[-1]["id"], _sayings(rows)) if rows else None


def _sayings(rows: Sequence[sqlite3.Row]) -> list[Saying]:
    return [
        Saying(row["gateway"], row["device"], str(row["resident"] or ""), str(row["pole"] or ""))
        for row in rows
        if row["device"] and (row["resident"] or row["pole"])
    ]
