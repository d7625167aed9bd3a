"""What a device can say and be told: the vocabulary every driver speaks.

Frozen values without behaviour. This file knows no protocol, no port and no storage. It is also the
one door through which msgspec enters `drivers`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Meta, Struct, ValidationError, convert, field
from msgspec.json import decode as decode_json
from msgspec.json import encode as encode_json
from msgspec.json import schema as json_schema

__all__ = [
    "AlarmName",
    "Command",
    "Event",
    "Heard",
    "Instant",
    "Kind",
    "Level",
    "Message",
    "Meta",
    "Note",
    "Place",
    "Refused",
    "Sample",
    "Scalar",
    "Struct",
    "ValidationError",
    "Verb",
    "convert",
    "decode_json",
    "encode_json",
    "field",
    "json_schema",
    "plausible",
]

Scalar = str | int | float | bool | None

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
"""No device of ours was made before this, so an older clock is an unset clock."""


class Instant(Struct, frozen=True):
    """A moment as this machine saw it: wall clock for records, monotonic seconds for intervals."""

    utc: datetime
    monotonic_s: float


class Kind(StrEnum):
    """What an event is about; it also decides the lane the event travels in."""

    ALARM = "alarm"
    POSITION = "position"
    CONTACT = "contact"
    STATUS = "status"
    READING = "reading"
    MOTION = "motion"
    CODE = "code"
    AVAILABILITY = "availability"
    RESULT = "result"


class AlarmName(StrEnum):
    """Causes of alarm that drivers of several protocols share, spelled as in `vectors/README.md`.

    A driver may report a cause that is not listed here: the name is then the protocol's own.
    """

    SOS = "sos"
    GENERAL = "general"
    FALL = "fallDown"
    REMOVED = "removing"
    LOW_BATTERY = "lowBattery"
    LOW_POWER = "lowPower"
    POWER_CUT = "powerCut"
    POWER_OFF = "powerOff"
    TAMPER = "tampering"
    VIBRATION = "vibration"
    GEOFENCE = "geofence"
    GEOFENCE_ENTER = "geofenceEnter"
    GEOFENCE_EXIT = "geofenceExit"
    OVERSPEED = "overspeed"
    MOVEMENT = "movement"
    DOOR = "door"
    ACCIDENT = "accident"
    FAULT = "fault"


class Place(Struct, frozen=True, omit_defaults=True):
    """Where the device says it is. Degrees, km/h, metres. Never a condition for an alarm.

    `valid` is the device's own word that it has a fix; without one the coordinates are the last
    known or zero.
    """

    valid: bool
    lat: float
    lon: float
    speed_kmh: float | None = None
    course: float | None = None
    altitude_m: float | None = None
    satellites: int | None = None
    datum: str = "WGS-84"


class Event(Struct, frozen=True, kw_only=True):
    """One thing that happened at one device.

    `device`     the id the protocol itself uses: IMEI, phone number, RF code, topic, pin.
    `time`       the device's clock if it is plausible, else None: then the time of receipt counts.
    `device_time` what the device claimed when that was not plausible, as text, for the record.
    `repeat`     serial and time (or whatever makes the message the same message): two events of one
                 device with an equal key are one. None: the protocol has nothing to tell them by.
    `first`      the transport says that it was never sent before: `repeat` is kept for a later one, and not
                 held against what was before.
    `held`       the alarm is a bit that stays set; it is new only if the device's previous report
                 did not have it set (see `Heard.levels`).
    `stored`     kept by the device while it was offline: late and out of order, never the newest.
    `test`       the device itself says that this is a test.
    """

    kind: Kind
    device: str
    time: datetime | None = None
    device_time: str | None = None
    place: Place | None = None
    alarm: str | None = None
    open: bool | None = None
    attributes: dict[str, Scalar] = {}
    network: dict[str, list[dict[str, Scalar]]] | None = None
    repeat: str | None = None
    first: bool = False
    held: bool = False
    stored: bool = False
    test: bool = False


class Note(Struct, frozen=True):
    """Something a person should be able to count: noise, a wrong checksum, an unsupported message.

    `reason` is a short fixed phrase (it is the key of a counter); `detail` may vary.
    """

    reason: str
    detail: str = ""


class Heard(Struct, frozen=True):
    """The outcome of one frame: what it means, and the answer owed once that is on disk.

    `reply` is sent only after every event of this value, and of all values before it, is stored.
    `device` is who is at the other end, when this frame says so (login, or every frame).
    `levels` are all held alarms set in this report; None when the frame does not speak of them.
    `login` marks a frame by which the device binds this conversation to its id.
    """

    events: tuple[Event, ...] = ()
    reply: bytes = b""
    device: str | None = None
    levels: frozenset[str] | None = None
    note: Note | None = None
    login: bool = False
    close: bool = False


class Message(Struct, frozen=True):
    """One MQTT message as a port received it. `token` is the port's own, given back to settle it.

    `mid` and `dup` are packet identifier and DUP flag: the broker may have sent it before (MQTT 5.0, 3.3.1.1).
    """

    topic: str
    payload: bytes
    retain: bool = False
    qos: int = 1
    token: int = 0
    mid: int = 0
    dup: bool = False


class Level(Struct, frozen=True):
    """A digital input as it stands now; `line` is the name the configuration gives the pin."""

    line: str
    high: bool


class Sample(Struct, frozen=True):
    """An analogue input as a fraction of the reference voltage, 0.0 to 1.0."""

    line: str
    ratio: float


class Verb(StrEnum):
    """What a device may be asked to do (`down/request/<command>` of the contract)."""

    LOCATE = "locate"
    SAY = "say"
    INTERVAL = "interval"
    CONFIRM = "confirm"
    OUTPUT = "output"


class Command(Struct, frozen=True):
    """One order to one device. `text` for SAY, `seconds` for INTERVAL, `alarm` for CONFIRM."""

    verb: Verb
    device: str
    text: str = ""
    seconds: int = 0
    alarm: str = ""
    on: bool = False


class Refused(Struct, frozen=True):
    """Why a command cannot be put to this device, in words for the person who asked."""

    reason: str


def plausible(time: datetime, now: datetime) -> bool:
    """Whether a device's clock can be believed: 2020 ... now + 1 day (`protocols.md` 1.5)."""
    return EARLIEST <= time <= now + timedelta(days=1)
