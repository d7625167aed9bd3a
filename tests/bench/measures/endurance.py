"""Hours in short: does memory grow under a steady load, and does the line come back after a long outage?

Both wait far more than they work, so they wait together; no figure of either is a time of the machine.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from tests.bench.bench import Bench
from tests.bench.figure import Unmeasured, Value, Values
from tests.bench.measures import outage
from tests.bench.process import resident_mb
from tests.bench.rig import Rig

PER_S = 200
WARM_UP, WARM_UP_PER_S = 30_000, 1_000
"""More events than the gateway keeps keys of, by which it knows repeats: what has a bound has reached it."""

SETTLE_S = 10.0
SAMPLES = 9
SAMPLE_GAP_S = 0.5


def endure(bench: Bench) -> Values:
    """One failing does not end the other."""
    with ThreadPoolExecutor(2) as pool:
        growing = pool.submit(_growth, bench)
        back = pool.submit(outage.long, bench)
        results: dict[str, Value] = {}
        for name, future in (("gateway.growth", growing), ("gateway.back_on_line_long", back)):
            error = future.exception()
            results[name] = future.result() if error is None else Unmeasured(str(error))
    return results


def _growth(bench: Bench) -> Value:
    load = bench.load
    seconds = SETTLE_S + load.growth_s + 2 * SAMPLES * SAMPLE_GAP_S + 10
    with bench.directory() as directory, Rig(directory) as rig:
        rig.start_all()
        rig.listening()
        with rig.source("doors", port=rig.house_port, count=WARM_UP, rate=WARM_UP_PER_S) as warm_up:
            rig.source_done(warm_up)
        with rig.source("doors", port=rig.house_port, count=int(PER_S * seconds), rate=PER_S):
            time.sleep(SETTLE_S)
            before, stored = _resident_mb(rig), rig.stored()
            time.sleep(load.growth_s)
            grown = _resident_mb(rig) - before
            if rig.stored() - stored < PER_S * load.growth_s * 0.98:
                return Unmeasured("the load did not come at its rate")
    return grown


def _resident_mb(rig: Rig) -> float:
    """The middle of a few looks: between them lies a burst or a collection."""
    looks = []
    for _ in range(SAMPLES):
        looks.append(resident_mb(rig.gateway.pid))
        time.sleep(SAMPLE_GAP_S)
    return median(looks)
