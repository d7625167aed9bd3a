"""The line between gateway and centre, to be cut and mended: a TCP relay that knows nothing of what it carries.

A cut drops every connection and refuses new ones; TLS runs from end to end, so the relay can neither read nor forge.
"""

from __future__ import annotations

import asyncio
import contextlib
import time

CHUNK = 256 * 1024


class CuttableLine:
    """Listens on `port` and relays to `to_port`. `up_at` is the monotonic time of the first connection after a mend."""

    def __init__(self, port: int, to_port: int) -> None:
        self.port, self.to_port = port, to_port
        self.up = False
        self.up_at: float | None = None
        self.changed_at = time.monotonic()
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._relays: set[asyncio.Task[None]] = set()

    async def mend(self) -> None:
        """Let connections through."""
        if self._server is None:
            self._server = await asyncio.start_server(self._relay, "127.0.0.1", self.port)
            self.up, self.up_at, self.changed_at = True, None, time.monotonic()

    async def cut(self) -> None:
        """Drop what is connected, refuse what tries."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            self.up, self.up_at, self.changed_at = False, None, time.monotonic()
        for end in list(self._ends):
            end.transport.abort()
        await asyncio.sleep(0)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        except OSError:
            writer.transport.abort()
            return
        if not self.up:
            writer.transport.abort()
            far_writer.transport.abort()
            return
        self.up_at = self.up_at or time.monotonic()
        ends = {writer, far_writer}
        self._ends |= ends
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_pump(reader, far_writer))
                group.create_task(_pump(far_reader, writer))
        finally:
            self._ends -= ends
            for end in ends:
                end.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()
