"""Event of a driver -> CloudEvent of the contract. Pure; knows no storage and no connection.

Another platform's dialect (ThingsBoard, Sparkplug B, Home Assistant) is another mapper here, never a
second path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drivers.model import AlarmName, Event, Instant, Kind
from sync.contract import messages
from sync.contract.envelope import UNSET, Struct, Unsequenced, encode
from sync.contract.lanes import Lane
from sync.contract.messages import DeviceEvent, Fault, Loss, Place

EMERGENCY, TROUBLE, IGNORE = "emergency", "trouble", "ignore"

EMERGENCIES = frozenset({AlarmName.SOS, AlarmName.FALL, AlarmName.GENERAL})
"""What calls a person unless the profile or the configuration says otherwise; every other cause is trouble."""

_TYPES = {
    Kind.POSITION: (Lane.BULK, messages.POSITION),
    Kind.READING: (Lane.BULK, messages.READING),
    Kind.CONTACT: (Lane.STATE, messages.CONTACT),
    Kind.STATUS: (Lane.STATE, messages.STATUS),
    Kind.MOTION: (Lane.STATE, messages.MOTION),
    Kind.CODE: (Lane.STATE, messages.CODE),
    Kind.AVAILABILITY: (Lane.STATE, messages.STATUS),
    Kind.RESULT: (Lane.STATE, messages.STATUS),
    Kind.ALARM: (Lane.STATE, messages.STATUS),  # trouble; an emergency takes the alarm lane
}


class Identity(Struct, frozen=True):
    """Who a device is to the centre. `resident` is an opaque reference, never a name."""

    id: str
    profile: str
    registered: bool = True
    resident: str | None = None
    pole: str | None = None
    severities: Mapping[str, str] = {}


def severity(cause: str, who: Identity) -> str:
    """How bad this cause is for this device: emergency, trouble or ignore."""
    said = who.severities.get(cause)
    if said is not None:
        return said
    return EMERGENCY if cause in EMERGENCIES else TROUBLE


class Mapper:
    """Makes the bodies. `ids(unix_s)` gives a new id, `trust()` the state of the clock."""

    def __init__(self, gateway: str, boot: int, ids: Callable[[float], str], trust: Callable[[], str]) -> None:
        self.gateway = gateway
        self._boot, self._ids, self._trust = boot, ids, trust
        self._sources: dict[str, str] = {}

    def event(self, event: Event, who: Identity, at: Instant) -> tuple[Lane, bytes]:
        """Anything but an emergency."""
        lane, kind = _TYPES[event.kind]
        return lane, self._body(kind, who.id, at, _data(event, who))[1]

    def alarm(self, event: Event, who: Identity, at: Instant) -> tuple[str, bytes]:
        """An emergency: its id, which is the alarm's id everywhere, and its body."""
        return self._body(messages.ALARM, who.id, at, _data(event, who, severity=EMERGENCY))

    def alarm_update(self, alarm_id: str, count: int, event: Event, who: Identity, at: Instant) -> bytes:
        """Another press while the alarm is open."""
        data = _data(event, who, severity=EMERGENCY, count=count)
        return self._body(messages.ALARM_UPDATE, who.id, at, data, subject=alarm_id)[1]

    def picture(self, alarm_id: str, digest: str, who: Identity, at: Instant) -> bytes:
        """A picture kept around an alarm: an update that names the blob."""
        data = DeviceEvent(device=who.id, profile=who.profile, picture=digest)
        return self._body(messages.ALARM_UPDATE, who.id, at, data, subject=alarm_id)[1]

    def fault(self, fault: Fault, at: Instant, device: str = "gateway") -> bytes:
        """Something does not work, or works again."""
        return self._body(messages.FAULT, device, at, fault)[1]

    def loss(self, loss: Loss, at: Instant) -> bytes:
        """What was given up on purpose."""
        return self._body(messages.LOSS, "gateway", at, loss)[1]

    def plain(self, kind: str, data: object, at: Instant, device: str = "gateway", subject: str = "") -> bytes:
        """A message whose data is made elsewhere: submission, clock, path check."""
        return self._body(kind, device, at, data, subject=subject)[1]

    def _body(self, kind: str, device: str, at: Instant, data: object, subject: str = "") -> tuple[str, bytes]:
        new = self._ids(at.utc.timestamp())
        source = self._sources.get(device)
        if source is None:
            if len(self._sources) > 10_000:
                self._sources.clear()
            source = self._sources[device] = f"/{self.gateway}/{device}"
        return new, encode(
            Unsequenced(
                id=new,
                source=source,
                type=kind,
                time=at.utc,
                clock=self._trust(),
                boot=self._boot,
                mono=int(at.monotonic_s * 1000),
                data=data,
                subject=subject or UNSET,
            )
        )


def _data(event: Event, who: Identity, severity: str | None = None, count: int | None = None) -> DeviceEvent:
    place = event.place
    if event.kind is Kind.ALARM and severity is None:
        severity = TROUBLE
    return DeviceEvent(
        device=who.id,
        profile=who.profile,
        registered=who.registered,
        time=event.time,
        device_time=event.device_time,
        place=None
        if place is None
        else Place(
            place.valid,
            place.lat,
            place.lon,
            place.speed_kmh,
            place.course,
            place.altitude_m,
            place.satellites,
            place.datum,
        ),
        alarm=event.alarm,
        severity=severity,
        open=event.open,
        attributes=event.attributes,
        network=event.network,
        stored=event.stored,
        test=event.test,
        count=count,
        resident=who.resident,
        pole=who.pole,
    )
