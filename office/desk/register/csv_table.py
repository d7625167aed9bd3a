"""CSV as spreadsheets write it: read without trust, written without harm.

Read: UTF-8 with or without mark, UTF-16 with one, or GB18030 (a Chinese Excel's "CSV"); comma, semicolon or tab;
headers in Chinese or English.
Written: UTF-8 with a mark, for Excel; a cell that a spreadsheet would take for a formula gets an apostrophe before it,
which reading takes off again (OWASP, CSV Injection).
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from office.desk.register.fields import Field, Wrong

MOST_ROWS = 200_000
MOST_CELL = 8_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell or a row that cannot be taken. Column 0: the row."""

    line: int
    column: int
    header: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Line:
    """One data row: the line it begins in, its cells by field, and the column of each field."""

    n: int
    cells: Mapping[str, str]


class Table:
    """Rows of a file, one after the other. `columns` is field -> (column, header as written)."""

    def __init__(self, content: bytes, fields: Mapping[str, Field]) -> None:
        """Raises `Unreadable` with every reason."""
        text = _decoded(content)
        first = text.partition("\n")[0]
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
        self._width = 0
        self.rows = text.count("\n") + (not text.endswith("\n")) - 1
        if self.rows > MOST_ROWS:
            raise Unreadable([Bad(0, 0, "", f"最多 {MOST_ROWS} 行", f"at most {MOST_ROWS} rows")])
        self.columns = self._header(fields)

    def _header(self, fields: Mapping[str, Field]) -> dict[str, tuple[int, str]]:
        try:
            header = next(self._reader, [])
        except csv.Error as error:
            raise Unreadable([_broken(1, error)]) from None
        names = {spelling: name for name, field in fields.items() for spelling in (name, field.zh, *field.also)}
        columns: dict[str, tuple[int, str]] = {}
        bad: list[Bad] = []
        for column, written in enumerate(header, 1):
            name = names.get(written.strip().lower()) or names.get(written.strip())
            if not written.strip():
                continue
            if name is None or name in columns:
                known = "、".join(field.zh for field in fields.values())
                zh, en = (
                    ("出现了两次", "is there twice")
                    if name
                    else (f"不认识;可用:{known}", f"is unknown; known: {', '.join(fields)}")
                )
                bad.append(Bad(1, column, written[:40], f"列“{written[:40]}”{zh}", f"column {written[:40]!r} {en}"))
            else:
                columns[name] = (column, written.strip())
        if bad or not columns:
            raise Unreadable(bad or [Bad(1, 0, "", "第一行应是列名", "the first line names the columns")])
        self._width = len(header)
        return columns

    def lines(self) -> Iterator[Line | Bad]:
        """Row by row; a broken quote ends the table with the line where it stands."""
        while True:
            before = self._reader.line_num + 1
            try:
                row = next(self._reader, None)
            except csv.Error as error:
                yield _broken(before, error)
                return
            if row is None:
                return
            if not any(cell.strip() for cell in row):
                continue
            yield self._line(before, row)

    def _line(self, n: int, row: Sequence[str]) -> Line | Bad:
        if len(row) > self._width and any(cell.strip() for cell in row[self._width :]):
            return Bad(
                n,
                self._width + 1,
                "",
                f"有 {len(row)} 列,表头只有 {self._width} 列",
                f"has {len(row)} cells, the header {self._width}",
            )
        cells = {
            name: row[column - 1].strip().removeprefix("'")
            for name, (column, _) in self.columns.items()
            if column <= len(row)
        }
        long = next((name for name, cell in cells.items() if len(cell) > MOST_CELL), None)
        if long:
            return self.bad(n, long, Wrong(f"最多 {MOST_CELL} 个字", f"at most {MOST_CELL} characters"))
        return Line(n, cells)

    def bad(self, n: int, name: str, wrong: Wrong) -> Bad:
        """What is wrong with a field of a row, with its column."""
        column, header = self.columns.get(name, (0, name))
        return Bad(n, column, header, wrong.zh, wrong.en)


class Unreadable(ValueError):  # noqa: N818 - reads as what it is
    """Nothing of the file can be taken."""

    def __init__(self, bad: list[Bad]) -> None:
        super().__init__("; ".join(each.en for each in bad))
        self.bad = bad


def written(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A whole file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return codecs.BOM_UTF8 + out.getvalue().encode()


def guarded(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula. Numbers of ours stay numbers."""
    if cell is None:
        return ""
    text = str(cell)
    return "'" + text if not isinstance(cell, int | float) and text.startswith(_FORMULA) else text


def _decoded(content: bytes) -> str:
    encodings = (
        ["utf-16"] if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ["utf-8-sig", "gb18030"]
    )
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable([Bad(0, 0, "", "文件不是 UTF-8 或 GB18030 的 CSV", "the file is no CSV in UTF-8 or GB18030")])


def _broken(line: int, error: csv.Error) -> Bad:
    return Bad(
        line,
        0,
        "",
        f"引号或分隔符有误,后面的行无法读取({error})",
        f"quotes or separators are broken, the rest cannot be read ({error})",
    )
