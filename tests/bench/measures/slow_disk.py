"""A card that takes 40 ms for every fsync: strace(1) holds each of the gateway's back, as a tired SD card does."""

from __future__ import annotations

import shutil
import time

from tests.bench.bench import Bench
from tests.bench.figure import Unmeasured, Values, quantile
from tests.bench.presses import Pressers
from tests.bench.rig import Rig, RigError

FIGURE = "gateway.disk_p99_slow_fsync"
DELAY_US = 40_000
GAP_S = 0.1
SETTLE_S = 3.0


def press(bench: Bench) -> Values:
    """One press at a time. Only the two calls stop for strace (seccomp), so nothing else is slower."""
    strace = shutil.which("strace")
    if strace is None:
        return {FIGURE: Unmeasured("strace is not installed")}
    with bench.directory() as directory, Rig(directory) as rig:
        calls = "fsync,fdatasync"
        delay = f"inject={calls}:delay_enter={DELAY_US}"
        # -D: the gateway stays our own child, under its own process id
        held = [strace, "-D", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", f"trace={calls}", "-e", delay]
        rig.gateway.command[:0] = held
        rig.start_broker()
        rig.start_receiver()
        rig.start_house_broker(rig.house_port)
        try:
            rig.start_gateway()
        except RuntimeError:
            return {FIGURE: Unmeasured("strace may not trace here")}
        rig.until_line_up()
        with Pressers(rig.tracker_port, bench.load.presses) as elders:
            time.sleep(SETTLE_S)
            elders.press_all(GAP_S)
            took = elders.to_disk_ms()
    if min(took) < DELAY_US / 1000:
        raise RigError(f"an answer after {min(took):.1f} ms: the delay did not work, or the answer did not wait")
    return {FIGURE: quantile(took, 0.99)}
