"""Devices that spoke and are not registered: kept, counted, shown and adopted, never silently dropped.

Bounded, because tracker ports face whoever wants to send: beyond the bound the oldest without an alarm goes, and
the number of those that went is kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from edge.device import DeviceError, Problem, Rules
from edge.registry import Change, in_transaction, put

MIGRATIONS: list[tuple[str, str]] = [
    (
        "unknown-devices-1",
        """
        CREATE TABLE unknown_devices (
            driver TEXT NOT NULL, address TEXT NOT NULL, profile TEXT NOT NULL,
            first_heard TEXT NOT NULL, last_heard TEXT NOT NULL,
            count INTEGER NOT NULL, alarms INTEGER NOT NULL, sample TEXT NOT NULL,
            PRIMARY KEY (driver, address)
        ) WITHOUT ROWID;
        CREATE INDEX unknown_devices_oldest ON unknown_devices (alarms > 0, last_heard);
        CREATE TABLE unknown_dropped (one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL);
        INSERT INTO unknown_dropped VALUES (1, 0);
        """,
    ),
]

MAX_UNKNOWN = 10_000
MAX_SAMPLE = 512


@dataclass(frozen=True, slots=True)
class Unknown:
    """One device nobody registered. `sample`: the last frame in hex (or text), for whoever asks what it is."""

    driver: str
    address: str
    profile: str
    first_heard: datetime
    last_heard: datetime
    count: int
    alarms: int
    sample: str


def note(
    conn: sqlite3.Connection,
    driver: str,
    address: str,
    profile: str,
    at: datetime,
    *,
    alarms: int = 0,
    sample: str = "",
    bound: int = MAX_UNKNOWN,
) -> str | None:
    """Count what an unknown device said. Returns the address that had to go for it, if one had to."""
    stamp, sample = at.astimezone(UTC).isoformat(), sample[:MAX_SAMPLE]
    known = conn.execute(
        "UPDATE unknown_devices SET last_heard = ?, count = count + 1, alarms = alarms + ?, profile = ?, sample = ?"
        " WHERE driver = ? AND address = ?",
        (stamp, alarms, profile, sample, driver, address),
    )
    if known.rowcount:
        return None
    dropped = _make_room(conn, bound)
    conn.execute(
        "INSERT INTO unknown_devices VALUES (?, ?, ?, ?, ?, 1, ?, ?)",
        (driver, address, profile, stamp, stamp, alarms, sample),
    )
    return dropped


def all_unknown(conn: sqlite3.Connection, limit: int = 1000) -> list[Unknown]:
    """Those with alarms first, then the last heard."""
    rows = conn.execute(
        "SELECT driver, address, profile, first_heard, last_heard, count, alarms, sample FROM unknown_devices"
        " ORDER BY alarms > 0 DESC, last_heard DESC, address LIMIT ?",
        (limit,),
    )
    moment = datetime.fromisoformat
    return [Unknown(d, a, p, moment(first), moment(last), n, alarms, s) for d, a, p, first, last, n, alarms, s in rows]


def dropped(conn: sqlite3.Connection) -> int:
    """How many had to go since the store was made."""
    count: int = conn.execute("SELECT count FROM unknown_dropped").fetchone()[0]
    return count


def forget(conn: sqlite3.Connection, driver: str, address: str) -> bool:
    """Take one off the list (it comes back if it speaks again)."""
    with in_transaction(conn):
        sql = "DELETE FROM unknown_devices WHERE driver = ? AND address = ?"
        return conn.execute(sql, (driver, address)).rowcount > 0


def adopt(
    conn: sqlite3.Connection, address: str, values: Mapping[str, str], rules: Rules, at: datetime, driver: str = ""
) -> Change:
    """Register an unknown device under `values["id"]`; the profile is the one it was heard with unless given.

    Raises DeviceError: nobody of that address was heard, several drivers heard one (name it), or a field is wrong.
    """
    rows = conn.execute(
        "SELECT driver, profile FROM unknown_devices WHERE address = ? AND (? = '' OR driver = ?) ORDER BY driver",
        (address, driver, driver),
    ).fetchall()
    if not rows:
        raise DeviceError([Problem("address", f"nobody called `{address[:40]}` was heard", "没有收到过该地址的设备")])
    if len(rows) > 1:
        names = ", ".join(name for name, _ in rows)
        raise DeviceError(
            [
                Problem(
                    "address",
                    f"was heard by several drivers ({names}); name one",
                    f"多个驱动（{names}）收到过该地址，请指明",
                )
            ]
        )
    with in_transaction(conn):
        change = put(conn, {"profile": rows[0][1], **values, "address": address}, rules, at)
        forget(conn, rows[0][0], address)
        return change


def _make_room(conn: sqlite3.Connection, bound: int) -> str | None:
    (count,) = conn.execute("SELECT count(*) FROM unknown_devices").fetchone()
    if count < bound:
        return None
    oldest = conn.execute(
        "SELECT driver, address FROM unknown_devices ORDER BY alarms > 0, last_heard LIMIT 1"
    ).fetchone()
    if oldest is None:
        return None
    conn.execute("DELETE FROM unknown_devices WHERE driver = ? AND address = ?", oldest)
    conn.execute("UPDATE unknown_dropped SET count = count + 1")
    return str(oldest[1])
