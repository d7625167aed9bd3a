"""The receiver's stream of call signals, read on a thread of its own and handed to the loop in order."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from office.client import NotRunning
from sync.contract.envelope import ContractError, Raw, Struct, decode
from sync.unix_http import Stream, Unreachable

MOST_WAITING = 1000
"""Beyond it the stream is ended and begun anew: a missing signal must not go unnoticed."""

SILENT_S = 15.0
"""The receiver says something every 5 s."""


class Signal(NamedTuple):
    """One signal, as it came."""

    gateway: str
    call: str
    payload: bytes


Signalled = Signal | None
"""None: the stream has begun; what was said before is lost."""


class _Line(Struct, frozen=True):
    gateway: str
    call: str
    signal: Raw


async def listen(socket: Path) -> AsyncGenerator[Signalled, None]:
    """Signals from now on. Raises NotRunning when nobody answers, or the stream ends."""
    reader = _Reader(socket, asyncio.get_running_loop())
    reader.thread.start()
    try:
        while True:
            yield await reader.next()
    finally:
        reader.close()


class _Reader:
    def __init__(self, socket: Path, loop: asyncio.AbstractEventLoop) -> None:
        self.thread = threading.Thread(target=self._read, args=(socket,), name="call signals", daemon=True)
        self._loop = loop
        self._queue: asyncio.Queue[Signalled | NotRunning] = asyncio.Queue()
        self._stream: Stream | None = None
        self._closed = False
        self._lock = threading.Lock()

    async def next(self) -> Signalled:
        news = await self._queue.get()
        if isinstance(news, NotRunning):
            raise news
        return news

    def close(self) -> None:
        with self._lock:
            self._closed, stream = True, self._stream
        if stream is not None:
            stream.close()

    def _read(self, socket: Path) -> None:
        try:
            stream = Stream(socket, "/v1/calls", timeout_s=SILENT_S)
            with self._lock:
                self._stream = stream
                closed = self._closed
            with stream:
                if closed:
                    return
                if stream.status != 200:
                    raise Unreachable(f"answered {stream.status}")  # noqa: TRY301 - as any other end
                self._say(None)
                for line in stream.lines():
                    if line and self._queue.qsize() > MOST_WAITING:
                        raise Unreachable("the desk is too slow for its signals")  # noqa: TRY301
                    if line and (signal := _signal(line)) is not None:
                        self._say(signal)
                raise Unreachable("the stream ended")  # noqa: TRY301
        except Unreachable as error:
            self._say(NotRunning(f"no call signals from the receiver: {error}"))

    def _say(self, news: Signalled | NotRunning) -> None:
        if not self._closed:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(self._queue.put_nowait, news)


def _signal(line: bytes) -> Signal | None:
    try:
        read = decode(line, _Line)
    except ContractError:
        return None
    return Signal(read.gateway, read.call, bytes(read.signal))
