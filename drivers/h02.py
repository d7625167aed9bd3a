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
from collections.abc import Iterator
from datetime import timedelta, timezone
from functools import partial
from typing import Annotated, cast

from drivers.decoder import Decoder, Driver, Known
from drivers.h02_frames import TEXT, Cutter
from drivers.h02_report import READERS, SIX, Report, kind_of, number, read_binary
from drivers.model import Command, Event, Heard, Instant, Kind, Meta, Note, Refused, Scalar, Struct, field
from drivers.moment import Moment, moment

NAMELESS = "unknown"
"""The id is empty and none was heard before on this line. Who pressed is not known, but somebody did."""

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
            level = number(fields[0])
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
        if kind := kind_of(report):
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


def _make(settings: Struct, known: Known) -> Decoder[object]:  # noqa: ARG001 - heard, registered or not
    assert isinstance(settings, H02Settings)
    return cast("Decoder[object]", H02Decoder(settings))


DRIVER = Driver("h02", ("tcp", "udp", "memory"), H02Settings, _make, address="[0-9]{10,15}")
