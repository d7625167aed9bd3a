"""One answer of HTTP/1.1 (RFC 9112) read from a socket: its status, and its body as a file.

with HttpAnswer(connection) as answer:
    answer.status, answer.body.readline()
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader, RawIOBase
from typing import Any, Self

LONGEST_LINE = 64 * 1024
MOST_HEADERS = 100
WITHOUT_BODY = {204, 304}


class BadAnswer(Exception):  # noqa: N818 - reads as what it is
    """Not HTTP, or not whole."""


class HttpAnswer:
    """`close` it, not the socket alone."""

    def __init__(self, connection: socket.socket) -> None:
        """Wait for the head. Raises BadAnswer and OSError."""
        self._file = connection.makefile("rb")
        try:
            self.status = self._status()
            while 100 <= self.status < 200:  # the answer is still to come
                dict(self._headers())
                self.status = self._status()
            self.body = BufferedReader(self._body(dict(self._headers())))
        except BaseException:
            self._file.close()
            raise

    def _status(self) -> int:
        version, _, rest = self._line().partition(b" ")
        status = rest[:3]
        if not version.startswith(b"HTTP/1.") or not status.isdigit() or len(status) != 3:
            raise BadAnswer("no HTTP is spoken there")
        return int(status)

    def _headers(self) -> Iterator[tuple[bytes, bytes]]:
        for _ in range(MOST_HEADERS):
            line = self._line()
            if not line:
                return
            name, _, value = line.partition(b":")
            yield name.strip().lower(), value.strip()
        raise BadAnswer(f"more than {MOST_HEADERS} headers")

    def _line(self) -> bytes:
        return line_of(self._file)

    def _body(self, headers: dict[bytes, bytes]) -> RawIOBase:
        if self.status in WITHOUT_BODY:
            return Sized(self._file, 0)
        if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
            return Chunked(self._file)
        length = headers.get(b"content-length", b"")
        if length and not length.isdigit():
            raise BadAnswer("a length that is no number")
        return Sized(self._file, int(length) if length else None)

    def close(self) -> None:
        """Nothing more is read. Another thread that reads must have been woken before, by a shutdown of the socket."""
        with suppress(OSError):
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def line_of(file: BufferedReader) -> bytes:
    """The next line, without its end."""
    line = file.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise BadAnswer("it ended within a line" if len(line) < LONGEST_LINE else "a line without an end")
    return line.rstrip(b"\r\n")


class Sized(RawIOBase):
    """So many bytes; None: until the other side closes."""

    def __init__(self, file: BufferedReader, left: int | None) -> None:
        self._file, self._left = file, left

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """What has come."""
        room = memoryview(buffer).cast("B")
        if self._left is not None:
            room = room[: self._left]
        if not room:
            return 0
        got = self._file.readinto1(room)
        if self._left is not None:
            if not got:
                raise BadAnswer(f"{self._left} bytes are missing")
            self._left -= got
        return got


class Chunked(RawIOBase):
    """Pieces, each with its length before it (RFC 9112, 7.1)."""

    def __init__(self, file: BufferedReader) -> None:
        self._file, self._left, self._begun, self._ended = file, 0, False, False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """What has come of one piece."""
        if not self._left and not self._ended:
            self._next()
        room = memoryview(buffer).cast("B")[: self._left]
        if not room:
            return 0
        got = self._file.readinto1(room)
        if not got:
            raise BadAnswer("it ended within a piece")
        self._left -= got
        return got

    def _next(self) -> None:
        if self._begun and line_of(self._file):
            raise BadAnswer("a piece is longer than it said")
        self._begun = True
        size = line_of(self._file).partition(b";")[0].strip()
        try:
            self._left = int(size, 16)
        except ValueError:
            raise BadAnswer("a piece without a length") from None
        if self._left < 0:
            raise BadAnswer("a piece without a length")
        if self._left == 0:
            self._ended = True
            while line_of(self._file):
                pass  # trailers
