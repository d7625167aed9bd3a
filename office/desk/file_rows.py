"""Which files of people are kept, and what each belongs to. Functions over a connection.

A file is known by the SHA-256 of what is kept. Who may see it follows from what it belongs to (`about`):
`case:NUMBER`, `errand:ID`, `alarm:ID`; fresh from its uploader it belongs to `account:ID`, for a day.
"""

from __future__ import annotations

import sqlite3

from office.desk.mistake import Mistake
from sync.contract.envelope import Struct

FILES = """
CREATE TABLE files(
    sha256 TEXT PRIMARY KEY,
    type TEXT NOT NULL, size INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    kept_at INTEGER NOT NULL              -- when it was last brought
) STRICT, WITHOUT ROWID;
CREATE INDEX files_by_time ON files(kept_at);
CREATE TABLE file_uses(                   -- a file of which nothing is said here goes after a day
    sha256 TEXT NOT NULL, about TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY(sha256, about)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_uses_of ON file_uses(about, at);
CREATE TABLE file_origins(                -- which blob of a kiosk a file was made from
    blob TEXT PRIMARY KEY, sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX file_origins_of ON file_origins(sha256);
"""

OWN = "account:"
DAY_MS = 24 * 3600 * 1000
OF_A_DAY = 300 << 20
"""Bytes that one account may bring in a day: a warden's whole round."""
TOTAL = 20 << 30


class FileRef(Struct, frozen=True):
    """A kept file, as other tables and pages name it. Width and height are 0 for sounds."""

    sha256: str
    type: str
    size: int
    width: int = 0
    height: int = 0


def keep(conn: sqlite3.Connection, at: int, file: FileRef, by: str, blob: str = "") -> None:
    """It lies on disk; `by` is the account that brought it, empty for none. Raises Mistake over quota."""
    if by:
        _room(conn, at, file, by)
    conn.execute(
        """INSERT INTO files VALUES (?,?,?,?,?,?) ON CONFLICT(sha256) DO UPDATE SET kept_at=excluded.kept_at""",
        (file.sha256, file.type, file.size, file.width, file.height, at),
    )
    if by:
        use(conn, at, file.sha256, OWN + by)
    if blob:
        conn.execute("INSERT OR REPLACE INTO file_origins VALUES (?,?)", (blob, file.sha256))


def use(conn: sqlite3.Connection, at: int, sha256: str, about: str) -> None:
    """From now on it belongs to that too. For use inside the transaction that makes `about`. Raises Mistake."""
    if ref(conn, sha256) is None:
        raise _gone()
    conn.execute("INSERT OR REPLACE INTO file_uses VALUES (?,?,?)", (sha256, about, at))


def bring(conn: sqlite3.Connection, at: int, sha256: str, about: str, by: str) -> None:
    """As `use`, for a file that this account itself brought within a day: nobody attaches another's by its name."""
    if about not in abouts(conn, sha256) and OWN + by not in abouts(conn, sha256):
        raise _gone()
    use(conn, at, sha256, about)


def ref(conn: sqlite3.Connection, sha256: str) -> FileRef | None:
    """The file of that name."""
    row = conn.execute("SELECT sha256, type, size, width, height FROM files WHERE sha256=?", (sha256,)).fetchone()
    return FileRef(*row) if row else None


def of(conn: sqlite3.Connection, about: str) -> list[FileRef]:
    """What belongs to it, oldest first."""
    rows = conn.execute(
        """SELECT f.sha256, f.type, f.size, f.width, f.height FROM file_uses u JOIN files f USING (sha256)
           WHERE u.about=? ORDER BY u.at, f.sha256""",
        (about,),
    )
    return [FileRef(*row) for row in rows]


def abouts(conn: sqlite3.Connection, sha256: str) -> list[str]:
    """Everything that it belongs to."""
    return [row["about"] for row in conn.execute("SELECT about FROM file_uses WHERE sha256=?", (sha256,))]


def made_of(conn: sqlite3.Connection, blob: str) -> FileRef | None:
    """What was made of this blob before."""
    row = conn.execute("SELECT sha256 FROM file_origins WHERE blob=?", (blob,)).fetchone()
    return ref(conn, row["sha256"]) if row else None


def names(conn: sqlite3.Connection) -> frozenset[str]:
    """Of all kept files."""
    return frozenset(row["sha256"] for row in conn.execute("SELECT sha256 FROM files"))


def forget(conn: sqlite3.Connection, about: str) -> None:
    """That is gone; its files go with the next sweep unless they belong to something else."""
    conn.execute("DELETE FROM file_uses WHERE about=?", (about,))


def sweep(conn: sqlite3.Connection, at: int) -> list[str]:
    """Take out what nobody attached to anything within a day; the names of what may leave the disk."""
    before = at - DAY_MS
    conn.execute("DELETE FROM file_uses WHERE about GLOB ? AND at<?", (OWN + "*", before))
    rows = conn.execute(
        """DELETE FROM files WHERE kept_at<? AND NOT EXISTS (SELECT 1 FROM file_uses u WHERE u.sha256=files.sha256)
           RETURNING sha256""",
        (before,),
    )
    gone = [row["sha256"] for row in rows]
    conn.executemany("DELETE FROM file_origins WHERE sha256=?", [(sha256,) for sha256 in gone])
    return gone


def _gone() -> Mistake:
    return Mistake(
        "图片或录音已不在服务器上,请重新上传", "the file is not here any more, send it again", 409, code="file-gone"
    )


def _room(conn: sqlite3.Connection, at: int, file: FileRef, by: str) -> None:
    brought = conn.execute(
        "SELECT coalesce(sum(f.size), 0) FROM file_uses u JOIN files f USING (sha256) WHERE u.about=? AND u.at>?",
        (OWN + by, at - DAY_MS),
    ).fetchone()[0]
    if brought + file.size > OF_A_DAY:
        raise Mistake("您今天上传的图片太多了,请明天再传", "you have sent too many files today", 429)
    total = conn.execute("SELECT coalesce(sum(size), 0) FROM files").fetchone()[0]
    if total + file.size > TOTAL:
        raise Mistake("服务器的图片空间已满,请联系管理员", "there is no room for files, tell the administrator", 507)
