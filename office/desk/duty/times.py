"""Who was on duty when, and when nobody was: functions over a connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from office.desk.duty import shifts
from office.desk.duty.calling import Callee
from office.desk.duty.watch import RESUME_S, Why
from office.desk.people import audit
from office.desk.people.accounts import Person
from sync.contract.envelope import Struct

RESTARTED = "restarted"
RESUMABLE = (Why.CLOSED, Why.STOPPED, RESTARTED)
"""A broken line or a restart; sound that was blocked needs a new tone."""


class Time(Struct, frozen=True, kw_only=True):
    """Somebody on duty; `ended_at` is empty while they are."""

    id: str
    account: str
    name: str
    began_at: int
    ended_at: int | None
    why: str


def begin(conn: sqlite3.Connection, time_id: str, who: Person, resume: str, at: int) -> None:
    """On duty from now."""
    conn.execute(
        "INSERT INTO duty_times(id, account, session, resume, began_at) VALUES (?,?,?,?,?)",
        (time_id, who.id, who.session, resume, at),
    )
    audit.note(conn, at, who.id, "duty.began", time_id)


def end(conn: sqlite3.Connection, time_id: str, at: int, why: str) -> None:
    """No longer."""
    row = conn.execute("SELECT account FROM duty_times WHERE id=? AND ended_at IS NULL", (time_id,)).fetchone()
    if row is not None:
        conn.execute("UPDATE duty_times SET ended_at=?, why=? WHERE id=?", (at, why, time_id))
        actor = row["account"] if why == Why.LEFT else audit.SYSTEM
        audit.note(conn, at, actor, "duty.ended", time_id, why=why)


def ended_by_restart(conn: sqlite3.Connection, at: int) -> None:
    """The desk was stopped: nobody's page was live meanwhile."""
    for row in conn.execute("SELECT id FROM duty_times WHERE ended_at IS NULL ORDER BY began_at").fetchall():
        end(conn, row["id"], at, RESTARTED)


def resumable(conn: sqlite3.Connection, key: str, account: str, session: str, at: int) -> int | None:
    """How many milliseconds ago that page's line broke; None when it needs a new tone."""
    row = conn.execute(
        "SELECT ended_at, why FROM duty_times WHERE resume=? AND account=? AND session=?", (key, account, session)
    ).fetchone()
    if row is None:
        return None
    if row["ended_at"] is None:
        return 0
    ago = at - int(row["ended_at"])
    return ago if row["why"] in RESUMABLE and ago <= RESUME_S * 1000 else None


def unattended(conn: sqlite3.Connection, since: int) -> int:
    """Nobody is there; the number of that time. A time that is open goes on, also over a restart."""
    row = conn.execute("SELECT n FROM unattended WHERE ended_at IS NULL").fetchone()
    if row is not None:
        return int(row["n"])
    n = conn.execute("INSERT INTO unattended(began_at) VALUES (?) RETURNING n", (since,)).fetchone()["n"]
    audit.note(conn, since, audit.SYSTEM, "duty.unattended", str(n))
    return int(n)


def attended_again(conn: sqlite3.Connection, at: int) -> None:
    """Somebody came."""
    for row in conn.execute("UPDATE unattended SET ended_at=? WHERE ended_at IS NULL RETURNING n", (at,)).fetchall():
        audit.note(conn, at, audit.SYSTEM, "duty.attended", str(row["n"]))


def ended_sessions(conn: sqlite3.Connection, sessions: Sequence[tuple[int, str]], at: int) -> list[int]:
    """Of (page, session) the pages whose session is over or whose account is closed."""
    query = """SELECT 1 FROM sessions s JOIN accounts a ON a.id=s.account
               WHERE s.key=? AND s.ends_at>? AND a.disabled=0"""
    return [page for page, session in sessions if conn.execute(query, (session, at)).fetchone() is None]


def callees(conn: sqlite3.Connection, at: int) -> list[Callee]:
    """Everyone planned for now who has a number, in the order of calling."""
    phones = {row["id"]: row["phone"] for row in conn.execute("SELECT id, phone FROM accounts WHERE phone<>''")}
    planned = [s for s in shifts.planned(conn, at) if s.account in phones]
    return [Callee(s.account, s.name, phones[s.account]) for s in planned]


def listed(conn: sqlite3.Connection, before: int, limit: int) -> list[Time]:
    """Newest first, before that beginning."""
    rows = conn.execute(
        """SELECT t.id, t.account, coalesce(a.name, t.account) AS name, t.began_at, t.ended_at, t.why
           FROM duty_times t LEFT JOIN accounts a ON a.id=t.account
           WHERE t.began_at<? ORDER BY t.began_at DESC, t.id DESC LIMIT ?""",
        (before, limit),
    )
    return [Time(**dict(row)) for row in rows]
