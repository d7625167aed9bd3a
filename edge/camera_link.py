"""The camera process's end of its line to the gateway: connects, reports, and comes back when the gateway does.

Nothing waits for the gateway: a report replaces the one before it, movements wait in a short bounded queue, pictures
stay in the ring and are lost there when nobody asks.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path

from drivers.camera.motion import Moved
from drivers.camera.wire import Ask, Hello, Kept, Motion, NoPicture, Picture, Report, line, to_camera

log = logging.getLogger("linli.camera")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
MAX_MOTIONS = 100
LINE_LIMIT = 4096
MAX_UNSENT = 2 * 1024 * 1024


def camera_socket(data: Path, camera: str) -> Path:
    """Where a camera's process meets the gateway, in the gateway's data directory."""
    return data / f"camera-{camera}.sock"


class CameraLink:
    """On the loop. `answer` is asked for a picture."""

    def __init__(
        self,
        camera: str,
        start: str,
        socket: Path,
        answer: Callable[[Ask], Awaitable[Picture | NoPicture]],
    ) -> None:
        self.connected = False
        self._hello, self._socket, self._answer = Hello(camera, start), socket, answer
        self._report: Report | None = None
        self._motions: deque[Motion] = deque(maxlen=MAX_MOTIONS)
        self._n = 0
        self._writer: asyncio.StreamWriter | None = None
        self._answers: set[asyncio.Task[None]] = set()

    def report(self, report: Report) -> None:
        """How the camera is now."""
        self._report = report
        self._say(line(report))

    def moved(self, moved: Moved) -> None:
        """Something moved; said until the gateway has it on disk. Beyond the bound the oldest goes."""
        self._n += 1
        motion = Motion(self._n, moved.at_s, moved.zone, moved.area)
        self._motions.append(motion)
        self._say(line(motion))

    async def run(self) -> None:
        """Stay connected until cancelled."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(str(self._socket), limit=LINE_LIMIT)
            except OSError as error:
                if pause_s == FIRST_PAUSE_S:
                    log.warning("%s: the gateway is not there (%s)", self._hello.camera, error.strerror)
            else:
                pause_s = FIRST_PAUSE_S
                await self._talk(reader, writer)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        log.warning("%s: connected to the gateway", self._hello.camera)
        self._writer, self.connected = writer, True
        try:
            self._say(line(self._hello))
            if self._report is not None:
                self._say(line(self._report))
            for motion in self._motions:
                self._say(line(motion))
            while text := await reader.readline():
                self._heard(text)
        except (OSError, ValueError):  # ValueError: a line beyond the limit
            pass
        finally:
            self._writer, self.connected = None, False
            for task in self._answers:
                task.cancel()
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            log.warning("%s: the gateway is gone", self._hello.camera)

    def _heard(self, text: bytes) -> None:
        said = to_camera(text)
        if isinstance(said, Kept):
            while self._motions and self._motions[0].n <= said.n:
                self._motions.popleft()
        elif isinstance(said, Ask):
            task = asyncio.create_task(self._show(said), name=f"picture {said.id}")
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)

    async def _show(self, ask: Ask) -> None:
        self._say(line(await self._answer(ask)))

    def _say(self, data: bytes) -> None:
        writer = self._writer
        if writer is None or writer.is_closing():
            return
        if writer.transport.get_write_buffer_size() > MAX_UNSENT:
            writer.transport.abort()  # a gateway that reads nothing; what matters is said again
            return
        writer.write(data)
