"""HTTP to a program on this machine, over its Unix socket. Blocking, standard library only, starts fast.

    answer = ask(Path("/run/linli/api.sock"), "GET", "/v1/status")
    with Stream(Path("/run/linli/api.sock"), "/v1/events") as stream:
        for line in stream.lines(): ...

Knows no program's errors: who asks says what an unreachable socket and a status mean to it. Not by http.client, which
loads TLS and e-mail: a quarter of what the kiosk's own code costs at its start.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from sync.http_answer import BadAnswer, HttpAnswer

TIMEOUT_S = 10.0
MAX_LINE = 1024 * 1024
PIECE = 64 * 1024


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
    try:
        with _connected(path, timeout_s) as connection:
            _send(connection, method, target, body, headers or {})
            with HttpAnswer(connection) as answer:
                return Answer(answer.status, answer.body.read())
    except (OSError, BadAnswer) as error:
        raise Unreachable(str(error)) from None


class Stream:
    """An answer without an end, read line by line. `close` may come from another thread and ends the reading."""

    def __init__(
        self, path: Path, target: str, headers: Mapping[str, str] | None = None, timeout_s: float = TIMEOUT_S
    ) -> None:
        """Ask, and wait for the status. Raises Unreachable; a silence longer than `timeout_s` ends it likewise."""
        try:
            self._socket = _connected(path, timeout_s)
        except OSError as error:
            raise Unreachable(str(error)) from None
        try:
            _send(self._socket, "GET", target, None, headers or {})
            self._answer = HttpAnswer(self._socket)
        except (OSError, BadAnswer) as error:
            self._socket.close()
            raise Unreachable(str(error)) from None

    @property
    def status(self) -> int:
        """Of the answer."""
        return self._answer.status

    def lines(self) -> Iterator[bytes]:
        """One by one, without their ends, until the other side ends it. Raises Unreachable when it breaks off."""
        try:
            while line := self._answer.body.readline(MAX_LINE):
                yield line.rstrip(b"\r\n")
        except (OSError, BadAnswer, ValueError) as error:  # the last: closed by another thread meanwhile
            raise Unreachable(str(error)) from None

    def rest(self) -> bytes:
        """All that comes, where the status says that it is not the stream. Raises Unreachable."""
        try:
            return self._answer.body.read()
        except (OSError, BadAnswer) as error:
            raise Unreachable(str(error)) from None

    def close(self) -> None:
        """End it."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._answer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _connected(path: Path, timeout_s: float) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    try:
        made.settimeout(timeout_s)
        made.connect(str(path))
    except OSError:
        made.close()
        raise
    return made


def _send(
    connection: socket.socket, method: str, target: str, body: bytes | BinaryIO | None, headers: Mapping[str, str]
) -> None:
    """RFC 9112. Raises ValueError for a header, and Unreachable for a target, that would become another question."""
    if not target.isascii() or not target.isprintable() or " " in target:
        raise Unreachable("nothing can be asked like that")
    said = {"Host": "localhost", "Accept-Encoding": "identity", **headers}
    if (length := _length(method, body)) is not None:
        said.setdefault("Content-Length", str(length))
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    if not all(line.isprintable() for line in lines):
        raise ValueError("a control character in a header")
    head = "".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1")
    if body is None or isinstance(body, bytes):
        connection.sendall(head + (body or b""))
        return
    connection.sendall(head)
    while piece := body.read(PIECE):
        connection.sendall(piece)


def _length(method: str, body: bytes | BinaryIO | None) -> int | None:
    if isinstance(body, bytes):
        return len(body)
    if body is not None:
        return os.fstat(body.fileno()).st_size
    return 0 if method in ("POST", "PUT", "PATCH") else None
