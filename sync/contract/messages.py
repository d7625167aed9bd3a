"""The data of every message, up and down, as frozen structures; `docs/wire-contract.md` shows examples.

Field names are the JSON names. A field with a default may be missing on the wire. Unknown fields are ignored, so
that a newer side can talk to an older one.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sync.contract.envelope import Struct

Scalar = str | int | float | bool | None

ALARM = "linli.alarm.v1"
ALARM_UPDATE = "linli.alarm.update.v1"
POSITION = "linli.position.v1"
CONTACT = "linli.contact.v1"
STATUS = "linli.status.v1"
READING = "linli.reading.v1"
MOTION = "linli.motion.v1"
CODE = "linli.code.v1"
FAULT = "linli.fault.v1"
LOSS = "linli.loss.v1"
CLOCK = "linli.clock.v1"
SUBMISSION = "linli.submission.v1"
PATH_CHECK = "linli.pathcheck.v1"
LOOK = "linli.look.v1"
NOTICE_SHOWN = "linli.notice.shown.v1"


class Place(Struct, frozen=True, omit_defaults=True):
    """Degrees, km/h, metres. `datum` is WGS-84 unless said otherwise (GCJ-02, BD-09)."""

    valid: bool
    lat: float
    lon: float
    speed_kmh: float | None = None
    course: float | None = None
    altitude_m: float | None = None
    satellites: int | None = None
    datum: str = "WGS-84"


class DeviceEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Data of position, contact, status, reading, motion, code and alarm events.

    `device` is the registry's id (or the protocol's own id when `registered` is false), `time` the
    device's own clock if plausible, `resident` an opaque reference, never a name. In an alarm, `alarm` is
    the cause; `count` in an update counts the presses so far.
    """

    device: str
    profile: str = ""
    registered: bool = True
    time: datetime | None = None
    device_time: str | None = None
    place: Place | None = None
    alarm: str | None = None
    severity: str | None = None
    open: bool | None = None
    attributes: dict[str, Scalar] = {}
    network: dict[str, list[dict[str, Scalar]]] | None = None
    stored: bool = False
    test: bool = False
    count: int | None = None
    resident: str | None = None
    pole: str | None = None
    picture: str | None = None


class Look(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody or something looked through a camera (`device`): who asked, why, and what came of it.

    `asked_by` is `alarm`, `centre` or who stood at the gateway, `alarm` the alarm it was for. `picture` is given once
    the centre has it; a picture for an alarm stands in an update of that alarm.
    """

    device: str
    asked_by: str
    reason: str
    profile: str = ""
    alarm: str = ""
    taken: datetime | None = None
    refused: str = ""
    picture: str | None = None


class Fault(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that does not work, raised or cleared: a silent device, a dead port, a full disk."""

    fault: str
    active: bool
    reason: str = ""
    devices: list[str] = []
    since: datetime | None = None


class Range(Struct, frozen=True):
    """Sequences first..last of one lane, both included."""

    lane: str
    first: int
    last: int


class Loss(Struct, frozen=True, kw_only=True):
    """What was given up on purpose, and why; the receiver counts these sequences as arrived."""

    reason: str
    ranges: list[Range]
    count: int
    epoch: str


class Receipt(Struct, frozen=True):
    """All of 1..n of this lane and epoch are stored at the centre."""

    epoch: str
    lane: str
    n: int


class AlarmStep(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person did about an alarm: `step` is acknowledge, on_the_way or close. `by` is a role, not a name."""

    alarm: str
    step: str
    by: str
    at: datetime
    text: str = ""
    reason: str = ""


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request of the centre. `id` is the sender's; the same id is carried out at most once."""

    id: str
    device: str = ""
    arguments: dict[str, Scalar] = {}


class Outcome(StrEnum):
    """How a request ended. `unknown`: a crash came between the note on disk and the effect."""

    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to an Order or to a Question."""

    id: str
    outcome: Outcome
    reason: str = ""
    result: dict[str, Scalar] = {}


class Question(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question of a kiosk to the centre (`my-case`, `free-slots`, `who-is-there`)."""

    id: str
    arguments: dict[str, Scalar] = {}


class WantedConfig(Struct, frozen=True, kw_only=True):
    """Wanted configuration: only the parts that may be changed from afar, as in the configuration file."""

    version: int
    config: dict[str, Any]


class ConfigStatus(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of the wanted configuration: in force, or refused whole with every reason.

    `in_force` is the last good version (0: the gateway's own file alone). Of an accepted one, `reasons` name what
    takes effect only after a restart.
    """

    version: int
    accepted: bool
    reasons: list[str] = []
    in_force: int = 0


class Notice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An emergency notice for everyone at the kiosk, shown and spoken until it expires.

    The same id with `withdrawn` takes it from every screen; it may come before the notice itself, and then nothing is
    ever shown.
    """

    id: str
    text: str
    title: str = ""
    expires_at: datetime | None = None
    withdrawn: bool = False


class NoticeShown(Struct, frozen=True, kw_only=True):
    """Data of `linli.notice.shown.v1`: this notice was on this kiosk's screen, for the first time."""

    notice: str
    at: datetime


class PathCheck(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The night's own check of the path: in the event that goes up only `night`, in the state how it went.

    `ok` is missing while the receipt is waited for; `receipt_ms` is what it took, also when that was too long.
    """

    night: str
    ok: bool | None = None
    at: datetime | None = None
    receipt_ms: int | None = None
    reason: str = ""


class GatewayState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The retained state of a gateway, at least every 60 s; as last will with `online` false.

    `receipted` names, for each lane of `epoch`, the largest receipt the gateway holds: a centre that has less was
    lost or restored from an older copy, and must not wait for what exists nowhere any more.
    """

    gateway: str
    online: bool
    at: datetime | None = None
    version: str = ""
    epoch: str = ""
    boot: int = 0
    clock: str = ""
    backlog: dict[str, int] = {}
    sent: dict[str, int] = {}
    receipted: dict[str, int] = {}
    oldest_alarm_s: float | None = None
    faults: list[str] = []
    devices: int = 0
    silent: list[str] = []
    disk_free_mb: int | None = None
    config: ConfigStatus | None = None
    path_check: PathCheck | None = None
    screen: dict[str, Scalar] = {}
    """Of a kiosk's box, what its screen says: `page`, `busy`, `away`, `content`, `version`, `opened.<page>`."""
