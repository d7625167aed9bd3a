"""One conversation with a GT06 device: who it is, what its frames mean, what it must be answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from drivers.decoder import Known
from drivers.gt06.answers import (
    COMMAND_TEXT_MAX,
    answer,
    answer_address,
    answer_time,
    answer_wifi,
    command_frame,
)
from drivers.gt06.cells import read_wifi
from drivers.gt06.fields import Report, Session
from drivers.gt06.framing import Cutter, Form, Frame
from drivers.gt06.numbers import (
    ADDRESS_REQUEST,
    ANSWERED_LONG,
    LOGIN,
    LONG_READERS,
    NOT_ANSWERED,
    NOT_ANSWERED_LONG,
    SHORT_READERS,
    TIME_REQUEST,
)
from drivers.model import Command, Event, Heard, Instant, Kind, Meta, Note, Refused, Struct, Verb, field, plausible

BEFORE_LOGIN = "frame before login"
BAD_LOGIN = "login without a usable IMEI"
UNSUPPORTED = "unsupported message"
IMPOSSIBLE_PLACE = "impossible place"

USUAL_COMMANDS = {"locate": "WHERE#"}
TIMELESS_REPEAT_S = 600
"""Where a frame carries no usable time, its serial number tells repeats apart only within such a stretch of our time:
after a restart the device counts from 1 again, and a new SOS must not look like an old one."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a profile may set.

    `model`  the maker's model name, where a layout follows the model and not the frame (`VL103`, `LW4G-4B`).
    `utc_offset_minutes`  the zone the owner set the device's clock to (GMT+8: 480); wins over the login. Without it
             the login decides, else it is UTC.
    `commands`  the device's text for each of `locate`, `say`, `interval`, `confirm`, `output_on`, `output_off`;
             `{text}` and `{seconds}` are filled in.
    """

    model: str = ""
    utc_offset_minutes: Annotated[int, Meta(ge=-720, le=840)] | None = None
    commands: dict[str, str] = field(default_factory=lambda: dict(USUAL_COMMANDS))


class Gt06Decoder:
    """`drivers.decoder.Decoder` for bytes of GT06."""

    def __init__(self, settings: Settings, known: Known) -> None:
        del known  # an unknown device's alarm is kept like any other; who it is the registry says
        self._settings = settings
        self._session = Session(model=settings.model.upper())
        self._cutter = Cutter()
        self._serial = 0

    def feed(self, data: bytes, at: Instant) -> list[Heard]:
        """What these bytes complete."""
        return [
            Heard(note=cut, device=self._session.device or None) if isinstance(cut, Note) else self._hear(cut, at)
            for cut in self._cutter.feed(data)
        ]

    def tick(self, at: Instant) -> list[Heard]:
        """No timer runs in this protocol."""
        del at
        return []

    def due(self) -> float | None:
        """No timer runs in this protocol."""
        return None

    def say(self, command: Command, at: Instant) -> bytes | Refused:
        """The command as the text this model understands."""
        del at
        device = self._session.device
        if not device:
            return Refused("the device has not logged in on this connection yet")
        if command.device != device:
            return Refused(f"this connection belongs to {device}, not to {command.device}")
        name = command.verb.value
        if command.verb is Verb.OUTPUT:
            name = "output_on" if command.on else "output_off"
        template = self._settings.commands.get(name)
        if template is None:
            return Refused(f"the profile of {device} gives no text for the command {name!r}")
        if not (command.text.isascii() and command.text.isprintable()) or "#" in command.text:
            return Refused("GT06 commands carry printable ASCII without '#' only")
        text = template.replace("{seconds}", str(command.seconds)).replace("{text}", command.text)
        if not text.isascii() or len(text) > COMMAND_TEXT_MAX:
            return Refused(f"the command is not ASCII of at most {COMMAND_TEXT_MAX} characters")
        self._serial = self._serial % 0xFFFF + 1
        return command_frame(text, self._serial, self._serial)

    def _hear(self, frame: Frame, at: Instant) -> Heard:
        form, raw = frame
        head = 4 if form is Form.LONG else 3
        number = raw[head]
        if number == LOGIN and form is Form.SHORT:
            return self._log_in(raw)
        session = self._session
        if not session.device:
            return Heard(note=Note(BEFORE_LOGIN, f"message 0x{number:02x}"))
        if form is Form.WIFI:
            report = read_wifi(raw)
            return self._heard(report, raw, number, at, answer_wifi(number, report.clock))
        return self._hear_numbered(frame, number, raw[head + 1 : -4], at)

    def _hear_numbered(self, frame: Frame, number: int, content: bytes, at: Instant) -> Heard:
        session = self._session
        serial = frame.raw[-4:-2]
        if number == TIME_REQUEST:
            return Heard(device=session.device, reply=answer_time(at.utc, serial))
        if number == ADDRESS_REQUEST:
            return Heard(device=session.device, reply=answer_address(serial))
        long = frame.form is Form.LONG
        readers, silent = (LONG_READERS, NOT_ANSWERED_LONG) if long else (SHORT_READERS, NOT_ANSWERED)
        reply = b"" if number in silent else answer(number, serial, long=long and number in ANSWERED_LONG)
        reader = readers.get(number)
        report = reader(content, session) if reader else None
        if report is None:
            return Heard(device=session.device, reply=reply, note=Note(UNSUPPORTED, f"message 0x{number:02x}"))
        return self._heard(report, frame.raw, number, at, reply)

    def _log_in(self, raw: bytes) -> Heard:
        """IMEI 8 BCD with a leading 0, [type 2], [zone and language 2]."""
        content = raw[4:-4]
        digits = content[:8].hex()
        if len(digits) != 16 or not digits.isdecimal() or not int(digits):
            return Heard(note=Note(BAD_LOGIN, digits))
        session = self._session
        session.device = digits[1:]
        session.zone = self._zone(content)
        return Heard(device=session.device, login=True, reply=answer(LOGIN, raw[-4:-2]))

    def _zone(self, content: bytes) -> timedelta:
        """Bits 15-4 hours and minutes as a decimal (0x320 = 800 = 8:00), bit 3 west."""
        if self._settings.utc_offset_minutes is not None:
            return timedelta(minutes=self._settings.utc_offset_minutes)
        if len(content) < 12:
            return timedelta(0)
        bits = int.from_bytes(content[10:12])
        hours, minutes = divmod(bits >> 4, 100)
        if hours > 14 or minutes > 59:
            return timedelta(0)
        offset = timedelta(hours=hours, minutes=minutes)
        return -offset if bits & 0x08 else offset

    def _heard(self, report: Report, raw: bytes, number: int, at: Instant, reply: bytes) -> Heard:
        """One event for every alarm, and one for the rest where no alarm of this frame carries it."""
        device = self._session.device
        time, claimed, repeat = _when(report, raw, number, at)
        kind = report.kind
        note = None
        if kind is Kind.POSITION and report.place is None:
            kind = Kind.STATUS
            note = Note(IMPOSSIBLE_PLACE, f"message 0x{number:02x}")
        if report.edges or report.held:
            told: list[tuple[Kind, str | None, bool]] = [(Kind.ALARM, cause, False) for cause in report.edges]
            told += [(Kind.ALARM, cause, True) for cause in report.held]
            if kind is not None and not report.edges:
                told.insert(0, (kind, None, False))
        else:
            told = [(kind, None, False)] if kind is not None else []
        events = [
            Event(
                kind=what,
                device=device,
                time=time,
                device_time=claimed,
                place=report.place,
                alarm=cause,
                attributes=report.attributes,
                network=report.network,
                repeat=repeat,
                held=held,
                stored=report.stored,
            )
            for what, cause, held in told
        ]
        return Heard(events=tuple(events), reply=reply, device=device, levels=report.levels, note=note)


def _when(report: Report, raw: bytes, number: int, at: Instant) -> tuple[datetime | None, str | None, str]:
    """The time to believe, the claim not to believe, and what tells a repeat of this frame from a new one."""
    time = report.time
    if time is not None and plausible(time, at.utc):
        return time, None, f"{number:02x}{raw[-4:-2].hex()}{report.clock.hex()}"
    stretch = int(at.utc.timestamp() // TIMELESS_REPEAT_S)
    repeat = f"{number:02x}{raw[-4:].hex()}{report.clock.hex()}@{stretch}"
    claimed = time.isoformat() if time else report.clock.hex() or None
    return None, claimed, repeat
