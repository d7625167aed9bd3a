"""A real mosquitto on loopback, for tests that need one: started, stopped, killed and frozen by its process id."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from edge.demo.authority import Authority
from edge.demo.broker_files import free_ports, write_broker_files

START_S = 30.0
PLAIN = "listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 1000\nset_tcp_nodelay true\n"


class Mosquitto:
    """Keeps its ports over `stop()` or `kill()` and `start()`. Its output is `log`.

    With an authority it runs the shipped configuration: `port` for gateways, `centre_port` for receiver and desk.
    Without one it is an open broker without TLS on `port`, as zigbee2mqtt would use; `extra` is added to its file.
    """

    prefix: Sequence[str] = ()
    """Before its command, to start it somewhere else (tests/net/broker.py)."""

    def __init__(self, directory: Path, authority: Authority | None = None, *, extra: str = "") -> None:
        self.directory = directory
        self.port, self.centre_port = free_ports(2)
        self._both = authority is not None
        self.log = directory / "mosquitto.log"
        self._process: subprocess.Popen[bytes] | None = None
        if authority is not None:
            if not (directory / "broker.key").exists():
                authority.server("broker")
            self._conf = write_broker_files(directory, self.port, self.centre_port)
        else:
            self._conf = directory / "mosquitto.conf"
            self._conf.write_text(PLAIN.format(port=self.port), encoding="utf-8")
        with self._conf.open("a", encoding="utf-8") as file:
            file.write(extra)

    @property
    def pid(self) -> int:
        """The process to measure, freeze or end."""
        assert self._process is not None, "the broker is not running"
        return self._process.pid

    def start(self) -> Self:
        """Start, and return when it listens."""
        assert self._process is None, "the broker is running already"
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen([*self.prefix, program, "-c", self._conf], stdout=log, stderr=log)
        deadline = time.monotonic() + START_S
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"mosquitto did not start:\n{self.log.read_text(encoding='utf-8')}")
            time.sleep(0.01)
        return self

    def stop(self) -> None:
        """End it in order: it saves what it holds."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop in order and start again on the same ports."""
        self.stop()
        self.start()

    def sigstop(self) -> None:
        """Freeze it: connections stay open and nothing is answered."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def sigcont(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.send_signal(signal.SIGCONT)  # frozen, it would not take SIGTERM
            process.wait(START_S)

    def _listens(self) -> bool:
        """On every listener it has: they open one after the other."""
        return all(map(self._connects, (self.port, self.centre_port) if self._both else (self.port,)))

    def _connects(self, port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0
