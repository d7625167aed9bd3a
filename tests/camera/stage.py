"""A camera's real process in front of the gateway's real port."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from drivers.camera.wire import FromCamera, Hello, Motion, Report, from_camera
from drivers.ports.camera import CameraPort
from drivers.ports.clock import system_clock
from drivers.ports.memory import Recorder
from edge.camera_link import camera_socket
from edge.demo.authority import Authority

START_S = 30.0


class Process:
    """`linli camera yard`; everything it says in its log."""

    def __init__(self, folder: Path, source: str, settings: Mapping[str, Any] | None = None, **camera: Any) -> None:
        self.log, self._config = folder / "camera.log", folder / "linli.yaml"
        authority = Authority(folder)
        own = authority.client("gw-1")
        port = {"name": "yard", "kind": "camera", "profile": "camera", "source": source, "settings": settings or {}}
        document = {
            "gateway": {"name": "gw-1", "data": str(folder)},
            "centre": {"host": "127.0.0.1", "ca": str(authority.ca), "cert": str(own.cert), "key": str(own.key)},
            "ports": [{**port, **camera}],
        }
        self._config.write_text(json.dumps(document), encoding="utf-8")
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "edge.cli", "camera", "yard", "--config", str(self._config)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self.process

    def end(self, number: int = signal.SIGTERM) -> int:
        """By its own pid; the exit code."""
        if self.process.poll() is None:
            os.kill(self.process.pid, number)
        return self.process.wait(20)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


class Ears:
    """The gateway's port, with everything that came through it."""

    def __init__(self, folder: Path) -> None:
        self.port = CameraPort("yard", camera_socket(folder, "yard"), system_clock, grace_s=60)
        self.recorder = Recorder(lambda line, item: line.settle(item))

    def heard(self) -> list[FromCamera]:
        lines = [item for one in self.recorder.conversations for item in one.items]
        return [said for line in lines if (said := from_camera(line)) is not None]

    def reports(self) -> list[Report]:
        return [said for said in self.heard() if isinstance(said, Report)]

    def motions(self) -> list[Motion]:
        return [said for said in self.heard() if isinstance(said, Motion)]

    def hellos(self) -> list[Hello]:
        return [said for said in self.heard() if isinstance(said, Hello)]


@asynccontextmanager
async def ears(folder: Path) -> AsyncIterator[Ears]:
    made = Ears(folder)
    task = asyncio.create_task(made.port.run(made.recorder))
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], object], what: str, within_s: float = START_S) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, f"not in time: {what}"
        await asyncio.sleep(0.01)
