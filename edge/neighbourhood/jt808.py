"""A JT/T 808 terminal as it speaks: what it sends in editions 2013 and 2019, and what it understands of an answer.

Pure: times and values in, bytes out. Simulator, demo and tests carry the bytes. A terminal repeats a message by
sending the very same bytes again; it counts a new serial only for a new message.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from struct import Struct
from typing import Literal, NamedTuple

from drivers.jt808.frame import STANDARD, VARIANT, Cutter, Framing
from drivers.jt808.header import Address, Header, build, parse
from drivers.jt808.messages import REPORT_INTERVAL, Down, Result, Up, answer

Edition = Literal[2011, 2013, 2019]

EMERGENCY = 1 << 0
LOW_BATTERY = 1 << 7
FIX, SOUTH, WEST = 1 << 1, 1 << 2, 1 << 3
CHINA = timedelta(hours=8)
BATTERY_ITEM, SIGNAL_ITEM, SATELLITES_ITEM = 0x06, 0x30, 0x31

_FIXED = Struct(">IIIIhHH")


class Answer(NamedTuple):
    """The platform's answer to one message: which, by its id and serial, and the result (4: a person has looked)."""

    msg_id: int
    serial: int
    result: int


def position_body(
    at: datetime,
    lat: float = 0.0,
    lon: float = 0.0,
    *,
    alarm: int = 0,
    valid: bool = True,
    speed_kmh: float = 0.0,
    course: int = 0,
    altitude_m: int = 0,
    items: bytes = b"",
) -> bytes:
    """The body of a position; `at` is an aware time, sent in GMT+8."""
    status = (FIX if valid else 0) | (SOUTH if lat < 0 else 0) | (WEST if lon < 0 else 0)
    millionths = round(abs(lat) * 1e6), round(abs(lon) * 1e6)
    fixed = _FIXED.pack(alarm, status, *millionths, altitude_m, round(speed_kmh * 10), course)
    utc = at - (at.utcoffset() or timedelta(0))
    return fixed + bytes.fromhex((utc + CHINA).strftime("%y%m%d%H%M%S")) + items


def item(kind: int, value: bytes) -> bytes:
    """One item behind a position."""
    return bytes((kind, len(value))) + value


