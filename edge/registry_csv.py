"""The registry as CSV: what a spreadsheet program writes, read without trust; what it can open, written without harm.

Read: UTF-8 with or without mark, UTF-16 with one, or GBK (a Chinese Excel's "CSV"); comma, semicolon or tab; column
names in English or Chinese. Bounded in size, rows and columns. Every bad row is told with its line and every reason.
Written: UTF-8 with a mark, so that Excel shows Chinese right. A cell that a spreadsheet would take for a formula, for a
date (room 3-2) or for a number it would round (an IMEI) gets a leading apostrophe, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from edge.device import FIELDS, Device, Problem, as_text
from firmware_profiles.finding import Finding, listed, meant

MAX_BYTES = 8 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 64
MAX_CELL = 2_000

CHINESE = {
    "id": "编号",
    "profile": "设备类型",
    "address": "地址",
    "resident": "居民编号",
    "building": "楼栋",
    "room": "房间",
    "pole": "一号定位",
    "lat": "纬度",
    "lon": "经度",
    "datum": "坐标系",
    "check_in_s": "签到间隔秒",
    "away_until": "离家至",
    "note": "备注",
    "enabled": "启用",
}
ALSO = {
    "imei": "address",
    "phone": "address",
    "latitude": "lat",
    "longitude": "lon",
    "型号": "profile",
    "设备编号": "id",
    "楼号": "building",
    "房号": "room",
    "点位": "pole",
    "杆号": "pole",
    "居民": "resident",
}
"""Other names people write over the same columns."""

_COLUMN_OF = {**{name: name for name in FIELDS}, **{zh: name for name, zh in CHINESE.items()}, **ALSO}
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"-?\d{1,10}(\.\d{1,15})?")
_CHANGED = re.compile(r"0\d+|\d{12,}|\d+[eE]\d+|\d{1,4}[-/]\d{1,2}([-/]\d{1,4})?")
"""What a spreadsheet shows, and saves, as something else."""


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: the line it begins in and its cells by field."""

    line: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What could be read. `rows` may be there although some findings are."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


def read_table(raw: bytes | str, name: str = "csv") -> Table:
    """Rows by field name; raises nothing."""
    if len(raw) > MAX_BYTES:
        return _refused(name, "the file is too large", f"at most {MAX_BYTES // 1024 // 1024} MB", "文件过大")
    text = raw if isinstance(raw, str) else _decoded(raw)
    if text is None:
        return _refused(
            name, "the file is neither UTF-8 nor GBK", "save it as CSV UTF-8", "文件编码不是 UTF-8 也不是 GBK"
        )
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return Table((), (Finding(name, line, 1, "holds a NUL character", "text", "含有空字符（NUL）"),))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    return _read(_numbered(reader), name)


def write_table(devices: Iterable[Device], language: str = "en") -> str:
    """CSV text, with the mark by which Excel knows UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([CHINESE[name] if language == "zh" else name for name in FIELDS])
    for device in devices:
        writer.writerow([guarded(cell) for cell in as_text(device).values()])
    return "\ufeff" + out.getvalue()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula and none rounds; an apostrophe of its own is doubled."""
    if _NUMBER.fullmatch(cell) and not _CHANGED.fullmatch(cell):
        return cell
    if cell.startswith("'") or _FORMULA.match(cell) or _CHANGED.fullmatch(cell):
        return "'" + cell
    return cell


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return cell.removeprefix("'")


def bad_row(name: str, line: int, problem: Problem, column: int = 1) -> Finding:
    """One reason why a row cannot be taken."""
    return Finding(name, line, column, f"{problem.field}: {problem.message}", "", f"{problem.field}：{problem.zh}")


Line = tuple[int, list[str]]


def _numbered(reader: Iterator[list[str]]) -> Iterator[Line | csv.Error]:
    """Rows with the line each begins in (a quoted cell may hold line ends); a broken row ends the reading."""
    while True:
        line: int = reader.line_num + 1  # type: ignore[attr-defined]  # csv.reader has it, Iterator has not
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield csv.Error(f"{line}", str(error))
            return


def _read(lines: Iterator[Line | csv.Error], name: str) -> Table:
    findings: list[Finding] = []
    rows: list[Row] = []
    columns: list[str | None] | None = None
    for item in lines:
        if isinstance(item, csv.Error):
            findings.append(Finding(name, int(item.args[0]), 1, f"no CSV: {item.args[1]}", "", "不是合法的 CSV"))
            break
        line, cells = item
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns, wrong = _header(name, line, cells)
            findings += wrong
            if wrong:
                break
        elif len(rows) >= MAX_ROWS:
            findings.append(Finding(name, line, 1, "too many rows", f"at most {MAX_ROWS}", "行数过多"))
            break
        else:
            row, wrong = _row(name, line, cells, columns)
            findings += wrong
            rows += [row] if not wrong else []
    if columns is None and not findings:
        findings.append(Finding(name, 1, 1, "there is no header", listed(FIELDS), "没有表头"))
    return Table(tuple(rows), tuple(findings))


def _header(name: str, line: int, cells: list[str]) -> tuple[list[str | None], list[Finding]]:
    if len(cells) > MAX_COLUMNS:
        return [], [Finding(name, line, 1, "too many columns", f"at most {MAX_COLUMNS}", "列数过多")]
    columns: list[str | None] = []
    findings: list[Finding] = []
    for index, cell in enumerate(cells, 1):
        word = unguarded(cell.strip())
        column = _COLUMN_OF.get(word.lower())
        if word and column is None:
            en, zh = meant(word, _COLUMN_OF)
            allowed = listed(FIELDS)
            findings.append(
                Finding(name, line, index, f"unknown column `{word[:40]}`{en}", allowed, f"未知的列 `{word[:40]}`{zh}")
            )
        elif column in columns and column is not None:
            findings.append(Finding(name, line, index, f"column `{column}` is there twice", "", f"列 `{column}` 重复"))
        columns.append(column)
    if "id" not in columns and not findings:
        findings.append(Finding(name, line, 1, "the column `id` is missing", "", "缺少 `编号` 列"))
    return columns, findings


def _row(name: str, line: int, cells: list[str], columns: list[str | None]) -> tuple[Row, list[Finding]]:
    findings = []
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        findings.append(Finding(name, line, len(columns) + 1, "more cells than the header", "", "单元格多于表头"))
    for index, cell in enumerate(cells, 1):
        if len(cell) > MAX_CELL:
            findings.append(Finding(name, line, index, "a cell is too long", f"at most {MAX_CELL}", "单元格内容过长"))
    values = {
        column: unguarded(cell.strip()) for column, cell in zip(columns, cells, strict=False) if column is not None
    }
    return Row(line, values), findings


def _decoded(raw: bytes) -> str | None:
    marked = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _delimiter(text: str) -> str:
    """The separator the first line uses most."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    counts: Mapping[str, int] = {mark: first.count(mark) for mark in (",", ";", "\t")}
    return max(counts, key=lambda mark: counts[mark])


def _refused(name: str, message: str, allowed: str, zh: str) -> Table:
    return Table((), (Finding(name, 0, 0, message, allowed, zh),))
