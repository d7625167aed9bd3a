"""The numbers of the messages, and the bodies that go down to a terminal.

0x8001 general answer     serial(2) | id(2) | result(1)
0x8003 resend parts       first serial(2) | count(1; 2019: 2) | index(2) x n
0x8004 server time        BCD[6] UTC (2019)
0x8100 registered         serial(2) | result(1) | authentication code when the result is 0
0x8103 set parameters     count(1) | n x ( id(4) | length(1) | value )
0x8109 vendor's time      year(2) | month | day | hour | minute | second | result, UTC
0x8201 locate now         empty
0x8203 confirm alarm      serial of the alarm(2), 0 = all | type(4)
0x8300 text               flag(1) | [2019: type(1)] | GBK
0x4401 a lock vendor's general answer: id(2) | result(1)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from struct import Struct as Layout

from drivers.jt808.header import MAX_BODY


class Up(IntEnum):
    """What a terminal sends and this driver reads."""

    ANSWER = 0x0001
    HEARTBEAT = 0x0002
    LOGOUT = 0x0003
    TIME = 0x0004
    REGISTER = 0x0100
    AUTHENTICATE = 0x0102
    ATTRIBUTES = 0x0107
    VENDOR_TIME = 0x0109
    POSITION = 0x0200
    LOCATED = 0x0201
    VENDOR_BATCH = 0x0210
    VENDOR_HEARTBEAT = 0x0506
    BATCH = 0x0704
    TRANSPARENT = 0x0900
    ZONE = 0x1007
    LOCK = 0x5501
    LOCK_BLIND = 0x5502
    TEXT = 0x6006
    PICTURE = 0x8888


class Down(IntEnum):
    """What this driver sends."""

    LOCK_ANSWER = 0x4401
    ANSWER = 0x8001
    RESEND = 0x8003
    TIME = 0x8004
    REGISTERED = 0x8100
    PARAMETERS = 0x8103
    VENDOR_TIME = 0x8109
    LOCATE = 0x8201
    CONFIRM = 0x8203
    TEXT = 0x8300


class Result(IntEnum):
    """Of a general answer, in both directions; the last one only downwards."""

    OK = 0
    FAILED = 1
    WRONG = 2
    UNSUPPORTED = 3
    ALARM_CONFIRMED = 4


NO_SUCH_TERMINAL = 4
"""Result of 0x8100 (JT/T 808-2013 table 7)."""

REPORT_INTERVAL = 0x0029
READ_ALOUD, SHOWN, URGENT = 1 << 3, 1 << 2, 1 << 0
NOTICE = 1
"""Text type of edition 2019: a notice, in contrast to 2, a service."""

_ANSWER = Layout(">HHB")
_REGISTERED = Layout(">HB")
_CONFIRM = Layout(">HI")
_PARAMETER = Layout(">BIBI")


def answer(serial: int, msg_id: int, result: int) -> bytes:
    """0x8001, and 0x0001 the other way."""
    return _ANSWER.pack(serial, msg_id, result)


def registered(serial: int, result: int, auth_code: str = "") -> bytes:
    """0x8100; the code only goes with result 0."""
    return _REGISTERED.pack(serial, result) + (auth_code.encode("gbk", "replace") if result == 0 else b"")


def resend(first: int, indexes: Sequence[int], version: int | None) -> bytes:
    """0x8003; see `most_indexes`."""
    count = len(indexes).to_bytes(1 if version is None else 2)
    return first.to_bytes(2) + count + b"".join(index.to_bytes(2) for index in indexes)


def most_indexes(version: int | None) -> int:
    """How many parts one 0x8003 can ask for."""
    return 255 if version is None else (MAX_BODY - 4) // 2


def server_time(now: datetime) -> bytes:
    """0x8004."""
    return bytes.fromhex(now.strftime("%y%m%d%H%M%S"))


def vendor_time(now: datetime) -> bytes:
    """0x8109."""
    return now.year.to_bytes(2) + bytes((now.month, now.day, now.hour, now.minute, now.second, Result.OK))


def report_interval(seconds: int) -> bytes:
    """0x8103 with the one parameter 0x0029."""
    return _PARAMETER.pack(1, REPORT_INTERVAL, 4, seconds)


def confirm(serial: int, bits: int) -> bytes:
    """0x8203; serial 0 means all alarms of these kinds."""
    return _CONFIRM.pack(serial, bits)


def spoken_text(words: str, version: int | None, flag: int = READ_ALOUD | SHOWN) -> bytes:
    """0x8300. Characters GBK does not know become question marks."""
    kind = b"" if version is None else bytes((NOTICE,))
    return bytes((flag,)) + kind + words.encode("gbk", "replace")
