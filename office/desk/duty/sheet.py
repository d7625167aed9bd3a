"""交接班 in one sheet: what whoever comes must know of whoever goes. Functions over a connection of `desk.look`."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from office.desk.alarms import rows
from office.desk.alarms.rows import Drills, Row
from office.desk.duty.shifts import BEIJING
from office.desk.people import accounts
from sync.contract.envelope import Struct

MOST = 200


class OpenAlarm(Struct, frozen=True, kw_only=True):
    """An alarm that is not closed."""

    id: str
    cause: str
    kind: str
    state: str
    gateway: str
    device: str
    raised_at: int
    keeper: str = ""
    who: str = ""
    place: str = ""


class Promised(Struct, frozen=True, kw_only=True):
    """Somebody was said to come; nobody has said since that they are there."""

    alarm: str
    by: str
    at: int
    until: int
    text: str
    who: str = ""


class Silent(Struct, frozen=True):
    """A device, or a whole gateway (`device` empty), that says nothing."""

    gateway: str
    device: str
    since: int | None


class CaseDue(Struct, frozen=True, kw_only=True):
    """A case whose step ends today, or has ended."""

    number: str
    kind: str
    step: str
    department: str
    due_at: int


class Sheet(Struct, frozen=True, kw_only=True):
    """Everything; lists end at 200, `more` counts what is not on it."""

    made_at: int
    attended_since: int
    alarms: list[OpenAlarm]
    promises: list[Promised]
    silent: list[Silent]
    replies: list[CaseDue]
    """Residents who wait to be called back."""
    due: list[CaseDue]
    more: dict[str, int]


def made(conn: sqlite3.Connection, at: int, since: int, drills: Drills) -> Sheet:
    """The sheet of now. A drill that nobody has taken stands on it as the alarm it seems."""
    ids = rows.open_ids(conn)
    found = sorted(rows.read(conn, ids[:MOST], drills), key=lambda row: row.received_at)
    silent, due, replies = _silent(conn), _due(conn, at), _replies(conn)
    counts = {"alarms": len(ids), "silent": len(silent), "due": len(due), "replies": len(replies)}
    return Sheet(
        made_at=at,
        attended_since=since,
        alarms=[_alarm(row) for row in found],
        promises=_promises(conn, {row.id: row for row in found}),
        silent=silent[:MOST],
        replies=replies[:MOST],
        due=due[:MOST],
        more={name: count - MOST for name, count in counts.items() if count > MOST},
    )


def _alarm(row: Row) -> OpenAlarm:
    return OpenAlarm(
        id=row.id,
        cause=row.cause,
        kind=row.kind,
        state=row.state,
        gateway=row.gateway,
        device=row.device,
        raised_at=row.raised_at,
        keeper=row.keeper_name,
        who=row.who,
        place=row.place,
    )


def _promises(conn: sqlite3.Connection, open_ones: dict[str, Row]) -> list[Promised]:
    found = []
    for alarm, row in open_ones.items():
        last = conn.execute("SELECT * FROM alarm_promises WHERE alarm=? ORDER BY n DESC LIMIT 1", (alarm,)).fetchone()
        if last is not None and row.state != "there":
            found.append(
                Promised(
                    alarm=alarm,
                    by=accounts.name_of(conn, last["account"]),
                    at=last["at"],
                    until=last["at"] + last["minutes"] * 60_000,
                    text=last["text"],
                    who=row.who or row.device,
                )
            )
    return sorted(found, key=lambda one: one.until)


def _silent(conn: sqlite3.Connection) -> list[Silent]:
    gateways = conn.execute(
        "SELECT gateway, heard_at FROM centre.gateways WHERE silent_alarm IS NOT NULL ORDER BY gateway"
    )
    devices = conn.execute("SELECT gateway, device, heard_at FROM device_state WHERE silent=1 ORDER BY gateway, device")
    return [Silent(r["gateway"], "", r["heard_at"]) for r in gateways] + [
        Silent(r["gateway"], r["device"], r["heard_at"]) for r in devices
    ]


def _due(conn: sqlite3.Connection, at: int) -> list[CaseDue]:
    day = datetime.fromtimestamp(at / 1000, BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    end = int((day + timedelta(days=1)).timestamp() * 1000)
    return _cases(conn, "open=1 AND due_at<?", end)


def _replies(conn: sqlite3.Connection) -> list[CaseDue]:
    return _cases(conn, "open=1 AND step=?", "reply")


def _cases(conn: sqlite3.Connection, which: str, value: object) -> list[CaseDue]:
    found = conn.execute(
        f"""SELECT c.number, coalesce(k.zh, c.kind) AS kind, c.step,
                   coalesce(d.zh, c.department) AS department, c.due_at
            FROM cases c LEFT JOIN case_kinds k ON k.id=c.kind LEFT JOIN departments d ON d.id=c.department
            WHERE {which} ORDER BY c.due_at, c.n LIMIT 2000""",  # noqa: S608 - our own words
        (value,),
    )
    return [CaseDue(**dict(row)) for row in found]
