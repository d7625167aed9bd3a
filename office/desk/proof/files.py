"""A table as a file: CSV for everything, Excel where people look, JSON lines for programs. The door to xlsxwriter."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from xlsxwriter import Workbook

from office.desk.proof.datasets import Dataset
from office.desk.register.csv_table import guarded

SHEET_ROWS = 1_000_000
"""Of Excel's 1,048,576; the next sheet takes the rest."""

CELL = 32_767
"""Excel's longest text; longer ones are cut, CSV and JSON have them whole."""

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}


class TableFile(Protocol):
    """A file that grows row by row."""

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        """More rows, at the end."""

    def close(self) -> None:
        """It is whole."""


def begin(path: Path, kind: str, dataset: Dataset) -> TableFile:
    """A new file of that kind. Raises KeyError for another kind."""
    made: dict[str, Callable[[Path, Dataset], TableFile]] = {"csv": _Csv, "xlsx": _Excel, "jsonl": _Lines}
    return made[kind](path, dataset)


class _Csv:
    def __init__(self, path: Path, dataset: Dataset) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file, lineterminator="\r\n")
        self._writer.writerow([column.zh for column in dataset.columns])

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        self._writer.writerows([guarded(cell) for cell in row] for row in rows)

    def close(self) -> None:
        self._file.close()


class _Lines:
    def __init__(self, path: Path, dataset: Dataset) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._names = [column.name for column in dataset.columns]

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        for row in rows:
            self._file.write(json.dumps(dict(zip(self._names, row, strict=True)), ensure_ascii=False) + "\n")

    def close(self) -> None:
        self._file.close()


class _Excel:
    """One row at a time is in memory; text is never taken for a formula or a link."""

    def __init__(self, path: Path, dataset: Dataset) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book: Any = Workbook(str(path), options)
        self._bold = self._book.add_format({"bold": True})
        self._dataset = dataset
        self._row = 0
        self._sheet: Any = None
        self._next_sheet()

    def _next_sheet(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        for column, named in enumerate(self._dataset.columns):
            self._sheet.set_column(column, column, 24 if named.kind != "number" else 10)
        self._sheet.write_row(0, 0, [column.zh for column in self._dataset.columns], self._bold)
        self._row = 1

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        for row in rows:
            if self._row > SHEET_ROWS:
                self._next_sheet()
            self._sheet.write_row(self._row, 0, [_fits(cell) for cell in row])
            self._row += 1

    def close(self) -> None:
        self._book.close()


def _fits(cell: object) -> object:
    if isinstance(cell, str):
        return cell[:CELL]
    return "" if cell is None else cell
