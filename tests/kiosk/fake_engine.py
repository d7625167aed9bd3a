"""A call engine for the screen's tests: the real socket and shared memory, and it says what it is told to say."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sync.contract.call_screen import CallSeen, Wish
from sync.contract.envelope import decode, encode, replaced
from sync.contract.frames import FrameWriter

W = TypeVar("W")


@dataclass
class FakeEngine:
    """Listens on `path`. `show` tells every screen; `wishes` is what they said."""

    path: Path
    wishes: list[Wish] = field(default_factory=list)
    seen: CallSeen = field(default_factory=lambda: CallSeen(n=0))

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: list[socket.socket] = []
        self._listener: socket.socket | None = None

    def start(self) -> FakeEngine:
        self.path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self.path))
        self._listener.listen()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        return self

    def die(self) -> None:
        """As killed: the socket stays behind, the lines break."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        with self._lock:
            for line in self._lines:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
                line.close()
            self._lines.clear()

    def show(self, **changes: Any) -> CallSeen:
        """The next snapshot: the last one with these fields changed."""
        self.seen = replaced(self.seen, n=self.seen.n + 1, **changes)
        return self.say(self.seen)

    def say(self, seen: CallSeen) -> CallSeen:
        self.seen = seen
        self.raw(encode(seen) + b"\n")
        return seen

    def raw(self, data: bytes) -> None:
        with self._lock:
            for line in self._lines:
                with contextlib.suppress(OSError):
                    line.sendall(data)

    def wished(self, kind: type[W]) -> list[W]:
        """What screens said of this kind."""
        return [wish for wish in self.wishes if isinstance(wish, kind)]

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = listener.accept()
                with self._lock:
                    line.sendall(encode(self.seen) + b"\n")
                    self._lines.append(line)
                threading.Thread(target=self._hear, args=(line,), daemon=True).start()

    def _hear(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError), line.makefile("rb") as lines:
            for one in lines:
                wish: Wish = decode(one, Wish)  # type: ignore[arg-type]
                self.wishes.append(wish)


def grey(width: int, height: int, luma: int) -> bytes:
    """A picture of one grey."""
    size = width * height
    return bytes([luma]) * size + b"\x80" * (size // 2)


def halves(width: int, height: int, left: int, right: int) -> bytes:
    """A picture that is one grey on the left and another on the right, so that a mirror shows."""
    row = bytes([left]) * (width // 2) + bytes([right]) * (width - width // 2)
    return row * height + b"\x80" * (width * height // 2)


def coloured(width: int, height: int, luma: int, blue: int, red: int) -> bytes:
    """A picture of one colour."""
    size = width * height
    return bytes([luma]) * size + bytes([blue]) * (size // 4) + bytes([red]) * (size // 4)


class Film:
    """Frames in shared memory, as the engine writes them."""

    def __init__(self, path: Path, width: int = 640, height: int = 480) -> None:
        self.path, self.width, self.height = path, width, height
        self._writer = FrameWriter(path, width, height)

    def frame(self, planes: bytes) -> None:
        self._writer.write(self.width, self.height, planes, time.monotonic_ns())

    def close(self) -> None:
        self._writer.close()
