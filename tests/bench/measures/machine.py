"""How fast the machine was in this run: without it no other figure can be compared with that of another day."""

from __future__ import annotations

import os
import time

from tests.bench.bench import Bench
from tests.bench.figure import Values, quantile

TURNS = 5_000_000
FSYNCS = 200
PAGE = bytes(4096)


def calibrate(bench: Bench) -> Values:
    """A loop in Python, and fdatasync of a page at a time where the stores lie."""
    began, total = time.perf_counter(), 0
    for n in range(TURNS):
        total += n & 7
    loop_s = time.perf_counter() - began
    with bench.directory() as directory, (directory / "page").open("wb", buffering=0) as file:
        syncs_ms = []
        for _ in range(FSYNCS):
            began = time.perf_counter()
            file.write(PAGE)
            os.fdatasync(file.fileno())
            syncs_ms.append((time.perf_counter() - began) * 1000)
    return {
        "gateway.machine.loop": loop_s,
        "gateway.machine.fdatasync_p50": quantile(syncs_ms, 0.5),
        "gateway.machine.fdatasync_p99": quantile(syncs_ms, 0.99),
    }
