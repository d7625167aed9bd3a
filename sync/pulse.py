"""Whether a connection is alive: acknowledgements come, or at least bytes leave. An open socket proves nothing.

Knows sockets and clocks, no MQTT library.
"""

from __future__ import annotations

import fcntl
import socket
import struct
import termios

STALL_S = 5.0
"""In flight, and for this long neither an acknowledgement nor a byte leaving: the line is dead."""


class Pulse:
    """Of one connection. `unacked` are the ids of what is in flight."""

    __slots__ = ("_moved_at", "_queued", "unacked")

    def __init__(self) -> None:
        self.unacked: set[int] = set()
        self._moved_at = 0.0
        self._queued = 0

    def begin(self, now: float) -> None:
        """The socket is there."""
        self._moved_at = now

    def sent(self, mid: int, now: float) -> None:
        """One more is in flight; the wait begins with the first."""
        if not self.unacked:
            self._moved_at = now
        self.unacked.add(mid)

    def acknowledged(self, mid: int, now: float) -> bool:
        """Whether it was in flight."""
        if mid not in self.unacked:
            return False
        self.unacked.discard(mid)
        self._moved_at = now
        return True

    def stalled(self, sock: socket.socket | None, now: float) -> bool:
        """Whether nothing has moved for too long, although something should."""
        queued = unsent_bytes(sock)
        if queued < self._queued:
            self._moved_at = now
        self._queued = queued
        return bool(self.unacked) and now - self._moved_at > STALL_S


def unsent_bytes(sock: socket.socket | None) -> int:
    """Bytes the kernel still holds for the peer (SIOCOUTQ, tcp(7)); 0 when it cannot tell."""
    if sock is None:
        return 0
    try:
        answer = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
    except OSError:
        return 0
    return int(struct.unpack("i", answer)[0])
