"""Items that name cells and Wi-Fi access points in sight: E1, EB, EC, F0, F4."""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct as Layout

from drivers.jt808.findings import Findings, Reader, dbm, percent_or_charging, text, word
from drivers.model import AlarmName

_WIFI = Layout(">6sb")
_CELL = Layout(">HHIIB")


def _battery_cells_or_power(value: bytes, found: Findings) -> None:
    """E1: by length a battery, a supply voltage, or a list of cells."""
    if len(value) == 1:
        percent_or_charging(value[0], found)
    elif len(value) == 2:
        found.attributes["power"] = word(value) / 10
    elif len(value) >= 12 and (len(value) - 4) % 8 == 0:
        mcc, mnc = word(value), word(value, 2)
        for at in range(4, len(value), 8):
            lac, cid = int.from_bytes(value[at : at + 3]), int.from_bytes(value[at + 3 : at + 7])
            if 0 < lac <= 0xFFFF and cid <= 0xFFFFFFF:
                found.cells.append({"mcc": mcc, "mnc": mnc, "lac": lac, "cid": cid, "rssi": dbm(value[at + 7])})


def _cells_zone_or_block(value: bytes, found: Findings) -> None:
    """EB: cells of one network, a time zone as text, or a block of length(2) | id(2) | value."""
    if len(value) >= 8 and word(value) > 200 and (len(value) - 3) % 5 == 0:
        mcc, mnc = word(value), value[2]
        for at in range(3, len(value), 5):
            lac, cid = word(value, at), word(value, at + 2)
            found.cells.append({"mcc": mcc, "mnc": mnc, "lac": lac, "cid": cid, "rssi": dbm(value[at + 4])})
    elif all(0x20 <= byte < 0x7F for byte in value):
        found.attributes["timezone"] = text(value)
    else:
        at = 0
        while at + 4 <= len(value):
            size = max(word(value, at), 2)
            _block(word(value, at + 2), value[at + 4 : at + 2 + size], found)
            at += 2 + size


def _block(kind: int, value: bytes, found: Findings) -> None:
    out = found.attributes
    raw = int.from_bytes(value)
    if kind in (0x0089, 0x00C5, 0x00C6):
        _block_state(kind, value, found)
    elif kind == 0x002D:
        out["power" if len(value) == 4 else "battery"] = raw / 1000
    elif kind == 0x00B2:
        out["iccid"] = value[:10].hex().rstrip("f")
    elif kind == 0x00B9:
        names = text(value[1:]).split(",")
        found.wifi += [{"mac": mac, "rssi": int(level)} for mac, level in zip(names[::2], names[1::2], strict=False)]
    elif kind == 0x00CE:
        out["power"] = raw / 100
    elif kind == 0x00D8 and len(value) >= 9:
        cid = int.from_bytes(value[5:9])
        found.cells.append({"mcc": word(value), "mnc": value[2], "lac": word(value, 3), "cid": cid})
    elif kind in (0x00A8, 0x00E1) and value:
        out["batteryLevel"] = value[0]


def _block_state(kind: int, value: bytes, found: Findings) -> None:
    """Alarm bits that are 0 when the alarm is on, and the state of the battery."""
    raw = int.from_bytes(value)
    if kind == 0x00C6 and value:
        found.attributes["batteryAlarm"] = value[0]
        found.alarm(AlarmName.LOW_BATTERY.value, when=value[0] in (3, 4))
    elif len(value) != 4:
        return
    elif kind == 0x0089:
        found.alarm(AlarmName.POWER_OFF.value, when=not raw & 1)
        found.alarm(AlarmName.REMOVED.value, when=not raw & 1 << 12)
    elif kind == 0x00C5:
        found.alarm(AlarmName.VIBRATION.value, when=not raw & 1 << 6)
        if raw >> 23 & 3 <= 1:
            found.attributes["motion"] = raw >> 23 & 3 == 0


def _wifi(value: bytes, found: Findings) -> None:
    for mac, rssi in _WIFI.iter_unpack(value[: len(value) // 7 * 7]):
        found.wifi.append({"mac": mac.hex(":"), "rssi": rssi})


def _cells(value: bytes, found: Findings) -> None:
    for mcc, mnc, cid, lac, rssi in _CELL.iter_unpack(value[: len(value) // 13 * 13]):
        found.cells.append({"mcc": mcc, "mnc": mnc, "lac": lac, "cid": cid, "rssi": dbm(rssi)})


READERS: Mapping[int, Reader] = {
    0xE1: _battery_cells_or_power,
    0xEB: _cells_zone_or_block,
    0xEC: _wifi,
    0xF0: _cells,
    0xF4: _wifi,
}
