"""The only door to aiohttp: routes of ours in, HTTP and WebSockets out, over a Unix socket or over TLS.

Handlers know `Ask`, `Reply` and `Socket`, and no library. Every reply says `nosniff` and `sandbox`; who offers a page
says otherwise in the headers of its reply.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from aiohttp import ClientError, WSMsgType, web

from office.parcel import understand
from sync.contract.envelope import ContractError, encode

log = logging.getLogger("linli.office.web")

T = TypeVar("T")

CHUNK = 256 * 1024
BODY_LIMIT = 256 * 1024
WS_LIMIT = 16 * 1024
WS_HEARTBEAT_S = 10.0
STALLED_S = 30.0
"""A client from whom nothing comes for this long has gone; what it sent is kept."""
LEAST_PER_S = 256
"""Bytes of a body, on average after `STALLED_S`: a byte now and then keeps nobody waiting for ever."""
UNREAD_S = 10.0
"""A page that takes nothing for this long is let go."""
SILENT_S = 20.0
"""In this time a connection has said its first request whole, or it is closed."""
BETWEEN_S = 75.0
"""The same for each further request (the library's own default is an hour)."""
LOOK_S = 5.0

_SAFE = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Security-Policy": "sandbox"}
_ALWAYS = {**_SAFE, "Strict-Transport-Security": "max-age=31536000"}
"""Also what the library itself answers. Browsers heed the last one over TLS only (RFC 6797, 8.1)."""


class Gone(ConnectionError):  # noqa: N818 - reads as the state it is
    """The client went away in the middle of its body."""


class Refused(ValueError):  # noqa: N818 - reads as what it is
    """The request cannot be followed; the text is for whoever asked."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. `peer` is the common name of the client's certificate; `names` are the parts of the path.

    `remote` is the address it came from.
    """

    method: str
    names: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    length: int | None
    peer: str
    body: Callable[[], AsyncIterator[bytes]]
    remote: str = ""

    async def content(self, most: int = BODY_LIMIT) -> bytes:
        """The whole body. Raises Refused when it is larger than that."""
        content = bytearray()
        async for chunk in self.body():
            content += chunk
            if len(content) > most:
                raise Refused("the body is too large", 413)
        return bytes(content)

    async def message(self, shape: type[T]) -> T:
        """The body as a message of that shape. Raises Refused."""
        content = await self.content()
        try:
            return understand(content, shape)
        except ContractError as error:
            raise Refused(str(error)) from None

    def number(self, name: str, default: int | None = None, *, most: int = 2**62) -> int | None:
        """A whole number of the query. Raises Refused."""
        text = self.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and int(text[:20]) <= most):
            raise Refused(f"{name} is a number up to {most}, not {text[:40]!r}")
        return int(text)


@dataclass(frozen=True, slots=True)
class FilePart:
    """Bytes of a file to send."""

    path: Path
    first: int
    length: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: bytes, a part of a file, or a stream that ends when either end does."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    file: FilePart | None = None
    stream: AsyncGenerator[bytes, None] | None = None
    content_type: str = "application/json"


