"""Tell systemd how we are: readiness, a line of status, and the watchdog (sd_notify(3), `$NOTIFY_SOCKET`).

The protocol is one datagram of `NAME=value` lines to a Unix socket, so no library is needed. Without systemd every
call does nothing. The watchdog is to be fed by the work loop itself, after it has done work, never by a timer of
its own: a watchdog that is fed while nothing moves guards nothing.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


class Notify:
    """Speaks to the service manager named in the environment, if any. Never raises and never blocks."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        own = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        usec = environ.get("WATCHDOG_USEC", "")
        self.watchdog_s = int(usec) / 1_000_000 if own and usec.isdigit() and self._address else None
        """Feed within this time, better within half of it; None: nobody waits for it."""

    def ready(self, status: str = "") -> None:
        """We do what we are for."""
        self._send("READY=1", status)

    def alive(self, status: str = "") -> None:
        """Feed the watchdog."""
        self._send("WATCHDOG=1", status)

    def status(self, status: str) -> None:
        """One line for `systemctl status`."""
        self._send("", status)

    def stopping(self) -> None:
        """We are on our way out."""
        self._send("STOPPING=1", "")

    def _send(self, word: str, status: str) -> None:
        lines = [word] if word else []
        if status:
            lines.append(f"STATUS={status.replace(chr(10), ' ')}")
        if not self._address or not lines:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as s:
            s.sendto("\n".join(lines).encode(), self._address)
