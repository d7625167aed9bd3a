"""The screen as systemd starts it: a process of its own that says when it is ready and that it lives."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from kiosk_ui.wiping import ENVIRONMENT

ROOT = Path(__file__).parents[2]


class ScreenProgram:
    """Started when entered, killed when left. `boot` starts it anew, as a service manager does."""

    def __init__(self, folder: Path, *arguments: str, watchdog_s: float = 0.6, by_hand: bool = False) -> None:
        """`by_hand`: without the environment of its unit."""
        self._folder, self._arguments, self._watchdog_s = folder, arguments, watchdog_s
        self._unit = {} if by_hand else ENVIRONMENT
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notify.bind(str(folder / "notify"))
        self.log = folder / "screen.log"
        self.process: subprocess.Popen[bytes] | None = None

    def boot(self) -> float:
        """Start it; seconds until its first screen was on the glass."""
        began = time.monotonic()
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "QT_QUICK_BACKEND": "software",
            "NOTIFY_SOCKET": str(self._folder / "notify"),
            "WATCHDOG_USEC": str(int(self._watchdog_s * 1e6)),
            "PYTHONPATH": str(ROOT),
            **self._unit,
        }
        for name in ("WATCHDOG_PID", "PYTHONDONTWRITEBYTECODE"):  # an installed program is compiled
            environment.pop(name, None)
        sockets = ("--api", str(self._folder / "api.sock"), "--call", str(self._folder / "call.sock"))
        command = [sys.executable, "-m", "kiosk_ui", *sockets, *self._arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self._folder, env=environment, stdout=log, stderr=log)
        self.told("READY=1", 20)
        return time.monotonic() - began

    def told(self, word: str, within_s: float) -> None:
        """Wait until it says that."""
        deadline = time.monotonic() + within_s
        while (left := deadline - time.monotonic()) > 0:
            self._notify.settimeout(left)
            try:
                if word in self._notify.recv(4096).decode().splitlines():
                    return
            except TimeoutError:
                break
        raise AssertionError(f"not within {within_s} s: {word}; {self.log.read_text()[-500:]}")

    def silent(self) -> None:
        """Forget what was said."""
        self._notify.settimeout(0)
        try:
            while self._notify.recv(4096):
                pass
        except BlockingIOError:
            self._notify.settimeout(None)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send that signal and wait; the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        self._notify.close()
