"""The broker is away: what the gateway holds in memory meanwhile, how soon it is back, and an alarm of that time."""

from __future__ import annotations

import time

from tests.bench.bench import Bench
from tests.bench.figure import Unmeasured, Value, Values
from tests.bench.presses import Pressers
from tests.bench.process import resident_mb
from tests.bench.rig import Rig, RigError

SETTLE_S = 2.0
BEFORE_RETURN_S = 2.0
WARM_UP = 5_000


def one_minute(bench: Bench) -> Values:
    """The broker is killed, a hundred thousand doors move, somebody presses, and it returns."""
    load = bench.load
    with bench.directory() as directory, Rig(directory) as rig:
        rig.start_all()
        rig.listening()
        with rig.source("doors", port=rig.house_port, count=WARM_UP) as warm_up:
            rig.source_done(warm_up)
        rig.until(lambda: rig.waiting() == 0, 30, "the warm-up is receipted")
        time.sleep(SETTLE_S)
        before = resident_mb(rig.gateway.pid)
        rig.broker.kill()
        returns_at = time.monotonic() + load.outage_s
        with rig.source("doors", port=rig.house_port, count=load.backlog) as doors:
            rig.source_done(doors)
        rig.until(lambda: rig.waiting() >= load.backlog, 60, "everything waits")
        with Pressers(rig.tracker_port, 1) as elder:
            time.sleep(max(0.0, returns_at - time.monotonic() - BEFORE_RETURN_S))
            waiting = resident_mb(rig.gateway.pid) - before
            elder.press()
            time.sleep(max(0.0, returns_at - time.monotonic()))
            back_s, up_at = _return(rig)
            (took_ms,) = elder.to_receipt_ms(rig, within_s=60)
            alarm_ms = (elder.pressed[0].at - up_at) * 1000 + took_ms
    return {
        "gateway.waiting_memory": waiting,
        "gateway.back_on_line": back_s,
        "gateway.alarm_after_outage": alarm_ms,
    }


def long(bench: Bench) -> Value:
    """More than two minutes: by then the gateway tries less often."""
    if not bench.load.long_outage_s:
        return Unmeasured("only in a full run")
    with bench.directory() as directory, Rig(directory) as rig:
        rig.start_all()
        rig.broker.kill()
        time.sleep(bench.load.long_outage_s)
        return _return(rig)[0]


def _return(rig: Rig) -> tuple[float, float]:
    """Seconds from the moment the broker listens until the line is up, and the wall time of that moment."""
    said = len(rig.gateway.log.read_bytes())
    rig.start_broker()
    began = time.monotonic()
    try:
        rig.until_line_up(said)
    except RigError as error:
        raise RigError("not back on the line within a minute") from error
    return time.monotonic() - began, time.time()
