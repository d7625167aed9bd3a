"""SQLite below the store through a VFS of our own: an apsw connection that looks like the part of sqlite3's it uses.

A `Vfs` sees every write, truncation, sync and deletion of the store's files, in order, and may refuse one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import apsw

from sync.store.salvage import Connect

Op = tuple[str, str, int, bytes]
"""(what, file, offset or size, data); what is create, write, truncate, sync or delete."""


class Watcher(Protocol):
    """Sees operations before they happen. May raise an `apsw` error instead of letting one happen."""

    def see(self, op: Op) -> None:
        """One operation."""


class Vfs(apsw.VFS):
    """The default VFS with a watcher before it. Keep a reference while connections use it."""

    def __init__(self, name: str, watcher: Watcher) -> None:
        self.name, self.watcher = name, watcher
        super().__init__(name, base="")

    def xOpen(self, name: Any, flags: list[int]) -> File:  # noqa: N802 - SQLite's name
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        new = path is not None and not Path(path).exists()
        file = File(self, name, flags, "" if path is None else Path(path).name)
        if new and path is not None:
            self.watcher.see(("create", file.short, 0, b""))
        return file

    def xDelete(self, name: str, sync_dir: bool) -> None:  # noqa: N802, FBT001
        self.watcher.see(("delete", Path(name).name, int(sync_dir), b""))
        super().xDelete(name, sync_dir)


class File(apsw.VFSFile):
    """One file."""

    def __init__(self, vfs: Vfs, name: Any, flags: list[int], short: str) -> None:
        self.short, self._watcher = short, vfs.watcher
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._watcher.see(("write", self.short, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._watcher.see(("truncate", self.short, size, b""))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._watcher.see(("sync", self.short, flags, b""))
        super().xSync(flags)


class _Cursor:
    """What `execute` gives back."""

    def __init__(self, conn: apsw.Connection, cursor: apsw.Cursor, before: int) -> None:
        self._cursor = cursor
        self.rowcount = conn.total_changes() - before
        self.lastrowid = conn.last_insert_rowid()

    @property
    def description(self) -> Sequence[tuple[str, ...]]:
        try:
            return self._cursor.getdescription()
        except (
            apsw.ExecutionCompleteError
        ):  # apsw forgets the columns with the last row; only their names are asked for
            return ()

    def fetchone(self) -> Any:
        with _translated():
            return next(self._cursor, None)

    def fetchall(self) -> list[Any]:
        with _translated():
            return list(self._cursor)

    def __iter__(self) -> Iterator[Any]:
        while (row := self.fetchone()) is not None:
            yield row


class _Connection:
    """What the store needs of a `sqlite3.Connection`."""

    def __init__(self, path: str, vfs: str) -> None:
        with _translated():
            self._conn = apsw.Connection(path, vfs=vfs)
            self._conn.set_busy_timeout(2000)

    @property
    def in_transaction(self) -> bool:
        return self._conn.in_transaction

    def execute(self, sql: str, values: Sequence[Any] = ()) -> _Cursor:
        before = self._conn.total_changes()
        with _translated():
            return _Cursor(self._conn, self._conn.cursor().execute(sql, values), before)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> _Cursor:
        before = self._conn.total_changes()
        with _translated():
            return _Cursor(self._conn, self._conn.cursor().executemany(sql, rows), before)

    def close(self) -> None:
        with _translated():
            self._conn.close()


class _translated:  # noqa: N801 - reads as what it does to errors
    """apsw's errors as sqlite3's, with their codes."""

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _at: object) -> None:
        if isinstance(error, apsw.Error):
            code = int(getattr(error, "extendedresult", 0) or getattr(error, "result", 0))
            names = (apsw.CorruptError, apsw.NotADBError)
            same = (sqlite3.DatabaseError if isinstance(error, names) else sqlite3.OperationalError)(str(error))
            same.sqlite_errorcode = code
            raise same from error


def opener(vfs: Vfs, *, synchronous: str = "FULL") -> Connect:
    """`sync.store.file.connect`, through this VFS; with another promise to the disk where a test asks for it."""

    def connect(path: str) -> sqlite3.Connection:
        conn = _Connection(path, vfs.name)
        conn.execute("PRAGMA journal_mode = WAL").fetchall()
        conn.execute(f"PRAGMA synchronous = {synchronous}").fetchall()
        conn.execute("PRAGMA wal_autocheckpoint = 0").fetchall()
        conn.execute("PRAGMA cache_size = -4096").fetchall()
        return cast("sqlite3.Connection", conn)

    return connect


Refusal = Callable[[Op], Exception | None]


class Refuses:
    """A watcher that refuses operations while `judge` names an error for them: a disk in trouble."""

    def __init__(self) -> None:
        self.judge: Refusal = lambda _op: None
        self.refused = 0

    def see(self, op: Op) -> None:
        error = self.judge(op)
        if error is not None:
            self.refused += 1
            raise error
