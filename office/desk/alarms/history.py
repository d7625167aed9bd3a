"""What a device said around an alarm, and before: the centre's events and alarms, short and bounded queries.

Events are found by their number, which is the order of arrival: the index of a device's events ends in it, so ten
million others cost nothing.
"""

from __future__ import annotations

import sqlite3

from office.desk.duty.drill_report import hidden, unsaid
from office.desk.told import told
from sync.contract.envelope import ContractError, Struct, convert, replaced
from sync.contract.messages import Place, Scalar

AROUND = 15
"""Events before and after the alarm."""
BACK = 200
"""How many of the last events are searched for battery and position."""
EARLIER = 10


class Said(Struct, frozen=True):
    """What an event or an alarm carries, as far as a person reads it."""

    alarm: str | None = None
    place: Place | None = None
    open: bool | None = None
    attributes: dict[str, Scalar] = {}
    resident: str | None = None
    pole: str | None = None
    picture: str | None = None


class Happened(Struct, frozen=True):
    """An event of the device. Times are milliseconds; `at` is the gateway's."""

    at: int
    received: int
    type: str
    said: Said


class Earlier(Struct, frozen=True):
    """An alarm of the same device before this one."""

    id: str
    cause: str
    at: int
    reason: str
    test: bool
    open: bool


class Picture(Struct, frozen=True):
    """A picture around the alarm; `here` once the centre has its bytes. The alarm is the reason to look at it."""

    sha256: str
    at: int
    here: bool


class DeviceState(Struct, frozen=True, kw_only=True):
    """How the device and its gateway are. `profile` is empty for a device that never said anything."""

    profile: str = ""
    registered: bool = False
    last_at: int | None = None
    battery: dict[str, Scalar] = {}
    place: Place | None = None
    place_at: int | None = None
    gateway_online: bool = False
    gateway_heard_at: int | None = None


def state(conn: sqlite3.Connection, gateway: str, device: str) -> DeviceState:
    """Its last word, battery and position; the newest of each."""
    numbers = _numbers(conn, gateway, device)
    box = conn.execute("SELECT online, heard_at FROM centre.gateways WHERE gateway=?", (gateway,)).fetchone()
    profile = conn.execute(
        "SELECT profile, registered FROM centre.devices WHERE id=?", (numbers[-1] if numbers else 0,)
    ).fetchone()
    events = _events(conn, numbers, "n<?", "DESC", 2**62, BACK)
    battery = next((found for event in events if (found := _battery(event.said))), {})
    placed = next((event for event in events if event.said.place and event.said.place.valid), None)
    return DeviceState(
        profile=profile["profile"] if profile else "",
        registered=bool(profile and profile["registered"]),
        last_at=events[0].received if events else None,
        battery=battery,
        place=placed.said.place if placed else None,
        place_at=placed.at if placed else None,
        gateway_online=bool(box and box["online"]),
        gateway_heard_at=box["heard_at"] if box else None,
    )


def around(conn: sqlite3.Connection, alarm: str, gateway: str, device: str) -> list[Happened]:
    """Its events before and after the alarm, newest first."""
    numbers = _numbers(conn, gateway, device)
    row = conn.execute("SELECT n FROM centre.events WHERE id=?", (alarm,)).fetchone()
    middle = row["n"] if row else 2**62
    later = _events(conn, numbers, "n>?", "ASC", middle, AROUND)
    return later[::-1] + _events(conn, numbers, "n<=?", "DESC", middle, AROUND)


def earlier(conn: sqlite3.Connection, alarm: str, gateway: str, device: str, before: int) -> list[Earlier]:
    """Its last alarms, newest first."""
    rows = conn.execute(
        """SELECT id, cause, received_at, reason, test, stage FROM centre.alarms
           WHERE gateway=? AND device=? AND received_at<=? AND id<>? ORDER BY received_at DESC LIMIT ?""",
        (gateway, device, before, alarm, EARLIER),
    )
    return [
        Earlier(row["id"], row["cause"], row["received_at"], row["reason"], bool(row["test"]), row["stage"] < 5)
        for row in rows
    ]


def pictures(conn: sqlite3.Connection, alarm: str) -> list[Picture]:
    """Those its own message and its updates name, oldest first."""
    rows = conn.execute(
        """SELECT json_extract(data, '$.picture') AS sha256, received_at AS at FROM centre.alarms
           WHERE id=?1 AND json_valid(data)
           UNION SELECT json_extract(data, '$.picture'), at FROM centre.alarm_updates
           WHERE alarm=?1 AND json_valid(data) ORDER BY at""",
        (alarm,),
    )
    kept = {row["sha256"]: row["at"] for row in rows if isinstance(row["sha256"], str)}
    here = "SELECT 1 FROM centre.blobs WHERE sha256=?"
    return [Picture(name, at, conn.execute(here, (name,)).fetchone() is not None) for name, at in kept.items()]


def said_of(conn: sqlite3.Connection, alarm: str) -> Said:
    """What the alarm's own message carries, and nothing that gives an untaken drill away."""
    row = conn.execute("SELECT id, data FROM centre.alarms WHERE id=?", (alarm,)).fetchone()
    return _told(row, hidden(conn, [alarm]))


def said(text: str) -> Said:
    """What a message carries; nothing when it cannot be read."""
    try:
        return convert(told(text), Said)
    except ContractError:
        return Said()


def _numbers(conn: sqlite3.Connection, gateway: str, device: str) -> list[int]:
    """A device that came by several addresses has several rows."""
    rows = conn.execute("SELECT id FROM centre.devices WHERE gateway=? AND device=? ORDER BY id", (gateway, device))
    return [row["id"] for row in rows]


def _events(conn: sqlite3.Connection, numbers: list[int], which: str, order: str, n: int, limit: int) -> list[Happened]:
    found = []
    for number in numbers:
        query = f"SELECT n, id, type, time, received, data FROM centre.events WHERE device=? AND {which} ORDER BY n {order} LIMIT ?"  # noqa: S608, E501 - our own words
        found += [(row["n"], row) for row in conn.execute(query, (number, n, limit))]
    found.sort(key=lambda pair: pair[0], reverse=order == "DESC")
    rows = [row for _, row in found[:limit]]
    secret = hidden(conn, [row["id"] for row in rows])
    return [Happened(row["time"], row["received"], row["type"], _told(row, secret)) for row in rows]


def _told(row: sqlite3.Row, secret: set[str]) -> Said:
    whole = said(row["data"])
    return replaced(whole, attributes=unsaid(whole.attributes)) if row["id"] in secret else whole


def _battery(told: Said) -> dict[str, Scalar]:
    return {name: value for name, value in told.attributes.items() if name.lower().startswith(("battery", "power"))}
