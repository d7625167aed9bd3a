"""The calendars in force and what is free in them. Functions over a connection of the desk's file; read-only.

The calendars are those of the published version, not the drafts: what a kiosk shows is what can be booked.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from office.desk.content import live_items
from sync.contract.envelope import Struct
from sync.contract.services import CALENDARS, Calendar


class Free(Struct, frozen=True):
    """A slot, how many places it has and how many of them are free."""

    starts: str
    places: int
    free: int


def calendars(conn: sqlite3.Connection) -> dict[str, Calendar]:
    """Of the version in force; none before the first was published."""
    return {one.id: one for one in live_items.of(conn, CALENDARS, Calendar)}


def free(conn: sqlite3.Connection, calendar: Calendar, now: datetime) -> list[Free]:
    """Every slot still to come, in order. `now` is the office's own time, without zone."""
    taken = dict(
        conn.execute(
            "SELECT starts, count(*) FROM bookings WHERE calendar=? AND state='confirmed' GROUP BY starts",
            (calendar.id,),
        ).fetchall()
    )
    return [
        Free(slot.starts, slot.places, max(0, slot.places - taken.get(slot.starts, 0)))
        for slot in sorted(calendar.slots, key=lambda slot: slot.starts)
        if datetime.fromisoformat(slot.starts) > now
    ]
