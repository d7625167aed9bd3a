"""Frames that go down to the device: the answer, the time, and commands as text."""

from __future__ import annotations

from datetime import datetime

from drivers.checksum import crc16_x25
from drivers.gt06.framing import TAIL
from drivers.gt06.numbers import ADDRESS_ANSWER, COMMAND, TIME_REQUEST

COMMAND_TEXT_MAX = 240
"""The whole frame must fit a one-byte length: 5 + 1 + 4 + text <= 255."""


def short_frame(number: int, content: bytes, serial: bytes) -> bytes:
    """`78 78 | length 1 | number | content | serial | CRC | 0D 0A`."""
    body = bytes((len(content) + 5, number)) + content + serial
    return b"\x78\x78" + body + crc16_x25(body).to_bytes(2) + TAIL


def long_frame(number: int, content: bytes, serial: bytes) -> bytes:
    """`79 79 | length 2 | number | content | serial | CRC | 0D 0A`."""
    body = (len(content) + 5).to_bytes(2) + bytes((number,)) + content + serial
    return b"\x79\x79" + body + crc16_x25(body).to_bytes(2) + TAIL


def answer(number: int, serial: bytes, *, long: bool = False) -> bytes:
    """What makes a device take a frame as delivered."""
    return (long_frame if long else short_frame)(number, b"", serial)


def answer_time(now: datetime, serial: bytes) -> bytes:
    """The time in UTC, binary."""
    clock = bytes((now.year - 2000, now.month, now.day, now.hour, now.minute, now.second))
    return short_frame(TIME_REQUEST, clock, serial)


def answer_wifi(number: int, clock: bytes) -> bytes:
    """`78 78 00 | number | the time as it came | 0D 0A`, without serial and checksum like the request."""
    return b"\x78\x78\x00" + bytes((number,)) + clock + TAIL


def answer_address(serial: bytes) -> bytes:
    """To a request for a street address: we have none. Without an answer the device asks again and again."""
    text = b"NA&&NA&&0##"
    return long_frame(ADDRESS_ANSWER, bytes((4 + len(text),)) + bytes(4) + text, serial)


def command_frame(text: str, flag: int, serial: int) -> bytes:
    """A command as text; the device repeats `flag` in its answer."""
    content = bytes((4 + len(text),)) + flag.to_bytes(4) + text.encode("ascii")
    return short_frame(COMMAND, content, serial.to_bytes(2))
