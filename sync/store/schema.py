"""The tables of the store and how an older file becomes a newer one.

The only door to sqlite-utils, imported only when a step is due: a gateway that starts on a
current file does not pay its memory. A step and the note that it ran share one transaction. A note this
program does not know means a newer program wrote the file: refuse, touch nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

Migration = tuple[str, str]
"""(name, SQL script). Names are never reused and the order never changes."""

SET = "linli"

BASE: list[Migration] = [
    (
        "0001-outbox",
        """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        -- An era is one life of the file; `epoch` is its name on the wire. Salvaged rows keep theirs.
        CREATE TABLE era (era INTEGER PRIMARY KEY AUTOINCREMENT, epoch TEXT NOT NULL UNIQUE);
        -- `next` is never turned back, so that a sequence is never used twice.
        CREATE TABLE lane (
            era INTEGER NOT NULL, lane INTEGER NOT NULL, next INTEGER NOT NULL DEFAULT 1,
            receipted INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (era, lane)
        ) WITHOUT ROWID;
        CREATE TABLE outbox (
            era INTEGER NOT NULL, lane INTEGER NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (era, lane, seq)
        ) WITHOUT ROWID;
        -- Keys by which a repeat is known, in order of arrival; only the older part is ever cut off, so `n` grows
        -- without AUTOINCREMENT, which would write one page more for every event.
        CREATE TABLE seen (n INTEGER PRIMARY KEY, key INTEGER NOT NULL, alarm INTEGER NOT NULL);
        """,
    ),
]


class SchemaError(RuntimeError):
    """The file was written by a newer program; the text names the unknown steps."""


def applied(conn: sqlite3.Connection) -> list[str]:
    """Names of the steps this file has had; empty for a new file."""
    exists = conn.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone()
    if exists is None:
        return []
    return [r[0] for r in conn.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (SET,))]


def bring_up(conn: sqlite3.Connection, steps: Sequence[Migration]) -> None:
    """Run the steps that are due. Raises SchemaError for a file of a newer program, before any change."""
    had = applied(conn)
    refuse_newer(had, steps)
    if set(had) != {name for name, _ in steps}:
        _run(conn, steps)


def refuse_newer(had: Sequence[str], steps: Sequence[Migration]) -> None:
    """Raises SchemaError when a step is among them that this program does not know."""
    unknown = sorted(set(had) - {name for name, _ in steps})
    if unknown:
        raise SchemaError(f"written by a newer program (unknown steps: {', '.join(unknown)}); update linli-edge")


def _run(conn: sqlite3.Connection, steps: Sequence[Migration]) -> None:
    from sqlite_utils import Database, Migrations  # noqa: PLC0415 - 10 MB that a current file does not need

    migrations = Migrations(SET)
    for name, script in steps:
        migrations(name=name)(_step(script))
    migrations.apply(Database(conn))


def _step(script: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - sqlite-utils' own untyped callable
    def run(db) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        # executescript would commit first; the step and its note must share the transaction.
        for statement in _statements(script):
            db.conn.execute(statement)

    return run


def _statements(script: str) -> list[str]:
    """Cut a script at the semicolons that end a statement (triggers hold inner ones)."""
    statements, buffer = [], ""
    for piece in script.split(";"):
        buffer += piece + ";"
        if sqlite3.complete_statement(buffer):
            statements.append(buffer)
            buffer = ""
    return [s for s in statements if s.strip(" \n\t;")]
