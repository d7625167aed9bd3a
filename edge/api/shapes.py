"""Everything this API says, as structures: what is encoded is what the OpenAPI document describes.

Times are UTC, ISO 8601. Texts for people are in the language the client asked for.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from edge.content import ContentSeen
from edge.losses import Lost
from sync.contract.envelope import Struct
from sync.contract.messages import ConfigStatus, Fault, Notice, Scalar


class Verdict(StrEnum):
    """How this gateway is, in one word; `linli status` exits with 0, 1 or 2."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Reason(Struct, frozen=True):
    """One thing that makes it less than ok."""

    level: Verdict
    code: str
    text: str


class LineSeen(Struct, frozen=True):
    """The line to the centre. `since`: since when it is as it is."""

    up: bool
    since: datetime
    centre: str
    reason: str = ""
    hindrance: str | None = None


class LaneSeen(Struct, frozen=True):
    """What waits for the centre's receipt."""

    lane: str
    waiting: int
    bytes: int
    oldest: datetime | None = None
    oldest_s: float | None = None


class DiskSeen(Struct, frozen=True):
    """The disk the store is on, in megabytes."""

    free_mb: int
    total_mb: int
    store_mb: float
    reserve_mb: float
    blobs_mb: float
    fault: str | None = None


class ClockSeen(Struct, frozen=True):
    """`trust` is trusted, floor or unset."""

    trust: str
    now: datetime
    floor: datetime


class SilentDevice(Struct, frozen=True):
    """A supervised device that should have spoken."""

    device: str
    reason: str


class Versions(Struct, frozen=True):
    """What runs here."""

    linli: str
    python: str
    system: str


class Counts(Struct, frozen=True):
    """How much there is."""

    devices: int
    unknown: int
    unknown_with_alarms: int
    open_alarms: int
    connections: int
    stored: int
    lost: int
    blobs_waiting: int


class Status(Struct, frozen=True):
    """Everything at a glance."""

    verdict: Verdict
    reasons: list[Reason]
    gateway: str
    epoch: str
    boot: int
    up_s: float
    line: LineSeen
    oldest_alarm_s: float | None
    lanes: list[LaneSeen]
    disk: DiskSeen
    clock: ClockSeen
    faults: list[Fault]
    silent: list[SilentDevice]
    counts: Counts
    versions: Versions
    config: ConfigStatus | None


class PlaceSeen(Struct, frozen=True, omit_defaults=True):
    """Where a device last said it was."""

    lat: float
    lon: float
    valid: bool
    datum: str = "WGS-84"


class DeviceSeen(Struct, frozen=True):
    """A registered device, and how it is."""

    id: str
    profile: str
    title: str
    address: str
    resident: str | None
    building: str
    room: str
    pole: str
    lat: float | None
    lon: float | None
    datum: str
    check_in_s: float | None
    away_until: datetime | None
    test_until: datetime | None
    note: str
    added_at: datetime | None
    enabled: bool
    connected: bool
    last_heard: datetime | None
    silent: str | None
    battery: float | None
    open: bool | None
    place: PlaceSeen | None
    values: dict[str, Scalar]
    lasting: dict[str, datetime]


class Devices(Struct, frozen=True):
    """A page; `next` is the `after` of the next one."""

    devices: list[DeviceSeen]
    next: str | None
    total: int


class DiffSeen(Struct, frozen=True):
    """One field before and after."""

    field: str
    before: str
    after: str


class ChangeSeen(Struct, frozen=True):
    """One device of an import or an undo; `kind` is add, change or remove."""

    id: str
    kind: str
    diff: list[DiffSeen]


class BadRow(Struct, frozen=True):
    """One reason why a row of the file cannot be taken."""

    line: int
    column: int
    message: str


class PlanSeen(Struct, frozen=True):
    """What an import would do. Nothing has changed yet; `token` carries it out."""

    token: str
    adds: int
    changes: int
    removals: int
    same: int
    bad_rows: int
    diff: list[ChangeSeen]
    bad: list[BadRow]
    expires_in_s: float


class Changed(Struct, frozen=True):
    """What an import or an undo did."""

    changed: int
    diff: list[ChangeSeen] = []


class UnknownSeen(Struct, frozen=True):
    """A device nobody registered."""

    driver: str
    address: str
    profile: str
    first_heard: datetime
    last_heard: datetime
    count: int
    alarms: int
    sample: str
    connected: bool


class Unknowns(Struct, frozen=True):
    """Those with alarms first. `dropped`: how many had to go since the store was made."""

    unknown: list[UnknownSeen]
    dropped: int


class Said(Struct, frozen=True):
    """A command went to the device's line; what the device says to it comes as an event."""

    device: str
    verb: str


