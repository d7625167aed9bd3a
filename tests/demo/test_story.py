"""The judged story with real programs, as `make demo ARGS="--once --json"` plays it, with fewer events."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.demo import ledger
from edge.demo.judge import judge
from edge.demo.sabotage import Sabotage, spoil
from edge.demo.theatre import LEDGER
from tests.demo.processes import running_under

pytestmark = pytest.mark.e2e

DEMO = [sys.executable, "-m", "edge.demo"]
PATIENCE_S = 240


def play(*more: str, events: int = 1000) -> tuple[int, dict[str, Any]]:
    command = [*DEMO, "--once", "--json", "--events", str(events), *more]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert ended.stdout.count("\n") == 1, ended.stdout + ended.stderr
    return ended.returncode, json.loads(ended.stdout)


@pytest.fixture(scope="module")
def played() -> Iterator[tuple[Path, int, dict[str, Any]]]:
    """The story, played once, and what it left behind."""
    with tempfile.TemporaryDirectory(prefix="ll-") as directory:
        kept = Path(directory) / "story"
        yield kept, *play("--keep", str(kept))


def test_nothing_answered_is_lost_doubled_or_out_of_order_over_a_cut_line_and_two_kills(
    played: tuple[Path, int, dict[str, Any]],
) -> None:
    kept, code, told = played
    assert (code, told["ok"]) == (0, True), told
    assert told["events"] >= 1000
    assert (told["kills"], told["alarms"], len(told["alarm_receipt_ms"])) == (2, 5, 5)
    assert not any(told[rule] for rule in ("lost", "doubled", "out_of_order", "invented", "alarms_wrong"))
    assert running_under(kept) == []


@pytest.mark.parametrize(("how", "rule"), [("lose", "lost"), ("double", "doubled"), ("swap", "out_of_order")])
def test_the_judge_finds_sabotage(
    played: tuple[Path, int, dict[str, Any]], tmp_path: Path, how: str, rule: str
) -> None:
    """On the evidence that a real story left."""
    records = list(ledger.read(played[0] / LEDGER))
    spoil(played[0] / "office" / "office.sqlite", tmp_path / "spoilt.sqlite", Sabotage(how), records, seed=1)
    verdict = judge(records, tmp_path / "spoilt.sqlite")
    assert getattr(verdict, rule) >= 1
    assert not verdict.ok


def test_a_story_with_sabotage_ends_as_a_failure() -> None:
    code, told = play("--sabotage", "swap", events=300)
    assert (code, told["ok"]) == (1, False)
    assert told["out_of_order"] >= 1
    assert told["sabotage"]
