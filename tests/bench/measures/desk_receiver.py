"""The receiver beside the desk: how much it takes, and what a drain loses when a second one of its group is killed."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from edge.demo.stage import Program, Stage
from tests.bench.bench import Bench
from tests.bench.figure import Values
from tests.bench.process import cpu_s
from tests.bench.rig import ROOT, Rig, RigError

AS_FAST_AS_IT_GOES = 1_000_000
WARM_S = 2.0
KILLED_AT = 0.3
"""When so much of the backlog is at the centre, the second receiver is killed."""

LOAD = "gw-load"


def rate(bench: Bench) -> Values:
    """A gateway's batches straight to the broker, as fast as they are answered."""
    seconds = 6.0 if bench.quick else 20.0
    with bench.directory() as directory, Stage(directory, []) as stage:
        stage.authority.client(LOAD)
        stage.start_broker()
        stage.start_receiver()
        words = ["--port", stage.broker_port, "--tls", directory, "--name", LOAD]
        words += ["--rate", AS_FAST_AS_IT_GOES, "--seconds", seconds + 2 * WARM_S]
        command = [sys.executable, "-m", "tests.bench.sources.batches", *map(str, words)]
        source = Program("load", command, directory / "load.log")
        source.start({"PYTHONPATH": str(ROOT)})
        try:
            time.sleep(WARM_S)
            before, began, spent = _stored(stage.office_data), time.monotonic(), cpu_s(stage.receiver.pid)
            time.sleep(seconds)
            count, took = _stored(stage.office_data) - before, time.monotonic() - began
            cpu = (cpu_s(stage.receiver.pid) - spent) / count * 10_000
        finally:
            source.kill()
    return {"desk.receiver_rate": count / took, "desk.receiver_cpu": cpu}


def second_killed(bench: Bench) -> Values:
    """A gateway drains 100,000 events to two receivers of one group, with one database; one is killed meanwhile."""
    with bench.directory() as directory, Rig(directory, backlog=bench.backlog()) as rig:
        second = _grouped(rig, directory)
        rig.start_broker()
        rig.start_receiver()
        second.start()
        rig.others.append(second)
        rig.until((directory / "second.sock").exists, 30, "the second receiver")
        rig.start_gateway()
        rig.until(lambda: _stored(rig.office_data) > bench.load.backlog * KILLED_AT, 120, "the drain")
        second.kill()
        rig.until(lambda: rig.waiting() == 0, 240, "every receipt", every_s=0.05)
        return _judged(rig.office_data, bench.load.backlog)


def _grouped(rig: Rig, directory: Path) -> Program:
    """Two configurations of one group with one database."""
    first = json.loads(rig.office_file.read_text(encoding="utf-8"))
    first["group"] = "bench"
    rig.office_file.write_text(json.dumps(first), encoding="utf-8")
    other = {**first, "name": "centre-2", "socket": str(directory / "second.sock")}
    del other["blobs"]
    file = directory / "second.yaml"
    file.write_text(json.dumps(other), encoding="utf-8")
    command = [sys.executable, "-m", "edge.cli", "office", "receiver", "--config", str(file)]
    return Program("second receiver", command, directory / "second.log")


def _judged(office: Path, sent: int) -> Values:
    """Against what the gateway had: every sequence of the lane that held the backlog once."""
    with closing(_opened(office)) as conn:
        row = conn.execute(
            """SELECT count(*), count(DISTINCT e.seq), max(e.seq), s.watermark
               FROM streams s JOIN events e ON e.stream=s.id GROUP BY s.id ORDER BY 1 DESC LIMIT 1"""
        ).fetchone()
    stored, different, top, mark = row or (0, 0, 0, 0)
    if top < sent or mark != top:
        raise RigError(f"the watermark stands at {mark} of {top}, {sent} were waiting")
    return {"desk.second_receiver_lost": top - different, "desk.second_receiver_doubled": stored - different}


def _stored(office: Path) -> int:
    try:
        with closing(_opened(office)) as conn:
            return int(conn.execute("SELECT coalesce(max(n), 0) FROM events").fetchone()[0])
    except sqlite3.OperationalError:  # it is just being made
        return 0


def _opened(office: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{office / 'office.sqlite'}?mode=ro", uri=True)
