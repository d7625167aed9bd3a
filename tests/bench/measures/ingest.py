"""As much as comes: from the bytes of a source to the centre's receipt."""

from __future__ import annotations

import os
import time

from tests.bench.bench import Bench
from tests.bench.figure import Unmeasured, Values
from tests.bench.flow import Flow, watch
from tests.bench.process import confine, fine_cpu_s
from tests.bench.rig import Rig

SETTLE_S = 2.0
STEADY_PER_S = 3000


def doors(bench: Bench) -> Values:
    """zigbee2mqtt's broker as source."""
    with bench.directory() as directory, Rig(directory) as rig:
        rig.start_all()
        rig.listening()
        flow = _through(rig, "doors", bench.load.ingest, port=rig.house_port)
    kilobytes = flow.written / 1024
    return {
        "gateway.mqtt_rate": flow.per_s,
        "gateway.mqtt_cpu": flow.cpu_s["gateway"],
        "gateway.mqtt_cpu_receiver": flow.cpu_s["receiver"],
        "gateway.mqtt_cpu_broker": flow.cpu_s["broker"],
        "gateway.written_burst": kilobytes or Unmeasured("this file system does not count what is written"),
    }


def trackers(bench: Bench) -> Values:
    """GT06 over 200 connections, each position answered after its commit."""
    with bench.directory() as directory, Rig(directory) as rig:
        rig.start_all()
        time.sleep(SETTLE_S)
        flow = _through(rig, "trackers", bench.load.positions, port=rig.tracker_port)
    return {
        "gateway.tcp_rate": flow.per_s,
        "gateway.tcp_cpu": flow.cpu_s["gateway"],
        "gateway.tcp_cpu_receiver": flow.cpu_s["receiver"],
    }


def _through(rig: Rig, source: str, count: int, **options: float) -> Flow:
    pids = {"gateway": rig.gateway.pid, "receiver": rig.receiver.pid, "broker": rig.broker.pid}
    before, held = rig.receipted(), rig.stored()
    with rig.source(source, count=count, **options) as program:
        flow = watch(count, lambda: rig.receipted() - before, pids, lambda: rig.stored() - held)
        rig.source_done(program)
    return flow


def one_core(bench: Bench) -> Values:
    """A steady load, in windows that alternate between one core and all, in the same gateway."""
    load, cores = bench.load, os.sched_getaffinity(0)
    if len(cores) < 2:
        return {"gateway.one_core_difference": Unmeasured("this machine has one core")}
    windows = 2 * load.windows
    spent = {True: 0.0, False: 0.0}
    with bench.directory() as directory, Rig(directory) as rig:
        rig.start_all()
        rig.listening()
        pid = rig.gateway.pid
        count = int(STEADY_PER_S * (windows * load.window_s + 2 * SETTLE_S))
        with rig.source("doors", port=rig.house_port, count=count, rate=STEADY_PER_S):
            before = rig.stored()
            rig.until(lambda: rig.stored() - before > STEADY_PER_S, 30, "the load began")
            for n in range(windows):
                pinned = bool(n & 1)
                confine(pid, {min(cores)} if pinned else cores)
                began, at = fine_cpu_s(pid), rig.stored()
                time.sleep(load.window_s)
                spent[pinned] += (fine_cpu_s(pid) - began) / (rig.stored() - at) * 10_000 / load.windows
    return {
        "gateway.one_core_difference": abs(spent[True] / spent[False] - 1) * 100,
        "gateway.one_core_cpu": spent[True],
        "gateway.all_cores_cpu": spent[False],
    }
