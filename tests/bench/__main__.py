"""Measure, and say what came out.

python -m tests.bench [--only NAME] [--quick]     NAME: a part (gateway), a scenario (gateway.drain) or its beginning
python -m tests.bench --list
python -m tests.bench --write-docs                put build/bench.json into docs/benchmarks.md
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from edge.terminal import Console
from tests.bench import docs
from tests.bench.bench import FULL, QUICK, Bench
from tests.bench.figure import Row, Scenario, Values
from tests.bench.registry import SCENARIOS
from tests.bench.report import JSON, ROOT, merge, rows_of, show

OK, UNMEASURED, WRONG_USE = 0, 1, 2
LONGEST_PATH = 60


def main() -> int:
    """The exit code: 1 when something was not measured; a missed goal is no failure, because a benchmark is no test."""
    args = _parser().parse_args()
    console = Console(soft_wrap=True)
    if args.write_docs:
        docs.write()
        return OK
    chosen = [s for s in SCENARIOS if not args.only or _within(s.name, args.only)]
    if not chosen:
        console.out(f"nothing is called {args.only}; --list names everything")
        return WRONG_USE
    if args.list:
        for scenario in chosen:
            console.out(f"{scenario.name}: {scenario.title}")
            for figure in scenario.figures:
                console.out(f"    {figure.called(quick=args.quick)}: {figure.what}")
        return OK
    rows = _measure(chosen, console, quick=args.quick)
    whats = {f.called(quick=args.quick): f.what for s in chosen for f in s.figures}
    show(console, rows, whats)
    console.out(f"written to {JSON.relative_to(ROOT)}")
    return OK if all(row.value is not None or _expected(row) for row in rows) else UNMEASURED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="measure Linli's figures")
    parser.add_argument("--only", default="", metavar="NAME", help="a part (gateway), or a scenario (gateway.drain)")
    parser.add_argument("--quick", action="store_true", help="smaller loads: five minutes instead of twenty")
    parser.add_argument("--list", action="store_true", help="name the figures and measure nothing")
    parser.add_argument("--write-docs", action="store_true", help="put the last run into docs/benchmarks.md")
    return parser


def _within(name: str, only: str) -> bool:
    return name == only or name.startswith(only.rstrip(".") + ".")


def _expected(row: Row) -> bool:
    return row.note == "only in a full run"


def _measure(chosen: Sequence[Scenario], console: Console, *, quick: bool) -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="linli-", dir=_disk()) as scratch:
        bench = Bench(
            Path(scratch), quick=quick, load=QUICK if quick else FULL, say=lambda text: console.out(f"  {text}")
        )
        for number, scenario in enumerate(chosen, 1):
            console.out(f"[{number}/{len(chosen)}] {scenario.name}: {scenario.title}")
            began = time.monotonic()
            with console.status("measuring"):
                values, problem = _attempt(scenario, bench)
            new = rows_of(scenario, values, problem, quick=quick)
            rows += new
            merge(JSON, new, _other_names(scenario))
            told = ", ".join(f"{r.name.partition('.')[2]} {'-' if r.value is None else f'{r.value:g}'}" for r in new)
            console.out(f"  {told} ({time.monotonic() - began:.0f} s){f': {problem}' if problem else ''}")
    return rows


def _disk() -> Path:
    """Not /tmp, which is memory on Debian 13. The path must leave room for the name of a Unix socket."""
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    return build if len(str(build)) <= LONGEST_PATH else Path("/var/tmp")


def _other_names(scenario: Scenario) -> list[str]:
    """What the same figures are called in the other kind of run: both beside each other would be of two days."""
    return [name for f in scenario.figures for name in (f.name, f.quick) if name]


def _attempt(scenario: Scenario, bench: Bench) -> tuple[Values | None, str]:
    """One failing measurement says why and does not end the rest."""
    try:
        return scenario.run(bench), ""
    except Exception as error:  # noqa: BLE001 - whatever it is, it becomes the reason of its rows
        return None, f"{type(error).__name__}: {error}"[:400]


if __name__ == "__main__":
    sys.exit(main())
