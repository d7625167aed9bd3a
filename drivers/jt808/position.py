"""The position body of 0x0200, 0x0201 and the batches: 28 fixed bytes and items.

    alarm(4) | status(4) | latitude(4) | longitude(4) | altitude(2) | speed(2) | course(2) | time BCD[6] | items

Degrees in millionths, speed in tenths of km/h, time YYMMDDhhmmss in GMT+8 (JT/T 808-2013 table 23). Status
bits: 1 fix valid, 2 south, 3 west. An alarm is not a position: whatever is cut off, impossible or unset, the
alarm word counts.
"""

from __future__ import annotations

from datetime import UTC, datetime
from struct import Struct as Layout

from drivers.jt808.dialect import Dialect
from drivers.jt808.findings import Findings
from drivers.jt808.items import is_items, read_items
from drivers.model import Place, Scalar, Struct, plausible

FIXED = 28
ALARM_WORD = 4
LEGACY_TAIL = 18
"""An old vendor layout behind the fixed part:
skipped(4) | mileage km(4) | battery V/10(2) | area(4) | rssi(1) | reserved(3)."""

_FIXED = Layout(">IIIIhHH")


class Report(Struct, frozen=True):
    """One position body. `stamp` is the time as sent, in hex; it tells repeats even when it is no usable time."""

    causes: tuple[str, ...]
    place: Place | None
    time: datetime | None
    device_time: str | None
    stamp: str
    attributes: dict[str, Scalar]
    network: dict[str, list[dict[str, Scalar]]] | None = None


class Clock(Struct, frozen=True):
    """How to read the time of a device: `zone` as ISO 8601 offset without colon."""

    zone: str = "+0800"

    @classmethod
    def ahead(cls, minutes: int) -> Clock:
        """The clock of a device whose zone is that many minutes ahead of UTC."""
        return cls(f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}")

    def read(self, stamp: str) -> datetime | None:
        """BCD YYMMDDhhmmss as hex; None when it is no date."""
        try:
            return datetime.fromisoformat(f"20{stamp[:6]}T{stamp[6:]}{self.zone}").astimezone(UTC)
        except (ValueError, OverflowError):
            return None


def read_report(body: bytes, clock: Clock, dialect: Dialect, now: datetime) -> Report | None:
    """What the body says; None when not even the alarm word is there."""
    size = len(body)
    if size < ALARM_WORD:
        return None
    whole = size >= FIXED
    alarm, status, lat, lon, altitude, speed, course = _FIXED.unpack_from(body if whole else body.ljust(FIXED, b"\0"))
    causes = dialect.causes(alarm) if alarm else []
    attributes: dict[str, Scalar] = {}
    if size >= 8:
        for mask, name in dialect.status:
            attributes[name] = status & mask != 0
    if alarm and (nameless := dialect.nameless(alarm)):
        attributes["alarmBits"] = nameless
    found = Findings(attributes, causes, dialect)
    if size > FIXED:
        _read_tail(body[FIXED:], found)
    stamp = body[22:28].hex() if whole else ""
    time, device_time = _time(stamp, clock, now)
    return Report(
        causes=tuple(causes),
        place=_place(status, lat, lon, (altitude, speed, course), size, attributes),
        time=time,
        device_time=device_time,
        stamp=stamp,
        attributes=attributes,
        network=found.network,
    )


def _time(stamp: str, clock: Clock, now: datetime) -> tuple[datetime | None, str | None]:
    """The device's clock when it can be believed, else what it claimed, for the record."""
    if not stamp:
        return None, None
    time = clock.read(stamp)
    if time is None:
        return None, stamp
    if plausible(time, now):
        return time, None
    return None, time.strftime("%Y-%m-%dT%H:%M:%SZ")


def _place(
    status: int, lat: int, lon: int, motion: tuple[int, int, int], size: int, attributes: dict[str, Scalar]
) -> Place | None:
    if size < 16:
        return None
    north, east = lat / 1e6, lon / 1e6
    if north > 90 or east > 180:
        attributes["impossiblePlace"] = f"{north},{east}"
        return None
    altitude, speed, course = motion
    satellites = attributes.get("sat")
    return Place(
        valid=status & 2 != 0,
        lat=-north if status & 4 else north,
        lon=-east if status & 8 else east,
        altitude_m=float(altitude) if size >= 18 else None,
        speed_kmh=speed / 10 if size >= 20 else None,
        course=float(course) if size >= 22 else None,
        satellites=satellites if isinstance(satellites, int) else None,
    )


def _read_tail(tail: bytes, found: Findings) -> None:
    if len(tail) == LEGACY_TAIL and not is_items(tail):
        found.attributes["odometer"] = int.from_bytes(tail[4:8]) * 1000
        found.attributes["battery"] = int.from_bytes(tail[8:10]) / 10
        found.attributes["rssi"] = tail[14]
    else:
        read_items(tail, found)
