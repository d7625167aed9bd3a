"""Accounts and sessions: functions over a connection.

An account's id is opaque and is what other tables and the audit log keep; the name can change. A session is known by
the SHA-256 of its cookie, so that whoever reads the database cannot use it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from dataclasses import dataclass

from office.desk.people.roles import Permission, Role, permissions

ACCOUNTS = """
CREATE TABLE accounts(
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name TEXT NOT NULL,                   -- as colleagues read it
    roles TEXT NOT NULL,                  -- JSON list
    department TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    password TEXT NOT NULL,
    totp TEXT NOT NULL DEFAULT '',        -- sealed secret, empty: not set up yet
    disabled INTEGER NOT NULL DEFAULT 0,
    made_at INTEGER NOT NULL, changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sessions(
    key TEXT PRIMARY KEY,                 -- SHA-256 of the cookie
    account TEXT NOT NULL, csrf TEXT NOT NULL,
    made_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
    remote TEXT NOT NULL DEFAULT '', agent TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of ON sessions(account);
"""

SESSION_S = 12 * 3600
"""A long shift; then whoever it is says again who they are."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who stands behind a request. `id` is empty for nobody."""

    id: str = ""
    login: str = ""
    name: str = ""
    roles: frozenset[Role] = frozenset()
    department: str = ""
    csrf: str = ""
    session: str = ""

    @property
    def may(self) -> frozenset[Permission]:
        """Everything this person may do."""
        return permissions(self.roles)


NOBODY = Person()


def add(
    conn: sqlite3.Connection,
    at: int,
    login: str,
    name: str,
    roles: frozenset[Role],
    password: str,
    department: str = "",
) -> str:
    """A new account; its id. `password` is a hash. Raises sqlite3.IntegrityError when the login is taken."""
    account = secrets.token_hex(8)
    conn.execute(
        """INSERT INTO accounts(id, login, name, roles, department, password, made_at, changed_at)
           VALUES (?,?,?,?,?,?,?,?)""",
        (account, login, name, json.dumps(sorted(roles)), department, password, at, at),
    )
    return account


def begin(conn: sqlite3.Connection, at: int, account: str, remote: str, agent: str) -> str:
    """A new session; the cookie's value."""
    cookie = secrets.token_urlsafe(32)
    conn.execute(
        "INSERT INTO sessions VALUES (?,?,?,?,?,?,?,?)",
        (key_of(cookie), account, secrets.token_urlsafe(24), at, at, at + SESSION_S * 1000, remote, agent[:200]),
    )
    return cookie


def end(conn: sqlite3.Connection, key: str) -> None:
    """This session is over."""
    conn.execute("DELETE FROM sessions WHERE key=?", (key,))


def visitor(conn: sqlite3.Connection, cookie: str, at: int) -> Person:
    """Who comes with that cookie; NOBODY when the session is over or the account closed."""
    row = conn.execute(
        """SELECT a.id, a.login, a.name, a.roles, a.department, s.csrf, s.key
           FROM sessions s JOIN accounts a ON a.id=s.account WHERE s.key=? AND s.ends_at>? AND a.disabled=0""",
        (key_of(cookie), at),
    ).fetchone()
    if row is None:
        return NOBODY
    roles = frozenset(Role(role) for role in json.loads(row["roles"]))
    return Person(row["id"], row["login"], row["name"], roles, row["department"], row["csrf"], row["key"])


def key_of(cookie: str) -> str:
    """What the table keeps of a cookie."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def name_of(conn: sqlite3.Connection, account: str) -> str:
    """As colleagues read it; the id itself for an account that is not there."""
    row = conn.execute("SELECT name FROM accounts WHERE id=?", (account,)).fetchone()
    return str(row["name"]) if row else account
