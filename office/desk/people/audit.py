"""The record of who did what: rows that nobody changes, each chained to the one before it.

    hash(n) = SHA-256(hash(n-1) || digest(n)),    digest(n) = SHA-256(canonical JSON of row n)

Two steps, so that a part of the chain can be shown to somebody who may read only some of its rows. Triggers refuse
UPDATE and DELETE; whoever goes around them breaks the chain at that row. Functions over a connection: the note is
written in the transaction that does what it tells of.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass

FIRST = "0" * 64
"""What row 1 is chained to."""

AUDIT = """
CREATE TABLE audit(
    n INTEGER PRIMARY KEY,                -- without a gap: a missing number is a removed row
    at INTEGER NOT NULL,                  -- milliseconds
    actor TEXT NOT NULL,                  -- an account's id, or 'system'
    action TEXT NOT NULL,                 -- 'alarm.acknowledge', 'account.made', ...
    about TEXT NOT NULL,                  -- the id of what it was done to
    detail TEXT NOT NULL,                 -- JSON, without what people said or wrote
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_about ON audit(about, n);
CREATE INDEX audit_actor ON audit(actor, n);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
"""

SYSTEM = "system"
"""Who did it, when no person did."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row."""

    n: int
    at: int
    actor: str
    action: str
    about: str
    detail: str
    hash: str


def note(conn: sqlite3.Connection, at: int, actor: str, action: str, about: str, **detail: object) -> int:
    """Write one row at the end; its number. Raises sqlite3.Error, and then nothing of the transaction stands."""
    last, before = head(conn)
    n = last + 1
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    mark = chained(before, n, at, actor, action, about, text)
    conn.execute("INSERT INTO audit VALUES (?,?,?,?,?,?,?)", (n, at, actor, action, about, text, mark))
    return n


def head(conn: sqlite3.Connection) -> tuple[int, str]:
    """The number and the hash of the last row; 0 when there is none."""
    row = conn.execute("SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1").fetchone()
    return (int(row[0]), str(row[1])) if row else (0, FIRST)


def chained(before: str, n: int, at: int, actor: str, action: str, about: str, detail: str) -> str:
    """The hash of a row behind the row with hash `before`, both in hex."""
    return linked(before, digest(n, at, actor, action, about, detail))


def digest(n: int, at: int, actor: str, action: str, about: str, detail: str) -> str:
    """The digest of one row alone, in hex."""
    row = json.dumps([n, at, actor, action, about, detail], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(row.encode()).hexdigest()


def linked(before: str, digest_: str) -> str:
    """The hash of the row with that digest behind the row with hash `before`."""
    return hashlib.sha256((before + digest_).encode()).hexdigest()
