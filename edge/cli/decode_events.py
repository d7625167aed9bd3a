"""Events as `linli decode` prints them: flat, every key always there, names as in the test vectors.

    kind device alarm time time_is_receipt valid lat lon speed_kmh course altitude_m open stored held test
    battery attributes network, and where they apply: device_time unsaid datum

`battery` is percent, null when the frame has none. The vectors call it `batteryLevel` for trackers and `battery` for
watches' sessions and sensors; the attributes have it under both names, unless a driver has volts under the second.

A frame that gives a place but not, say, its height has `altitude_m` 0 as the vectors have, and `unsaid` names it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from drivers.model import Event, Instant, Kind, Struct

MOTION = ("speed_kmh", "course", "altitude_m")
NOWHERE: dict[str, Any] = dict.fromkeys(("valid", "lat", "lon", *MOTION))
HAPPENED = (Kind.ALARM, Kind.POSITION, Kind.CONTACT, Kind.CODE, Kind.MOTION)
"""What these tell happened at some moment; when the device does not know it, at that of receipt."""


def told(event: Event, at: Instant, zone: tzinfo | None) -> dict[str, Any]:
    """One event. `zone` is that of the device's clock; None: nobody knows it."""
    time, is_receipt = time_of(event, at, zone)
    result: dict[str, Any] = {
        "kind": event.kind.value,
        "device": event.device,
        "alarm": event.alarm,
        "time": time,
        "time_is_receipt": is_receipt,
        **_place(event),
        "open": event.open,
        "stored": event.stored,
        "held": event.held,
        "test": event.test,
        "battery": _percent(event),
        "attributes": _attributes(event),
        "network": event.network or {},
    }
    if event.device_time is not None:
        result["device_time"] = event.device_time
    return result


def time_of(event: Event, at: Instant, zone: tzinfo | None) -> tuple[datetime | None, bool]:
    """The device's time, also one it is too old to be believed; else the time of receipt, and that it is that."""
    if event.time is not None:
        return event.time, False
    if event.device_time is None:
        return (at.utc, True) if event.kind in HAPPENED else (None, False)
    claimed = claim(event.device_time, zone)
    if claimed is None or claimed > at.utc + timedelta(days=1):
        return at.utc, True
    return claimed, False


def claim(text: str, zone: tzinfo | None) -> datetime | None:
    """A real date in what a device claimed: ISO 8601, or twelve digits YYMMDDhhmmss; None when there is none."""
    try:
        if len(text) == 12 and text.isdecimal():
            found = datetime.fromisoformat(f"20{text[:6]}T{text[6:]}")
        else:
            found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            return None if zone is None else found.replace(tzinfo=zone).astimezone(UTC)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def zone_of(settings: Struct) -> tzinfo | None:
    """The zone of the device's clock, where the driver's settings have one; without a value it is UTC."""
    if "utc_offset_minutes" not in settings.__struct_fields__:
        return None
    minutes: int | None = getattr(settings, "utc_offset_minutes")  # noqa: B009 - not every driver's settings have it
    return UTC if minutes is None else timezone(timedelta(minutes=minutes))


def _place(event: Event) -> dict[str, Any]:
    place = event.place
    if place is None:
        return NOWHERE
    found: dict[str, Any] = {"valid": place.valid, "lat": place.lat, "lon": place.lon}
    unsaid = []
    for name in MOTION:
        value = getattr(place, name)
        if value is None:
            unsaid.append(name)
        found[name] = value or 0.0
    if unsaid:
        found["unsaid"] = unsaid
    if place.datum != "WGS-84":
        found["datum"] = place.datum
    return found


def _percent(event: Event) -> object:
    found = event.attributes.get("batteryLevel", event.attributes.get("battery"))
    return None if isinstance(found, float) and "batteryLevel" not in event.attributes else found


def _attributes(event: Event) -> dict[str, Any]:
    attributes: dict[str, Any] = dict(event.attributes)
    if "batteryLevel" in attributes:
        attributes.setdefault("battery", attributes["batteryLevel"])
    if event.place is not None and event.place.satellites is not None:
        attributes.setdefault("sat", event.place.satellites)
    if event.stored:
        attributes.setdefault("archive", True)
    return attributes
