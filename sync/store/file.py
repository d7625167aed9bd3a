"""The file on disk: opened carefully, set aside when it is corrupt, and a reserve for the day the disk is full.

Locked, or written by a newer program: refuse and touch nothing. Corrupt (SQLITE_NOTADB, SQLITE_CORRUPT): what can
still be read of it becomes a new file (`salvage`), the old one is set aside.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from sync.store import outbox, salvage
from sync.store.salvage import Connect, Salvage
from sync.store.schema import Migration, SchemaError, bring_up

RESERVE_BYTES = 4 * 1024 * 1024
LEAST_RESERVE = 64 * 1024
"""Less than this holds no alarm and its log."""


class StoreError(RuntimeError):
    """The store cannot be used; the text says why and what to do."""


class StoreLocked(StoreError):  # noqa: N818 - reads as the state it is
    """Another program has it."""


def connect(path: str) -> sqlite3.Connection:
    """A connection as the storage thread uses it: transactions by hand, every commit on disk."""
    conn = sqlite3.connect(path, timeout=2.0, isolation_level=None, check_same_thread=False)
    try:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = FULL")  # NORMAL was measured to lose acknowledged rows at a power cut
        conn.execute("PRAGMA wal_autocheckpoint = 0")  # see sync.store.log
        conn.execute("PRAGMA cache_size = -2048")
        conn.execute("PRAGMA secure_delete = FAST")  # Debian's default writes zeros over what is deleted: a fifth more
    except BaseException:
        conn.close()
        raise
    return conn


class Lock:
    """One gateway per store: an advisory lock beside the file, gone with the process."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._fd)
            raise StoreLocked(f"{path}: another linli uses this store; stop it first") from None

    def release(self) -> None:
        """Let another program have the store."""
        os.close(self._fd)


def open_file(
    path: Path, steps: Sequence[Migration], epoch: Callable[[], str], stamp: str, opener: Connect = connect
) -> tuple[sqlite3.Connection, Salvage | None]:
    """A usable connection, and a salvage that is to be told. Raises StoreError, StoreLocked."""
    try:
        salvage.finish(path)
        if (reason := salvage.suspected(path)) is not None and path.exists():
            salvage.salvage(path, steps, epoch, stamp, opener, reason)
        try:
            conn = _ready(opener(str(path)), steps, epoch)
        except sqlite3.DatabaseError as error:
            if not is_corrupt(error):
                raise
            salvage.salvage(path, steps, epoch, stamp, opener, str(error))
            conn = _ready(opener(str(path)), steps, epoch)
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise StoreLocked(f"{path}: locked by another program; stop it first") from None
        raise StoreError(f"{path}: {error}; check the disk, the folder and its owner") from None
    except (SchemaError, OSError) as error:
        raise StoreError(f"{path}: {error}") from None
    return conn, salvage.recall(conn)


def _ready(conn: sqlite3.Connection, steps: Sequence[Migration], epoch: Callable[[], str]) -> sqlite3.Connection:
    try:
        _check(conn)
        bring_up(conn, steps)
        conn.execute("BEGIN IMMEDIATE")
        outbox.open_era(conn, epoch())
        conn.execute("COMMIT")
    except BaseException:
        conn.close()
        raise
    return conn


def _check(conn: sqlite3.Connection) -> None:
    problem = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problem != "ok":
        error = sqlite3.DatabaseError(problem)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def is_corrupt(error: BaseException) -> bool:
    """Whether the file itself is damaged: no retry and no room will help."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Reserve:
    """A file of zeros that is freed when the disk is full, so that alarms still find room."""

    def __init__(self, path: Path, size: int = RESERVE_BYTES) -> None:
        self._path, self.size = path, size

    def keep(self) -> bool:
        """Make the reserve, or as much of it as there is room for; whether there is any now."""
        size = self.size
        with suppress(OSError):
            if self._path.stat().st_size >= size:
                return True
        while size >= LEAST_RESERVE:
            try:
                with self._path.open("ab") as file:
                    os.posix_fallocate(file.fileno(), 0, size)
            except OSError:
                size //= 2
            else:
                return True
        return self._path.exists() and self._path.stat().st_size > 0

    def free(self) -> bool:
        """Give the room away; False when it was given already."""
        try:
            self._path.unlink()
        except OSError:
            return False
        return True
