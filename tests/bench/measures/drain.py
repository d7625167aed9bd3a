"""A hundred thousand events wait and the line is back: how fast they go, and whether an alarm waits behind them."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack

from edge.demo.broker_files import free_ports
from tests.bench.bench import Bench
from tests.bench.figure import Values, quantile
from tests.bench.flow import watch
from tests.bench.listener import Listener
from tests.bench.presses import Pressers
from tests.bench.rig import Rig, RigError

GAP_S = 0.02
ELDERS = 100
SLOW_GAP_S = 0.5
MBIT = 1.0
ONE_WAY_MS = 100.0
LAST = 2_000
"""A press that finds fewer waiting is not counted as one during the drain."""


def to_receipt(bench: Bench) -> Values:
    """With nothing else to do."""
    with bench.directory() as directory, Rig(directory, backlog=bench.backlog()) as rig:
        rig.start_broker()
        rig.start_receiver()
        rig.start_gateway(wait=False)
        flow = watch(bench.load.backlog, rig.receipted, {"gateway": rig.gateway.pid, "receiver": rig.receiver.pid})
    return {
        "gateway.drain_rate": flow.per_s,
        "gateway.drain_cpu": flow.cpu_s["gateway"],
        "gateway.drain_cpu_receiver": flow.cpu_s["receiver"],
    }


def by_puback(bench: Bench) -> Values:
    """To a broker with one subscriber that only counts."""
    with (
        bench.directory() as directory,
        Rig(directory, custody="puback", backlog=bench.backlog()) as rig,
        ExitStack() as stack,
    ):
        rig.start_broker()
        stack.enter_context(Listener(rig, "linli/v1/+/up/events", qos=0))
        rig.start_gateway(wait=False)
        flow = watch(bench.load.backlog, rig.receipted, {"gateway": rig.gateway.pid})
    return {"gateway.drain_rate_puback": flow.per_s}


def press_meanwhile(bench: Bench) -> Values:
    """Presses while the backlog goes; those that came when it was gone do not count."""
    disk, receipt = list[float](), list[float]()
    for _ in range(bench.load.drains):
        with bench.directory() as directory, Rig(directory, backlog=bench.backlog()) as rig:
            rig.start_broker()
            rig.start_receiver()
            rig.start_gateway(wait=False)
            rig.until_line_up()
            with Pressers(rig.tracker_port, ELDERS) as elders:
                elders.press_all(GAP_S, until=lambda: rig.waiting() < LAST)
                disk += elders.to_disk_ms()
                receipt += elders.to_receipt_ms(rig)
    return {
        "gateway.disk_p99_draining": quantile(disk, 0.99),
        "gateway.receipt_p99_draining": quantile(receipt, 0.99),
    }


def press_on_slow_line(bench: Bench) -> Values:
    """The same through 1 Mbit/s with 200 ms round trip."""
    (line,) = free_ports(1)
    with bench.directory() as directory, Rig(directory, backlog=bench.backlog(), line_port=line) as rig:
        rig.start_broker()
        rig.start_receiver()
        shaping = [sys.executable, "-m", "tests.bench.shaper", "--listen", str(line), "--to", str(rig.broker_port)]
        rig.start_other("line", [*shaping, "--mbit", str(MBIT), "--delay-ms", str(ONE_WAY_MS)])
        rig.start_gateway(wait=False)
        rig.until_line_up()
        began, before = time.monotonic(), rig.receipted()
        with Pressers(rig.tracker_port, bench.load.presses_on_slow_line) as elders:
            elders.press_all(SLOW_GAP_S)
            receipt = elders.to_receipt_ms(rig)
        per_s = (rig.receipted() - before) / (time.monotonic() - began)
        if rig.waiting() < LAST:
            raise RigError("the backlog was gone before the last press")
    return {"gateway.receipt_p99_slow_line": quantile(receipt, 0.99), "gateway.drain_rate_slow_line": per_s}
