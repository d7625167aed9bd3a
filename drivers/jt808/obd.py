"""What vehicles say about themselves behind a position: engine values in three vendor layouts.

Of no use for people; decoded because trackers of the same family stand in wheelchairs' vans and because values
that came in should not be thrown away. Attribute names as in `vectors/README.md`.
"""

from __future__ import annotations

from collections.abc import Mapping

from drivers.model import Scalar

Row = dict[str, Scalar]

Number = tuple[str, int, int, int]
"""Name, factor, divisor, offset."""

ITEMS: Mapping[int, Number] = {
    # behind item 0x80, each id(1) | length(1) | value
    0x01: ("odometer", 100, 1, 0),
    0x02: ("fuel", 1, 10, 0),
    0x03: ("obdSpeed", 1, 10, 0),
    0x61: ("power", 1, 100, 0),
    0x69: ("battery", 1, 100, 0),
    0x80: ("obdSpeed", 1, 1, 0),
    0x81: ("rpm", 1, 1, 0),
    0x82: ("power", 1, 10, 0),
    0x83: ("engineLoad", 1, 1, 0),
    0x84: ("coolantTemp", 1, 1, -40),
    0x85: ("fuelConsumption", 1, 1, 0),
    0x86: ("intakeTemp", 1, 1, -40),
    0x87: ("intakeFlow", 1, 1, 0),
    0x88: ("intakePressure", 1, 1, 0),
    0x89: ("throttle", 1, 1, 0),
    0x8C: ("obdOdometer", 100, 1, 0),
    0x8D: ("tripOdometer", 1000, 1, 0),
    0x8E: ("fuel", 1, 1, 0),
}

ITEM_TEXTS: Mapping[int, str] = {0x8B: "vin", 0xA0: "dtcs", 0xCC: "iccid"}

BLOCK: Mapping[int, Number] = {
    # item 0xF3, each id(2) | length(1) | value
    0x0002: ("obdSpeed", 1, 10, 0),
    0x0003: ("rpm", 1, 1, 0),
    0x0004: ("power", 1, 1000, 0),
    0x0005: ("obdOdometer", 100, 1, 0),
    0x0007: ("fuelConsumption", 1, 10, 0),
    0x0008: ("engineLoad", 1, 1, 0),
    0x0009: ("coolantTemp", 1, 1, -40),
    0x000B: ("intakePressure", 1, 1, 0),
    0x000C: ("intakeTemp", 1, 1, -40),
    0x000D: ("intakeFlow", 1, 1, 0),
    0x000E: ("throttle", 100, 255, 0),
    0x0100: ("tripOdometer", 1, 10, 0),
    0x0102: ("tripFuel", 1, 10, 0),
    0x0112: ("hardAccelerationCount", 1, 1, 0),
    0x0113: ("hardDecelerationCount", 1, 1, 0),
    0x0114: ("hardCorneringCount", 1, 1, 0),
}

LINE = (
    "power",
    "rpm",
    "obdSpeed",
    "throttle",
    "engineLoad",
    "coolantTemp",
    "fuelConsumption",
    "fuelConsumption",
    "tripOdometer",
    "obdOdometer",
    "tripFuelUsed",
    "fuelUsed",
)
"""The fields of a `$OBD-RT,...` line in order; the average consumption follows the current one."""


def read_item(kind: int, value: bytes, out: Row) -> None:
    """One item of the block behind 0x80."""
    if kind in ITEM_TEXTS and value:
        out[ITEM_TEXTS[kind]] = value.decode("ascii", "replace").replace(",", " ").strip("\0 ")
    elif kind == 0x56 and len(value) >= 2:
        out["batteryLevel"] = value[1]
    elif value:
        _number(ITEMS.get(kind), value, out)


def read_block(data: bytes, out: Row) -> None:
    """The block of item 0xF3, by the lengths it gives."""
    at = 0
    while at + 3 <= len(data):
        kind, size = int.from_bytes(data[at : at + 2]), data[at + 2]
        value = data[at + 3 : at + 3 + size]
        at += 3 + size
        if kind == 0x0050 and value.strip(b"\0"):
            out["vin"] = value.decode("ascii", "replace").strip("\0 ")
        elif value:
            _number(BLOCK.get(kind), value, out)


def read_line(line: str, out: Row) -> None:
    """A `$OBD-RT,12.3,...` line; fields that are empty or no number are left out."""
    for name, field in zip(LINE, line.split(",")[1:], strict=False):
        try:
            out[name] = float(field)
        except ValueError:
            continue


def _number(number: Number | None, value: bytes, out: Row) -> None:
    if number is None:
        return
    name, factor, divisor, offset = number
    raw = int.from_bytes(value) * factor + offset
    out[name] = raw if divisor == 1 else raw / divisor
