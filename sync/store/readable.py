"""Reading what a corrupt SQLite file still gives: from both ends of each table, and past the pages that do not read.

Nothing is written to the file. A page that does not read costs its own rows: where rows have numbers, ranges that fail
are halved until every row was tried by itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

FAILURES = 20_000
"""How often a table may fail before the rest between its ends is given up: keys in bad pages may be any number."""

Row = tuple[object, ...]
Waiting = tuple[int, int, int, bytes]
"""Era, lane, sequence, body."""


class Readable:
    """One file. Everything of it may be missing or nonsense; nothing here raises but the opening."""

    def __init__(self, path: Path) -> None:
        self.conn = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.conn.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")  # cannot be written: left out
        self.conn.execute(
            "PRAGMA writable_schema = ON"
        )  # else a file that was cut, or a bad schema, gives nothing at all
        self._left = FAILURES

    def close(self) -> None:
        """Give it back."""
        self.conn.close()

    def columns(self, table: str) -> set[str]:
        """As far as the schema can be read."""
        with suppress(sqlite3.Error):
            return {str(row[1]) for row in self.conn.execute(f"PRAGMA table_info({table})")}
        return set()

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[Row]:
        """Rows of a table, each once."""
        self._left = FAILURES
        key, numbered = self._key(table)
        if not key:
            return
        names, width = ", ".join([*key, *columns]), len(key)
        found: dict[Row, Row] = {}
        ends = []
        for order in ("ASC", "DESC"):
            by = ", ".join(f"{column} {order}" for column in key)
            last, broken = None, False
            for row in self._until_broken(f"SELECT {names} FROM {table} ORDER BY {by}"):  # noqa: S608 - our own names
                if row is None:
                    broken = True
                    break
                last = found[row[:width]] = row
            if not broken:
                break
            ends.append(last)
        if numbered and len(ends) == 2:
            low, high = (_number(end, default) for end, default in zip(ends, (0, 1 << 62), strict=True))
            select = f"SELECT {names} FROM {table} WHERE {key[0]} > ? AND {key[0]} < ? ORDER BY {key[0]}"  # noqa: S608
            found.update((row[:width], row) for row in self._between(select, (), low, high))
        yield from (row[width:] for row in found.values())

    def waiting(self, lanes: Mapping[tuple[int, int], int]) -> list[Waiting]:
        """Rows of the outbox: from its ends, and between them by lanes; `lanes` says where each of them ends."""
        found = {row[:3]: row for row in map(_waiting, self.rows("outbox", ("era", "lane", "seq", "body"))) if row}
        ends = dict(lanes)
        for era, lane, seq in found:
            ends[era, lane] = max(seq + 1, ends.get((era, lane), 0))
        for (era, lane), end in sorted(ends.items()):
            self._left = FAILURES
            found.update((row[:3], row) for row in self._lane(era, lane, end))
        return sorted(found.values())

    def _lane(self, era: int, lane: int, end: int) -> Iterator[Waiting]:
        select = (
            "SELECT seq, era, lane, seq, body FROM outbox "
            "WHERE era = ? AND lane = ? AND seq > ? AND seq < ? ORDER BY seq"
        )
        for _, *row in self._between(select, (era, lane), 0, end):
            if (good := _waiting(row)) is not None:
                yield good

    def _key(self, table: str) -> tuple[list[str], bool]:
        """By what its rows are told apart, and whether that is one number."""
        with suppress(sqlite3.Error):
            self.conn.execute(f"SELECT rowid FROM {table} LIMIT 0")  # noqa: S608 - our own names
            return ["rowid"], True
        with suppress(sqlite3.Error):
            info = self.conn.execute(f"PRAGMA table_info({table})").fetchall()
            return [str(r[1]) for r in sorted(info, key=lambda r: r[5]) if r[5]], False
        return [], False

    def _until_broken(self, select: str, values: Row = ()) -> Iterator[Row | None]:
        """Rows, and None where it does not read on."""
        try:
            yield from self.conn.execute(select, values)
        except (sqlite3.Error, UnicodeError):
            self._left -= 1
            yield None

    def _between(self, select: str, prefix: Row, low: int, high: int) -> Iterator[Row]:
        """Rows whose number lies between, exclusive; the first column is the number."""
        spans = [(low, high)]
        while spans and self._left > 0:
            low, high = spans.pop()
            at, broken = low, False
            for row in self._until_broken(select, (*prefix, low, high)):
                if row is None:
                    broken = True
                elif isinstance(row[0], int):
                    at = row[0]
                    yield row
            if broken and high - at > 2:
                middle = (at + high + 1) // 2
                spans += [(middle - 1, high), (at, middle)]


def _number(end: Row | None, default: int) -> int:
    return end[0] if end is not None and isinstance(end[0], int) else default


def _waiting(row: Sequence[object]) -> Waiting | None:
    era, lane, seq, body = row
    if isinstance(era, int) and isinstance(lane, int) and isinstance(seq, int) and isinstance(body, bytes):
        return (era, lane, seq, body) if 0 <= lane <= 2 else None
    return None
