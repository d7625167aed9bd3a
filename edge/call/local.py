"""The gateway's local API, as the call engine uses it: signals out and in, alarms, the line. On the loop, no threads.

    POST /v1/calls/{id}     one signal; 503 where there is no line
    GET  /v1/calls          ndjson, a line for each signal that came down, an empty one every 5 s
    GET  /v1/events         server-sent events: `line`, `alarm.raised`, `alarm.close`
    GET  /v1/kiosk          settings of this box; may be missing
    PUT  /v1/blob           a photo or voice note for a report; DELETE when nobody here wants it any more

Signals leave one after the other: their order is their meaning.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.call.effects import Send
from sync.contract.call_signals import write
from sync.contract.envelope import ContractError, Raw, Struct, decode

log = logging.getLogger("linli.call")

ANSWER_S = 3.0
SILENT_S = 20.0
KEEP_S = 10.0
PAUSES_S = (0.2, 2.0)
MAX_LINE = 128 * 1024
MAX_WAITING = 64


class Down(Struct, frozen=True):
    """A line of the stream."""

    call: str
    signal: Raw


@dataclass(frozen=True, slots=True)
class Heard:
    """Whom the engine lets know."""

    signal: Callable[[str, bytes], None]
    line: Callable[[bool], None]
    alarm: Callable[[str, str, str], None]
    """(what happened, the alarm's id, its device)."""
    unsent: Callable[[Send], None]
    refused: Callable[[Send], None]


class Local:
    """Runs until cancelled; comes back whenever the gateway does."""

    def __init__(self, socket: Path, heard: Heard) -> None:
        self._socket, self._heard = socket, heard
        self._outgoing: asyncio.Queue[Send] = asyncio.Queue(MAX_WAITING)
        self._gone = False

    def send(self, send: Send) -> None:
        """In its turn."""
        try:
            self._outgoing.put_nowait(send)
        except asyncio.QueueFull:
            self._heard.unsent(send)

    async def run(self) -> None:
        """All of it."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send_all(), name="signals out")
            group.create_task(self._again(self._signals), name="signals in")
            group.create_task(self._again(self._events), name="events")

    async def drain(self, timeout_s: float) -> None:
        """What is still to be said, before the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._outgoing.join()

    async def settings(self) -> dict[str, Any]:
        """`GET /v1/kiosk`; empty where it cannot be had."""
        with suppress(OSError, ValueError, TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                status, body = await _ask(self._socket, "GET", "/v1/kiosk", b"")
            value = json.loads(body) if status == 200 else {}
            return value if isinstance(value, dict) else {}
        return {}

    async def keep(self, content: bytes) -> str:
        """A photo or voice note, kept by the gateway for a report to name. Raises OSError."""
        try:
            async with asyncio.timeout(KEEP_S):
                status, body = await _ask(self._socket, "PUT", "/v1/blob", content)
            said = json.loads(body)
        except (ValueError, TimeoutError) as error:
            raise ConnectionError("the gateway did not take the file") from error
        if status != 201 or not isinstance(said, dict):
            raise ConnectionError(f"the gateway did not take the file ({status})")
        return str(said.get("sha256", ""))

    async def throw_away(self, name: str) -> None:
        """Nobody here wants that file any more; a report that names it keeps it as long as it must. Raises OSError."""
        try:
            async with asyncio.timeout(ANSWER_S):
                status, _ = await _ask(self._socket, "DELETE", f"/v1/blob/{name}", b"")
        except (ValueError, TimeoutError) as error:
            raise ConnectionError("the gateway did not take the word") from error
        if status != 204:
            raise ConnectionError(f"the gateway did not throw it away ({status})")

    # --- out

    async def _send_all(self) -> None:
        while True:
            send = await self._outgoing.get()
            try:
                status = await self._post(send)
            finally:
                self._outgoing.task_done()
            if status in {400, 403, 404, 413, 422}:
                log.warning("the gateway refused a %s signal: %d", type(send.signal).__name__.lower(), status)
                self._heard.refused(send)
            elif status != 202:
                self._heard.unsent(send)

    async def _post(self, send: Send) -> int:
        """The status; 0 where there is no gateway."""
        try:
            async with asyncio.timeout(ANSWER_S):
                return (await _ask(self._socket, "POST", f"/v1/calls/{send.call}", write(send.signal)))[0]
        except (OSError, ValueError, TimeoutError):
            return 0

    # --- in

    async def _again(self, read: Callable[[], Any]) -> None:
        pause_s = PAUSES_S[0]
        while True:
            try:
                await read()
                pause_s = PAUSES_S[0]
            except (OSError, ValueError, TimeoutError, asyncio.LimitOverrunError) as error:
                if not self._gone:
                    self._gone = True
                    log.warning("the gateway is not there (%s)", type(error).__name__)
            self._heard.line(False)  # noqa: FBT003 - up
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, PAUSES_S[1])

    def _back(self) -> None:
        if self._gone:
            self._gone = False
            log.warning("the gateway is there again")

    async def _signals(self) -> None:
        is_fresh = True
        async for line in _lines(self._socket, "/v1/calls"):
            self._back()
            if is_fresh:  # nobody else says so: the line itself never changed
                is_fresh = False
                self._heard.line(await self._is_up())
            if line:
                with suppress(ContractError):
                    down = decode(line, Down)
                    self._heard.signal(down.call, bytes(down.signal))

    async def _events(self) -> None:
        kind = ""
        self._heard.line(await self._is_up())
        async for line in _lines(self._socket, "/v1/events?kinds=line,alarm.raised,alarm.close"):
            if line.startswith(b"event:"):
                kind = line[6:].strip().decode(errors="replace")
            elif line.startswith(b"data:"):
                with suppress(ValueError):
                    told = json.loads(line[5:])  # {"at", "data"}
                    self._happened(kind, told.get("data") if isinstance(told, dict) else None)

    async def _is_up(self) -> bool:
        """How the line is, before its first change."""
        status, body = await _ask(self._socket, "GET", "/v1/status", b"")
        said = json.loads(body) if status == 200 else {}
        line = said.get("line") if isinstance(said, dict) else None
        return bool(line.get("up", True)) if isinstance(line, dict) else True

    def _happened(self, kind: str, data: Any) -> None:
        if not isinstance(data, dict):
            return
        if kind == "line":
            self._heard.line(bool(data.get("up")))
        elif kind == "alarm.close" or (data.get("cause") == "sos" and not data.get("test")):
            self._heard.alarm(kind, str(data.get("id", "")), str(data.get("device", "")))


async def _ask(socket: Path, method: str, target: str, body: bytes) -> tuple[int, bytes]:
    """One question and its whole answer."""
    reader, writer = await asyncio.open_unix_connection(str(socket), limit=MAX_LINE)
    try:
        _request(writer, method, target, body)
        status, chunked, length = await _head(reader)
        if chunked:
            return status, b"".join([piece async for piece in _chunks(reader)])
        return status, await reader.readexactly(length) if length is not None else await reader.read(MAX_LINE)
    except asyncio.IncompleteReadError as error:
        raise ConnectionError("the gateway stopped in the middle") from error
    finally:
        writer.close()


async def _lines(socket: Path, target: str) -> AsyncIterator[bytes]:
    """Line by line, until the gateway ends it. Raises OSError, and TimeoutError after a silence."""
    reader, writer = await asyncio.open_unix_connection(str(socket), limit=MAX_LINE)
    try:
        _request(writer, "GET", target, b"")
        status, chunked, _ = await _head(reader)
        if status != 200:
            raise ConnectionError(f"{target.partition('?')[0]}: {status}")
        rest = b""
        async for piece in _chunks(reader) if chunked else _pieces(reader):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                yield line.strip()
            if len(rest) > MAX_LINE:
                raise ConnectionError("a line without an end")
    except asyncio.IncompleteReadError:
        return
    finally:
        writer.close()


def _request(writer: asyncio.StreamWriter, method: str, target: str, body: bytes) -> None:
    head = f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    writer.write(f"{head}\r\n".encode() + body)


async def _head(reader: asyncio.StreamReader) -> tuple[int, bool, int | None]:
    """Status, whether it comes in chunks, and its length."""
    first = (await reader.readuntil(b"\r\n")).split()
    if len(first) < 2 or not first[1].isdigit():
        raise ConnectionError("no answer of HTTP")
    chunked, length = False, None
    while (line := (await reader.readuntil(b"\r\n")).strip()) != b"":
        name, _, value = line.partition(b":")
        if name.lower() == b"transfer-encoding":
            chunked = value.strip().lower() == b"chunked"
        elif name.lower() == b"content-length":
            length = min(int(value), MAX_LINE)
    return int(first[1]), chunked, length


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """RFC 9112 section 7.1."""
    while True:
        async with asyncio.timeout(SILENT_S):
            size = int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16)
            if not 0 <= size <= 8 * MAX_LINE:
                raise ConnectionError("a chunk too large")
            data = await reader.readexactly(size + 2)
        if size == 0:
            return
        yield data[:-2]


async def _pieces(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        async with asyncio.timeout(SILENT_S):
            data = await reader.read(MAX_LINE)
        if not data:
            return
        yield data
