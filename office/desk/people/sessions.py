"""Sessions: who comes with which cookie, until when. Functions over a connection.

A session is known by the SHA-256 of its cookie, so that whoever reads the database cannot use it. It ends 12 hours
after it began, after hours without use, and with its account; a warden's lasts a month. What it lets a person do is
decided anew at every request: whoever must still choose a password or set up the second factor may do that and
nothing else.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from office.config import DeskDoor
from office.desk.people.accounts import NOBODY, Person, Stage
from office.desk.people.roles import Role

SESSION_S = 12 * 3600
"""A long shift; then whoever it is says again who they are."""

ROUND_S = 30 * 24 * 3600
"""A warden walks with a telephone in the pocket: what was reported without a line must be sent days later. A telephone
that is lost is put out by an administrator, who ends its sessions."""

_WALKS = f"""a.roles='["{Role.WARDEN}"]'"""
"""For who is a warden and nothing else, not using it for some hours does not end it."""

TOUCH_MS = 60_000
"""How exactly use is noted."""

MOST_SESSIONS = 20
"""Of one account; the one longest unused gives way."""

LEADING = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""Whose password alone would open everything."""


@dataclass(frozen=True, slots=True)
class Found:
    """Who came; `stale`: their use should be noted (`touch`)."""

    person: Person
    stale: bool = False


def begin(conn: sqlite3.Connection, at: int, account: str, remote: str, agent: str) -> str:
    """A new session; the cookie's value."""
    cookie = secrets.token_urlsafe(32)
    ends_at = at + lasts_s(conn, account) * 1000
    conn.execute("DELETE FROM sessions WHERE ends_at<=?", (at,))
    conn.execute(
        """DELETE FROM sessions WHERE key IN
           (SELECT key FROM sessions WHERE account=? ORDER BY seen_at DESC LIMIT -1 OFFSET ?)""",
        (account, MOST_SESSIONS - 1),
    )
    conn.execute(
        "INSERT INTO sessions VALUES (?,?,?,?,?,?,?,?)",
        (key_of(cookie), account, secrets.token_urlsafe(24), at, at, ends_at, remote, agent[:200]),
    )
    return cookie


def lasts_s(conn: sqlite3.Connection, account: str) -> int:
    """How long a session of this account lasts."""
    row = conn.execute("SELECT roles FROM accounts WHERE id=?", (account,)).fetchone()
    return ROUND_S if row and json.loads(row["roles"]) == [Role.WARDEN] else SESSION_S


def find(conn: sqlite3.Connection, cookie: str, at: int, door: DeskDoor) -> Found:
    """Who comes with that cookie; nobody when the session is over or the account closed."""
    row = conn.execute(
        f"""SELECT a.id, a.login, a.name, a.roles, a.department, a.must_change, a.totp!='' AS factor,
                  s.csrf, s.key, s.seen_at
           FROM sessions s JOIN accounts a ON a.id=s.account
           WHERE s.key=? AND s.ends_at>? AND (s.seen_at>? OR {_WALKS}) AND a.disabled=0""",  # noqa: S608 - texts are ours
        (key_of(cookie), at, at - door.idle_min * 60_000),
    ).fetchone()
    if row is None:
        return Found(NOBODY)
    roles = frozenset(Role(role) for role in json.loads(row["roles"]))
    stage = Stage.DONE
    if row["must_change"]:
        stage = Stage.PASSWORD
    elif not row["factor"] and needs_factor(roles, door):
        stage = Stage.FACTOR
    person = Person(
        row["id"], row["login"], row["name"], roles, row["department"], row["csrf"], row["key"], stage
    )  # fmt: skip
    return Found(person, stale=at - row["seen_at"] >= TOUCH_MS)


def needs_factor(roles: frozenset[Role], door: DeskDoor) -> bool:
    """Whether these roles may not work without a second factor."""
    return door.second_factor == "everyone" or (door.second_factor == "leading" and bool(roles & LEADING))


def touch(conn: sqlite3.Connection, at: int, key: str) -> None:
    """It was used."""
    conn.execute("UPDATE sessions SET seen_at=max(seen_at, ?) WHERE key=?", (at, key))


def end(conn: sqlite3.Connection, key: str) -> None:
    """This session is over."""
    conn.execute("DELETE FROM sessions WHERE key=?", (key,))


def end_all(conn: sqlite3.Connection, account: str, but: str = "") -> int:
    """All sessions of an account are over, but one; how many."""
    return conn.execute("DELETE FROM sessions WHERE account=? AND key!=?", (account, but)).rowcount


def standing(conn: sqlite3.Connection, at: int, keys: Collection[str], idle_ms: int) -> set[str]:
    """Which of these are not over."""
    rows = conn.execute(
        f"""SELECT s.key FROM sessions s JOIN accounts a ON a.id=s.account
            WHERE s.key IN (SELECT value FROM json_each(?)) AND s.ends_at>? AND (s.seen_at>? OR {_WALKS})
              AND a.disabled=0""",  # noqa: S608 - texts are ours
        (json.dumps(sorted(keys)), at, at - idle_ms),
    )
    return {str(row["key"]) for row in rows}


def of_account(conn: sqlite3.Connection, account: str, at: int, idle_ms: int) -> list[sqlite3.Row]:
    """The sessions of an account, the newest first."""
    return conn.execute(
        f"""SELECT s.* FROM sessions s JOIN accounts a ON a.id=s.account
            WHERE account=? AND ends_at>? AND (seen_at>? OR {_WALKS}) ORDER BY s.made_at DESC, key LIMIT ?""",  # noqa: S608 - texts are ours
        (account, at, at - idle_ms, MOST_SESSIONS),
    ).fetchall()


def key_of(cookie: str) -> str:
    """What the table keeps of a cookie."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def name_of_session(key: str) -> str:
    """How a session is called where people see it: nothing can be made of it."""
    return key[:16]
