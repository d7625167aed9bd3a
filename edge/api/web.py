"""The only door to aiohttp: routes of ours in, HTTP over a Unix socket out.

Handlers know `Ask` and `Reply` and no library. Everything that comes in is bounded and checked; every error is JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from aiohttp import ClientError, web

from edge.api.refusal import Refused, Words, nothing, wrong
from sync.contract.envelope import ContractError, decode, encode
from sync.store import StoreError

log = logging.getLogger("linli.api")

T = TypeVar("T")

CHUNK = 256 * 1024
BODY_LIMIT = 256 * 1024
STALLED_S = 30.0
"""A client from whom nothing comes, or who takes nothing, for this long has gone."""

_SAFE = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. `names` are the parts of the path, `language` is `zh` or `en`."""

    method: str
    names: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    language: str
    body: Callable[[], AsyncIterator[bytes]]

    async def content(self, limit: int = BODY_LIMIT) -> bytes:
        """The body, of at most so many bytes. Raises Refused."""
        content = bytearray()
        async for chunk in self.body():
            content += chunk
            if len(content) > limit:
                said = Words(f"the body has more than {limit} bytes", f"请求内容超过 {limit} 字节")
                raise Refused(413, "too-large", said)
        return bytes(content)

    async def message(self, shape: type[T]) -> T:
        """The body as a message of that shape; an empty body is one without fields. Raises Refused."""
        try:
            return decode(await self.content() or b"{}", shape)
        except ContractError as reason:
            raise wrong(f"the body is not as it should be: {reason}", f"请求内容不符合要求：{reason}") from None

    def number(self, name: str, default: int, *, most: int = 2**62) -> int:
        """A whole number of the query. Raises Refused."""
        text = self.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and int(text[:20]) <= most):
            raise wrong(f"{name} is a number up to {most}, not {text[:40]!r}", f"{name} 应为不大于 {most} 的整数")
        return int(text)

    def flag(self, name: str) -> bool:
        """`1` or `0` of the query. Raises Refused."""
        return self.number(name, 0, most=1) == 1


@dataclass(frozen=True, slots=True)
class FilePart:
    """Bytes of a file to send."""

    path: Path
    first: int
    length: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: bytes, a part of a file, or a stream that ends when the client or the gateway does."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    file: FilePart | None = None
    stream: AsyncGenerator[bytes, None] | None = None
    content_type: str = "application/json"


Handler = Callable[[Ask], Awaitable[Reply]]


def said(value: object, status: int = 200) -> Reply:
    """A value as JSON."""
    return Reply(status, encode(value))


