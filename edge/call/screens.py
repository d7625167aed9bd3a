"""The socket at which screens meet the engine: wishes in, the newest snapshot out. `sync.contract.call_screen`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sync.contract.call_screen import MAX_LINE, CallSeen, Wish
from sync.contract.envelope import ContractError, decode, encode, replaced

MAX_SCREENS = 8
MAX_UNSENT = 256 * 1024
"""A screen that reads nothing is no screen."""
WISHES_S = 40
"""In a second: ten fingers make fewer."""


class Screens:
    """Serves until closed. `wish`, `came` and `left` are the engine's."""

    def __init__(
        self, path: Path, wish: Callable[[Wish], None], came: Callable[[], None], left: Callable[[], None]
    ) -> None:
        self.refused = 0
        self._path, self._wish, self._came, self._left = path, wish, came, left
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._last = CallSeen(n=0)
        self._n = 0

    async def open(self) -> None:
        """Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, str(self._path), limit=MAX_LINE)
        self._path.chmod(0o660)

    async def close(self) -> None:
        """Every screen is let go."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(OSError):
            self._path.unlink()

    def show(self, seen: CallSeen) -> None:
        """To every screen, if anything is new. Times that only pass are told twice a second at most, by the caller."""
        if replaced(seen, n=self._last.n) == self._last:
            return
        self._n += 1
        self._last = replaced(seen, n=self._n)
        for writer in list(self._writers):
            self._say(writer)

    def _say(self, writer: asyncio.StreamWriter) -> None:
        if writer.is_closing():
            return
        if writer.transport.get_write_buffer_size() > MAX_UNSENT:
            writer.transport.abort()
            return
        writer.write(encode(self._last) + b"\n")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(self._writers) >= MAX_SCREENS:
            writer.close()
            return
        self._tasks.add(task)
        self._writers.add(writer)
        self._came()
        try:
            self._say(writer)
            await self._listen(reader)
        except (OSError, ValueError, asyncio.LimitOverrunError):
            self.refused += 1
        except asyncio.CancelledError:
            pass  # the engine ends; a server's own tasks have nobody who would want to know
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            writer.close()
            self._left()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        loop, window_s, count = asyncio.get_running_loop(), 0.0, 0
        while line := await reader.readline():
            now_s = loop.time()
            if now_s - window_s >= 1.0:
                window_s, count = now_s, 0
            count += 1
            try:
                wish: Wish = decode(line, Wish)  # type: ignore[arg-type]
            except ContractError:
                self.refused += 1
                continue
            if count <= WISHES_S:
                self._wish(wish)
