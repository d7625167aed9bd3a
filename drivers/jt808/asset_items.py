"""Items of locks and of in-car cameras, which share ids: 0B, 33, D5, DA, E8."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.jt808.findings import Findings, Reader, Row, text, word
from drivers.model import AlarmName

CAMERA_ALARMS: Mapping[int, str] = {
    0x0001: AlarmName.FAULT.value,
    **dict.fromkeys((0x0400, 0x0412), "hardAcceleration"),
    **dict.fromkeys((0x0401, 0x0413), "hardBraking"),
    **dict.fromkeys((0x0402, 0x0414), "hardCornering"),
    0x0403: AlarmName.OVERSPEED.value,
    **dict.fromkeys((0x0405, 0x0416, 0x0417), AlarmName.ACCIDENT.value),
    0x0406: AlarmName.VIBRATION.value,
    0x0407: "tow",
    0x0408: AlarmName.GEOFENCE_ENTER.value,
    0x0409: AlarmName.GEOFENCE_EXIT.value,
    0x040C: AlarmName.DOOR.value,
    0x0415: "laneChange",
    0x0C01: AlarmName.SOS.value,
    0x0C02: AlarmName.LOW_POWER.value,
    0x0C05: AlarmName.GENERAL.value,
    0x0C0E: AlarmName.POWER_CUT.value,
    0x0C0F: AlarmName.LOW_BATTERY.value,
    0x0C10: AlarmName.POWER_OFF.value,
    0x0C12: AlarmName.TAMPER.value,
}


def _lock(value: bytes, found: Findings) -> None:
    found.attributes["lockCommand"] = value[0]
    if 5 <= len(value) <= 6:
        found.attributes["lockCard"] = int.from_bytes(value[1:5])
    elif len(value) >= 7:
        found.attributes["lockPassword"] = text(value[1:7])
    if len(value) % 2 == 0:
        found.attributes["unlockResult"] = value[-1]


def _mode_or_lock(value: bytes, found: Findings) -> None:
    if len(value) == 1:
        found.attributes["mode"] = value[0]
    elif value.startswith(b"*M00"):
        found.attributes["battery"] = int(value[10:13]) / 100


def _voltage_or_locks(value: bytes, found: Findings) -> None:
    if len(value) == 2:
        found.attributes["battery"] = word(value) / 100
        return
    for place in range(1, value[0] + 1):
        lock = value[1 + (place - 1) * 13 : 1 + place * 13]
        if len(lock) < 13:
            return
        found.attributes[f"lock{place}Id"] = lock[:5].hex()
        found.attributes[f"lock{place}Card"] = lock[5:10].hex()
        found.attributes[f"lock{place}Battery"] = lock[10]
        found.attributes[f"lock{place}Locked"] = not word(lock, 11) & 1 << 5


def _cover(value: bytes, found: Findings) -> None:
    """String count(2) | state(1). One model sends the state as a single byte."""
    state = value[2] if len(value) >= 3 else value[-1]
    found.attributes["string"] = bool(state & 1)
    found.attributes["motion"] = bool(state & 4)
    found.attributes["cover"] = bool(state & 8)


def _lock_state_or_camera(value: bytes, found: Findings) -> None:
    if "jc" in found.dialect.traits:
        _camera(value, found)
    elif len(value) >= 3:
        found.attributes["lockStatus"] = int.from_bytes(value[:3])


def _camera(value: bytes, found: Findings) -> None:
    kind = word(value)
    out = found.attributes
    if kind in CAMERA_ALARMS:
        found.alarm(CAMERA_ALARMS[kind])
    elif kind in (0x0C03, 0x0C04):
        out["ignition"] = kind == 0x0C03
    elif kind == 0x2003 and len(value) >= 10:
        out["charge"] = value[3] == 1
        if 1 <= value[4] <= 6:
            out["batteryLevel"] = value[4] * 100 // 6
        out["battery"], out["rssi"], out["power"] = word(value, 5) / 100, value[7], word(value, 8) / 100
    elif kind == 0x2005:
        _camera_status(value[3:], out)


def _camera_status(value: bytes, out: Row) -> None:
    at = 0
    while at + 3 <= len(value):
        kind, size = word(value, at), value[at + 2]
        raw = int.from_bytes(value[at + 3 : at + 3 + size])
        at += 3 + size
        if kind == 0x0001:
            out["battery"] = raw / 100
        elif kind == 0x0003:
            out["batteryLevel"] = raw
        elif kind == 0x0004:
            out["charge"] = raw == 0
        elif kind == 0x2001:
            out["power"] = raw / 10


READERS: Mapping[int, Reader] = {
    0x0B: _lock,
    0x33: _mode_or_lock,
    0xD5: _voltage_or_locks,
    0xDA: _cover,
    0xE8: _lock_state_or_camera,
}
