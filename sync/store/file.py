"""The file on disk: opened carefully, set aside when it is corrupt, and a reserve for the day the disk is full.

Locked, or written by a newer program: refuse and touch nothing. Corrupt (SQLITE_NOTADB,
SQLITE_CORRUPT): the file is set aside under a name with the date, what can still be read of the outbox comes
into a fresh file under its old epoch, and the count is reported.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from sync.store import outbox
from sync.store.schema import Migration, SchemaError, bring_up

Connect = Callable[[str], sqlite3.Connection]

RESERVE_BYTES = 4 * 1024 * 1024
LEAST_RESERVE = 64 * 1024
"""Less than this holds no alarm and its log."""


class StoreError(RuntimeError):
    """The store cannot be used; the text says why and what to do."""


class StoreLocked(StoreError):  # noqa: N818 - reads as the state it is
    """Another program has it."""


@dataclass(frozen=True, slots=True)
class Salvage:
    """What became of a corrupt file: where it lies now, and how many unsent events came back."""

    kept_as: str
    rows: int
    reason: str


def connect(path: str) -> sqlite3.Connection:
    """A connection as the storage thread uses it: transactions by hand, every commit on disk."""
    conn = sqlite3.connect(path, timeout=2.0, isolation_level=None, check_same_thread=False)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = FULL")  # NORMAL was measured to lose acknowledged rows at a power cut
    conn.execute("PRAGMA wal_autocheckpoint = 0")  # the storage thread does it when nothing waits
    conn.execute("PRAGMA cache_size = -2048")
    conn.execute("PRAGMA secure_delete = FAST")  # Debian's default writes zeros over every deleted row: a fifth more
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
    """A usable connection, and what had to be salvaged. Raises StoreError, StoreLocked, SchemaError."""
    try:
        return _ready(opener(str(path)), steps, epoch), None
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StoreLocked(f"{path}: locked by another program; stop it first") from None
        if not _is_corrupt(error):
            raise StoreError(f"{path}: {error}; check the disk, the folder and its owner") from None
        reason = str(error)
    except sqlite3.DatabaseError as error:
        if not _is_corrupt(error):
            raise StoreError(f"{path}: {error}") from None
        reason = str(error)
    except SchemaError as error:
        raise StoreError(f"{path}: {error}") from None
    return _salvage(path, steps, epoch, stamp, opener, reason)


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


def _is_corrupt(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _salvage(
    path: Path, steps: Sequence[Migration], epoch: Callable[[], str], stamp: str, opener: Connect, reason: str
) -> tuple[sqlite3.Connection, Salvage]:
    kept = path.with_name(f"{path.name}.corrupt-{stamp}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            shutil.move(part, kept.with_name(kept.name + suffix))
    rows, eras, lanes = _readable_rows(kept)
    conn = opener(str(path))
    bring_up(conn, steps)
    conn.execute("BEGIN IMMEDIATE")
    for era, old_epoch in eras:
        conn.execute("INSERT INTO era (era, epoch) VALUES (?, ?)", (era, old_epoch))
    # Known, these tell what could not be read; else only what is missing between the rows can be told.
    conn.executemany("INSERT INTO lane (era, lane, next, receipted) VALUES (?, ?, ?, ?)", lanes)
    for era, lane, seq, body in rows:
        conn.execute("INSERT OR IGNORE INTO outbox (era, lane, seq, body) VALUES (?, ?, ?, ?)", (era, lane, seq, body))
        conn.execute(
            """INSERT INTO lane (era, lane, next, receipted) VALUES (?, ?, ?, ?)
               ON CONFLICT (era, lane) DO UPDATE SET next = max(next, excluded.next)""",
            (era, lane, seq + 1, seq - 1),
        )
    # A fresh epoch for what comes now: the old one's next sequence is not certain any more.
    conn.execute("INSERT INTO era (epoch) VALUES (?)", (epoch(),))
    new = conn.execute("SELECT max(era) FROM era").fetchone()[0]
    conn.executemany("INSERT INTO lane (era, lane) VALUES (?, ?)", [(new, lane) for lane in range(3)])
    conn.execute("COMMIT")
    return conn, Salvage(str(kept), len(rows), reason)


_Rows = list[tuple[int, int, int, bytes]]
_Eras = list[tuple[int, str]]
_Lanes = list[tuple[int, int, int, int]]


def _readable_rows(kept: Path) -> tuple[_Rows, _Eras, _Lanes]:
    """Whatever still comes out: row by row from both ends of each lane, until the first unreadable page."""
    rows: dict[tuple[int, int, int], bytes] = {}
    eras: _Eras = []
    lanes: _Lanes = []
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{kept}?mode=ro", uri=True)) as conn:
        # What was read so far is what there is.
        eras = [(int(e), str(n)) for e, n in conn.execute("SELECT era, epoch FROM era")]
        with suppress(sqlite3.Error):
            lanes = conn.execute("SELECT era, lane, next, receipted FROM lane").fetchall()
        for order in ("ASC", "DESC"):
            rows.update(_until_unreadable(conn, order))
    known = {era for era, _ in eras}
    readable = sorted((*place, body) for place, body in rows.items() if place[0] in known)
    return readable, eras, [lane for lane in lanes if lane[0] in known]


def _until_unreadable(conn: sqlite3.Connection, order: str) -> dict[tuple[int, int, int], bytes]:
    rows: dict[tuple[int, int, int], bytes] = {}
    try:
        for era, lane, seq, body in conn.execute(
            f"SELECT era, lane, seq, body FROM outbox ORDER BY era {order}, lane {order}, seq {order}"  # noqa: S608
        ):
            if isinstance(body, bytes):
                rows[int(era), int(lane), int(seq)] = body
    except sqlite3.Error:
        pass
    return rows


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
