"""Items with values of sensors: temperature, humidity, light, pressure, acceleration, steps: 51, E6, F5 to F9."""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct as Layout

from drivers.jt808 import obd
from drivers.jt808.findings import Findings, Reader, Row, dbm, signed_magnitude, text, word

_SHORT = Layout(">h")
_SHORTS = Layout(">hhh")


def _temperatures(value: bytes, found: Findings) -> None:
    if len(value) not in (2, 16):
        return
    for place in range(len(value) // 2):
        raw = word(value, place * 2)
        if raw != 0xFFFF:
            found.attributes[f"temp{place + 1}"] = signed_magnitude(raw) / 10


def _beacons(value: bytes, found: Findings) -> None:
    """E6: a line of OBD text, or n x (number(1), MAC(6), temperature(2), humidity(2))."""
    if value.startswith(b"$OBD-RT"):
        obd.read_line(text(value), found.attributes)
    elif value and len(value) % 11 == 0:
        for at in range(0, len(value), 11):
            number = value[at]
            found.attributes[f"temp{number}"] = _whole_and_fraction(value[at + 7 : at + 9])
            found.attributes[f"humidity{number}"] = _whole_and_fraction(value[at + 9 : at + 11])


def _whole_and_fraction(value: bytes) -> float:
    whole = dbm(value[0])
    size = abs(whole) + value[1] / 255
    return -size if whole < 0 else size


def _light(value: bytes, found: Findings) -> None:
    if len(value) == 2:
        found.attributes["illuminance"] = word(value)


def _sensors(value: bytes, found: Findings) -> None:
    """F6: air pressure, IMEI, or event(1) | mask(1) | what the mask names."""
    aovx = "aovx" in found.dialect.traits
    if len(value) == 2 and not aovx:
        found.attributes["airPressure"] = word(value)
    elif len(value) == 8 and not aovx:
        found.attributes["imei"] = value.hex()[1:]
    else:
        _masked_sensors(value, found.attributes)


def _masked_sensors(value: bytes, out: Row) -> None:
    out["event"] = value[0]
    if value[0] == 2:
        out["motion"] = True
    mask, at = value[1], 2
    if mask & 1:
        out["lightSensor"] = word(value, at)
        at += 2
    for bit, name in ((2, "temp1"), (4, "humidity")):
        if mask & bit:
            out[name] = _SHORT.unpack_from(value, at)[0] / 10
            at += 2
    if mask & 8:
        out["gSensor"] = "[{},{},{}]".format(*_SHORTS.unpack_from(value, at))
        at += 6
    if mask & 16:
        at += 10  # thresholds
    if mask & 32:
        out["airPressure"] = word(value, at)


def _humidity_or_battery(value: bytes, found: Findings) -> None:
    if len(value) == 2:
        found.attributes["humidity"] = word(value) / 10
    elif len(value) >= 4:
        found.attributes["battery"] = int.from_bytes(value[:4]) / 1000
        if len(value) >= 5 and value[4] in (2, 3):
            found.attributes["charge"] = True
        if len(value) >= 6:
            found.attributes["batteryLevel"] = value[5]


def _steps_card_or_temperature(value: bytes, found: Findings) -> None:
    if "aovx" in found.dialect.traits:
        if len(value) >= 19:
            found.attributes["iccid"] = value[9:19].hex()
    elif "steps" in found.dialect.traits:
        found.attributes["steps"] = word(value)
    else:
        found.attributes["temp2"] = round(word(value) / 10 - 50, 1)


def _masked_details(value: bytes, found: Findings) -> None:
    mask, at = word(value), 2
    at += 4 * (mask & 1) + 4 * (mask >> 1 & 1)  # age of the fix, time since ignition
    if mask & 4:
        found.attributes["hdop"] = word(value, at) / 10
        at += 2
    at += 6 * (mask >> 3 & 1) + 8 * (mask >> 5 & 1)  # satellite time, intervals
    if mask & 64:
        found.attributes["temp3"] = _SHORT.unpack_from(value, at)[0] / 10


READERS: Mapping[int, Reader] = {
    0x51: _temperatures,
    0xE6: _beacons,
    0xF5: _light,
    0xF6: _sensors,
    0xF7: _humidity_or_battery,
    0xF8: _steps_card_or_temperature,
    0xF9: _masked_details,
}
