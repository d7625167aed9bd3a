"""The items behind the 28 fixed bytes of a position: id(1) | length(1) | value.

01 .. 31 are the standard's (JT/T 808-2013 table 27), the others vendors'. An item too short for its meaning, or
with an id that is not here, is skipped: a position never fails because of its items. The same id can mean
different things with different vendors; then the length decides, or the model (`dialect.py`). Attribute names
as in `vectors/README.md`.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from drivers.jt808 import asset_items, obd, radio_items, sensor_items
from drivers.jt808.findings import Findings, Reader, percent_or_charging, text, word
from drivers.model import AlarmName

NUMBERS: Mapping[int, tuple[str, int, int, int]] = {
    # id: name, bytes, factor, divisor
    0x01: ("odometer", 4, 100, 1),
    0x04: ("confirmId", 2, 1, 1),
    0x06: ("batteryLevel", 1, 1, 1),
    0x14: ("videoAlarm", 4, 1, 1),
    0x25: ("input", 4, 1, 1),
    0x30: ("rssi", 1, 1, 1),
    0x31: ("sat", 1, 1, 1),
    0x56: ("batteryLevel", 1, 10, 1),
    0x68: ("batteryLevel", 2, 1, 100),
    0x69: ("battery", 2, 1, 100),
    0x82: ("power", 2, 1, 10),
    0xAC: ("odometer", 4, 1, 1),
    0xD3: ("power", 2, 1, 10),
    0xF1: ("power", 4, 1, 1000),
    0xFC: ("geofence", 1, 1, 1),
}

TEXTS: Mapping[int, str] = {
    0x94: "vin",
    0xBC: "driver",
    0xBD: "driverUniqueId",
    0xED: "card",
    0xF2: "versionFw",
    0xFB: "container",
}


def read_items(tail: bytes, found: Findings) -> None:
    """Read all items; what does not parse is left out."""
    at, end = 0, len(tail)
    vehicle = False
    while at + 2 <= end:
        kind, size = tail[at], tail[at + 1]
        at += 2
        if at + size > end:
            return
        value = tail[at : at + size]
        at += size
        if vehicle:
            obd.read_item(kind, value, found.attributes)
        elif kind == 0x80:
            vehicle = True  # OBD block: from here on to the end the ids are those of the vehicle
        else:
            _read(kind, value, found)


def is_items(tail: bytes) -> bool:
    """Whether the bytes divide into items without a rest."""
    at = 0
    while at + 2 <= len(tail):
        at += 2 + tail[at + 1]
    return at == len(tail)


def _read(kind: int, value: bytes, found: Findings) -> None:
    number = NUMBERS.get(kind)
    if number is not None:
        name, size, factor, divisor = number
        if len(value) >= size:
            raw = int.from_bytes(value[:size])
            found.attributes[name] = raw * factor if divisor == 1 else raw / divisor
    elif kind in TEXTS:
        if value:
            found.attributes[TEXTS[kind]] = text(value)
    elif kind in READERS:
        try:
            READERS[kind](value, found)
        except (struct.error, IndexError, ValueError):
            return  # an item cut short or used differently by this vendor


def _fuel(value: bytes, found: Findings) -> None:
    raw = word(value)
    found.attributes["fuel"] = raw & 0x7FFF if raw & 0x8000 else raw / 10


def _fence(value: bytes, found: Findings) -> None:
    """The standard's area or route that was entered or left: type(1) | id(4) | direction(1)."""
    if len(value) == 6:
        found.attributes["fenceId"] = int.from_bytes(value[1:5])
        found.attributes["fenceLeft"] = value[5] == 1


def _analogue(value: bytes, found: Findings) -> None:
    found.attributes["adc1"] = word(value) / 100
    found.attributes["adc2"] = word(value, 2) / 100


def _driving(value: bytes, found: Findings) -> None:
    events = word(value)
    found.alarm("hardAcceleration", when=bool(events & 1 << 8))
    found.alarm("hardBraking", when=bool(events & 1 << 9))
    found.alarm("hardCornering", when=bool(events & 1 << 10))
    if "doors" in found.dialect.traits:
        found.alarm(AlarmName.DOOR.value, when=bool(int.from_bytes(value[4:8]) & 1 << 16))


