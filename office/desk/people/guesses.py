"""Wrong passwords and codes, counted on disk: five lock, for a login and for where they come from.

A login, whether it exists or not, is locked for 15 minutes, and is free again by itself or by an administrator. An
address is asked to wait 30 s, then twice as long with every further wrong one, up to 15 minutes; an office behind one
address has many fingers, so what went right is not held against it, and 15 quiet minutes wipe its slate.

A try counts against its login *before* it is looked at, so that a hundred at once are five. Functions over a
connection.
"""

from __future__ import annotations

import hashlib
import ipaddress
import sqlite3
from math import ceil

GUESSES = """
CREATE TABLE guesses(
    who TEXT PRIMARY KEY,                 -- 'login:' and a hash, or 'from:' and an address
    wrong INTEGER NOT NULL, last_at INTEGER NOT NULL, until INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX guesses_least ON guesses(until, wrong, last_at);
"""

MOST_WRONG = 5
LOCK_MS = 15 * 60 * 1000
FIRST_WAIT_MS = 30 * 1000
MOST_KEPT = 20_000
"""Against a flood of invented logins and addresses: beyond it those that guessed least are forgotten first."""


def of_login(login: str) -> str:
    """Logins are kept as a hash: people type passwords into that field."""
    return "login:" + hashlib.sha256(login.strip().casefold().encode(errors="replace")).hexdigest()[:32]


def of_remote(remote: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 address: one household or office has all of it."""
    try:
        address = ipaddress.ip_address(remote.partition("%")[0])
    except ValueError:
        return "from:" + remote[:64]
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return f"from:{mapped or ipaddress.ip_network((int(address) >> 64 << 64, 64))}"
    return f"from:{address}"


def wait_s(conn: sqlite3.Connection, at: int, *who: str) -> int:
    """How many seconds these must wait; 0: they may try."""
    marks = ",".join("?" * len(who))
    row = conn.execute(f"SELECT max(until) FROM guesses WHERE who IN ({marks})", who).fetchone()  # noqa: S608
    return max(0, ceil(((row[0] or 0) - at) / 1000))


def count_login(conn: sqlite3.Connection, at: int, who: str) -> bool:
    """One more try; whether it is the one that locks."""
    wrong = _wrong(conn, at, who) + 1
    locks = wrong >= MOST_WRONG
    _keep(conn, at, who, 0 if locks else wrong, at + LOCK_MS if locks else 0)
    return locks


def count_remote(conn: sqlite3.Connection, at: int, who: str) -> None:
    """One more wrong one from there."""
    wrong = _wrong(conn, at, who) + 1
    wait = min(LOCK_MS, FIRST_WAIT_MS << min(wrong - MOST_WRONG, 16)) if wrong >= MOST_WRONG else 0
    _keep(conn, at, who, wrong, at + wait if wait else 0)


def forgive(conn: sqlite3.Connection, who: str, *, locked: bool) -> None:
    """The try that was counted last was no guess (the password was right, the code is still to come)."""
    if locked:
        conn.execute("UPDATE guesses SET wrong=?, until=0 WHERE who=?", (MOST_WRONG - 1, who))
    else:
        conn.execute("UPDATE guesses SET wrong=max(wrong-1, 0) WHERE who=?", (who,))


def clear(conn: sqlite3.Connection, who: str) -> bool:
    """All is well, or an administrator says so; whether there was anything."""
    return conn.execute("DELETE FROM guesses WHERE who=?", (who,)).rowcount > 0


def locked_until(conn: sqlite3.Connection, at: int, login: str) -> int | None:
    """Until when a login is locked."""
    row = conn.execute("SELECT until FROM guesses WHERE who=? AND until>?", (of_login(login), at)).fetchone()
    return int(row["until"]) if row else None


def _wrong(conn: sqlite3.Connection, at: int, who: str) -> int:
    row = conn.execute("SELECT wrong FROM guesses WHERE who=? AND last_at>?", (who, at - LOCK_MS)).fetchone()
    return int(row["wrong"]) if row else 0


def _keep(conn: sqlite3.Connection, at: int, who: str, wrong: int, until: int) -> None:
    conn.execute("INSERT OR REPLACE INTO guesses VALUES (?,?,?,?)", (who, wrong, at, until))
    many = conn.execute("SELECT count(*) FROM guesses").fetchone()[0]
    if many > MOST_KEPT:
        conn.execute(
            """DELETE FROM guesses WHERE who IN
               (SELECT who FROM guesses WHERE who!=? ORDER BY until, wrong, last_at LIMIT ?)""",
            (who, many - MOST_KEPT),
        )