class Jt808Device:
    """One terminal with this phone number. `vendor_flags`: the variant that delimits with E7.

    What it was told is kept: `texts` (read aloud or shown), `confirmed` (serials of alarms a person has seen to, 0 for
    all), `interval_s`, `auth_code`. What it owes for that is in `owed()`.
    """

    def __init__(self, phone: str, edition: Edition = 2013, *, serial: int = 1, vendor_flags: bool = False) -> None:
        self.phone = phone
        self.edition = edition
        self.texts: list[str] = []
        self.confirmed: list[int] = []
        self.interval_s: int | None = None
        self.auth_code: str | None = None
        self._framing: Framing = VARIANT if vendor_flags else STANDARD
        self._address = self._own_address()
        self._serial = serial
        self._cutter = Cutter(self._framing.flag)
        self._owed: list[bytes] = []
        self._parts: dict[int, list[bytes]] = {}
        self._last = position_body(datetime.fromisoformat("2026-01-01T00:00:00Z"), valid=False)

    @property
    def next_serial(self) -> int:
        """The serial of the next message."""
        return self._serial

    def register(self, maker: str = "LINLI", model: str = "SIM-808", terminal_id: str = "0000001") -> bytes:
        """0x0100, once in a terminal's life."""
        sizes = {2011: (5, 8, 7), 2013: (5, 20, 7), 2019: (11, 30, 30)}[self.edition]
        texts = (maker, model, terminal_id)
        pairs = zip(texts, sizes, strict=True)
        fields = b"".join(words.encode("gbk")[:size].ljust(size, b"\0") for words, size in pairs)
        return self.message(Up.REGISTER, bytes.fromhex("002b0064") + fields + b"\0")

    def authenticate(self, code: str | None = None) -> bytes:
        """0x0102 with the code that registration gave, or another."""
        words = (code if code is not None else self.auth_code or "").encode("gbk")
        if self.edition != 2019:
            return self.message(Up.AUTHENTICATE, words)
        imei, software = b"860000000000000", b"1.0".ljust(20, b"\0")
        return self.message(Up.AUTHENTICATE, bytes((len(words),)) + words + imei + software)

    def heartbeat(self) -> bytes:
        """0x0002."""
        return self.message(Up.HEARTBEAT)

    def logout(self) -> bytes:
        """0x0003."""
        return self.message(Up.LOGOUT)

    def position(
        self,
        at: datetime,
        lat: float = 0.0,
        lon: float = 0.0,
        *,
        alarm: int = 0,
        valid: bool = True,
        battery: int | None = None,
        items: bytes = b"",
    ) -> bytes:
        """0x0200."""
        power = item(BATTERY_ITEM, bytes((battery,))) if battery is not None else b""
        self._last = position_body(at, lat, lon, alarm=alarm, valid=valid, items=power + items)
        return self.message(Up.POSITION, self._last)

    def sos(self, at: datetime, lat: float = 0.0, lon: float = 0.0, *, valid: bool = True) -> bytes:
        """0x0200 with the emergency bit."""
        return self.position(at, lat, lon, alarm=EMERGENCY, valid=valid)

    def stored(self, bodies: Sequence[bytes], kind: int = 1) -> bytes:
        """0x0704: positions kept while offline (`kind` 1) or just bundled (0)."""
        return self.message(Up.BATCH, batch_body(bodies, kind))

    def stored_in_parts(self, bodies: Sequence[bytes], size: int, kind: int = 1) -> list[bytes]:
        """0x0704 as a sub-packaged message."""
        return self.packaged(Up.BATCH, batch_body(bodies, kind), size)

    def packaged(self, msg_id: int, body: bytes, size: int) -> list[bytes]:
        """The parts of a message, at most `size` bytes of body each; they are kept in case they are asked for again."""
        pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        first = self._serial
        frames = [self.message(msg_id, piece, (len(pieces), index)) for index, piece in enumerate(pieces, 1)]
        self._parts = {first: frames}
        return frames

    def message(self, msg_id: int, body: bytes = b"", part: tuple[int, int] | None = None) -> bytes:
        """Any message, with the next serial."""
        serial = self._serial
        self._serial = (serial + 1) & 0xFFFF
        return self._framing.wrap(build(msg_id, self._address, serial, body, part))

    def answered(self, data: bytes) -> list[Answer]:
        """The answers that are complete now; orders among them are carried out, see the class."""
        answers: list[Answer] = []
        for between in self._cutter.feed(data):
            content = self._framing.unwrap(between)
            parsed = parse(content, self._framing) if content is not None else None
            if parsed is None or parsed[0].address != self._address:
                continue
            header, body = parsed
            told = self._answer(header, body)
            if told is not None:
                answers.append(told)
            else:
                self._obey(header, body)
        return answers

    def owed(self) -> bytes:
        """What it now says to the orders it was given; empties."""
        data = b"".join(self._owed)
        self._owed.clear()
        return data

    def _answer(self, header: Header, body: bytes) -> Answer | None:
        if header.msg_id == Down.ANSWER and len(body) == 5:
            return Answer(int.from_bytes(body[2:4]), int.from_bytes(body[:2]), body[4])
        if header.msg_id == Down.REGISTERED and len(body) >= 3:
            self.auth_code = body[3:].decode("gbk") if body[2] == Result.OK else None
            return Answer(Up.REGISTER, int.from_bytes(body[:2]), body[2])
        return None

    def _obey(self, header: Header, body: bytes) -> None:
        result = Result.OK
        match header.msg_id:
            case Down.TEXT:
                self.texts.append(body[1 if self.edition != 2019 else 2 :].decode("gbk"))
            case Down.CONFIRM:
                self.confirmed.append(int.from_bytes(body[:2]))
            case Down.PARAMETERS:
                result = self._set(body)
            case Down.LOCATE:
                self._owed.append(self.message(Up.LOCATED, header.serial.to_bytes(2) + self._last))
                return
            case Down.RESEND:
                self._owed += self._again(body)
                return
            case Down.TIME | Down.VENDOR_TIME:
                return
            case _:
                result = Result.UNSUPPORTED
        self._owed.append(self.message(Up.ANSWER, answer(header.serial, header.msg_id, result)))

    def _set(self, body: bytes) -> Result:
        if len(body) == 10 and body[0] == 1 and int.from_bytes(body[1:5]) == REPORT_INTERVAL:
            self.interval_s = int.from_bytes(body[6:10])
            return Result.OK
        return Result.UNSUPPORTED

    def _again(self, body: bytes) -> list[bytes]:
        """The parts that are asked for, as they were sent."""
        frames = self._parts.get(int.from_bytes(body[:2]), [])
        start = 3 if self.edition != 2019 else 4
        wanted = [int.from_bytes(body[at : at + 2]) for at in range(start, len(body) - 1, 2)]
        return [frames[index - 1] for index in wanted if 1 <= index <= len(frames)]

    def _own_address(self) -> Address:
        if self.edition == 2019:
            return Address(bytes.fromhex(self.phone.rjust(20, "0")), 1)
        return Address(bytes.fromhex(self.phone.rjust(self._framing.phone_size * 2, "0")))


def batch_body(bodies: Sequence[bytes], kind: int) -> bytes:
    """The body of 0x0704."""
    listed = b"".join(len(body).to_bytes(2) + body for body in bodies)
    return len(bodies).to_bytes(2) + bytes((kind,)) + listed
