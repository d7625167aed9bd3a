"""A serial line to a modem, by termios of the standard library: 8N1, raw, as 3GPP TS 27.007 modems come up.

Not tried on a real modem; tested over a pseudo-terminal.
"""

from __future__ import annotations

import os
import select
import termios
import tty


class SerialLine:
    """`office.desk.outcall_sms.ModemLine` on a device file. Raises OSError."""

    def __init__(self, path: str, baud: int) -> None:
        speed = getattr(termios, f"B{baud}", None)
        if speed is None:
            raise OSError(f"{path}: no such speed, {baud}")
        self._file = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            tty.setraw(self._file)
            modes = termios.tcgetattr(self._file)
            modes[2] |= termios.CLOCAL | termios.CREAD
            modes[4] = modes[5] = speed
            termios.tcsetattr(self._file, termios.TCSANOW, modes)
        except termios.error as error:
            os.close(self._file)
            raise OSError(f"{path}: {error}") from None

    def write(self, data: bytes) -> None:
        """All of it."""
        while data:
            _, ready, _ = select.select([], [self._file], [], 5.0)
            if not ready:
                raise OSError("the modem takes nothing")
            data = data[os.write(self._file, data) :]

    def read(self, timeout_s: float) -> bytes:
        """What has come; empty after that time."""
        ready, _, _ = select.select([self._file], [], [], timeout_s)
        return os.read(self._file, 256) if ready else b""

    def close(self) -> None:
        """Let go."""
        os.close(self._file)
