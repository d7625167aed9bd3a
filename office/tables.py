"""Lists of the receiver as plain text for a terminal: fixed columns, Chinese characters two wide."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import east_asian_width

COLUMNS = {
    "alarms": ("received_at", "stage", "cause", "gateway", "device", "presses", "test", "acknowledged_by", "id"),
    "devices": ("gateway", "device", "profile", "registered", "last_type", "last_received"),
    "gateways": ("gateway", "online", "silent", "heard_at", "lanes", "missing", "epoch"),
    "gaps": ("gateway", "lane", "first", "last", "since", "epoch"),
    "losses": ("gateway", "lane", "first", "last", "reason", "at"),
    "awaited": ("gateway", "event", "at", "sha256"),
    "quarantine": ("at", "gateway", "topic", "times", "place", "reason"),
    "presence": ("department", "there", "waiting", "at"),
}

WIDEST = 48


def table(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows of that list, or a line that says there are none."""
    if not rows:
        return f"no {name}"
    columns = COLUMNS[name]
    lines = [list(columns), *([_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(columns))]
    return "\n".join("  ".join(_padded(c, w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
