"""What a file would change: its rows held against the register, batch by batch. Reads only."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from office.desk.register.csv_table import Bad, Line, Table
from office.desk.register.fields import Image, Wrong, read_all
from office.desk.register.subject import Clash, Current, Row, Seen, Subject

MOST_BAD = 200
"""Bad rows that are told one by one; the others are counted."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the file that is not what the register says."""

    line: int
    what: str
    key: str
    image: Image
    before: Image | None
    fields: tuple[str, ...]
    was: int
    conflict: str = ""
    other: str = ""
    given: tuple[str, ...] = ()


@dataclass(slots=True)
class Batch:
    """What some rows came to."""

    changes: list[Change] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    same: int = 0


class Comparison:
    """One file against one register. Remembers of earlier rows what later ones can collide with."""

    def __init__(self, subject: Subject, table: Table) -> None:
        self._subject, self._table = subject, table
        self._seen = Seen()
        self._lines: dict[str, tuple[int, int]] = {}

    def batch(self, conn: sqlite3.Connection, lines: Sequence[Line | Bad]) -> Batch:
        """The next rows."""
        batch = Batch()
        read = [pair for line in lines if (pair := self._read(line, batch)) is not None]
        self._subject.name_rows(conn, [image for _, image in read], self._seen)
        keyed = [(n, self._subject.key(image), image) for n, image in read]
        current = self._subject.current(conn, [key for _, key, _ in keyed if key])
        rows = [
            (n, tuple(given), row)
            for n, key, given in keyed
            if (row := self._row(n, key, given, current.get(key), batch)) is not None
        ]
        clashes = self._subject.clashes(conn, [row for _, _, row in rows], self._seen)
        for (n, said, row), reasons in zip(rows, clashes, strict=True):
            self._weigh(n, said, row, reasons, batch)
        return batch

    def _read(self, line: Line | Bad, batch: Batch) -> tuple[int, Image] | None:
        if isinstance(line, Bad):
            batch.bad.append(line)
            return None
        image, wrong = read_all(self._subject.fields, line.cells)
        batch.bad += [self._table.bad(line.n, name, error) for name, error in wrong]
        return None if wrong else (line.n, image)

    def _row(self, n: int, key: str, given: Image, now: Current | None, batch: Batch) -> Row | None:
        """The row as it would be, unless it lacks something or stood there before."""
        before = now.image if now else None
        lacking = ("" if key else self._subject.key_fields[0]) or (
            self._subject.lacks({**self._subject.blank(), **given}) if now is None else ""
        )
        if lacking:
            zh = self._subject.fields[lacking].zh
            batch.bad.append(self._table.bad(n, lacking, Wrong(f"缺少{zh}", f"{lacking} is missing")))
            return None
        mark = hash(json.dumps(given, sort_keys=True))
        first = self._lines.setdefault(key, (n, mark))
        if first[0] != n and first[1] == mark:
            batch.same += 1
            return None
        image = self._subject.merged(before, given)
        self._subject.seal(key, image, before)
        return key, image, now

    def _weigh(self, n: int, given: tuple[str, ...], row: Row, reasons: Sequence[Clash], batch: Batch) -> None:
        key, image, now = row
        if self._lines[key][0] != n:
            reasons = [Clash("twice", str(self._lines[key][0])), *reasons]
        before = now.image if now else None
        fields = tuple(name for name in self._subject.fields if before is None or before[name] != image[name])
        if not fields:
            batch.same += 1
            return
        what = "conflict" if reasons else "changed" if now else "new"
        clash = reasons[0] if reasons else Clash("")
        batch.changes.append(
            Change(n, what, key, image, before, fields, now.v if now else 0, clash.kind, clash.other, given)
        )