class Server:
    """Serves (method, path, handler) until it is closed."""

    def __init__(self, routes: Sequence[tuple[str, str, Handler]]) -> None:
        self._streams: set[asyncio.Task[object]] = set()
        self._app = web.Application(client_max_size=BODY_LIMIT, middlewares=[_as_json])
        for method, path, handler in routes:
            self._app.router.add_route(method, path, self._adapt(handler))
        self._runner: web.AppRunner | None = None
        self._unix: Path | None = None

    async def listen_unix(self, path: Path) -> None:
        """On a socket file for its owner and group. Raises OSError when that cannot be, or someone serves there."""
        self._runner = web.AppRunner(self._app, access_log=None, handle_signals=False, shutdown_timeout=2.0)
        await self._runner.setup()
        await web.SockSite(self._runner, _bind(path)).start()
        self._unix = path

    async def close(self) -> None:
        """Stop listening; streams end, requests under way get two seconds."""
        for task in self._streams:
            task.cancel()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._unix is not None:
            self._unix.unlink(missing_ok=True)

    def _adapt(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            ask = Ask(
                request.method,
                dict(request.match_info),
                dict(request.query),
                request.headers,
                _language(request),
                lambda: _body(request),
            )
            reply = await handler(ask)
            if reply.stream is None:
                return await _send(request, reply)
            task = asyncio.current_task()
            assert task is not None
            self._streams.add(task)
            try:
                return await _flow(request, reply, reply.stream)
            finally:
                self._streams.discard(task)

        return serve


@web.middleware
async def _as_json(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Whatever goes wrong is told as JSON in the client's language; our own mistakes are logged."""
    try:
        return await handler(request)
    except Refused as reason:
        refused = reason
    except StoreError as reason:
        text = Words(f"not on disk: {reason}", f"未能写入磁盘：{reason}")
        refused = Refused(
            503, "store", text, Words("try again; see `linli status`", "请稍后重试，并查看 `linli status`")
        )
    except web.HTTPNotFound:
        refused = nothing("path", "路径")
    except web.HTTPMethodNotAllowed as reason:
        ways = ", ".join(sorted(reason.allowed_methods))
        refused = Refused(405, "method", Words(f"this path takes {ways}", f"该路径只接受 {ways}"))
    except web.HTTPException as reason:
        refused = Refused(reason.status, "http", Words(reason.reason))
    except Exception:  # at the border of the program: the client is told, and the gateway goes on
        log.exception("%s %s failed", request.method, request.match_info.route.resource)
        refused = Refused(500, "internal", Words("a mistake of the gateway", "网关内部错误"), _REPORT)
    return web.Response(
        status=refused.status,
        body=encode(refused.body(_language(request))),
        headers={**_SAFE, "Content-Type": "application/json"},
    )


_REPORT = Words("send the file that `linli diagnose` makes", "请提供 `linli diagnose` 生成的文件")


def _language(request: web.Request) -> str:
    """English for who asks for English first, Chinese for everyone else."""
    return "en" if request.headers.get("Accept-Language", "").strip().lower().startswith("en") else "zh"


async def _body(request: web.Request) -> AsyncIterator[bytes]:
    while True:
        try:
            async with asyncio.timeout(STALLED_S):
                chunk = await request.content.readany()
        except (ClientError, OSError, asyncio.IncompleteReadError, TimeoutError):
            raise wrong("the body is incomplete", "请求内容不完整") from None
        if not chunk:
            return
        yield chunk


async def _send(request: web.Request, reply: Reply) -> web.StreamResponse:
    headers = {**_SAFE, "Content-Type": reply.content_type, **reply.headers}
    if reply.file is None:
        return web.Response(status=reply.status, body=reply.body, headers=headers)
    with contextlib.ExitStack() as opened:
        file = opened.enter_context(await asyncio.to_thread(reply.file.path.open, "rb"))
        response = web.StreamResponse(status=reply.status, headers=headers)
        response.content_length = reply.file.length
        await response.prepare(request)
        file.seek(reply.file.first)
        left = reply.file.length
        while left and (chunk := await asyncio.to_thread(file.read, min(CHUNK, left))):
            await response.write(chunk)
            left -= len(chunk)
        await response.write_eof()
        return response


async def _flow(request: web.Request, reply: Reply, stream: AsyncGenerator[bytes, None]) -> web.StreamResponse:
    """Until the stream ends, the client goes, or the gateway stops (the task is cancelled)."""
    response = web.StreamResponse(status=reply.status, headers={**_SAFE, "Content-Type": reply.content_type})
    with contextlib.suppress(ConnectionError, TimeoutError, asyncio.CancelledError):
        await response.prepare(request)
        async with contextlib.aclosing(stream):
            async for chunk in stream:
                async with asyncio.timeout(STALLED_S):
                    await response.write(chunk)
    with contextlib.suppress(ConnectionError):
        await response.write_eof()
    return response


def _bind(path: Path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True)
    _free(path)
    bound = socket.socket(socket.AF_UNIX)
    try:
        bound.bind(str(path))
        path.chmod(0o660)  # before it listens, so that nobody else ever comes in
    except OSError:
        bound.close()
        raise
    return bound


def _free(path: Path) -> None:
    """Remove a socket that a dead program left behind; nothing else, and none that someone answers on."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise OSError(f"{path}: another program serves there")
