"""H02 trackers and pendants, over TCP or UDP (test data of the Traccar project; its issue 2920 for the status bits).

    *<maker:2>,<id>,<type>[,<field>...]#            text, sometimes followed by CR LF

    V1 V2 V5 V6 V8 VI1 V19   <hhmmss>,<A|V|B>,<ddmm.mmmm>,<N|S>,<dddmm.mmmm>,<E|W>,<knots>,<course>,<ddmmyy>,<status>...
    V4                       <command>,<its result>, then as V1: an answer to an order
    VP1                      as V1 without hhmmss and status
    NBR                      <hhmmss>,<mcc>,<mnc>,<ta>,<n>, n x (<lac>,<cell>,<rssi>), <ddmmyy>,<status>
    V3                       <hhmmss>,<mccmnc>,<n>, n x (<lac>,<cell>,<?>,<?>), <battery, hex>,?,?,<ddmmyy>,<status>
    LINK                     <hhmmss>,<gsm>,<satellites>,<battery %>,<steps>,<turnovers>,<ddmmyy>,<status>
    HTBT[,<battery %>] V0    heartbeats

    $ id 5 | hhmmss 3 | ddmmyy 3 | latitude 4 | battery 1 | longitude 4.5, flags 0.5 | motion 3 | status 4 | ...

    Binary numbers are BCD; flags: 2 a fix, 4 north, 8 east; motion: three digits of knots, three of course.
    32 or 45 bytes; 42 when the id has 8 bytes, for 15 digits.

Status is 32 bits, 0 is active. Clocks run in UTC. Nothing carries a checksum or a serial number. V1 and NBR are
answered with `*HQ,<id>,V4,<type>,<yyyymmddhhmmss>#`, a heartbeat with its own beginning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta, timezone
from functools import partial
from itertools import pairwise
from typing import Annotated, Literal, cast

from drivers.decoder import Decoder, Driver, Known
from drivers.model import (
    Command,
    Event,
    Heard,
    Instant,
    Kind,
    Meta,
    Note,
    Place,
    Refused,
    Scalar,
    Struct,
    field,
)
from drivers.moment import Moment, moment

MAX_TEXT = 1024
"""A text frame has some 160 bytes, more only with many cells or a long answer."""

HEADER = 32
"""What is read of a binary frame lies in its first 32 bytes: it is told when these are here, however long it is."""

KNOT_KMH = 1.852
NAMELESS = "unknown"
"""The id is empty and none was heard before on this line. Who pressed is not known, but somebody did."""

MAX_EXTRAS = 16

START = re.compile(rb"[$*]")
TEXT_HEAD = re.compile(rb"\*(?:[A-Za-z0-9]{0,2}\Z|[A-Za-z0-9]{2},)")
TEXT_END = re.compile(rb"[#*\x00-\x1f]")
TEXT = re.compile(rb"\*([A-Za-z0-9]{2}),([0-9]{0,20}),([A-Za-z][A-Za-z0-9]{0,9})(?:,([^#]*))?#")

DIGIT = rb"[\x00-\x09\x10-\x19\x20-\x29\x30-\x39\x40-\x49\x50-\x59\x60-\x69\x70-\x79\x80-\x89\x90-\x99]"
SIXTY = rb"[\x00-\x09\x10-\x19\x20-\x29\x30-\x39\x40-\x49\x50-\x59]"
DAY, MONTH = rb"[\x01-\x09\x10-\x19\x20-\x29\x30\x31]", rb"[\x01-\x09\x10-\x12]"
CLOCK = rb"([\x00-\x09\x10-\x19\x20-\x23]%b{2}%b%b%b|%b{3}\x00{3})" % (SIXTY, DAY, MONTH, DIGIT, DIGIT)
REST = rb"(%b{4})(.)(%b{4}[\x00-\x9f])(%b{3})(.{4})" % (DIGIT, DIGIT, DIGIT)
BINARY_10 = re.compile(rb"\$(?!\x00{5})(%b{5})" % DIGIT + CLOCK + REST, re.DOTALL)
BINARY_15 = re.compile(rb"\$(?!\x00{8})(%b{7}.)" % DIGIT + CLOCK + REST, re.DOTALL)
"""There is no checksum. A frame, not a `$` in noise, has digits where they belong, and a clock that is one or unset.

