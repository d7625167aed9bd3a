"""Accounts: functions over a connection.

An account's id is opaque and is what other tables and the audit log keep; the name can change. An account is never
deleted: the audit log names it.
"""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from dataclasses import dataclass
from enum import StrEnum

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

FACTORS = """
ALTER TABLE accounts ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0; -- choose a password before anything else
ALTER TABLE accounts ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;   -- the last step whose code was used
ALTER TABLE accounts ADD COLUMN totp_new TEXT NOT NULL DEFAULT '';      -- sealed, shown as a picture, not yet proven
"""

NO_PASSWORD = "!"  # noqa: S105 - says that there is none
"""Kept in place of a hash: nothing matches it."""

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


class Stage(StrEnum):
    """What a person must do before anything else."""

    DONE = ""
    PASSWORD = "password"  # noqa: S105 - not one
    FACTOR = "factor"


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
    stage: Stage = Stage.DONE

    @property
    def may(self) -> frozenset[Permission]:
        """Everything this person may do."""
        return permissions(self.roles) if self.stage is Stage.DONE else frozenset()


NOBODY = Person()


def add(
    conn: sqlite3.Connection,
    at: int,
    login: str,
    name: str,
    roles: frozenset[Role],
    password: str,
    department: str = "",
    *,
    phone: str = "",
    must_change: bool = False,
) -> str:
    """A new account; its id. `password` is a hash. Raises sqlite3.IntegrityError when the login is taken."""
    account = secrets.token_hex(8)
    conn.execute(
        """INSERT INTO accounts(id, login, name, roles, department, phone, password, must_change, made_at, changed_at)
           VALUES (?,?,?,?,?,?,?,?,?,?)""",
        (account, login, name, json.dumps(sorted(roles)), department, phone, password, must_change, at, at),
    )
    return account


def by_login(conn: sqlite3.Connection, login: str) -> sqlite3.Row | None:
    """The row of an account."""
    row: sqlite3.Row | None = conn.execute("SELECT * FROM accounts WHERE login=?", (login,)).fetchone()
    return row


def by_id(conn: sqlite3.Connection, account: str) -> sqlite3.Row | None:
    """The row of an account."""
    row: sqlite3.Row | None = conn.execute("SELECT * FROM accounts WHERE id=?", (account,)).fetchone()
    return row


def change(
    conn: sqlite3.Connection, at: int, account: str, name: str, roles: frozenset[Role], department: str, phone: str
) -> None:
    """Who they are to colleagues, and in which capacity."""
    conn.execute(
        "UPDATE accounts SET name=?, roles=?, department=?, phone=?, changed_at=? WHERE id=?",
        (name, json.dumps(sorted(roles)), department, phone, at, account),
    )


def disable(conn: sqlite3.Connection, at: int, account: str, *, disabled: bool) -> None:
    """Nobody signs in with it any more, or again."""
    conn.execute("UPDATE accounts SET disabled=?, changed_at=? WHERE id=?", (disabled, at, account))


def set_password(conn: sqlite3.Connection, at: int, account: str, hash_: str) -> None:
    """The person chose a password."""
    conn.execute("UPDATE accounts SET password=?, must_change=0, changed_at=? WHERE id=?", (hash_, at, account))


def take_password(conn: sqlite3.Connection, at: int, account: str) -> None:
    """Only a set-up code lets them in."""
    conn.execute("UPDATE accounts SET password=?, must_change=1, changed_at=? WHERE id=?", (NO_PASSWORD, at, account))


def set_factor(conn: sqlite3.Connection, at: int, account: str, sealed: str, step: int) -> None:
    """The second factor from now on; empty: none."""
    conn.execute(
        "UPDATE accounts SET totp=?, totp_new='', totp_step=?, changed_at=? WHERE id=?", (sealed, step, at, account)
    )


def has_other_administrator(conn: sqlite3.Connection, account: str) -> bool:
    """Whether somebody else could still make accounts."""
    row = conn.execute(
        """SELECT 1 FROM accounts WHERE id!=? AND disabled=0
           AND EXISTS (SELECT 1 FROM json_each(roles) WHERE value=?)""",
        (account, Role.ADMINISTRATOR),
    ).fetchone()
    return row is not None


def roles_of(row: sqlite3.Row) -> frozenset[Role]:
    """As kept in the row."""
    return frozenset(Role(role) for role in json.loads(row["roles"]))


def name_of(conn: sqlite3.Connection, account: str) -> str:
    """As colleagues read it; the id itself for an account that is not there."""
    row = conn.execute("SELECT name FROM accounts WHERE id=?", (account,)).fetchone()
    return str(row["name"]) if row else account