class Socket:
    """A WebSocket that stands: text out, text in, until either end leaves."""

    def __init__(self, socket: web.WebSocketResponse, drop: Callable[[], None]) -> None:
        self._socket, self._drop = socket, drop

    async def say(self, text: str) -> None:
        """Raises Gone when nobody is there any more, or nobody reads."""
        try:
            async with asyncio.timeout(UNREAD_S):
                await self._socket.send_str(text)
        except (ConnectionError, RuntimeError, TimeoutError) as reason:
            self._drop()
            raise Gone(str(reason)) from None

    async def heard(self) -> AsyncIterator[str]:
        """What the other end says; ends when it leaves, or says anything but text."""
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                return
            yield str(message.data)

    async def close(self, code: int, reason: str) -> None:
        """Code as in RFC 6455, section 7.4."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(UNREAD_S):
                await self._socket.close(code=code, message=reason.encode()[:120])


@dataclass(frozen=True, slots=True)
class Talk:
    """A reply that goes on as a WebSocket: `hold` runs until it returns or the other end has left."""

    hold: Callable[[Socket], Awaitable[None]]


Handler = Callable[[Ask], Awaitable[Reply | Talk]]
Route = tuple[str, str, Handler]


def said(value: object, status: int = 200, **headers: str) -> Reply:
    """A value as JSON. Underscores in header names stand for dashes."""
    return Reply(status, encode(value), {name.replace("_", "-"): text for name, text in headers.items()})


def error(status: int, text: str, **headers: str) -> Reply:
    """What went wrong, for whoever asked."""
    return said({"error": text}, status, **headers)


class Server:
    """Serves routes until it is closed."""

    def __init__(self, routes: Sequence[Route]) -> None:
        app = web.Application(client_max_size=BODY_LIMIT)
        app.on_response_prepare.append(_make_safe)
        self._streams: set[asyncio.Task[object]] = set()
        for method, path, handler in routes:
            app.router.add_route(
                method, path, _adapt(handler, self._spoke, self._streams), expect_handler=_continue_later
            )
        self._runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            shutdown_timeout=2.0,
            keepalive_timeout=BETWEEN_S,
            auto_decompress=False,  # a few bytes can become gigabytes; nobody of ours sends them
        )
        self._since: dict[object, float] = {}
        self._looking: asyncio.Task[None] | None = None
        self._unix: Path | None = None

    def _spoke(self, request: web.Request) -> None:
        self._since[request.protocol] = float("inf")

    async def _close_silent(self) -> None:
        """Whoever says nothing, or its first words letter by letter, gives its place to others."""
        while True:
            now = asyncio.get_running_loop().time()
            there = self._runner.server.connections if self._runner.server else []
            self._since = {connection: self._since.get(connection, now) for connection in there}
            for connection in there:
                if now - self._since[connection] > SILENT_S:
                    connection.force_close()
                    if connection.transport is not None:
                        connection.transport.abort()
            await asyncio.sleep(LOOK_S)

    async def listen_unix(self, path: Path) -> None:
        """On a socket file for its owner and group. Raises OSError when someone else serves there."""
        await self._runner.setup()
        _free(path)
        old = os.umask(0o117)
        try:
            await web.UnixSite(self._runner, str(path)).start()
        finally:
            os.umask(old)
        self._unix = path

    async def listen_tls(self, host: str, port: int, context: ssl.SSLContext) -> int:
        """On a network address; the port (for port 0)."""
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port, ssl_context=context).start()
        self._looking = asyncio.create_task(self._close_silent(), name="silent connections")
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening; streams end, requests under way get two seconds."""
        for task in self._streams:
            task.cancel()
        if self._looking is not None:
            self._looking.cancel()
        await self._runner.cleanup()
        if self._unix is not None:
            self._unix.unlink(missing_ok=True)


def server_context(ca: Path, cert: Path, key: Path) -> ssl.SSLContext:
    """TLS that lets in only who has a certificate of this authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(ca)
    context.load_cert_chain(cert, key)
    return context


def page_context(cert: Path, key: Path) -> ssl.SSLContext:
    """TLS for browsers: whoever comes is let in, and says by a session who it is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(cert, key)
    return context


