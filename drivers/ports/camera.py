"""The gateway's end of a camera: a Unix socket at which the camera's own process reports, and is asked for a picture.

The lines are described in `drivers/camera/wire.py`. The conversation gets what the camera says of itself; pictures do
not pass through it, they answer `picture()`. The port is down, once and with the reason, when the process is not there,
says nothing, or says that no picture comes. The newest process of a camera wins. Knows no picture library.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from itertools import count
from math import inf
from pathlib import Path
from typing import Any

from drivers.camera.wire import MAX_LINE, Ask, Kept, Motion, NoPicture, Picture, Report, from_camera, line
from drivers.model import Instant
from drivers.ports.clock import Clock
from drivers.ports.health import Health, pauses
from drivers.ports.port import Conversation, Listener

GRACE_S = 15.0
"""The camera's process is started after the gateway, and comes back on its own after a crash."""

SILENT_S = 30.0
"""Three reports missed."""

LOOK_EVERY_S = 0.5
MAX_ASKED = 16
PAUSES_S = (0.5, 30.0)
NAME_LIMIT = 107
"""`sun_path` of unix(7) without its final zero."""


class NoPictureError(OSError):
    """There is no picture; why, for the record."""


class CameraPort:
    """One camera. Everything but `run` returns at once."""

    def __init__(self, name: str, socket: Path, clock: Clock, *, grace_s: float = GRACE_S) -> None:
        self.name = name
        self._socket, self._clock, self._grace_s = socket, clock, grace_s
        self._line: _CameraLine | None = None
        self._asked: dict[str, asyncio.Future[Picture]] = {}
        self._numbers = count(1)
        self._gone_s = inf

    async def run(self, listener: Listener) -> None:
        """Serve until cancelled; opened again when the socket cannot be made."""
        self._listener, self._health = listener, Health(listener, self._clock)
        waits = pauses(*PAUSES_S)
        try:
            while True:
                try:
                    server = await self._listen()
                except OSError as error:
                    self._health.down(f"its socket cannot be made: {error.strerror or error}")
                    await asyncio.sleep(next(waits))
                    continue
                await self._serve(server)
        finally:
            if self._line is not None:
                self._line.close("the port was closed")
            self._health.tell()

    async def picture(self, at_s: float, timeout_s: float) -> Picture:
        """The picture nearest to this moment. Raises NoPictureError."""
        if self._line is None:
            raise NoPictureError("the camera's process is not connected")
        if len(self._asked) >= MAX_ASKED:
            raise NoPictureError("too many pictures are asked for")
        ask = Ask(f"{next(self._numbers)}", at_s)
        future: asyncio.Future[Picture] = asyncio.get_running_loop().create_future()
        self._asked[ask.id] = future
        self._line.say(line(ask))
        try:
            async with asyncio.timeout(timeout_s):
                return await future
        except TimeoutError:
            raise NoPictureError(f"no answer of the camera's process within {timeout_s:g} s") from None
        finally:
            del self._asked[ask.id]

    async def _listen(self) -> asyncio.Server:
        self._socket.parent.mkdir(parents=True, exist_ok=True)
        if len(bytes(self._socket)) > NAME_LIMIT:
            raise OSError(f"{self._socket} is too long a path for a socket")
        self._socket.unlink(missing_ok=True)  # the gateway's store is locked: no other gateway serves it
        loop = asyncio.get_running_loop()
        server = await loop.create_unix_server(lambda: _CameraLine(self), str(self._socket))
        self._socket.chmod(0o600)
        return server

    async def _serve(self, server: asyncio.Server) -> None:
        self._gone_s = self._clock().monotonic_s
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                self._look(self._clock().monotonic_s)
        finally:
            server.close()
            with contextlib.suppress(OSError):
                self._socket.unlink()

    def _look(self, now_s: float) -> None:
        if self._line is not None and now_s - self._line.heard_s > SILENT_S:
            self._line.close("the camera's process says nothing")
            self._health.down("the camera's process says nothing")
        elif self._line is None and now_s - self._gone_s > self._grace_s:
            self._health.down("the camera's process is not connected")

    # --- from the line

    def opened(self, camera: _CameraLine) -> Conversation:
        """A process connected; the one before it is over."""
        if self._line is not None:
            self._line.close("another process of this camera connected")
        self._line = camera
        return self._listener.opened(camera)

    def ended(self, camera: _CameraLine) -> None:
        """A process is gone."""
        if self._line is camera:
            self._line, self._gone_s = None, self._clock().monotonic_s
            for future in self._asked.values():
                if not future.done():
                    future.set_exception(NoPictureError("the camera's process ended"))

    def heard(self, said: object) -> bool:
        """What concerns the port; whether it is for the conversation as well."""
        if isinstance(said, Picture | NoPicture):
            future = self._asked.get(said.id)
            if future is not None and not future.done():
                if isinstance(said, Picture):
                    future.set_result(said)
                else:
                    future.set_exception(NoPictureError(said.reason))
            return False
        if isinstance(said, Report):
            if said.alive:
                self._health.up()
            else:
                self._health.down(said.reason or "no picture comes")
        return True

    def refuse(self, reason: str) -> None:
        """Count what was turned away."""
        self._health.refuse(reason)

    def now(self) -> Instant:
        """The port's clock."""
        return self._clock()


class _CameraLine(asyncio.Protocol):
    """One connection of a camera's process: a `Line`."""

    def __init__(self, port: CameraPort) -> None:
        self.name = f"{port.name} camera"
        self.heard_s = port.now().monotonic_s
        self._port = port
        self._rest = bytearray()
        self._unsettled: deque[int | None] = deque()
        self._transport: Any = None
        self._conversation: Conversation | None = None
        self._why = "closed by the camera's process"

    # --- asyncio's end

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A process is there."""
        self._transport = transport
        self._conversation = self._port.opened(self)

    def data_received(self, data: bytes) -> None:
        """Lines, cut anywhere."""
        self.heard_s = self._port.now().monotonic_s
        self._rest += data
        *lines, rest = self._rest.split(b"\n")
        self._rest = bytearray(rest)
        for one in lines:
            self._line(bytes(one))
        if len(self._rest) > MAX_LINE:
            self._port.refuse("line too long")
            self.close("a line without an end")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - a process that is gone is gone
        """It is gone."""
        conversation, self._conversation = self._conversation, None
        self._port.ended(self)
        if conversation is not None:
            conversation.closed(self._why)

    def _line(self, text: bytes) -> None:
        said = from_camera(text)
        if self._conversation is None or not self._port.heard(said):
            return
        self._unsettled.append(said.n if isinstance(said, Motion) else None)
        self._conversation.received(text + b"\n", self._port.now())

    # --- the program's end

    def say(self, data: bytes) -> None:
        """To the camera's process."""
        if not self._transport.is_closing():
            self._transport.write(data)

    def write(self, data: bytes) -> None:
        """Line: a camera is owed no answer."""

    def settle(self, item: Any) -> None:  # noqa: ARG002 - in order of arrival
        """Line: what was said is on disk; the camera's process need not say it again."""
        n = self._unsettled.popleft()
        if n is not None:
            self.say(line(Kept(n)))

    def pause(self) -> None:
        """Line: stop reading."""
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Line: read again."""
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def close(self, reason: str) -> None:
        """Line: hang up; the camera's process connects again."""
        self._why = reason
        self._transport.abort()
