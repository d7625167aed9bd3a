"""A GT06 device as it speaks: what it sends, and what it reads of the platform's answers.

Pure: times and values in, bytes out. Simulator, demo and tests carry the bytes. It is written from the format and
shares nothing with the driver but the checksum, so that a mistake there does not hide itself here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from drivers.checksum import crc16_x25

LOGIN, STATUS, RESULT, POSITION, ALARM, COMMAND, TIME = 0x01, 0x13, 0x15, 0x22, 0x26, 0x80, 0x8A

ALARM_CODES = {
    "sos": 0x01,
    "powerCut": 0x02,
    "vibration": 0x03,
    "geofenceEnter": 0x04,
    "geofenceExit": 0x05,
    "overspeed": 0x06,
    "lowBattery": 0x0E,
    "powerOff": 0x11,
    "tampering": 0x13,
    "door": 0x14,
    "removing": 0x18,
    "fallDown": 0x23,
}
TERMINAL_CODES = {"vibration": 1, "powerCut": 2, "lowBattery": 3, "sos": 4}
"""Bits 3-5 of the terminal information."""

CELL = bytes.fromhex("01cc00287d001f71")
"""MCC 460, MNC 0, LAC 10365, cell 8049."""

WIFI_ANSWER_SIZE = 12
ENGLISH = 2


class Answer(NamedTuple):
    """One frame from the platform. `content` is what stands between number and serial."""

    number: int
    serial: int
    content: bytes


class Gt06Answers:
    """Cuts what the platform sends, in pieces of any size, into its frames."""

    def __init__(self) -> None:
        self._buffer = b""

    @property
    def held(self) -> int:
        """Bytes of a frame that is not complete."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Answer]:
        """The frames these bytes complete. Raises ValueError when the platform breaks the format."""
        self._buffer += data
        found = []
        while (size := self._size()) is not None and len(self._buffer) >= size:
            frame, self._buffer = self._buffer[:size], self._buffer[size:]
            found.append(_read(frame))
        return found

    def _size(self) -> int | None:
        buffer = self._buffer
        if len(buffer) < 4:
            return None
        if buffer[:2] == b"\x79\x79":
            return int.from_bytes(buffer[2:4]) + 6
        if buffer[:2] != b"\x78\x78":
            raise ValueError(f"no start mark: {buffer[:16].hex()}")
        return buffer[2] + 5 if buffer[2] else WIFI_ANSWER_SIZE


def _read(frame: bytes) -> Answer:
    if frame[-2:] != b"\r\n":
        raise ValueError(f"no 0D 0A at the end: {frame.hex()}")
    if not frame[2] and frame[:2] == b"\x78\x78":
        return Answer(frame[3], 0, frame[4:-2])
    if crc16_x25(frame[2:-4]) != int.from_bytes(frame[-4:-2]):
        raise ValueError(f"wrong checksum: {frame.hex()}")
    head = 4 if frame[:1] == b"\x79" else 3
    return Answer(frame[head], int.from_bytes(frame[-6:-4]), frame[head + 1 : -6])


class Gt06Device:
    """One device. Every message counts its serial on; to repeat a message send the same bytes again."""

    def __init__(self, imei: str, serial: int = 0) -> None:
        if len(imei) != 15 or not imei.isdecimal():
            raise ValueError(f"an IMEI has 15 digits: {imei!r}")
        self.imei = imei
        self.serial = serial
        self._answers = Gt06Answers()

    def connected(self) -> None:
        """A new connection: half an answer of the old one never gets its other half."""
        self._answers = Gt06Answers()

    def answered(self, data: bytes) -> list[tuple[int, int]]:
        """(protocol number, serial) of every answer these bytes complete."""
        return [(answer.number, answer.serial) for answer in self._answers.feed(data)]

    def commanded(self, data: bytes) -> list[tuple[int, str]]:
        """(flag, text) of every command these bytes complete; for a device that is not asked for `answered`."""
        return [
            (int.from_bytes(answer.content[1:5]), answer.content[5 : 1 + answer.content[0]].decode("ascii"))
            for answer in self._answers.feed(data)
            if answer.number == COMMAND
        ]

    def login(self, zone_minutes: int | None = None) -> bytes:
        """Who it is; with `zone_minutes` its clock is local time."""
        content = bytes.fromhex("0" + self.imei)
        if zone_minutes is not None:
            hours, minutes = divmod(abs(zone_minutes), 60)
            bits = (hours * 100 + minutes) << 4 | (zone_minutes < 0) << 3 | ENGLISH
            content += b"\x36\x08" + bits.to_bytes(2)
        return self._frame(LOGIN, content)

    def status(self, *, voltage: int = 4, signal: int = 4, held: str | None = None, charging: bool = False) -> bytes:
        """Heartbeat; `held` is an alarm that is still set."""
        return self._frame(STATUS, _state(voltage, signal, TERMINAL_CODES.get(held or "", 0), 0, charging=charging))

    def position(
        self,
        time: datetime | None,
        lat: float,
        lon: float,
        speed: float = 0.0,
        course: float = 0.0,
        *,
        stored: bool = False,
    ) -> bytes:
        """Where it is; `stored` when it could not say so at the time."""
        content = _gps(time, lat, lon, speed, course) + CELL + bytes((0, 5, stored))
        return self._frame(POSITION, content)

    def alarm(
        self, cause: str, time: datetime | None = None, lat: float | None = None, lon: float | None = None
    ) -> bytes:
        """Something happened; without a place it has no fix, without a time an empty clock."""
        gps = _gps(time, lat or 0.0, lon or 0.0, 0.0, 0.0, valid=lat is not None)
        state = _state(4, 4, TERMINAL_CODES.get(cause, 0), ALARM_CODES[cause])
        return self._frame(ALARM, gps + b"\x09" + CELL + state)

    def ask_time(self) -> bytes:
        """Ask the platform what time it is."""
        return self._frame(TIME, b"")

    def result(self, flag: int, text: str) -> bytes:
        """The answer to a command."""
        return self._frame(RESULT, bytes((4 + len(text),)) + flag.to_bytes(4) + text.encode("ascii"))

    def _frame(self, number: int, content: bytes) -> bytes:
        self.serial = self.serial % 0xFFFF + 1
        body = bytes((len(content) + 5, number)) + content + self.serial.to_bytes(2)
        return b"\x78\x78" + body + crc16_x25(body).to_bytes(2) + b"\r\n"


def _state(voltage: int, signal: int, terminal_code: int, alarm: int, *, charging: bool = False) -> bytes:
    return bytes((0x40 | terminal_code << 3 | charging << 2, voltage, signal, alarm, ENGLISH))


def _gps(time: datetime | None, lat: float, lon: float, speed: float, course: float, *, valid: bool = True) -> bytes:
    utc = time.astimezone(UTC) if time else None
    clock = bytes((utc.year - 2000, utc.month, utc.day, utc.hour, utc.minute, utc.second)) if utc else bytes(6)
    bits = round(course) % 360 | (lat >= 0) << 10 | (lon < 0) << 11 | valid << 12
    return (
        clock
        + (b"\xc9" if valid else b"\xc0")
        + round(abs(lat) * 1_800_000).to_bytes(4)
        + round(abs(lon) * 1_800_000).to_bytes(4)
        + bytes((min(round(speed), 255),))
        + bits.to_bytes(2)
    )
