"""A reader that types like a keyboard (USB HID), read from its event file and taken away from everybody else.

Linux `struct input_event` (include/uapi/linux/input.h): seconds and microseconds as longs, type u16, code u16, value
s32; EV_KEY is 1, value 1 a press. Taken with EVIOCGRAB, so that no code is typed into the screen, and a code made to
hold keys such as Alt+F4 does nothing.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import struct
from contextlib import suppress

from edge.peripherals.reader import SILENCE_S, Codes, OnCode

log = logging.getLogger("linli.reader")

EVENT = struct.Struct("llHHi")
EV_KEY, PRESS, RELEASE = 1, 1, 0
EVIOCGRAB = 0x40044590
SHIFTS = (42, 54)
AGAIN_S = 1.0

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (28, "\n", "\n"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (71, "789", "789"),
    (75, "456", "456"),
    (79, "1230.", "1230."),
    (96, "\n", "\n"),
)
KEYS = {first + n: (low[n], high[n]) for first, low, high in _ROWS for n in range(len(low))}
"""Key code to what it types, plain and with Shift, on the US layout that readers speak (input-event-codes.h)."""


class Keys:
    """Events in, text out. Pure."""

    def __init__(self) -> None:
        self._shift = False
        self._rest = b""

    def text(self, content: bytes) -> str:
        """What these bytes of the event file type; an event may be cut anywhere."""
        content = self._rest + content
        whole = len(content) - len(content) % EVENT.size
        self._rest = content[whole:]
        typed = ""
        for _, _, kind, code, value in EVENT.iter_unpack(content[:whole]):
            if kind != EV_KEY:
                continue
            if code in SHIFTS:
                self._shift = value != RELEASE
            elif value == PRESS and code in KEYS:
                typed += KEYS[code][self._shift]
        return typed


class HidReader:
    """`path` should be of /dev/input/by-id/, which stays after replugging."""

    def __init__(self, path: str, on_code: OnCode) -> None:
        self._path = path
        self._codes = Codes(on_code)

    async def run(self) -> None:
        """See `Reader`."""
        there = True
        while True:
            try:
                handle = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)
            except OSError as error:
                if there:
                    log.warning("reader %s: %s", self._path, error.strerror)
                there = False
                await asyncio.sleep(AGAIN_S)
                continue
            if not there:
                log.warning("reader %s is back", self._path)
            there = True
            try:
                with suppress(OSError):  # a pipe of a test cannot be taken away
                    fcntl.ioctl(handle, EVIOCGRAB, 1)
                await self._read(handle)
            finally:
                os.close(handle)
            await asyncio.sleep(AGAIN_S)

    async def _read(self, handle: int) -> None:
        """Until it is unplugged."""
        loop, keys, ready = asyncio.get_running_loop(), Keys(), asyncio.Event()
        loop.add_reader(handle, ready.set)
        try:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(SILENCE_S):
                        await ready.wait()
                ready.clear()
                try:
                    content = os.read(handle, EVENT.size * 64)
                except BlockingIOError:
                    self._codes.tick(loop.time())
                    continue
                except OSError:
                    return
                if not content:
                    return
                self._codes.take(keys.text(content), loop.time())
        finally:
            loop.remove_reader(handle)
