"""Broker, receiver, desk and gateway as real programs on loopback, in one directory: for demo, tests and benchmarks.

The broker runs the shipped configuration with a throw-away CA. Every program is one that a user would start, is
ended by its process id, and keeps its ports over a kill.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from edge.demo.authority import Authority
from edge.demo.broker_files import free_ports, write_broker_files
from edge.demo.failure import DemoError

START_S = 60.0
HOUSE_BROKER = """\
listener {port} 127.0.0.1
allow_anonymous true
max_queued_messages 0
max_inflight_messages 1000
set_tcp_nodelay true
log_dest stderr
"""


class StageError(DemoError):
    """A program did not start; the text has the end of its log."""


class Program:
    """One process, its log, and the ways it can end."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name, self.command, self.log = name, list(command), log
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """To measure, freeze or kill. Raises StageError when it does not run."""
        if self.process is None:
            raise StageError(f"{self.name} does not run")
        return self.process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.process is not None and self.process.poll() is None

    def start(self, environ: Mapping[str, str] | None = None) -> None:
        """Start it; its output goes to the log."""
        if self.running:
            raise StageError(f"{self.name} runs already")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own programs
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **(environ or {})}
            )

    def signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.running:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill -9, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int | None:
        """SIGTERM and wait; kill -9 after ten seconds. The exit code."""
        return self._end(signal.SIGTERM)

    def wait(self, timeout_s: float) -> int | None:
        """Wait until it ends by itself; None when it did not."""
        if self.process is None:
            return None
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def _end(self, number: int) -> int | None:
        if self.process is None:
            return None
        self.signal(signal.SIGCONT)
        self.signal(number)
        code = self.wait(10.0)
        if code is None:
            self.process.kill()
            code = self.process.wait()
        self.process = None
        return code

    def tail(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""


class Stage:
    """A context manager; `ports` are the gateway's, as in the configuration file."""

    def __init__(
        self,
        directory: Path,
        ports: Sequence[Mapping[str, Any]],
        *,
        gateway: str = "gw-demo",
        config: Mapping[str, Any] | None = None,
        centre: bool = True,
        line_port: int | None = None,
        desk: bool = False,
    ) -> None:
        """`line_port`: where the gateway finds the broker, when something stands between them."""
        self.directory, self.gateway_name = directory, gateway
        self.authority = Authority(directory)
        self.authority.server("broker")
        self.broker_port, self.centre_port, self.blob_port, self.desk_port = free_ports(4)
        self._line_port = line_port or self.broker_port
        self.others: list[Program] = []
        self.kiosk: list[Program] = []
        conf = write_broker_files(directory, self.broker_port, self.centre_port)
        self._mosquitto = mosquitto = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        python = [sys.executable, "-m"]
        self.broker = Program("broker", [mosquitto, "-c", str(conf)], directory / "broker.log")
        self.office_file, self.gateway_file = directory / "office.yaml", directory / "linli.yaml"
        self.office_data, self.gateway_data = directory / "office", directory / "gateway"
        self.api_socket, self.office_socket = directory / "api.sock", directory / "office.sock"
        self._write(self.office_file, {**self._office(), **(self._desk() if desk else {})})
        self._write(self.gateway_file, {**self._gateway(ports, centre=centre), **(config or {})})
        self.receiver = Program(
            "receiver",
            [*python, "edge.cli", "office", "receiver", "--config", str(self.office_file)],
            directory / "receiver.log",
        )
        self.desk = Program(
            "desk", [*python, "edge.cli", "office", "desk", "--config", str(self.office_file)], directory / "desk.log"
        )
        self.gateway = Program(
            "gateway", [*python, "edge.cli", "run", "--config", str(self.gateway_file)], directory / "gateway.log"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        for program in (*self.kiosk, self.desk, self.gateway, self.receiver, self.broker, *self.others):
            program.stop()

    def start(self) -> None:
        """Broker, receiver and gateway, in that order; returns when the gateway hears."""
        self.start_broker()
        self.start_receiver()
        self.start_gateway()

    def start_broker(self) -> None:
        """Start, and return when it listens."""
        self.broker.start()
        self._until(self.broker, lambda: _listens(self.broker_port) and _listens(self.centre_port))

    def start_receiver(self) -> None:
        """Start, and return when its local API is there."""
        self.office_socket.unlink(missing_ok=True)
        self.receiver.start()
        self._until(self.receiver, lambda: _serves(self.office_socket))

    def open_desk(self, password: str, devices: Sequence[str]) -> list[dict[str, str]]:
        """Fill the desk with an example office, start it, and return when it serves; who can sign in."""
        office = [sys.executable, "-m", "edge.cli", "office"]
        owned = [argument for device in devices for argument in ("--device", device)]
        command = [
            *office,
            "example",
            "--config",
            str(self.office_file),
            "--json",
            "--gateway",
            self.gateway_name,
            *owned,
        ]
        told = subprocess.run(command, input=password + "\n", capture_output=True, text=True, check=False)  # noqa: S603
        if told.returncode:
            raise StageError(f"the desk could not be filled: {told.stderr.strip()}")
        self.start_desk()
        made: list[dict[str, str]] = json.loads(told.stdout)
        return made

    def start_desk(self) -> None:
        """Start, and return when its page is there."""
        self.desk.start()
        self._until(self.desk, lambda: _listens(self.desk_port))

    def start_gateway(self, environ: Mapping[str, str] | None = None, *, wait: bool = True) -> None:
        """Start, and return when its local API is there."""
        self.api_socket.unlink(missing_ok=True)
        self.gateway.start(environ)
        if wait:
            self.wait_for_gateway()

    def wait_for_gateway(self) -> None:
        """Return when its local API is there. Raises StageError."""
        self._until(self.gateway, lambda: _serves(self.api_socket))

    def start_house_broker(self, port: int) -> Program:
        """A plain broker as zigbee2mqtt has it; what waits for a gateway that is away is not thrown away."""
        conf = self.directory / "house.conf"
        conf.write_text(HOUSE_BROKER.format(port=port), encoding="utf-8")
        return self.start_other("house broker", [self._mosquitto, "-c", str(conf)], lambda: _listens(port))

    def start_mock_pins(self, path: Path) -> Program:
        """The program that keeps the pins."""
        command = [sys.executable, "-m", "drivers.ports.mockpins", "--socket", str(path)]
        return self.start_other("mock pins", command, lambda: _serves(path))

    def start_camera(self, name: str) -> Program:
        """The process that looks through one camera of the configuration."""
        command = [sys.executable, "-m", "edge.cli", "camera", name, "--config", str(self.gateway_file)]
        return self.start_other(f"camera {name}", command)

    def start_of_kiosk(self, name: str, module: str, *arguments: str, environ: Mapping[str, str]) -> Program:
        """A program of the kiosk's box; it waits for the gateway by itself and ends before everything else."""
        program = Program(name, [sys.executable, "-m", module, *arguments], self.directory / f"{name}.log")
        self.kiosk.append(program)
        program.start(environ)
        return program

    def start_other(self, name: str, command: Sequence[str], ready: Callable[[], bool] = lambda: True) -> Program:
        """Any other program of the neighbourhood; it ends with the stage."""
        program = Program(name, command, self.directory / f"{name.replace(' ', '-')}.log")
        self.others.append(program)
        program.start()
        self._until(program, ready)
        return program

    def _until(self, program: Program, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_S
        while not ready():
            if not program.running or time.monotonic() > deadline:
                raise StageError(f"{program.name} did not start:\n{program.tail()}")
            time.sleep(0.01)

    def _office(self) -> dict[str, Any]:
        centre, door = self.authority.client("centre"), self.authority.server("office")
        ca = str(self.authority.ca)
        return {
            "name": "centre",
            "broker": {
                "host": "127.0.0.1",
                "port": self.centre_port,
                "tls": {"ca": ca, "cert": str(centre.cert), "key": str(centre.key)},
            },
            "data": str(self.office_data),
            "socket": str(self.office_socket),
            "blobs": {
                "host": "127.0.0.1",
                "port": self.blob_port,
                "tls": {"ca": ca, "cert": str(door.cert), "key": str(door.key)},
            },
        }

    def _desk(self) -> dict[str, Any]:
        """On loopback, where nobody needs a second factor to try it."""
        door, key = self.authority.server("desk"), self.directory / "desk.sealing-key"
        key.write_text(base64.b64encode(os.urandom(32)).decode(), encoding="ascii")
        key.chmod(0o600)
        desk = {
            "host": "127.0.0.1",
            "port": self.desk_port,
            "tls": {"cert": str(door.cert), "key": str(door.key)},
            "key": str(key),
            "url": f"https://127.0.0.1:{self.desk_port}",
            "office": "邻里演示街道",
            "anchors": str(self.directory / "anchors"),
            "second_factor": "offered",
            "outcall": {"fake": True, "numbers": ["110"]},
        }
        return {"desk": desk}

    def _gateway(self, ports: Sequence[Mapping[str, Any]], *, centre: bool) -> dict[str, Any]:
        own = self.authority.client(self.gateway_name)
        return {
            "gateway": {"name": self.gateway_name, "data": str(self.gateway_data)},
            "centre": {
                "host": "127.0.0.1",
                "port": self._line_port,
                "ca": str(self.authority.ca),
                "cert": str(own.cert),
                "key": str(own.key),
                "custody": "receipt" if centre else "puback",
                "blob_url": f"https://127.0.0.1:{self.blob_port}",
            },
            "ports": [dict(port) for port in ports],
            "api": {"socket": str(self.api_socket)},
        }

    @staticmethod
    def _write(path: Path, document: Mapping[str, Any]) -> None:
        """JSON is YAML 1.2."""
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")


def _serves(path: Path) -> bool:
    """A socket file is there a moment before somebody listens behind it."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(str(path)) == 0


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
