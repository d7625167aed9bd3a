"""HTTP over a Unix socket: whole answers of every shape, and no broken one taken for whole."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.unix_http import Answer, Stream, Unreachable, ask

WITHIN_S = 10.0
HEAD = b"HTTP/1.1 200 OK\r\n"


class Said:
    """A server that says these bytes to whoever asks, and keeps what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.path, self.heard, self.says = folder / "s.sock", b"", b""
        self.stays = threading.Event()
        """Set: the line is kept open after the answer."""
        self.left = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line:
                line.settimeout(WITHIN_S)
                self.heard = heard(line)
                line.sendall(self.says)
                if self.stays.is_set():
                    self.left.wait(WITHIN_S)

    def close(self) -> None:
        self.left.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(WITHIN_S)


def heard(line: socket.socket) -> bytes:
    """A question with its body."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += line.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    lengths = [int(one[16:]) for one in head.split(b"\r\n") if one.startswith(b"Content-Length: ")]
    while len(body) < sum(lengths):
        body += line.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def server() -> Iterator[Said]:
    with tempfile.TemporaryDirectory(prefix="http") as folder:  # a socket's path is short
        made = Said(Path(folder))
        yield made
        made.close()


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
WHOLE: dict[str, tuple[bytes, Answer]] = {
    "with its length": (HEAD + b"Content-Length: 4\r\n\r\nabcd", Answer(200, b"abcd")),
    "with more after it": (HEAD + b"content-length:4\r\n\r\nabcdHTTP/1.1", Answer(200, b"abcd")),
    "in pieces": (
        CHUNKED + b"3\r\nabc\r\n10;x=y\r\n" + b"d" * 16 + b"\r\n0\r\nA: b\r\n\r\n",
        Answer(200, b"abc" + b"d" * 16),
    ),
    "until the end": (HEAD + b"\r\nabcd", Answer(200, b"abcd")),
    "empty": (HEAD + b"Content-Length: 0\r\n\r\n", Answer(200, b"")),
    "nothing at all": (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204, b"")),
    "after a word of patience": (
        b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"Content-Length: 1\r\n\r\nx",
        Answer(200, b"x"),
    ),
    "a refusal": (b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}", Answer(413, b"{}")),
    "large": (HEAD + b"Content-Length: 300000\r\n\r\n" + b"z" * 300_000, Answer(200, b"z" * 300_000)),
}
BROKEN = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-x\r\n",
    "no status": b"HTTP/1.1 x\r\n\r\n",
    "half a head": HEAD + b"Content-Le",
    "too little": HEAD + b"Content-Length: 5\r\n\r\nabcd",
    "a length that is no number": HEAD + b"Content-Length: -1\r\n\r\nabcd",
    "a piece cut off": CHUNKED + b"5\r\nabc",
    "no last piece": CHUNKED + b"3\r\nabc\r\n",
    "a piece longer than it said": CHUNKED + b"2\r\nabc\r\n0\r\n\r\n",
    "a piece without a length": CHUNKED + b"\r\nabc",
    "a length below nothing": CHUNKED + b"-5\r\nabc",
    "a line without an end": HEAD + b"A: " + b"x" * 100_000,
    "headers without an end": HEAD + b"A: b\r\n" * 200,
}


@pytest.mark.parametrize("shape", WHOLE)
def test_an_answer_of_any_shape_comes_whole(server: Said, shape: str) -> None:
    server.says, expected = WHOLE[shape]
    assert ask(server.path, "GET", "/v1/x") == expected


@pytest.mark.parametrize("shape", BROKEN)
def test_what_is_broken_is_never_taken_for_an_answer(server: Said, shape: str) -> None:
    server.says = BROKEN[shape]
    with pytest.raises(Unreachable):
        ask(server.path, "GET", "/v1/x")
    with pytest.raises(Unreachable), Stream(server.path, "/v1/x") as stream:
        list(stream.lines())


def test_a_question_says_what_is_asked_and_how_long_it_is(server: Said, tmp_path: Path) -> None:
    server.says = HEAD + b"\r\n"
    ask(server.path, "POST", "/v1/x?a=%20", b"body", {"Content-Type": "text/plain"})
    head, _, body = server.heard.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/x?a=%20 HTTP/1.1\r\nHost: localhost\r\n")
    assert (b"Content-Type: text/plain" in head, b"Content-Length: 4" in head, body) == (True, True, b"body")
    ask(server.path, "POST", "/v1/x")
    assert b"Content-Length: 0" in server.heard
    file = tmp_path / "large"
    file.write_bytes(b"y" * 200_000)
    with file.open("rb") as opened:
        ask(server.path, "PUT", "/v1/x", opened)
    assert server.heard.endswith(b"\r\n\r\n" + b"y" * 200_000)


def test_nobody_can_hide_a_second_question_in_the_first(server: Said) -> None:
    server.says = HEAD + b"\r\n"
    for target in ("/a b", "/a\r\nX: y", "/\u4e2d"):
        with pytest.raises(Unreachable):
            ask(server.path, "GET", target)
    with pytest.raises(ValueError, match="control character"):
        ask(server.path, "GET", "/", headers={"A": "b\r\nC: d"})
    assert server.heard == b""


def test_lines_come_one_by_one_however_they_were_cut(server: Said) -> None:
    server.says = CHUNKED + b"4\r\none\n\r\n3\r\ntwo\r\n6\r\n\n\nlast\r\n0\r\n\r\n"
    with Stream(server.path, "/v1/x") as stream:
        assert (stream.status, list(stream.lines())) == (200, [b"one", b"two", b"", b"last"])


def test_a_refused_stream_says_why(server: Said) -> None:
    server.says = b"HTTP/1.1 503 No\r\nContent-Length: 7\r\n\r\noffline"
    with Stream(server.path, "/v1/x") as stream:
        assert (stream.status, stream.rest()) == (503, b"offline")


@pytest.mark.parametrize("come", [b"", b"4\r\none\n\r\n"])
def test_another_thread_ends_the_reading(server: Said, come: bytes) -> None:
    server.says, ended = CHUNKED + come, threading.Event()
    server.stays.set()
    with Stream(server.path, "/v1/x") as stream:
        reader = threading.Thread(target=_read, args=(stream, ended.set), daemon=True)
        reader.start()
    assert ended.wait(WITHIN_S)
    reader.join(WITHIN_S)


def _read(stream: Stream, ended: Callable[[], None]) -> None:
    with pytest.raises(Unreachable):
        list(stream.lines())
    ended()


def test_silence_longer_than_agreed_is_nobody_there(server: Said) -> None:
    server.says = CHUNKED
    server.stays.set()
    with Stream(server.path, "/v1/x", timeout_s=0.05) as stream, pytest.raises(Unreachable):
        list(stream.lines())
    with pytest.raises(Unreachable):
        ask(server.path.with_name("nobody.sock"), "GET", "/")
