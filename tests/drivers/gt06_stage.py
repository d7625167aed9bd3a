"""What the tests of the GT06 driver share: a decoder that knows its device, and contents of frames."""

from datetime import UTC, datetime
from typing import Any

from drivers.gt06 import Gt06Decoder, Settings
from drivers.gt06.answers import short_frame
from drivers.model import Event, Heard, Instant, Kind
from edge.neighbourhood.gt06 import CELL, Gt06Device
from edge.repeats import Repeats

IMEI = "861234567890123"


AT = Instant(datetime(2026, 8, 20, 12, 0, tzinfo=UTC), 1000.0)


TIME = datetime(2026, 8, 20, 0, 15, tzinfo=UTC)


GPS = bytes.fromhex("1a0814000f00c90359e5180d086918001400")
"""2026-08-20 00:15:00, 31.235 N, 121.475 E, fix valid."""


SERIAL = b"\x00\x07"


def decoder(**settings: Any) -> Gt06Decoder:
    fresh = Gt06Decoder(Settings(**settings), lambda _: False)
    fresh.feed(Gt06Device(IMEI).login(), AT)
    return fresh


def hear(number: int, content: bytes, **settings: Any) -> Heard:
    (heard,) = decoder(**settings).feed(short_frame(number, content, SERIAL), AT)
    return heard


def alarms(heard: Heard) -> list[str | None]:
    return [event.alarm for event in heard.events if event.kind is Kind.ALARM]


def state(information: int = 0x40, alarm: int = 0, language: int = 2) -> bytes:
    return bytes((information, 4, 4, alarm, language))


def alarm_frame(content: bytes) -> bytes:
    return short_frame(0x26, content, SERIAL)


WIDE = bytes.fromhex("81cc0005287d001f71")
"""MCC with bit 15: the MNC has two bytes."""


ALARM_CONTENTS = {
    0x16: GPS + b"\x09" + CELL,
    0x19: CELL,
    0x26: GPS + b"\x09" + CELL,
    0x27: GPS + b"\x09" + CELL,
}


def fresh(repeats: Repeats, heard: list[Heard]) -> list[Event]:
    return [event for one in heard for event, _ in repeats.fresh(one)]