One noise is beyond that: `$` and two bytes of digits right before a frame of 45 bytes make one of 42 of it.
"""

TAILS = {TEXT: 0, BINARY_10: 45 - HEADER, BINARY_15: 42 - HEADER}

SURE = 16
"""Up to here every kind of binary frame has digits only."""

DIGITS = re.compile(DIGIT + rb"*")
SIX = re.compile(r"[0-9]{6}")
STATUS = re.compile(r"[0-9A-Fa-f]{8}")
STATUS_ANYWHERE = re.compile(r"(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{8}")
ANGLE = re.compile(r"-?([0-9]{1,3}?)-?([0-9]{2})(?:\.([0-9]{1,8})|([0-9]{4}))")
HEX, NUMBER, DECIMAL = re.compile(r"[0-9A-Fa-f]{1,4}"), re.compile(r"[0-9]{1,10}"), re.compile(r"[0-9]{1,6}(\.[0-9]*)?")
BATTERY_STEPS = (0, 10, 20, 60, 80, 100)
"""Only that step 6 is full is recorded; the others are how such trackers show them."""

Bit = Annotated[int, Meta(ge=0, le=31)]


class H02Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """What the documents of the makers disagree about.

    `alarm_bits`: the bits of the status word that raise an alarm, by its name. `acc_off_bit`: None if there is none.
    `answer`: V1 and NBR get the clock as an answer. `utc_offset_minutes`: for a make whose clock is not UTC.
    """

    alarm_bits: dict[str, list[Bit]] = field(
        default_factory=lambda: {"sos": [1, 18], "vibration": [0], "overspeed": [2], "powerCut": [19]}
    )
    acc_off_bit: Bit | None = 10
    answer: bool = True
    utc_offset_minutes: Annotated[int, Meta(ge=-720, le=840)] = 0


class Report(Struct):
    """What one frame says, in its own terms."""

    kind: Kind | None = None
    clock: str = ""
    date: str = ""
    place: Place | None = None
    status: int | None = None
    attributes: dict[str, Scalar] = {}
    cells: list[dict[str, Scalar]] = []


class Cutter:
    """Cuts bytes into frames; no byte is looked at more than some forty times."""

    def __init__(self) -> None:
        self._held = b""
        self._seen = 0
        self._tail = 0
        self._may_begin = True
        self.noise = 0

    def feed(self, data: bytes) -> Iterator[re.Match[bytes]]:
        """Each frame that is complete; `noise` counts what was none."""
        held, at = self._held + data, 0
        while at < len(held):
            if held[at] in b"$*" and self._may_begin:
                whole = self._text(held, at) if held[at] == ord("*") else _binary(held, at)
                if whole is None:
                    break
                if whole:
                    at = self._after(whole)
                    yield whole
                    continue
            at = self._pass(held, at)
        self._held = held[at:]

    def _after(self, frame: re.Match[bytes]) -> int:
        """Where reading goes on. What follows 32 bytes is passed over unread, for a `$` may stand in it."""
        self._tail = TAILS[frame.re]
        self._may_begin = frame.re is not BINARY_15  # a frame of 45 bytes may have been one of 32
        return frame.end() if frame.re is TEXT else frame.start() + HEADER

    def _pass(self, held: bytes, at: int) -> int:
        if self._tail:
            end = min(at + self._tail, len(held))
            self._tail -= end - at
            self._may_begin = not self._tail
            return end
        following = START.search(held, at + 1)
        end = following.start() if following else len(held)
        self.noise += len(held[at:end].strip(b"\r\n"))
        return end

    def _text(self, held: bytes, at: int) -> re.Match[bytes] | Literal[False] | None:
        """The frame that begins here; False: none does; None: not yet known."""
        seen, self._seen = self._seen, 0
        if not TEXT_HEAD.match(held, at):
            return False
        end = TEXT_END.search(held, at + max(seen, 1), at + MAX_TEXT)
        if end is None and len(held) - at < MAX_TEXT:
            self._seen = len(held) - at
            return None
        return TEXT.fullmatch(held, at, end.end()) or False if end else False


class H02Decoder:
    """One connection of one device, or one UDP address."""

    def __init__(self, settings: H02Settings) -> None:
        self._settings = settings
        self._zone = timezone(timedelta(minutes=settings.utc_offset_minutes))
        self._cutter = Cutter()
        self._id = ""

    def feed(self, data: bytes, at: Instant) -> list[Heard]:
        """Bytes, cut anywhere."""
        heard = [self._hear(frame, at) for frame in self._cutter.feed(data)]
        noise, self._cutter.noise = self._cutter.noise, 0
        return [*heard, Heard(note=Note("noise", f"{noise} bytes"))] if noise else heard

    def tick(self, at: Instant) -> list[Heard]:  # noqa: ARG002 - nothing here waits
        """No timers."""
        return []

    def due(self) -> float | None:
        """None: `tick` need not be called."""
        return None

    def say(self, command: Command, at: Instant) -> bytes | Refused:  # noqa: ARG002 - nothing depends on the time
        """No order of this protocol is documented for all makes."""
        if command.device != self._id:
            return Refused(f"device {command.device} has not spoken on this connection")
        return Refused(f"an H02 device cannot be told to {command.verb}: its orders differ from make to make")

    def _hear(self, frame: re.Match[bytes], at: Instant) -> Heard:
        if frame.re is not TEXT:
            device, report = read_binary(frame)
            return self._heard(device, report, b"", f"$ {report.status}", at)
        maker, device, what, text = ((part or b"").decode("latin-1") for part in frame.groups())
        answer_to, device = device, device or self._id or NAMELESS
        fields = text.split(",")
        if what in {"HTBT", "V0"}:
            level = _number(fields[0])
            told = Report() if level is None else Report(kind=Kind.STATUS, attributes={"batteryLevel": level})
            return self._heard(device, told, f"*{maker},{answer_to},{what}#".encode(), "", at)
        reader = READERS.get(what)
        if reader is None:
            return self._heard(device, Report(), b"", "", at, Note("unsupported message", what))
        report = reader(fields)
        answer = b""
        if self._settings.answer and what in {"V1", "NBR"}:
            answer = f"*{maker},{answer_to},V4,{what},{at.utc:%Y%m%d%H%M%S}#".encode()
        about = f"{what} {report.status} {report.attributes.get('result', '')}"
        heard = self._heard(device, report, answer, about, at)
        # no answer is owed to a report in which nothing is filled in
        return heard if heard.events else self._heard(device, report, b"", about, at, Note("empty report", what))

    def _heard(
        self, device: str, report: Report, reply: bytes, about: str, at: Instant, note: Note | None = None
    ) -> Heard:
        login = device not in {self._id, NAMELESS}
        self._id = device if login else self._id
        alarms = self._alarms(report.status)
        events = tuple(self._events(device, report, alarms or [], about, at))
        levels = None if alarms is None else frozenset(alarms)
        return Heard(events=events, reply=reply, device=device, levels=levels, note=note, login=login)

    def _events(self, device: str, report: Report, alarms: list[str], about: str, at: Instant) -> Iterator[Event]:
        """Every alarm, and beside them the report itself: a held alarm is new only once, but its bearer walks on."""
        time, claimed = self._moment(report, at)
        # A clock that cannot be believed, or stands still without a fix, tells no two presses apart.
        repeat = f"{about} {time:%y%m%d%H%M%S}" if time else None
        has_fix = report.place is not None and report.place.valid
        event = partial(
            Event,
            device=device,
            time=time,
            device_time=claimed,
            place=report.place,
            attributes=self._attributes(report),
            network={"cell": report.cells} if report.cells else None,
        )
        for alarm in alarms:
            yield event(kind=Kind.ALARM, alarm=alarm, held=True, repeat=repeat if has_fix else None)
        if kind := _kind(report):
            yield event(kind=kind, repeat=repeat)

    def _moment(self, report: Report, at: Instant) -> Moment:
        if not SIX.fullmatch(report.date):
            return None, None
        day, month, year = report.date[:2], report.date[2:4], report.date[4:]
        if not SIX.fullmatch(report.clock):
            return None, f"20{year}-{month}-{day}"
        return moment(year + month + day + report.clock, at, "%y%m%d%H%M%S", self._zone)

    def _alarms(self, status: int | None) -> list[str] | None:
        if status is None:
            return None
        return [name for name, bits in self._settings.alarm_bits.items() if any(not status >> bit & 1 for bit in bits)]

    def _attributes(self, report: Report) -> dict[str, Scalar]:
        if report.status is None:
            return report.attributes
        found = {**report.attributes, "status": report.status}
        if self._settings.acc_off_bit is not None:
            found["ignition"] = bool(report.status >> self._settings.acc_off_bit & 1)
        return found


def _fix(fields: list[str]) -> Report:
    clock, mark, lat, north, lon, east, speed, course, date, *rest = fields + [""] * max(0, 9 - len(fields))
    if not SIX.fullmatch(date) and rest and SIX.fullmatch(rest[0]):
        date, *rest = rest  # some put the battery before the date
    report = Report(clock=clock, date=date, place=_place(mark, (lat, north), (lon, east), speed, course))
    belongs = [STATUS, *[STATUS_ANYWHERE] * len(rest)]  # later than first only in V19, behind plain numbers
    at = next((i for i, text in enumerate(rest) if belongs[i].fullmatch(text)), None)
    if at is None:
        report.status = _status([], fields)
        return report
    report.status = int(rest[at], 16)
    extras = rest[at + 1 : at + 1 + MAX_EXTRAS]
    report.attributes = {f"io{i}": text for i, text in enumerate(extras, 1) if text}
    return report


def _answer(fields: list[str]) -> Report:
    """The words of the result, up to where a time and the mark of a fix begin."""
    pairs = pairwise(fields)
    at = next((i for i, (time, mark) in enumerate(pairs) if SIX.fullmatch(time) and mark in {"A", "V", "B"}), None)
    report = Report(status=_status([], fields)) if at is None else _fix(fields[at:])
    report.kind = Kind.RESULT
    report.attributes["result"] = ",".join(fields[:at])
    return report


def _link(fields: list[str]) -> Report:
    clock, *values, date, status = (fields + [""] * 8)[:8]
    names = ("rssi", "sat", "batteryLevel", "steps", "turnovers")
    told: dict[str, Scalar] = {}
    for name, text in zip(names, values, strict=True):
        if (value := _number(text)) is not None:
            told[name] = value
    return Report(kind=Kind.STATUS, clock=clock, date=date, status=_status([status], fields), attributes=told)


def _nbr(fields: list[str]) -> Report:
    clock, mcc, mnc, _, count = (fields + [""] * 5)[:5]
    end = 5 + 3 * (_number(count) or 0)
    cells = _towers(mcc, mnc, fields[5:end], 3, rssi=True)
    date, *status = [*fields[end : end + 2], ""][:2]
    return Report(clock=clock, date=date, status=_status(status, fields), cells=cells)


def _v3(fields: list[str]) -> Report:
    clock, network, count = (fields + [""] * 3)[:3]
    end = 3 + 4 * (_number(count) or 0)
    cells = _towers(network[:3], network[3:], fields[3:end], 4)
    battery, _, _, date, status = [*fields[end : end + 5], *[""] * 5][:5]
    # its unit is not documented, so it is told as it was sent
    told: dict[str, Scalar] = {"battery": int(battery, 16)} if HEX.fullmatch(battery) else {}
    return Report(clock=clock, date=date, status=_status([status], fields), attributes=told, cells=cells)


def _towers(mcc: str, mnc: str, fields: list[str], width: int, *, rssi: bool = False) -> list[dict[str, Scalar]]:
    """Each begins with its area and its cell; one that is cut off is left out."""
    found: list[dict[str, Scalar]] = []
    for at in range(0, len(fields) - width + 1, width):
        numbers = [_number(text) for text in (mcc, mnc, fields[at], fields[at + 1])]
        if None not in numbers:
            found.append(dict(zip(("mcc", "mnc", "lac", "cid"), numbers, strict=True)))
            if rssi and (heard := _number(fields[at + 2])):
                found[-1]["rssi"] = -heard
    return found


def _status(where: list[str], fields: list[str]) -> int | None:
    """From where it belongs; in a frame with fields missing from the end, unless a plain number could be meant."""
    found = next((text for text in where if STATUS.fullmatch(text)), None)
    found = found or next((text for text in reversed(fields) if STATUS_ANYWHERE.fullmatch(text)), None)
    return int(found, 16) if found else None


def read_binary(frame: re.Match[bytes]) -> tuple[str, Report]:
    """The id and what the frame says."""
    device, clock, lat, battery, lon, motion, status = (part.hex() for part in frame.groups())
    if frame.re is BINARY_15:  # sixteen places for fifteen digits: whichever end is filled up
        device = device[1:] if device[0] == "0" and device.isdecimal() else device[:15]
    flags = int(lon[9], 16)
    north, east = "SN"[flags >> 2 & 1], "WE"[flags >> 3 & 1]
    place = _place("VA"[flags >> 1 & 1], (lat, north), (lon[:9], east), motion[:3], motion[3:])
    steps = int(battery, 16)
    level = BATTERY_STEPS[steps - 1] if 1 <= steps <= 6 else steps if 6 < steps <= 100 else None
    told: dict[str, Scalar] = {} if level is None else {"batteryLevel": level}
    return device, Report(Kind.POSITION, clock[:6], clock[6:], place, int(status, 16), told)


def _binary(held: bytes, at: int) -> re.Match[bytes] | Literal[False] | None:
    """The frame that begins here; False: none does; None: not yet known."""
    if len(held) - at >= HEADER:
        return BINARY_15.match(held, at) or BINARY_10.match(held, at) or False
    digits = DIGITS.match(held, at + 1, at + SURE)
    return None if digits and digits.end() == min(at + SURE, len(held)) else False


def _place(mark: str, lat: tuple[str, str], lon: tuple[str, str], speed: str, course: str) -> Place | None:
    north, east = _angle(lat, "NS", 90), _angle(lon, "EW", 180)
    if north is None or east is None:
        return None
    knots = _decimal(speed)
    return Place(mark == "A", north, east, None if knots is None else round(knots * KNOT_KMH, 3), _decimal(course))


def _angle(value: tuple[str, str], sides: str, limit: int) -> float | None:
    """Degrees, of `ddmm.mmmm` with or without the point; None if that is no place on the earth."""
    found = ANGLE.fullmatch(value[0].strip())
    if found is None or value[1] not in tuple(sides):
        return None
    degrees = int(found[1]) + float(f"{found[2]}.{found[3] or found[4] or 0}") / 60
    if degrees > limit:
        return None
    return round(-degrees if value[1] == sides[1] else degrees, 7)


def _decimal(text: str) -> float | None:
    return float(text) if DECIMAL.fullmatch(text.strip()) else None


def _number(text: str) -> int | None:
    return int(text) if NUMBER.fullmatch(text) else None


def _kind(report: Report) -> Kind | None:
    """None: nothing was filled in, so nothing is told but an alarm."""
    if report.kind:
        return report.kind
    if report.place:
        return Kind.POSITION
    if report.cells:
        return Kind.READING
    dated = SIX.fullmatch(report.date) and report.date != "000000"
    return Kind.STATUS if dated or "battery" in report.attributes else None


READERS: dict[str, Callable[[list[str]], Report]] = {
    **dict.fromkeys(("V1", "V2", "V5", "V6", "V8", "VI1", "V19"), _fix),
    "VP1": lambda fields: _fix(["", *fields]),
    "V4": _answer,
    "NBR": _nbr,
    "V3": _v3,
    "LINK": _link,
}


def _make(settings: Struct, known: Known) -> Decoder[object]:  # noqa: ARG001 - heard, registered or not
    assert isinstance(settings, H02Settings)
    return cast("Decoder[object]", H02Decoder(settings))


DRIVER = Driver("h02", ("tcp", "udp", "memory"), H02Settings, _make, address="[0-9]{10,15}")
