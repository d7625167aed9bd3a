"""Is the audit log as it was written? Names the first row that is not.

Every row is hashed again behind the one before it, in one scan of the table (a seek would trust pages that nobody
checked), and held against every anchor. Text is read as bytes: what is no text any more is a finding, no failure.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from office.desk.people import anchors
from office.desk.people.anchors import Anchor, Anchors
from office.desk.people.audit import FIRST, chained

TELL_EVERY = 2000

ALTERED, MISSING, REWRITTEN, CUT = "altered", "missing", "rewritten", "cut"

_SCAN = "SELECT n, at, actor, action, about, detail, hash FROM audit NOT INDEXED ORDER BY n"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. `first` is the first row that is not as it was written, and `fault` says in which way.

    `altered`: its own content or hash; `missing`: it is gone from between others; `cut`: it and all behind it are
    gone; `rewritten`: between `last_good` and the anchor at `anchor` all rows from one on were written anew.
    """

    rows: int
    anchored: int
    first: int | None = None
    fault: str = ""
    last_good: int = 0
    anchor: Anchor | None = None
    unreadable: tuple[int, ...] = ()

    @property
    def whole(self) -> bool:
        """Nothing was found, and the anchors can be read."""
        return self.first is None and not self.unreadable

    @property
    def text(self) -> str:
        """For the terminal."""
        if self.unreadable:
            return f"{self._found} Unreadable lines of the anchors: {', '.join(map(str, self.unreadable))}."
        return self._found

    @property
    def _found(self) -> str:
        if self.first is None:
            head = f"{self.rows} rows, none altered."
            return f"{head} Anchored up to row {self.anchored}." if self.anchored else f"{head} No anchor."
        what = {
            ALTERED: f"row {self.first} was altered",
            MISSING: f"row {self.first} is missing",
            CUT: f"row {self.first} and what came after it are gone",
            REWRITTEN: f"row {self.first} or one after it was rewritten",
        }[self.fault]
        anchor = f" (anchor of {self.anchor.at} at row {self.anchor.n})" if self.anchor else ""
        return f"{what}{anchor}. Rows up to {self.last_good} are as they were written."


def verify(database: Path, folder: Path, tell: Callable[[int], None] = lambda _: None) -> Verdict:
    """Look through the file. `tell` hears how many rows are done. Raises OSError and sqlite3.Error at its door."""
    outside = anchors.read(folder)
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as conn:
        conn.text_factory = bytes
        return judge(rows_of(conn), outside, tell)


def rows_of(conn: sqlite3.Connection) -> Iterator[tuple[object, ...]]:
    """All rows as they lie in the file, until it cannot be read on."""
    try:
        yield from conn.execute(_SCAN)
    except sqlite3.DatabaseError:
        yield ()


def judge(rows: Iterator[tuple[object, ...]], outside: Anchors, tell: Callable[[int], None]) -> Verdict:
    """Pure: rows in the order of their numbers, and the anchors. Text in rows is bytes."""
    found = _Found({}, outside)
    for anchor in outside.held:
        found.at.setdefault(anchor.n, []).append(anchor)
    done, before = 0, FIRST
    for row in rows:
        n = done + 1
        mark = _mark(before, n, row)
        if mark is None:
            gone = bool(row) and isinstance(row[0], int) and row[0] > n
            return found.verdict(done, n, MISSING if gone and _mark_any(row) else ALTERED)
        wrong = next((anchor for anchor in found.at.get(n, ()) if anchor.hash != mark), None)
        if wrong is not None:
            return found.verdict(done, found.proven + 1, REWRITTEN, wrong)
        if n in found.at:
            found.proven = n
        done, before = n, mark
        if done % TELL_EVERY == 0:
            tell(done)
    tell(done)
    beyond = min((anchor for anchor in outside.held if anchor.n > done), key=lambda one: one.n, default=None)
    if beyond is not None:
        return found.verdict(done, done + 1, CUT, beyond)
    return found.verdict(done)


@dataclass
class _Found:
    at: dict[int, list[Anchor]]
    outside: Anchors
    proven: int = 0

    def verdict(self, rows: int, first: int | None = None, fault: str = "", anchor: Anchor | None = None) -> Verdict:
        good = rows if fault in ("", ALTERED, MISSING, CUT) else self.proven
        return Verdict(rows, self.proven, first, fault, good, anchor, self.outside.unreadable)


def _mark(before: str, n: int, row: tuple[object, ...]) -> str | None:
    """The hash of the row when it is as it was written, else None."""
    if len(row) != 7 or row[0] != n or not isinstance(row[0], int) or not isinstance(row[1], int):
        return None
    texts = [_text(value) for value in row[2:]]
    if any(text is None for text in texts):
        return None
    actor, action, about, detail, mark = (text or "" for text in texts)
    return mark if chained(before, n, row[1], actor, action, about, detail) == mark else None


def _mark_any(row: tuple[object, ...]) -> bool:
    """Whether it looks like a row at all."""
    return all(_text(value) is not None for value in row[2:])


def _text(value: object) -> str | None:
    if not isinstance(value, bytes):
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None
