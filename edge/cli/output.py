"""What is printed: JSON for programs, tables for people, progress on long work where a terminal shows it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, TypeVar
from unicodedata import east_asian_width

T = TypeVar("T")

WIDEST = 60
"""Longer cells are cut where nobody can scroll; `--json` has all."""


def as_json(value: object) -> None:
    """One JSON value; indented where a person reads it."""
    print(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None, default=str))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows under headings: drawn on a terminal, columns of plain text otherwise."""
    lines = [[cell(value) for value in row] for row in rows]
    if sys.stdout.isatty():
        _drawn(columns, lines)
    else:
        print(plain([list(columns), *lines]))


def plain(lines: Sequence[Sequence[str]]) -> str:
    """Columns by spaces; Chinese characters are two wide."""
    widths = [max(_width(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join("  ".join(_padded(c, w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def cell(value: object) -> str:
    """A value as one line of text; what a device sent may hold anything."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def age(seconds: float | None) -> str:
    """How long ago, short: 12 s, 5 min, 3.2 h, 4 d."""
    if seconds is None:
        return "-"
    for limit, unit, name in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / unit:.0f} {name}" if unit < 3600 else f"{seconds / unit:.1f} {name}"
    return f"{seconds / 86400:.0f} d"


def progress(lines: Iterable[bytes], source: BinaryIO, *, live: bool) -> Iterator[bytes]:
    """The lines of a file, with a bar on standard error while they are worked through, if that is a terminal."""
    if live or not sys.stderr.isatty() or sys.stdout.isatty():
        yield from lines
        return
    from edge.terminal import BarColumn, Console, DownloadColumn, Progress, TimeRemainingColumn  # noqa: PLC0415

    with Progress(BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=os.fstat(source.fileno()).st_size)
        for line in lines:
            yield line
            bar.update(task, advance=len(line))


def steps(items: Iterable[T], total: int | None, title: str) -> Iterator[T]:
    """The items, with a bar on standard error while they are worked through, if that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from edge.terminal import Console, track  # noqa: PLC0415 - only where shown

    yield from track(items, title, total, console=Console(stderr=True), transient=True)


def only(row: Mapping[str, Any], names: Sequence[str]) -> list[Any]:
    """The named values of a row, in that order."""
    return [row.get(name) for name in names]


def _drawn(columns: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    from edge.terminal import Console, Table, Text  # noqa: PLC0415 - only where shown

    drawn = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        drawn.add_column(name)
    for line in lines:
        drawn.add_row(*(Text(text) for text in line))
    Console().print(drawn)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
