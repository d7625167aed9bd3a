"""Orders of people to gateways and devices: on record before they are sent, then what became of each.

    noted here (with its id, and in the audit log) -> the receiver keeps it -> a broker has it -> the gateway's answer

A crash between the first two leaves an order that says so ("not sent"); the id makes a second try the same order.
Functions over a connection.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from office.desk.devices.lists import moment, moment_or_none
from office.desk.people import audit
from office.desk.people.accounts import Person
from office.desk.people.roles import Permission, Role, permissions
from sync.contract.envelope import Raw, Struct

NOT_TAKEN_MS = 30_000
"""The receiver takes an order at once or never."""

LIMIT = 30


class Stand(StrEnum):
    """How far an order is. The last six are its end."""

    PENDING = "pending"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    FAILED = "failed"
    """It never left this house."""


OVER = frozenset(Stand) - {Stand.PENDING, Stand.SENT}


class OrderRow(Struct, frozen=True, kw_only=True):
    """An order, who gave it and what became of it."""

    n: int
    id: str
    gateway: str
    device: str
    command: str
    by: str
    at: datetime
    stand: Stand
    why: str = ""
    arguments: Raw
    result: Raw
    reason: str = ""
    answered_at: datetime | None = None


def role_of(who: Person) -> str:
    """In which role they order; only that goes down."""
    able = [role for role in sorted(who.roles) if Permission.DEVICES_COMMAND in permissions(frozenset({role}))]
    return str(able[0]) if able else str(Role.DUTY)


@dataclass(frozen=True, slots=True)
class Given:
    """An order as somebody gives it; `why` where its form asks for a reason."""

    id: str
    gateway: str
    device: str
    command: str
    why: str = ""


def note(conn: sqlite3.Connection, at: int, who: Person, order: Given) -> None:
    """Before anything is sent."""
    detail = {"gateway": order.gateway, "device": order.device, "command": order.command}
    audit.note(conn, at, who.id, "device.order", order.id, **detail)
    conn.execute(
        "INSERT INTO device_orders(id, gateway, device, command, why, account, at) VALUES (?,?,?,?,?,?,?)",
        (order.id, order.gateway, order.device, order.command, order.why, who.id, at),
    )


def failed(conn: sqlite3.Connection, order_id: str, reason: str, at: int) -> None:
    """The receiver did not take it."""
    conn.execute(
        "UPDATE device_orders SET failed=?, over_at=? WHERE id=? AND over_at IS NULL", (reason[:300], at, order_id)
    )


def over(conn: sqlite3.Connection, ids: list[str], at: int) -> None:
    """These have ended, as the receiver's table says."""
    for id_ in ids:
        conn.execute("UPDATE device_orders SET over_at=? WHERE id=? AND over_at IS NULL", (at, id_))


def waiting(conn: sqlite3.Connection) -> list[OrderRow]:
    """Those whose end is not known."""
    return _rows(conn, "o.over_at IS NULL ORDER BY o.n LIMIT 500", ())


def unsent(conn: sqlite3.Connection, before: int) -> list[str]:
    """Those noted before then that the receiver never saw: the desk stopped in between."""
    rows = conn.execute(
        """SELECT id FROM device_orders o WHERE over_at IS NULL AND at<?
           AND NOT EXISTS (SELECT 1 FROM centre.orders c WHERE c.id=o.id) LIMIT 100""",
        (before,),
    )
    return [row["id"] for row in rows]


def one(conn: sqlite3.Connection, order_id: str) -> OrderRow | None:
    """One order."""
    found = _rows(conn, "o.id=?", (order_id,))
    return found[0] if found else None


def history(
    conn: sqlite3.Connection, gateway: str, device: str | None, before: int | None, limit: int = LIMIT
) -> list[OrderRow]:
    """Of a gateway with its devices, or of one device; newest first."""
    which = "o.gateway=? AND o.n<?" + (" AND o.device=?" if device is not None else "")
    values: tuple[object, ...] = (gateway, 2**62 if before is None else before)
    values += (device,) if device is not None else ()
    return _rows(conn, f"{which} ORDER BY o.n DESC LIMIT ?", (*values, limit))


def _rows(conn: sqlite3.Connection, which: str, values: tuple[object, ...]) -> list[OrderRow]:
    rows = conn.execute(
        f"""SELECT o.n, o.id, o.gateway, o.device, o.command, o.at, o.failed, o.why, coalesce(a.name, '') AS name,
                   c.outcome, c.reason, c.arguments, c.result, c.answered_at,
                   EXISTS(SELECT 1 FROM centre.sendings s WHERE s.about=o.id AND s.confirmed_at IS NOT NULL) AS sent
            FROM device_orders o LEFT JOIN centre.orders c ON c.id=o.id LEFT JOIN accounts a ON a.id=o.account
            WHERE {which}""",  # noqa: S608 - our own words
        values,
    )
    return [_row(row) for row in rows]


def _row(row: sqlite3.Row) -> OrderRow:
    return OrderRow(
        n=row["n"],
        id=row["id"],
        gateway=row["gateway"],
        device=row["device"],
        command=row["command"],
        by=row["name"],
        at=moment(row["at"]),
        stand=_stand(row),
        why=row["why"],
        reason=row["failed"] or row["reason"] or "",
        arguments=Raw((row["arguments"] or "{}").encode()),
        result=Raw((row["result"] or "{}").encode()),
        answered_at=moment_or_none(row["answered_at"]),
    )


def _stand(row: sqlite3.Row) -> Stand:
    if row["outcome"]:
        return Stand(row["outcome"])
    if row["failed"]:
        return Stand.FAILED
    return Stand.SENT if row["sent"] else Stand.PENDING