class AlarmSeen(Struct, frozen=True):
    """One alarm and how far it has come."""

    id: str
    device: str
    cause: str
    stage: str
    test: bool
    count: int
    raised_at: datetime
    broker_at: datetime | None
    received_at: datetime | None
    acknowledged_at: datetime | None
    on_the_way_at: datetime | None
    closed_at: datetime | None
    acknowledged_by: str | None
    closed_by: str | None
    reason: str
    text: str
    escalated_at: datetime | None
    escalation: str
    building: str
    room: str
    pole: str
    fine_at: datetime | None = None
    """When whoever pressed on the kiosk's screen said that they are fine; it is open all the same."""
    second_path_at: datetime | None = None
    """When the second path delivered it, if that was in this run."""


class Alarms(Struct, frozen=True):
    """Newest first; `next` is the `before` of the next page."""

    alarms: list[AlarmSeen]
    next: str | None


class EventSeen(Struct, frozen=True, omit_defaults=True):
    """What a device said, as it went into the store (live stream, kind `event`)."""

    device: str
    registered: bool
    kind: str
    alarm: str | None = None
    open: bool | None = None
    place: PlaceSeen | None = None
    time: datetime | None = None
    stored: bool = False
    test: bool = False
    attributes: dict[str, Scalar] = {}


class LineChange(Struct, frozen=True):
    """The line came or went (live stream, kind `line`)."""

    up: bool
    reason: str = ""


class Dropped(Struct, frozen=True):
    """So many happenings went by unseen: this client was too slow, or away for too long."""

    count: int


class Named(Struct, frozen=True):
    """Something changed that can be asked for by name (kinds `devices`, `content`, `presence`)."""

    name: str


class PresenceSeen(Struct, frozen=True):
    """One department. `fresh`: the line is up, so this is how it is now."""

    department: str
    there: int
    waiting: int
    fresh: bool
    free: int = 0
    """Of those who are there, in no call."""
    wait_s: float | None = None
    open: bool = True
    opens_at: str = ""


class Presences(Struct, frozen=True):
    """All departments the centre has spoken of."""

    departments: list[PresenceSeen]
    fresh: bool


class Contents(Struct, frozen=True):
    """Everything the kiosk may show."""

    contents: list[ContentSeen]


class Outbox(Struct, frozen=True):
    """What waits, and what was lost on purpose (newest first; `next` is the `before` of the next page)."""

    lanes: list[LaneSeen]
    blobs_waiting: int
    blobs_since: datetime | None
    blobs_trouble: str | None
    lost: int
    losses: list[Lost]
    next: int | None


class Resent(Struct, frozen=True):
    """How many events are sent again, by lane."""

    lanes: dict[str, int]


class Faults(Struct, frozen=True):
    """What does not work now."""

    faults: list[Fault]


class ProfileSeen(Struct, frozen=True):
    """A device type."""

    id: str
    title: str
    driver: str
    ports: list[str]
    check_in_s: float
    alarms: dict[str, str]
    self_test: str | None
    samples: int
    file: str


class Profiles(Struct, frozen=True):
    """All of them, by id."""

    profiles: list[ProfileSeen]


class Reached(Struct, frozen=True):
    """Whether a TCP connection to an address of the configuration comes about."""

    what: str
    address: str
    ok: bool
    ms: float | None = None
    error: str = ""


class PortSeen(Struct, frozen=True):
    """One port of the configuration."""

    name: str
    kind: str
    profile: str | None
    fault: str | None
    refusals: dict[str, int]
    connections: int


class Diagnosis(Struct, frozen=True):
    """For support: everything that helps, and nothing that says who lives where."""

    made_at: datetime
    status: Status
    ports: list[PortSeen]
    devices: dict[str, int]
    notes: list[dict[str, Scalar]]
    store: dict[str, Scalar]
    window: dict[str, Scalar]
    process: dict[str, Scalar]
    libraries: dict[str, str]
    network: list[Reached]
    config: dict[str, Any]
    log: list[str]


class PeripheralsSeen(Struct, frozen=True):
    """`printer`: empty when it would print, else what is wrong: none, away, paper.

    `light`: what the status light shows; empty without one, `away` when it cannot be set.
    """

    printer: str
    light: str


class FileKept(Struct, frozen=True):
    """Its name, to be given in `blobs` of a submission."""

    sha256: str
    size: int


class Silenced(Struct, frozen=True):
    """Whether there was something to silence."""

    silenced: bool


class NoticeSeen(Struct, frozen=True):
    """An emergency notice to show now."""

    notice: Notice
    shown_at: datetime | None


class Notices(Struct, frozen=True):
    """Newest first."""

    notices: list[NoticeSeen]


class NoticeShown(Struct, frozen=True):
    """`news`: it was the first time, and the centre is told."""

    news: bool