def _event(value: bytes, found: Findings) -> None:
    event = word(value)
    found.attributes["event"] = event
    if 0x61 <= event <= 0x66 and len(value) >= 16:
        found.attributes["driverUniqueId"] = text(value[8:16])


def _intense_driving(value: bytes, found: Findings) -> None:
    names = {1: "hardAcceleration", 2: "hardBraking", 3: "hardCornering", 0x16: AlarmName.ACCIDENT.value}
    name = names.get(value[5])
    if name:
        found.alarm(name)


def _user_status(value: bytes, found: Findings) -> None:
    found.alarm(AlarmName.VIBRATION.value, when=bool(int.from_bytes(value[:4]) & 1 << 3))


def _battery(value: bytes, found: Findings) -> None:
    """D4, E9: percent, FF on the charger."""
    if len(value) == 1:
        percent_or_charging(value[0], found)
    elif len(value) >= 4:
        found.attributes["driverUniqueId"] = str(int.from_bytes(value[:4]))


def _oil(value: bytes, found: Findings) -> None:
    if len(value) >= 4 and "no_fuel" not in found.dialect.traits:
        found.attributes["fuel"] = int.from_bytes(value[:4]) / 10


def _level_and_voltage(value: bytes, found: Findings) -> None:
    if len(value) >= 4:
        found.attributes["batteryLevel"] = value[1]
        found.attributes["battery"] = word(value, 2) / 100


def _charging(value: bytes, found: Findings) -> None:
    if len(value) >= 2:
        if value[0] == 0:
            found.attributes["charge"] = True
        found.attributes["batteryLevel"] = value[1]


def _motion(value: bytes, found: Findings) -> None:
    if len(value) == 1:
        found.attributes["motion"] = value[0] == 1


def _buttons(value: bytes, found: Findings) -> None:
    """E7 of eight bytes: bit 0 vibration, bits 1 to 3 the alarm buttons."""
    if len(value) == 8:
        bits = word(value)
        found.alarm(AlarmName.SOS.value, when=bool(bits & 0b1110))
        found.alarm(AlarmName.VIBRATION.value, when=bool(bits & 1))


def _radio_and_supply(value: bytes, found: Findings) -> None:
    if len(value) == 6:
        out = found.attributes
        out["rssi"], out["power"], out["battery"] = value[0], word(value, 1) / 1000, word(value, 3) / 1000
        out["sat"] = value[5]


def _last(value: bytes, found: Findings) -> None:
    """FE: by length percent, supply voltage, odometer; longer ones carry driving alarms and end in percent."""
    out = found.attributes
    if len(value) == 1:
        out["batteryLevel"] = value[0]
    elif len(value) == 2:
        out["power"] = word(value) / 10
    elif len(value) == 4:
        out["odometer"] = int.from_bytes(value)
    elif value and value[0] == 0x7C:
        _last_alarms(value[1:], found)


def _last_alarms(value: bytes, found: Findings) -> None:
    names = ("hardAcceleration", "hardBraking", "hardCornering", AlarmName.ACCIDENT.value, AlarmName.TAMPER.value)
    at = 0
    while at + 2 <= len(value):
        kind, size = value[at], value[at + 1]
        if kind == 1 and size >= 4:
            word = int.from_bytes(value[at + 2 : at + 6])
            for bit, name in enumerate(names):
                found.alarm(name, when=bool(word & 1 << bit))
        at += 2 + size


def _vehicle(value: bytes, found: Findings) -> None:
    if "aovx" not in found.dialect.traits:
        obd.read_block(value, found.attributes)


READERS: Mapping[int, Reader] = {
    **radio_items.READERS,
    **sensor_items.READERS,
    **asset_items.READERS,
    0x02: _fuel,
    0x12: _fence,
    0x2B: _analogue,
    0x57: _driving,
    0x60: _event,
    0x70: _intense_driving,
    0xA7: _analogue,
    0xD0: _user_status,
    0xD4: _battery,
    0xE2: _oil,
    0xE3: _level_and_voltage,
    0xE4: _charging,
    0xE5: _motion,
    0xE7: _buttons,
    0xE9: _battery,
    0xEE: _radio_and_supply,
    0xF3: _vehicle,
    0xFE: _last,
}
