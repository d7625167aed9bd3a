"""Holds events against what a vector expects; every difference is one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from drivers.model import Event, Kind, Place, Scalar
from tests.drivers.vectors import Protocol, Vector, moment

DEGREES = 1e-5
KMH = 0.05
COURSE = 0.5

READ_OTHERWISE = {
    "gt06-1a503dfe": {"geofence"},  # this 0x27 ends before a fence number; the reference reads on into the serial
    "jt808-17772079": {"cover"},  # a vendor's bit, of which only the reference says which way round it is
    "jt808-659a6043": {"batteryLevel", "battery", "lockStatus"},  # a padlock's list: 213 % and 35.85 V cannot be
    "jt808-962cb36a": {"engineLoad", "calid"},  # 1280 % load and an identification of control characters cannot be
    "jt808-cd95add4": {"hdop", "wifi"},  # a dilution of 74.4 and an access point at -4 dBm cannot be
    "jt808-d0dfde87": {"cell"},  # nobody hears a cell at -175 dBm; as a signed byte it is -81
}
"""What of a line is decoded another way than by the reference, and why; everything else of the line still counts."""

SAME = {"battery": ("battery", "batteryLevel"), "batteryLevel": ("batteryLevel", "battery")}


def differences(protocol: Protocol, line: Vector, events: list[Event]) -> list[str]:
    """What is not as a tracker vector says; an empty list when all is."""
    expected = [_ours(line["id"], result) for result in line["expected"]]
    if not expected:
        return [f"{event.kind} where nothing was expected" for event in events]
    found: list[str] = []
    rest = list(events)
    for index, result in enumerate(expected):
        group = rest if len(expected) == 1 else _take(result, rest)
        rest = rest[len(group) :]
        found += [f"result {index}: {text}" for text in _result(protocol, result, group)]
    return found + [f"more than expected: {event.kind} {event.alarm or ''}" for event in rest]


def _ours(line: str, result: Vector) -> Vector:
    otherwise = READ_OTHERWISE.get(line, set())
    kept = {key: value for key, value in result["attributes"].items() if key not in otherwise}
    network = {key: value for key, value in result.get("network", {}).items() if key not in otherwise}
    return {**result, "attributes": kept, "network": network}


def alarms_of(result: Vector) -> set[str]:
    """All alarms that are set, where the reference reports only the first."""
    return set(result.get("alarms_all_bits") or result["alarms"])


def _take(result: Vector, events: list[Event]) -> list[Event]:
    """The events of one of several results: its alarms, and what is told beside them at the same time."""
    count = 0
    plain = False
    for event in events:
        if count and _place_and_time(event) != _place_and_time(events[0]):
            break
        if event.kind is not Kind.ALARM:
            if plain:
                break
            plain = True
        count += 1
        if not alarms_of(result):
            break
    return events[:count]


def _place_and_time(event: Event) -> tuple[Place | None, datetime | None]:
    return event.place, event.time


def _result(protocol: Protocol, result: Vector, events: list[Event]) -> Iterator[str]:
    alarms = [event.alarm for event in events if event.kind is Kind.ALARM]
    plain = [event for event in events if event.kind is not Kind.ALARM]
    if set(alarms) != alarms_of(result) or len(alarms) != len(set(alarms)):
        yield f"alarms {alarms}, expected {sorted(alarms_of(result))}"
    if len(plain) > 1 or not events:
        yield f"{len(plain)} events beside {len(alarms)} alarms"
    for event in events:
        yield from _event(protocol, result, event)


def _event(protocol: Protocol, result: Vector, event: Event) -> Iterator[str]:
    time = moment(event, protocol.zone)
    expected_time = datetime.fromisoformat(result["time"]) if result.get("time") else None
    if time != expected_time:
        yield f"time {time}, expected {expected_time}"
    if result["has_location"]:
        yield from _place(result, event.place)
    elif event.place is not None:
        yield f"a place: {event.place}"
    for name, expected in result["attributes"].items():
        yield from attribute_differences(name, expected, event)
    yield from _network(result["network"], event)


def _place(result: Vector, place: Place | None) -> Iterator[str]:
    if place is None:
        yield "no place"
        return
    near = (("lat", place.lat, DEGREES), ("lon", place.lon, DEGREES), ("speed_kmh", place.speed_kmh, KMH))
    for name, value, tolerance in (*near, ("course", place.course, COURSE), ("altitude_m", place.altitude_m, 0.5)):
        expected = result[name]
        if abs((value or 0.0) - expected) > tolerance:
            yield f"{name} {value}, expected {expected}"
    if place.valid != result["valid"]:
        yield f"valid {place.valid}, expected {result['valid']}"


def attribute_differences(name: str, expected: Scalar, event: Event) -> Iterator[str]:
    """Nothing when the event tells this attribute with this value."""
    if name == "sat":
        told: list[Any] = [event.place.satellites if event.place else event.attributes.get(name)]
    elif name == "archive":
        told = [event.stored]
    else:
        told = [event.attributes[key] for key in SAME.get(name, (name,)) if key in event.attributes]
    if not any(_equal(value, expected) for value in told):
        yield f"{name} {told}, expected {expected!r}"


def _equal(value: Any, expected: Scalar) -> bool:  # any scalar may stand here
    if isinstance(expected, float) and isinstance(value, int | float):
        return abs(value - expected) < 1e-6
    return bool(value == expected)


def _network(expected: Vector, event: Event) -> Iterator[str]:
    told = event.network or {}
    for kind, entries in expected.items():
        want = {tuple(sorted((k, v) for k, v in entry.items() if v is not None)) for entry in entries}
        have = {tuple(sorted((k, v) for k, v in entry.items() if v is not None)) for entry in told.get(kind, [])}
        if want != have:
            yield f"{kind} {sorted(map(str, have))}, expected {sorted(map(str, want))}"
