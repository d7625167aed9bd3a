"""A receipt printer that speaks ESC/POS (Epson's commands), by USB, serial line or network. 58 or 80 mm paper.

Chinese goes as GB 18030 in the printer's own font (FS &, the Kanji mode every printer sold in China has). The paper is
asked for before and after (DLE EOT 4, ESC/POS `Transmit real-time status`): out of paper in the middle is said, and the
screen shows the code instead. The only door to python-escpos, imported when a printer is configured.

    DLE EOT 4 ->  one byte: bits 2,3 paper near its end, bits 5,6 no paper; bit 1 and 4 are always 1, 0 and 7 always 0
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from edge.peripherals.printer import PrinterError
from sync.contract.slip import Line, Size, Slip, Trouble

ASK_PAPER = b"\x10\x04\x04"
NO_PAPER, ALWAYS, NEVER = 0x60, 0x12, 0x81
ANSWER_S = 0.5
"""Many cheap printers never answer; silence is not a fault."""
WRITE_S = 10.0
PORT = 9100
"""Raw printing over TCP (JetDirect)."""

CHINESE_ON, CHINESE_OFF = b"\x1c&", b"\x1c."
BIG, NORMAL = b"\x1d!\x11\x1c!\x0c", b"\x1d!\x00\x1c!\x00"
CENTRE, LEFT = b"\x1ba\x01", b"\x1ba\x00"


@dataclass(frozen=True, slots=True)
class EscposPrinter:
    """`at` is a device file (/dev/usb/lp0, /dev/serial/by-id/...) or a host of the box's own network."""

    at: str
    qr_size: int = 8

    def print(self, slip: Slip) -> None:
        """See `Printer`."""
        content = written(slip, self.qr_size)
        with self._open() as handle:
            if _paper(handle) is False:
                raise PrinterError(Trouble.PAPER)
            _send(handle, content)
            if _paper(handle) is False:
                raise PrinterError(Trouble.PAPER, "the paper ended inside the slip")

    def look(self) -> Trouble | None:
        """See `Printer`."""
        try:
            with self._open() as handle:
                return Trouble.PAPER if _paper(handle) is False else None
        except PrinterError as error:
            return error.trouble

    @contextmanager
    def _open(self) -> Iterator[int]:
        try:
            handle = _open(self.at)
        except OSError as error:
            raise PrinterError(Trouble.AWAY, str(error)) from None
        try:
            yield handle
        except PrinterError:
            raise
        except OSError as error:
            raise PrinterError(Trouble.AWAY, str(error)) from None
        finally:
            with contextlib.suppress(OSError):
                os.close(handle)


def written(slip: Slip, qr_size: int = 8) -> bytes:
    """The bytes of a slip."""
    from escpos.printer import Dummy  # noqa: PLC0415 - a gateway without a printer need not have it

    printer: Any = Dummy()
    printer.hw("INIT")
    printer._raw(CHINESE_ON)  # noqa: SLF001 - the library's own way for bytes it has no word for
    for line in slip.lines:
        printer._raw(_line(line))  # noqa: SLF001
    printer._raw(NORMAL + CHINESE_OFF + CENTRE)  # noqa: SLF001
    if slip.qr:
        printer.qr(slip.qr, native=True, size=qr_size)
    printer._raw(LEFT)  # noqa: SLF001
    printer.cut()
    return bytes(printer.output)


def _line(line: Line) -> bytes:
    place = CENTRE if line.centred else LEFT
    return place + (BIG if line.size is Size.BIG else NORMAL) + line.text.encode("gb18030", "replace") + b"\n"


def _open(at: str) -> int:
    if "/" in at:
        handle = os.open(at, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        if stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise OSError(f"{at} is a plain file, not a printer")
        return handle
    host, _, port = at.partition(":")
    with socket.create_connection((host, int(port or PORT)), WRITE_S) as connection:
        connection.settimeout(0.0)
        return os.dup(connection.fileno())


def _send(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        if not select.select([], [handle], [], WRITE_S)[1]:
            raise PrinterError(Trouble.AWAY, "the printer takes nothing")
        try:
            rest = rest[os.write(handle, rest[:4096]) :]
        except BlockingIOError:
            continue


def _paper(handle: int) -> bool | None:
    """Whether there is paper; None: the printer does not say."""
    with contextlib.suppress(BlockingIOError):
        while os.read(handle, 64):  # an old answer is not this one
            pass
    _send(handle, ASK_PAPER)
    if not select.select([handle], [], [], ANSWER_S)[0]:
        return None
    try:
        answer = os.read(handle, 1)
    except BlockingIOError:
        return None
    if not answer or answer[0] & ALWAYS != ALWAYS or answer[0] & NEVER:
        return None
    return not answer[0] & NO_PAPER
