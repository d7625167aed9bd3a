"""The fields of a watch's position report: `UD`, `UD2`, `WT` and `AL` share them (`protocols.md` 4).

    date ddmmyy, time hhmmss (UTC), A|V, latitude, N|S, longitude, E|W, speed km/h, course, altitude m, satellites,
    GSM 0-100, battery %, steps, tumbles, status (8 hex), cells ..., Wi-Fi ...
    cells:  n, timing advance, MCC, MNC, n x (LAC, cell, RSSI)      or just 0
    Wi-Fi:  n, n x (name, MAC, dBm)

Nothing here fails: a field that cannot be read is absent, and the others still count. A network's name is dropped at
once: it tells where people live and helps nobody to find them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from drivers.model import AlarmName, Place, Scalar, Struct, plausible

STATES = {
    0: AlarmName.LOW_BATTERY,
    1: AlarmName.GEOFENCE_EXIT,
    2: AlarmName.GEOFENCE_ENTER,
    3: AlarmName.REMOVED,
    14: AlarmName.POWER_CUT,
}
"""Low half of the status word: what is the case now. Bit 4 (moving) is a state and no cause."""

CAUSES = {
    16: AlarmName.SOS,
    17: AlarmName.LOW_BATTERY,
    18: AlarmName.GEOFENCE_EXIT,
    19: AlarmName.GEOFENCE_ENTER,
    20: AlarmName.REMOVED,
    21: AlarmName.FALL,
    22: AlarmName.FALL,
}
"""High half of the status word: why the watch raises an alarm."""

MOVING = 1 << 4
HEMISPHERES = {"": 1, "N": 1, "E": 1, "S": -1, "W": -1}
MAX_CELLS = 16
MAX_WIFI = 32

_NUMBER = re.compile(r"[-+]?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})")
_WHOLE = re.compile(r"[-+]?\d{1,10}")
_CLOCK = re.compile(r"\d{6}")
_STATUS = re.compile(r"[0-9A-Fa-f]{1,8}")
_STATUS_WORD = re.compile(r"[0-9A-Fa-f]{8}")
_CELL_PART = re.compile(r"[0-9A-Fa-f]{1,8}|[0-9]{9,10}")
"""A 4G cell id has 28 bits: up to seven hexadecimal digits, up to nine decimal ones."""
_MAC = re.compile(r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}")

Network = dict[str, list[dict[str, Scalar]]]


class Report(Struct, frozen=True):
    """One report, as far as it could be read.

    `clock` is what the watch's clock says, believed or not; `time` only if it is plausible.
    `causes` are the alarms of the high half, `states` those of the low half that are no cause too; `levels` is both,
    None when there was no status word. `unexplained`: the high half has a bit nobody documented.
    `stamp` is the watch's own date, time and status: what makes a repeat a repeat.
    """

    clock: datetime | None
    time: datetime | None
    device_time: str | None
    place: Place | None
    attributes: dict[str, Scalar]
    network: Network | None
    causes: tuple[str, ...]
    states: tuple[str, ...]
    levels: frozenset[str] | None
    unexplained: bool
    stamp: str

    @property
    def empty(self) -> bool:
        """Nothing in it could be used."""
        return self.place is None and not self.attributes and self.network is None and not (self.causes or self.states)


def read_report(fields: Sequence[str], now: datetime) -> Report:
    """Read the fields after the keyword; any number of them, in any state."""
    field = [text.strip() for text in fields]
    date, time = _at(field, 0), _at(field, 1)
    clock = _clock(date, time)
    believed = clock is not None and plausible(clock, now)
    status, rest = _status(field)
    bits = int(status, 16) if status else 0
    causes = _names(bits, CAUSES)
    states = tuple(name for name in _names(bits, STATES) if name not in causes)
    return Report(
        clock=clock,
        time=clock if believed else None,
        device_time=None if believed else _claim(clock, date, time),
        place=_place(field),
        attributes=_attributes(field, moving=bool(bits & MOVING)),
        network=_network(field[rest:]),
        causes=causes,
        states=states,
        levels=frozenset(causes + states) if status else None,
        unexplained=any(bits >> bit & 1 and bit not in CAUSES for bit in range(16, 32)),
        stamp=f"{date}{time}{status.lower()}",
    )


def whole(text: str) -> int | None:
    """A decimal integer, or None."""
    return int(text) if _WHOLE.fullmatch(text) else None


def number(text: str) -> float | None:
    """A finite decimal number, or None."""
    return float(text) if _NUMBER.fullmatch(text) else None


def _at(field: Sequence[str], index: int) -> str:
    return field[index] if index < len(field) else ""


def _clock(date: str, time: str) -> datetime | None:
    if not (_CLOCK.fullmatch(date) and _CLOCK.fullmatch(time)):
        return None
    try:
        return datetime.strptime(f"{date[:4]}20{date[4:]}{time}", "%d%m%Y%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _claim(clock: datetime | None, date: str, time: str) -> str | None:
    """What the watch said about the time when that is not to be believed, for the record."""
    if clock is not None:
        return clock.strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{date[:16]} {time[:16]}".strip() or None


def _place(field: Sequence[str]) -> Place | None:
    lat = _degrees(_at(field, 3), _at(field, 4), 90)
    lon = _degrees(_at(field, 5), _at(field, 6), 180)
    if lat is None or lon is None:
        return None
    return Place(
        valid=_at(field, 2).upper() == "A",
        lat=lat,
        lon=lon,
        speed_kmh=number(_at(field, 7)),
        course=number(_at(field, 8)),
        altitude_m=number(_at(field, 9)),
        satellites=whole(_at(field, 10)),
    )


def _degrees(text: str, hemisphere: str, limit: int) -> float | None:
    """A minus sign or S/W (or both) means south or west."""
    value, sign = number(text), HEMISPHERES.get(hemisphere.upper())
    if value is None or sign is None or abs(value) > limit:
        return None
    return -abs(value) if sign < 0 else value


def _attributes(field: Sequence[str], *, moving: bool) -> dict[str, Scalar]:
    read: dict[str, Scalar] = {}
    for name, index in (("rssi", 11), ("batteryLevel", 12), ("steps", 13)):
        value = whole(_at(field, index))
        if value is not None:
            read[name] = value
    if moving:
        read["motion"] = True
    return read


def _status(field: Sequence[str]) -> tuple[str, int]:
    """The status word and the index after it. Firmware that leaves a counter out shifts it; eight digits betray it."""
    if _STATUS_WORD.fullmatch(_at(field, 15)):
        return field[15], 16
    for index in (14, 16, 13, 17):
        if _STATUS_WORD.fullmatch(_at(field, index)):
            return field[index], index + 1
    plain = _at(field, 15)
    return (plain if _STATUS.fullmatch(plain) else ""), 16


def _names(bits: int, table: dict[int, AlarmName]) -> tuple[str, ...]:
    """Every cause that is set, each once."""
    return tuple(dict.fromkeys(str(name) for bit, name in table.items() if bits >> bit & 1))


def _network(field: Sequence[str]) -> Network | None:
    cells, rest = _cells(field)
    wifi = _wifi(field[rest:])
    return {"cell": cells, "wifi": wifi} if cells or wifi else None


def _cells(field: Sequence[str]) -> tuple[list[dict[str, Scalar]], int]:
    """The cells and the index after them. A column in which any value has a letter is hexadecimal as a whole."""
    count = min(whole(_at(field, 0)) or 0, MAX_CELLS)
    rows: list[Sequence[str]] = []
    for start in range(4, 4 + 3 * max(count, 0), 3):
        row = field[start : start + 3]
        if len(row) < 2 or not all(_CELL_PART.fullmatch(part) for part in row[:2]):
            break
        rows.append(row)
    if not rows:
        return [], 1
    lac_base, cid_base = (_base([row[column] for row in rows]) for column in (0, 1))
    mcc, mnc = whole(field[2]) or 0, whole(field[3]) or 0
    cells = [_cell(mcc, mnc, int(row[0], lac_base), int(row[1], cid_base), _at(row, 2)) for row in rows]
    return cells, 4 + 3 * len(rows)


def _base(column: Sequence[str]) -> int:
    return 10 if all(value.isdecimal() for value in column) else 16


def _cell(mcc: int, mnc: int, lac: int, cid: int, rssi: str) -> dict[str, Scalar]:
    cell: dict[str, Scalar] = {"mcc": mcc, "mnc": mnc, "lac": lac, "cid": cid}
    level = whole(rssi)
    if level is not None:
        cell["rssi"] = -abs(level)  # sent without its sign
    return cell


def _wifi(field: Sequence[str]) -> list[dict[str, Scalar]]:
    """Access points by their shape (a MAC, then a number), because names may hold anything, commas too."""
    found: list[dict[str, Scalar]] = []
    for mac, level in pairwise(field):
        rssi = whole(level)
        if rssi is not None and _MAC.fullmatch(mac) and len(found) < MAX_WIFI:
            found.append({"mac": mac, "rssi": rssi})
    return found
