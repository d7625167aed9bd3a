"""HTTP to a program on this machine, over its Unix socket. Blocking, standard library only, starts fast.

    answer = ask(Path("/run/linli/api.sock"), "GET", "/v1/status")
    with Stream(Path("/run/linli/api.sock"), "/v1/events") as stream:
        for line in stream.lines(): ...

Knows no program's errors: who asks says what an unreachable socket and a status mean to it.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

TIMEOUT_S = 10.0
MAX_LINE = 1024 * 1024


class Unreachable(ConnectionError):  # noqa: N818 - reads as the state it is
    """Nobody answers there, or stopped in the middle of it."""


class Answer(NamedTuple):
    """What came back, whatever its status."""

    status: int
    content: bytes


def ask(
    path: Path,
    method: str,
    target: str,
    body: bytes | BinaryIO | None = None,
    headers: Mapping[str, str] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Answer:
    """One question and its whole answer; a file goes out piece by piece. Raises Unreachable."""
    connection = _UnixConnection(path, timeout_s)
    try:
        connection.request(method, target, body, dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.read())
    except (OSError, HTTPException) as error:
        raise Unreachable(str(error)) from None
    finally:
        connection.close()


class Stream:
    """An answer without an end, read line by line. `close` may come from another thread and ends the reading."""

    def __init__(
        self, path: Path, target: str, headers: Mapping[str, str] | None = None, timeout_s: float = TIMEOUT_S
    ) -> None:
        """Ask, and wait for the status. Raises Unreachable; a silence longer than `timeout_s` ends it likewise."""
        self._connection = _UnixConnection(path, timeout_s)
        try:
            self._connection.request("GET", target, headers=dict(headers or {}))
            self._socket: socket.socket | None = self._connection.sock
            self._response: HTTPResponse = self._connection.getresponse()
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise Unreachable(str(error)) from None

    @property
    def status(self) -> int:
        """Of the answer."""
        return self._response.status

    def lines(self) -> Iterator[bytes]:
        """One by one, without their ends, until the other side ends it. Raises Unreachable when it breaks off."""
        try:
            while line := self._response.readline(MAX_LINE):
                yield line.rstrip(b"\r\n")
        except (OSError, HTTPException, ValueError, AttributeError) as error:  # closed by another thread meanwhile
            raise Unreachable(str(error)) from None

    def rest(self) -> bytes:
        """All that comes, where the status says that it is not the stream. Raises Unreachable."""
        try:
            return self._response.read()
        except (OSError, HTTPException) as error:
            raise Unreachable(str(error)) from None

    def close(self) -> None:
        """End it."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self._connection.close()
        self._response.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
