"""A serial line: the receivers of 433 MHz pendants, and whatever else speaks on wires.

The only door through which pyserial enters `drivers`; it sets the line up, reading and writing are plain system
calls on its descriptor. Knows no protocol. Name the device by `/dev/serial/by-id/...`: the link is followed anew at
every opening, so a receiver that comes back as another ttyUSB is found again.
"""

from __future__ import annotations

import asyncio
import errno
import os
import termios
from contextlib import suppress
from typing import Any, Literal

import serial

from drivers.ports.clock import Clock
from drivers.ports.health import Health, pauses
from drivers.ports.port import Conversation, Listener

READ_LIMIT = 4096
"""What the kernel keeps of a serial line, so one read empties it."""

UNSENT_LIMIT = 4096
"""Answers that wait for a slow line. More than this means that nobody takes them; answers are then dropped whole,
because what the receiver still says matters more than what it is told."""

RETRY_FIRST_S, RETRY_LONGEST_S = 0.05, 1.0
STEADY_S = 2.0
"""A line that broke sooner after its opening than this keeps its waiting time: a loose plug must not keep us busy."""

NOT_OPENED = (OSError, ValueError, termios.error)
"""pyserial lets the last two through: a rate the hardware does not know, settings it does not accept."""


class SerialPort:
    """Keeps `path` open, and open again after it was unplugged; there is one line at a time.

    `parity` is N, E, O, M or S. The line is held exclusively. Raises ValueError for settings that no serial line has.
    """

    def __init__(
        self,
        name: str,
        path: str,
        baud: int,
        clock: Clock,
        *,
        parity: Literal["N", "E", "O", "M", "S"] = "N",
        data_bits: int = 8,
        stop_bits: float = 1,
    ) -> None:
        self.name = name
        self._path = path
        self._clock = clock
        self._settings: dict[str, Any] = {
            "baudrate": baud,
            "parity": parity,
            "bytesize": data_bits,
            "stopbits": stop_bits,
        }
        serial.Serial(**self._settings)  # without a path it opens nothing and only checks

    async def run(self, listener: Listener) -> None:
        """Serve until cancelled; on cancellation close everything that was opened."""
        health = Health(listener, self._clock)
        waits = pauses(RETRY_FIRST_S, RETRY_LONGEST_S)
        while True:
            try:
                device = await self._open()
            except NOT_OPENED as error:
                health.down(f"cannot open {self._path}: {_why(error)}")
            else:
                opened_s = self._clock().monotonic_s
                reason = await self._serve(device, listener, health)
                health.down(reason)
                if self._clock().monotonic_s - opened_s >= STEADY_S:
                    waits = pauses(RETRY_FIRST_S, RETRY_LONGEST_S)
            await asyncio.sleep(next(waits))

    async def _serve(self, device: serial.Serial, listener: Listener, health: Health) -> str:
        line = SerialLine(f"{self.name} {self._path}", device, self._clock, health)
        try:
            health.up()
            line.start(listener.opened(line))
            return await line.lost
        finally:
            line.close(f"port {self.name} was stopped")
            health.tell()

    async def _open(self) -> serial.Serial:
        """Open in a thread: a dying USB adapter can hold the caller for seconds, and other ports must be heard."""
        opening = asyncio.get_running_loop().run_in_executor(None, _open, self._path, self._settings)
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_unwanted)
            raise


class SerialLine:
    """The line while it is plugged in: the `Line` of the program above. `lost` tells the port why it ended.

    It keeps the pyserial object, which would close the descriptor silently if nobody referred to it.
    """

    def __init__(self, name: str, device: serial.Serial, clock: Clock, health: Health) -> None:
        self.name = name
        self._loop = asyncio.get_running_loop()
        self.lost: asyncio.Future[str] = self._loop.create_future()
        self._device = device
        self._descriptor: int = device.fileno()
        self._clock = clock
        self._health = health
        self._conversation: Conversation | None = None
        self._unsent = bytearray()
        self._open = True

    def start(self, conversation: Conversation) -> None:
        """Begin to read."""
        self._conversation = conversation
        if self._open:
            self._loop.add_reader(self._descriptor, self._readable)
        else:  # closed by the program while it was being opened
            conversation.closed("closed while it was being opened")

    def write(self, data: bytes) -> None:
        """Send an answer; it is dropped whole if too much waits already."""
        if not self._open:
            return
        if len(self._unsent) + len(data) > UNSENT_LIMIT:
            self._health.refuse("the serial line does not take its answers")
            return
        idle = not self._unsent
        self._unsent += data
        if idle:
            self._writable()

    def settle(self, item: Any) -> None:
        """Nothing to do: serial receivers send and forget, or learn it from an answer."""

    def pause(self) -> None:
        """Stop reading; the kernel keeps some 4 KB."""
        if self._open:
            self._loop.remove_reader(self._descriptor)

    def resume(self) -> None:
        """Read again."""
        if self._open and self._conversation is not None:
            self._loop.add_reader(self._descriptor, self._readable)

    def close(self, reason: str) -> None:
        """Close the device; the port opens it again."""
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._descriptor)
        self._loop.remove_writer(self._descriptor)
        with suppress(*NOT_OPENED):
            self._device.reset_output_buffer()  # else the kernel waits half a minute for it to drain
        self._device.close()
        if not self.lost.done():  # the port was cancelled while it waited for this
            self.lost.set_result(reason)
        if self._conversation is not None:
            self._conversation.closed(reason)

    def _readable(self) -> None:
        try:
            data = os.read(self._descriptor, READ_LIMIT)
        except BlockingIOError:
            return
        except OSError as error:  # EIO from a pseudo terminal, ENXIO or ENODEV from an adapter
            self.close(f"unplugged: {error.strerror}")
            return
        if not data:  # with VMIN 1 and non-blocking this is a hang-up and nothing else
            self.close("unplugged")
            return
        assert self._conversation is not None
        self._conversation.received(data, self._clock())

    def _writable(self) -> None:
        try:
            del self._unsent[: os.write(self._descriptor, self._unsent)]
        except BlockingIOError:
            pass
        except OSError as error:
            self._unsent.clear()
            # Later, because this may be the program's own call of `write`.
            self._loop.call_soon(self.close, f"unplugged: {error.strerror}")
        if self._unsent:
            self._loop.add_writer(self._descriptor, self._writable)
        else:
            self._loop.remove_writer(self._descriptor)


def _open(path: str, settings: dict[str, Any]) -> serial.Serial:
    # inter_byte_timeout 0 makes pyserial set VMIN 1: only so is an empty read a hang-up, and not "nothing there".
    device = serial.Serial(path, exclusive=True, timeout=0, write_timeout=0, inter_byte_timeout=0, **settings)
    with suppress(OSError, ValueError):  # not every driver knows it; FTDI chips otherwise hold bytes for 16 ms
        device.set_low_latency_mode(True)
    return device


def _why(error: Exception) -> str:
    match getattr(error, "errno", None):
        case errno.ENOENT | errno.ENODEV | errno.ENXIO:
            return "not plugged in"
        case errno.EAGAIN | errno.EBUSY:
            return "another program has it open"
        case errno.EACCES | errno.EPERM:
            return "not allowed; this user has to be in the group that owns it (dialout)"
        case _:
            return str(error)


def _close_unwanted(opening: asyncio.Future[serial.Serial]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
