"""一周未按: one-button devices of which no press, test or real, came for seven days; and who was called about it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from firmware_profiles.loader import load_profiles
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.duty.shifts import BEIJING
from office.desk.duty.window_rule import BUTTON
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people import accounts, audit
from office.desk.people.roles import Permission
from office.desk.register import look
from office.web import Reply, said
from sync.contract.envelope import Struct

WEEK_MS = 7 * 24 * 3600 * 1000
MOST = 5000
"""Devices in one list: a street has fewer, and it is printed whole."""


class Unpressed(Struct, frozen=True, kw_only=True):
    """One device nobody pressed."""

    gateway: str
    device: str
    profile: str
    pressed_at: int | None
    community: str = ""
    name: str = ""
    place: str = ""
    phone: str = ""
    silent: bool = False
    called_at: int | None = None
    called_by: str = ""
    note: str = ""


class Weekly(Struct, frozen=True):
    """The list of this week."""

    week: str
    made_at: int
    buttons: int
    devices: list[Unpressed]


class Called(Struct, frozen=True):
    """That somebody was called, and what came of it."""

    gateway: str
    device: str
    note: str = ""


class WeeklyList(Part):
    """Names and telephones are for who may see the register; the list itself for who sees alarms."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._buttons: list[str] | None = None

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        return (
            Door("GET", "/v1/weekly", self.listed, Permission.ALARMS_SEE, "Not pressed for a week", answers=Weekly),
            Door(
                "POST",
                "/v1/weekly/called",
                self.called,
                Permission.ALARMS_WORK,
                "Note that somebody was called",
                asks=Called,
                status=204,
            ),
        )

    async def listed(self, visit: Visit) -> Reply:
        """By community and place."""
        names = Permission.REGISTER_SEE in visit.who.may
        query = partial(unpressed, buttons=await self.buttons(), at=self.desk.now(), names=names)
        return said(await self.desk.look(query))

    async def buttons(self) -> list[str]:
        """The profiles whose own test is a press."""
        if self._buttons is None:
            self._buttons = await asyncio.to_thread(buttons)
        return self._buttons

    async def called(self, visit: Visit) -> Reply:
        """Once a week and device; the last word stands."""
        wanted, at, who = await visit.asked(Called), self.desk.now(), visit.who.id
        if len(wanted.note) > 200:
            raise Mistake("备注最多 200 字", "a note has at most 200 characters", field="note")

        def work(conn: sqlite3.Connection) -> None:
            known = "SELECT 1 FROM device_state WHERE gateway=? AND device=?"
            if conn.execute(known, (wanted.gateway, wanted.device)).fetchone() is None:
                raise missing("设备", "device")
            row = (wanted.gateway, wanted.device, week_of(at), who, at, wanted.note.strip())
            conn.execute("INSERT OR REPLACE INTO weekly_calls VALUES (?,?,?,?,?,?)", row)
            about = f"{wanted.gateway}/{wanted.device}"
            audit.note(conn, at, who, "weekly.called", about, week=row[2], letters=len(row[5]))

        await self.desk.change(work)
        self.desk.live.tell("weekly", {"week": week_of(at)}, may=Permission.ALARMS_SEE)
        return Reply(204)


def buttons() -> list[str]:
    """The profiles whose own test is a press. Reads files: on a thread, once."""
    tested = ((p.id, p.self_test) for p in load_profiles().values())
    return sorted(name for name, test in tested if test is not None and BUTTON in test.expect)


def week_of(at: int) -> str:
    """ISO 8601 week of Beijing."""
    year, week, _ = datetime.fromtimestamp(at / 1000, BEIJING).isocalendar()
    return f"{year}-W{week:02d}"


def unpressed(conn: sqlite3.Connection, buttons: Sequence[str], at: int, *, names: bool) -> Weekly:
    """A device that is known for less than a week is on it too: it was never tried."""
    marks = ",".join("?" * len(buttons))
    rows = conn.execute(
        f"""SELECT s.gateway, s.device, s.profile, s.silent, max(
                coalesce((SELECT max(raised_at) FROM centre.alarms a WHERE a.gateway=s.gateway AND a.device=s.device
                          AND a.cause=? AND a.data NOT LIKE '%"drill"%'), 0),
                coalesce((SELECT max(u.at) FROM centre.alarm_updates u JOIN centre.alarms a ON a.id=u.alarm
                          WHERE a.gateway=s.gateway AND a.device=s.device AND a.cause=? AND a.received_at>?
                          AND CASE WHEN json_valid(u.data) THEN json_extract(u.data, '$.count')>1 END), 0)) AS pressed
            FROM device_state s WHERE s.registered=1 AND s.profile IN ({marks}) ORDER BY s.gateway, s.device""",  # noqa: S608
        (BUTTON, BUTTON, at - 4 * WEEK_MS, *buttons),
    ).fetchall()
    late = [row for row in rows if row["pressed"] < at - WEEK_MS][:MOST]
    found = [_one(conn, row, week_of(at), names=names) for row in late]
    return Weekly(week_of(at), at, len(rows), sorted(found, key=lambda one: (one.community, one.place, one.device)))


def _one(conn: sqlite3.Connection, row: sqlite3.Row, week: str, *, names: bool) -> Unpressed:
    gateway, device = row["gateway"], row["device"]
    card = look.card(conn, gateway, device) if names else None
    called = conn.execute(
        "SELECT * FROM weekly_calls WHERE gateway=? AND device=? AND week=?", (gateway, device, week)
    ).fetchone()
    return Unpressed(
        gateway=gateway,
        device=device,
        profile=row["profile"],
        pressed_at=row["pressed"] or None,
        community=card.community if card else "",
        name=card.name if card else "",
        place=card.words if card else "",
        phone=card.phone if card else "",
        silent=bool(row["silent"]),
        called_at=called["at"] if called else None,
        called_by=accounts.name_of(conn, called["account"]) if called else "",
        note=called["note"] if called else "",
    )
