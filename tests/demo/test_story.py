"""The judged story with real programs, as `make demo ARGS="--once --json"` plays it, with fewer events."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.demo.processes import running_under

pytestmark = pytest.mark.e2e

DEMO = [sys.executable, "-m", "edge.demo"]
PATIENCE_S = 240


def play(*more: str, events: int = 1000) -> tuple[int, dict[str, Any]]:
    command = [*DEMO, "--once", "--json", "--events", str(events), *more]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert ended.stdout.count("\n") == 1, ended.stdout + ended.stderr
    return ended.returncode, json.loads(ended.stdout)


def test_nothing_answered_is_lost_doubled_or_out_of_order_over_a_cut_line_and_two_kills(short_tmp: Path) -> None:
    code, told = play("--keep", str(short_tmp / "story"))
    assert (code, told["ok"]) == (0, True), told
    assert told["events"] >= 1000
    assert (told["kills"], told["alarms"], len(told["alarm_receipt_ms"])) == (2, 5, 5)
    assert not any(told[rule] for rule in ("lost", "doubled", "out_of_order", "invented", "alarms_wrong"))
    assert running_under(short_tmp) == []


@pytest.mark.parametrize(("how", "rule"), [("lose", "lost"), ("double", "doubled"), ("swap", "out_of_order")])
def test_the_judge_finds_sabotage(how: str, rule: str) -> None:
    code, told = play("--sabotage", how, events=500)
    assert (code, told["ok"]) == (1, False)
    assert told[rule] >= 1
    assert told["sabotage"]
