"""What the other parts ask the grid: which area is this place in, and who walks there now.

Functions over a connection.
"""

from __future__ import annotations

import sqlite3

from office.desk.register import look as register


def warden_of(conn: sqlite3.Connection, place_id: str, at: int | None = None) -> str | None:
    """The account to send there, a substitute when the warden is away; None when nobody walks there."""
    found = wardens_of(conn, place_id, at)
    return found[0] if found else None


def wardens_of(conn: sqlite3.Connection, place_id: str, at: int | None = None) -> list[str]:
    """Everyone who walks there, in the order in which they are asked. `at` is milliseconds; None: the file's clock."""
    area = area_of(conn, place_id)
    return wardens_in(conn, area, at) if area else []


def area_of(conn: sqlite3.Connection, place_id: str) -> str | None:
    """The area of a place: its own, or that of what it lies in."""
    for place in register.place_chain(conn, place_id):
        row = conn.execute("SELECT area FROM grid_places WHERE place=?", (place,)).fetchone()
        if row is not None:
            return str(row["area"])
    return None


def area_of_pole(conn: sqlite3.Connection, number: str) -> str | None:
    """The area in which a pole stands."""
    row = conn.execute("SELECT place FROM poles WHERE number=?", (number,)).fetchone()
    return area_of(conn, row["place"]) if row else None


def wardens_in(conn: sqlite3.Connection, area: str, at: int | None = None) -> list[str]:
    """As `wardens_of`, for an area."""
    moment = _now(conn) if at is None else at
    found: list[str] = []
    for row in conn.execute("SELECT account FROM grid_wardens WHERE area=? ORDER BY rank", (area,)).fetchall():
        account = standing_in(conn, row["account"], moment)
        if account and account not in found:
            found.append(account)
    return found


def standing_in(conn: sqlite3.Connection, account: str, at: int) -> str | None:
    """The account itself, or who stands in for it; None when that one is away or closed too."""
    away = conn.execute(
        "SELECT substitute FROM grid_away WHERE account=? AND from_at<=? AND until_at>? ORDER BY n DESC LIMIT 1",
        (account, at, at),
    ).fetchone()
    if away is None:
        return account if _works(conn, account) else None
    other = str(away["substitute"])
    again = conn.execute(
        "SELECT 1 FROM grid_away WHERE account=? AND from_at<=? AND until_at>?", (other, at, at)
    ).fetchone()
    return other if other and again is None and _works(conn, other) else None


def areas_with(conn: sqlite3.Connection, account: str, at: int) -> list[sqlite3.Row]:
    """The areas in which this account walks now, as their own warden or for another: id, name."""
    rows = conn.execute(
        """SELECT DISTINCT a.id, a.name FROM grid_areas a JOIN grid_wardens w ON w.area=a.id
           WHERE w.account=?1 OR w.account IN
                 (SELECT account FROM grid_away WHERE substitute=?1 AND from_at<=?2 AND until_at>?2)
           ORDER BY a.name""",
        (account, at),
    ).fetchall()
    return [row for row in rows if account in wardens_in(conn, row["id"], at)]


def _works(conn: sqlite3.Connection, account: str) -> bool:
    return conn.execute("SELECT 1 FROM accounts WHERE id=? AND disabled=0", (account,)).fetchone() is not None


def _now(conn: sqlite3.Connection) -> int:
    return int(conn.execute("SELECT CAST(unixepoch('subsec')*1000 AS INTEGER)").fetchone()[0])