def _adapt(
    handler: Handler, spoke: Callable[[web.Request], None], streams: set[asyncio.Task[object]]
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        spoke(request)
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            return await _send(request, error(415, "send it as it is, without Content-Encoding"))
        ask = Ask(
            request.method,
            dict(request.match_info),
            dict(request.query),
            request.headers,
            request.content_length,
            _peer(request),
            lambda: _body(request),
            request.remote or "",
        )
        try:
            reply = await handler(ask)
        except Refused as refused:
            reply = error(refused.status, str(refused))
        except Gone:
            raise web.HTTPBadRequest(text="incomplete") from None
        if isinstance(reply, Talk):
            return await _talk(request, reply)
        if reply.stream is not None:
            return await _flow(request, reply, reply.stream, streams)
        return await _send(request, reply)

    return serve


async def _make_safe(_: web.Request, response: web.StreamResponse) -> None:
    for name, text in _ALWAYS.items():
        response.headers.setdefault(name, text)
    response.headers.pop("Server", None)  # nobody needs to know which library answers


async def _talk(request: web.Request, talk: Talk) -> web.StreamResponse:
    socket = web.WebSocketResponse(heartbeat=WS_HEARTBEAT_S, max_msg_size=WS_LIMIT, compress=False)
    await socket.prepare(request)
    transport = request.transport
    drop = transport.abort if transport is not None else lambda: None
    held = Socket(socket, drop)
    try:
        with contextlib.suppress(Gone):
            await talk.hold(held)
        await held.close(1000, "")
    finally:
        asyncio.get_running_loop().call_later(UNREAD_S, drop)  # what nobody read would keep the connection open
    return socket


async def _continue_later(_: web.Request) -> None:
    """`100 Continue` is said when the body is first read: who is refused need not send it (RFC 9110, 10.1.1)."""


async def _body(request: web.Request) -> AsyncIterator[bytes]:
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    loop, came = asyncio.get_running_loop(), 0
    began = loop.time()
    while True:
        try:
            chunk = await asyncio.wait_for(request.content.readany(), STALLED_S)
        except (ClientError, OSError, asyncio.IncompleteReadError, TimeoutError) as reason:
            raise Gone(str(reason)) from None
        if not chunk:
            return
        came += len(chunk)
        if came < (loop.time() - began - STALLED_S) * LEAST_PER_S:
            raise Gone("it came too slowly")
        yield chunk


async def _send(request: web.Request, reply: Reply) -> web.StreamResponse:
    headers = {**_SAFE, "Content-Type": reply.content_type, **reply.headers}
    if reply.file is None:
        return web.Response(status=reply.status, body=reply.body, headers=headers)
    response = web.StreamResponse(status=reply.status, headers=headers)
    response.content_length = reply.file.length
    await response.prepare(request)
    if request.method != "HEAD":
        await _send_file(response, reply.file)
    await response.write_eof()
    return response


async def _flow(
    request: web.Request, reply: Reply, stream: AsyncGenerator[bytes, None], streams: set[asyncio.Task[object]]
) -> web.StreamResponse:
    """Until the stream ends, the client goes, or the program stops (the task is cancelled)."""
    response = web.StreamResponse(status=reply.status, headers={**_SAFE, "Content-Type": reply.content_type})
    task = asyncio.current_task()
    assert task is not None
    streams.add(task)
    try:
        with contextlib.suppress(ConnectionError, TimeoutError, asyncio.CancelledError):
            await response.prepare(request)
            async with contextlib.aclosing(stream):
                async for chunk in stream:
                    async with asyncio.timeout(UNREAD_S):
                        await response.write(chunk)
        with contextlib.suppress(ConnectionError):
            await response.write_eof()
    finally:
        streams.discard(task)
    return response


async def _send_file(response: web.StreamResponse, part: FilePart) -> None:
    with contextlib.ExitStack() as opened:
        file = opened.enter_context(await asyncio.to_thread(part.path.open, "rb"))
        file.seek(part.first)
        left = part.length
        while left and (chunk := await asyncio.to_thread(file.read, min(CHUNK, left))):
            try:
                await asyncio.wait_for(response.write(chunk), STALLED_S)
            except TimeoutError:
                raise ConnectionResetError("nobody reads") from None
            left -= len(chunk)


def _peer(request: web.Request) -> str:
    certificate = request.transport.get_extra_info("peercert") if request.transport is not None else None
    names = [value for rdn in (certificate or {}).get("subject", ()) for key, value in rdn if key == "commonName"]
    return str(names[0]) if len(names) == 1 else ""


def _free(path: Path) -> None:
    """Remove a socket that a dead program left behind."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink()
        else:
            raise OSError(f"{path}: another receiver is running there")
