"""A gateway with nothing to do: what it holds, what it costs, and how soon it is there."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from statistics import median

from edge.settled import CACHE
from tests.bench.bench import Bench
from tests.bench.figure import Unmeasured, Value, Values, quantile
from tests.bench.presses import Pressers
from tests.bench.process import fine_cpu_s, resident_mb, written_bytes
from tests.bench.rig import Rig

SETTLE_S = 3.0
GAP_S = 0.02
LONE_GAP_S = 0.6
KNOCK_S = 0.002


def rest(bench: Bench) -> Values:
    """Connected, three seconds after its start."""
    with bench.directory() as directory, Rig(directory) as rig:
        rig.start_all()
        time.sleep(SETTLE_S)
        pid, began, before = rig.gateway.pid, time.monotonic(), fine_cpu_s(rig.gateway.pid)
        time.sleep(bench.load.rest_s)
        share = (fine_cpu_s(pid) - before) / (time.monotonic() - began) * 100
        return {"gateway.rest_memory": resident_mb(pid), "gateway.rest_cpu": share}


def press(bench: Bench) -> Values:
    """One press at a time, nothing else happens."""
    with bench.directory() as directory, Rig(directory) as rig:
        rig.start_all()
        with Pressers(rig.tracker_port, bench.load.presses) as elders:
            time.sleep(SETTLE_S)
            elders.press_all(GAP_S)
            disk, receipt = elders.to_disk_ms(), elders.to_receipt_ms(rig)
    return {
        "gateway.disk_p50": quantile(disk, 0.5),
        "gateway.disk_p99": quantile(disk, 0.99),
        "gateway.receipt_p50": quantile(receipt, 0.5),
        "gateway.receipt_p99": quantile(receipt, 0.99),
    }


def start(bench: Bench) -> Values:
    """From the start of the process until a device that keeps knocking has its SOS answered."""
    checked, kept = [], []
    with bench.directory() as directory, Rig(directory) as rig:
        rig.start_broker()
        rig.start_receiver()
        rig.start_house_broker(rig.house_port)
        for n in range(bench.load.starts):
            (directory / CACHE).unlink(missing_ok=True)
            checked.append(_started(rig, 2 * n))
            kept.append(_started(rig, 2 * n + 1))
    return {"gateway.start_checked": median(checked), "gateway.start": median(kept)}


def _started(rig: Rig, elder: int) -> float:
    began = time.perf_counter()
    rig.start_gateway(wait=False)
    rig.until(lambda: _knock(rig.tracker_port), 30, "the gateway listens", every_s=KNOCK_S)
    with Pressers(rig.tracker_port, 1, first=elder) as one:
        one.press()
    took = time.perf_counter() - began
    rig.gateway.stop()
    return took


def _knock(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def lone_events(bench: Bench) -> Values:
    """What one event costs the disk when nothing else happens: its row, its receipt, its deletion."""
    with bench.directory() as directory, Rig(directory) as rig:
        rig.start_all()
        with Pressers(rig.tracker_port, bench.load.lone) as elders:
            time.sleep(SETTLE_S)
            pid = rig.gateway.pid
            alarms = _written(pid, bench.load.lone, elders.press)
            events = _written(pid, bench.load.lone, lambda: _one_door(rig))
    return {"gateway.written_lone": events, "gateway.written_lone_alarm": alarms}


def _one_door(rig: Rig) -> None:
    with rig.source("doors", port=rig.house_port, count=1) as one:
        rig.source_done(one, 10)


def _written(pid: int, times: int, happen: Callable[[], object]) -> Value:
    before = written_bytes(pid)
    for _ in range(times):
        happen()
        time.sleep(LONE_GAP_S)
    wrote = written_bytes(pid) - before
    return wrote / times / 1024 if wrote else Unmeasured("this file system does not count what is written")
