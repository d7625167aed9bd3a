"""The kiosk's screen, offscreen: how fast it is there and reacts, and what it takes of the memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from statistics import median
from typing import Any

from tests.bench.bench import Bench
from tests.bench.figure import Values, quantile
from tests.bench.process import cpu_s, resident_mb
from tests.bench.rig import ROOT, RigError
from tests.kiosk.program import ScreenProgram

STARTS = 5
TAPS, QUICK_TAPS = 10_000, 1_000
SETTLED_S = 3.0


def start(bench: Bench) -> Values:
    """Program to first screen, as a service manager sees it: the median, after one start for the caches."""
    seconds, work = [], []
    with bench.directory() as directory, ScreenProgram(directory, "--window") as program:
        program.boot()
        program.end()
        for _ in range(bench.load.starts if bench.quick else STARTS):
            seconds.append(program.boot())
            work.append(cpu_s(program.pid))
            time.sleep(SETTLED_S if len(seconds) == 1 else 0)
            if len(seconds) == 1:
                memory = resident_mb(program.pid)
            program.end()
    return {"kiosk.start": median(seconds), "kiosk.start_cpu": median(work), "kiosk.memory": memory}


def taps(bench: Bench) -> Values:
    """Taps on whatever can be touched, all over the screens."""
    count = QUICK_TAPS if bench.quick else TAPS
    command = [sys.executable, "-m", "tests.bench.sources.kiosk_taps", "--taps", str(count)]
    said: list[str] = []
    with bench.directory() as directory:
        printed = directory / "taps.json"
        with (
            printed.open("wb") as out,
            subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.PIPE, text=True) as running,
        ):
            assert running.stderr is not None
            for line in running.stderr:
                said.append(line)
                if " taps, " in line:
                    bench.say(line.rstrip())
        if running.returncode != 0:
            raise RigError(f"the taps failed: {''.join(said)[-300:]}")
        found: dict[str, Any] = json.loads(printed.read_bytes())
    return {
        "kiosk.tap_p95": quantile(found["reactions"], 0.95),
        "kiosk.tap_max": max(found["reactions"]),
        "kiosk.tap_cpu_max": max(found["reactions_cpu"]),
        "kiosk.page_p95": quantile(found["pages"], 0.95),
        "kiosk.page_cpu_p95": quantile(found["pages_cpu"], 0.95),
        "kiosk.growth": found["last_mb"] - found["first_mb"],
    }
