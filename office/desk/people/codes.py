"""One-time codes on paper: ten recovery codes for a lost phone, and the code with which a person sets an account up.

80 random bits each, kept only as SHA-256 together with the account: there is nothing to guess and nothing to read.
Functions over a connection.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3

CODES = """
CREATE TABLE recovery_codes(
    account TEXT NOT NULL, hash TEXT NOT NULL, used_at INTEGER,
    PRIMARY KEY(account, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE setup_codes(                 -- stands in for the password until there is one
    account TEXT PRIMARY KEY, hash TEXT NOT NULL, made_at INTEGER NOT NULL, ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what looks alike on paper: I and 1, O and 0."""

GROUPS, GROUP = 4, 4
RECOVERY = 10
SETUP_MS = 24 * 3600 * 1000


def mint() -> str:
    """A new code, in groups that a person can copy."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def hash_of(account: str, code: str) -> str:
    """What is kept. Spaces, dashes and small letters do not matter."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(f"{account}:{plain}".encode()).hexdigest()


def renew(conn: sqlite3.Connection, account: str, codes: list[str]) -> None:
    """These are the account's recovery codes now; older ones are void."""
    conn.execute("DELETE FROM recovery_codes WHERE account=?", (account,))
    conn.executemany(
        "INSERT INTO recovery_codes(account, hash) VALUES (?,?)", [(account, hash_of(account, code)) for code in codes]
    )


def left(conn: sqlite3.Connection, account: str) -> int:
    """How many recovery codes are unused."""
    row = conn.execute("SELECT count(*) FROM recovery_codes WHERE account=? AND used_at IS NULL", (account,)).fetchone()
    return int(row[0])


def use(conn: sqlite3.Connection, at: int, account: str, code: str) -> bool:
    """Whether this is an unused recovery code; from now on it is used."""
    done = conn.execute(
        "UPDATE recovery_codes SET used_at=? WHERE account=? AND hash=? AND used_at IS NULL",
        (at, account, hash_of(account, code)),
    )
    return done.rowcount == 1


def issue(conn: sqlite3.Connection, at: int, account: str, code: str) -> int:
    """This code sets the account up, until the time that is returned; an older one is void."""
    ends_at = at + SETUP_MS
    conn.execute("INSERT OR REPLACE INTO setup_codes VALUES (?,?,?,?)", (account, hash_of(account, code), at, ends_at))
    return ends_at


def sets_up(conn: sqlite3.Connection, at: int, account: str, code: str) -> bool:
    """Whether this code sets the account up. It stays good until a password is chosen: a browser may be closed."""
    row = conn.execute("SELECT hash FROM setup_codes WHERE account=? AND ends_at>?", (account, at)).fetchone()
    return row is not None and secrets.compare_digest(str(row["hash"]), hash_of(account, code))


def spend(conn: sqlite3.Connection, account: str) -> None:
    """There is a password now."""
    conn.execute("DELETE FROM setup_codes WHERE account=?", (account,))
