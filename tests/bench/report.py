"""What a run leaves behind: build/bench.json, and the same as a table for a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from edge.terminal import Console, Table, Text
from tests.bench.figure import Row, Scenario, Values, rounded

ROOT = Path(__file__).parents[2]
JSON = ROOT / "build" / "bench.json"


def rows_of(scenario: Scenario, values: Values | None, problem: str, *, quick: bool) -> list[Row]:
    """A row for each figure of a scenario, also of one that failed."""
    command = f"make bench ONLY={scenario.name}" + (" ARGS=--quick" if quick else "")
    rows = []
    for figure in scenario.figures:
        got = None if values is None else values.get(figure.name)
        value = rounded(got) if isinstance(got, int | float) else None
        note = "" if value is not None else getattr(got, "reason", problem or "not measured")
        name = figure.called(quick=quick)
        rows.append(Row(name, value, figure.unit, figure.goal, figure.met(value), command, note))
    return rows


def merge(path: Path, rows: Iterable[Row], gone: Iterable[str]) -> list[dict[str, Any]]:
    """Write the rows into the file; rows of the same names, and those named `gone`, make way, others stay."""
    new = {row.name: row.document() for row in rows}
    dropped = set(gone) - new.keys()
    path.parent.mkdir(parents=True, exist_ok=True)
    by_name = {row["name"]: row for row in read(path) if row["name"] not in dropped}
    merged = list((by_name | new).values())
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(merged, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh.replace(path)
    return merged


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of earlier runs; none when there is no such file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [row for row in found if isinstance(row, dict) and "name" in row]


def verdict(row: Row) -> str:
    """In one word."""
    return {True: "met", False: "MISSED", None: ""}[row.met] if row.value is not None else "not measured"


def show(console: Console, rows: Sequence[Row], whats: dict[str, str]) -> None:
    """As a table on a terminal, else one plain line for each row."""
    if not console.is_terminal:
        width = max(len(row.name) for row in rows)
        for row in rows:
            goal = "" if row.goal is None else f"goal {row.goal:g}"
            value = "-" if row.value is None else f"{row.value:g}"
            line = f"{row.name:<{width}}  {value:>10} {row.unit:<16}  {goal:<12} {verdict(row)} {row.note}"
            console.out(line.rstrip())
        return
    table = Table(box=None, pad_edge=False)
    for title, justify in (("figure", "left"), ("value", "right"), ("unit", "left"), ("goal", "right"), ("", "left")):
        table.add_column(title, justify="right" if justify == "right" else "left")
    table.add_column("what")
    for row in rows:
        style = {True: "green", False: "bold red", None: ""}[row.met]
        value = "-" if row.value is None else f"{row.value:g}"
        goal = "" if row.goal is None else f"{row.goal:g}"
        what = row.note or whats.get(row.name, "")
        table.add_row(row.name, Text(value, style), row.unit, goal, Text(verdict(row), style), what)
    console.print(table)
