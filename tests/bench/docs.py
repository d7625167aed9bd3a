"""Puts the last run into docs/benchmarks.md: the table between two marks, everything else is written by hand."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.registry import SCENARIOS
from tests.bench.report import JSON, ROOT, read

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- last run: written by python -m tests.bench --write-docs -->", "<!-- end of the last run -->"


def write() -> None:
    """Replace what stands between the marks. Raises ValueError when they are not there."""
    page = PAGE.read_text(encoding="utf-8")
    head, found, rest = page.partition(BEGIN)
    _, ended, tail = rest.partition(END)
    if not found or not ended:
        raise ValueError(f"{PAGE.name} has no marks for the last run")
    PAGE.write_text(f"{head}{BEGIN}\n\n{section(read(JSON))}\n{END}{tail}", encoding="utf-8")


def section(rows: Sequence[dict[str, Any]]) -> str:
    """Machine, date, and one table."""
    at = datetime.fromtimestamp(JSON.stat().st_mtime, UTC) if JSON.exists() else datetime.now(UTC)
    return f"{at:%Y-%m-%d}, {machine()}.\n\n{table(rows)}\n"


def table(rows: Sequence[dict[str, Any]]) -> str:
    """GitHub's kind of table; what misses its goal is bold."""
    whats = {name: f.what for s in SCENARIOS for f in s.figures for name in (f.name, f.quick) if name}
    lines = ["| figure | value | unit | goal | met | what |", "|---|---:|---|---:|---|---|"]
    for row in rows:
        value = "not measured" if row["value"] is None else f"{row['value']:g}"
        goal = "" if row["goal"] is None else f"{row['goal']:g}"
        met = {True: "yes", False: "**no**", None: ""}[row["met"]]
        what = row.get("note") or whats.get(row["name"], "")
        lines.append(f"| `{row['name']}` | {value} | {row['unit']} | {goal} | {met} | {what} |")
    return "\n".join(lines)


def machine() -> str:
    """What it ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB; {_system()}, Linux {platform.release()}, "
        f"Python {platform.python_version()}, {_broker()}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    except OSError:
        return "Linux"


def _broker() -> str:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    said = subprocess.run(["mosquitto", "-h"], capture_output=True, text=True, env={"PATH": path}, check=False).stdout
    return said.partition("\n")[0].replace(" version ", " ") or "no mosquitto"
