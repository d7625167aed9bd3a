"""The kiosk crawled from end to end: every control touched, every picture measured in every look, size and language."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.bench.bench import Bench
from tests.bench.figure import Values
from tests.bench.rig import ROOT, RigError

WHOLE = (("--glass", "tall", "--language", "zh"), ("--glass", "tall", "--language", "en"), ("--glass", "short"))
"""Each with lists of 0, 1, the example's and 500 entries, and every scene of the documentation."""
QUICK = (("--glass", "tall", "--count", "-1", "--ways", "first"),)
SUMMARY = re.compile(
    r"^\d+ screens, (?P<pictures>\d+) pictures, (?P<pressed>\d+) controls under a finger, (?P<taps>\d+) taps,"
    r" (?P<findings>\d+) findings$",
    re.MULTILINE,
)


def whole(bench: Bench) -> Values:
    """Two parts at a time: a crawl computes on one core."""
    with ThreadPoolExecutor(2) as beside:
        parts = list(beside.map(_part, QUICK if bench.quick else WHOLE))
    names = ("findings", "pictures", "taps", "pressed")
    return {f"kiosk.crawl_{name}": sum(part[name] for part in parts) for name in names}


def _part(options: tuple[str, ...]) -> dict[str, int]:
    command = [sys.executable, "-m", "tests.kiosk.crawl", *options, "build/crawl"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    found = SUMMARY.search(done.stdout)
    if found is None:
        raise RigError(f"the crawl ended: {done.stderr[-300:]}")
    return {name: int(value) for name, value in found.groupdict().items()}
