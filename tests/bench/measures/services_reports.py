"""Reports made without a line, while gateway and kiosk are killed: what the desk has of them in the end."""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from edge.demo.stage import Program, Stage
from tests.bench.bench import Bench
from tests.bench.figure import Values
from tests.bench.rig import RigError

PASSWORD = "seven lamps on a quiet street"
REPORTS, KILLS = 200, 12
PATIENCE_S = 600.0
FILES = """SELECT c.slip, c.number, (SELECT count(*) FROM file_uses u JOIN files f ON f.sha256=u.sha256
               WHERE u.about='case:'||c.number AND f.width>0) AS photos,
           (SELECT count(*) FROM file_uses u JOIN files f ON f.sha256=u.sha256
               WHERE u.about='case:'||c.number AND f.width=0) AS voices
           FROM cases c WHERE c.source='kiosk'"""


def two_hundred(bench: Bench) -> Values:
    """The line is away until all are made; kill -9 for the gateway and the kiosk's sender, twelve times each."""
    with bench.directory() as directory, Stage(directory, [], desk=True) as stage:
        stage.start_broker()
        stage.start_receiver()
        stage.open_desk(PASSWORD, [])
        stage.start_gateway()
        stage.receiver.stop()
        stage.broker.stop()
        folder = directory / "made"
        folder.mkdir()
        began = time.monotonic()
        _made(bench, stage, folder)
        made_s = time.monotonic() - began
        stage.start_broker()
        stage.start_receiver()
        began = time.monotonic()
        _arrived(stage)
        found = _judged(stage, folder)
    return {**found, "services.submissions_200_made": made_s, "services.submissions_200_sent": time.monotonic() - began}


def _made(bench: Bench, stage: Stage, folder: Path) -> None:
    """Until every one of them was said to be kept."""
    chance = random.Random(5)
    command = [sys.executable, "-m", "tests.bench.sources.kiosk_reports", str(stage.api_socket), str(folder), "0"]
    kiosk = Program("kiosk", [*command, str(REPORTS)], folder / "kiosk.log")
    kiosk.start()
    marks = sorted(chance.sample(range(5, REPORTS - 5), 2 * KILLS))
    deadline = time.monotonic() + PATIENCE_S
    while (done := len(list(folder.glob("done-*")))) < REPORTS:
        if time.monotonic() > deadline:
            kiosk.kill()
            raise RigError(f"only {done} of {REPORTS} were made: {kiosk.tail()[-300:]}")
        if marks and done >= marks[0]:
            time.sleep(chance.random() * 0.05)
            _killed(stage, kiosk, gateway=len(marks) % 2 == 0)
            marks.pop(0)
        elif not kiosk.running:
            raise RigError(f"the kiosk ended: {kiosk.tail()[-300:]}")
        time.sleep(0.005)
    kiosk.wait(10.0)
    bench.say(f"{REPORTS} made, {KILLS} kills of each")


def _killed(stage: Stage, kiosk: Program, *, gateway: bool) -> None:
    if gateway:
        stage.gateway.kill()
        stage.start_gateway(wait=False)
    else:
        kiosk.kill()
        kiosk.start()


def _arrived(stage: Stage) -> None:
    """Until nothing waits at the gateway and no file at the desk."""
    store, desk = stage.gateway_data / "linli.db", _desk(stage)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        waits = _ask(store, "SELECT count(*) FROM outbox") + _ask(
            desk, "SELECT count(*) FROM case_blobs WHERE state='wait'"
        )
        if not waits and _ask(desk, "SELECT count(*) FROM cases WHERE source='kiosk'") >= REPORTS:
            return
        time.sleep(0.2)


def _judged(stage: Stage, folder: Path) -> Values:
    made = [json.loads(path.read_text())["number"] for path in folder.glob("report-*.json")]
    with closing(sqlite3.connect(f"file:{_desk(stage)}?mode=ro", uri=True)) as conn:
        rows = conn.execute(FILES).fetchall()
    slips = [slip for slip, _, _, _ in rows]
    return {
        "services.submissions_200_lost": float(sum(number not in slips for number in made)),
        "services.submissions_200_doubled": float(len(slips) - len(set(slips))),
        "services.submissions_200_without_file": float(sum(photos != 1 or voices != 1 for *_, photos, voices in rows)),
    }


def _desk(stage: Stage) -> Path:
    return next(stage.office_data.glob("desk*.sqlite"))


def _ask(path: Path, query: str) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
        return int(conn.execute(query).fetchone()[0])
