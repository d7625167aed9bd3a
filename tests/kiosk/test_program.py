"""The screen as a process: ready, alive, told to end, killed and back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk_ui.code import fits
from kiosk_ui.program import parse
from kiosk_ui.qt.faults import FAULT
from kiosk_ui.theme import Glass
from kiosk_ui.wiping import ENVIRONMENT
from tests.bench.process import cpu_s
from tests.kiosk.program import ROOT, ScreenProgram

UNIT = (ROOT / "systemd" / "linli-kiosk.service").read_text("utf-8").splitlines()


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="screen") as name:  # a socket's path is short
        yield Path(name)


def test_it_is_ready_with_its_first_screen_feeds_the_watchdog_and_ends_when_told(folder: Path) -> None:
    with ScreenProgram(folder, "--window") as program:
        program.boot()
        program.silent()
        program.told("WATCHDOG=1", 5)
        assert program.end() == 0
        program.told("STOPPING=1", 1)


def test_killed_it_is_back_on_home_within_three_seconds_of_work(folder: Path) -> None:
    """Counted is the time of the processor: who else uses this machine is no fault of the screen.

    `kiosk.start` of the benchmarks is the same by the clock of the wall.
    """
    setting = next(line for line in UNIT if line.startswith("RestartSec="))
    again_s = float(setting.removeprefix("RestartSec=").removesuffix("ms")) / 1000
    with ScreenProgram(folder, "--window") as program:
        program.boot()
        assert program.end(signal.SIGKILL) == -signal.SIGKILL
        program.boot()
        assert again_s + cpu_s(program.pid) <= 3


def test_started_by_hand_it_starts_itself_anew_with_memory_that_is_wiped(folder: Path) -> None:
    with ScreenProgram(folder, "--window", by_hand=True) as program:
        program.boot()
        environment = Path(f"/proc/{program.pid}/environ").read_text("ascii", "replace").split("\0")
        assert {f"{name}={value}" for name, value in ENVIRONMENT.items()} <= set(environment)


def test_without_gateway_and_call_engine_it_shows_its_screen_and_says_once_what_is_missing(folder: Path) -> None:
    with ScreenProgram(folder, "--window") as program:
        program.boot()
        program.silent()
        for _ in range(12):
            program.told("WATCHDOG=1", 5)
        program.end()
        assert program.log.read_text().count("no gateway") == 1


FAULTY = """
import sys, threading
from PySide6.QtCore import QTimer
from kiosk_ui.qt.app import application
from kiosk_ui.qt.faults import end_on_faults
def fault():
    raise ValueError("13800000000")
app = application(["x"])
end_on_faults(app.exit)
where = {"drawing": fault, "thread": lambda: threading.Thread(target=fault).start()}[sys.argv[1]]
QTimer.singleShot(0, where)
QTimer.singleShot(5000, lambda: app.exit(0))
sys.exit(app.exec())
"""


@pytest.mark.parametrize("where", ["drawing", "thread"])
def test_a_fault_of_ours_ends_the_screen_and_says_where_but_not_with_what(where: str) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", FAULTY, where]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == FAULT
    assert "ValueError at <string>:7" in done.stderr
    assert "13800000000" not in done.stderr


def test_a_wrong_option_is_said_without_loading_qt() -> None:
    program = """
import sys
from kiosk_ui.program import main
try:
    main(["--size", "large"])
except SystemExit as ended:
    print(ended.code, "PySide6" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["2", "False"]
    assert "1080x1920" in done.stderr


def test_a_new_code_comes_as_the_line_of_the_configuration() -> None:
    command = [sys.executable, "-m", "kiosk_ui", "--new-code"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, input="246813\n")
    name, _, line = (done.stdout + done.stderr).strip().partition(": ")
    assert name == "installer_code"
    assert fits("246813", line)
    for poor in ("12345", "abcdef", ""):
        refused = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, input=f"{poor}\n")
        assert refused.returncode == 2


def test_the_glass_can_be_told_on_the_command_line() -> None:
    given = parse(["--size", "800x1280", "--mm", "135x216", "--distance-mm", "400", "--window", "--language", "en"])
    assert given.glass == Glass(800, 1280, 135, 216, 400)
    assert (given.fullscreen, given.language) == (False, "en")
    assert parse([]).glass is None
