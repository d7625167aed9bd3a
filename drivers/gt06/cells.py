"""Messages that place a device by what it hears: 0x18, 0x24, 0x28, 0x2C, 0x2E, 0x33, 0xA1, 0xA2, and the Wi-Fi frames.

date 6 | MCC 2 | MNC 1 or 2 | 7 x (LAC 2, cell id 3, RSSI 1) | timing advance 1 | [count 1 | n x (MAC 6, RSSI 1)]
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from drivers.gt06.fields import Network, Report, Session, read_time
from drivers.gt06.positions import read_position_supplies
from drivers.gt06.states import read_alarm_4g
from drivers.model import Kind, Scalar

Place = dict[str, Scalar]


def read_wifi(raw: bytes) -> Report:
    """The frames without checksum, from the mark on; their length byte counts access points."""
    clock = raw[4:10]
    points, at = _access_points(raw, 10, raw[2])
    count = raw[at]
    mcc, mnc = int.from_bytes(raw[at + 1 : at + 3]), raw[at + 3]
    cells, _ = _cells(raw, at + 4, count, (mcc, mnc), (2, 2))
    return Report(kind=Kind.READING, clock=clock, time=_bcd_time(clock), network={"cell": cells, "wifi": points})


def _read_list(
    content: bytes, session: Session, *, widths: tuple[int, int] = (2, 3), cells: int = 7, wifi: bool = False
) -> Report:
    report = Report(kind=Kind.READING)
    at, operator = _read_operator(content, read_time(content, session, report))
    found, at = _cells(content, at, cells, operator, widths)
    at += 1  # timing advance
    points = _access_points(content, at + 1, content[at])[0] if wifi and at < len(content) else []
    report.network = {"cell": found, "wifi": points}
    return report


read_seven_cells = partial(_read_list)
read_seven_cells_wifi = partial(_read_list, wifi=True)
read_seven_cells_4g = partial(_read_list, widths=(4, 8))
read_six_cells_wifi = partial(_read_list, widths=(2, 4), cells=6, wifi=True)


def read_cells_by_length(content: bytes, session: Session) -> Report:
    """0x24: 44 bytes of content are date, timing advance, operator, count, five cells; 41 are a position."""
    if len(content) == 41:
        return read_position_supplies(content, session)
    if len(content) != 44:
        return _read_list(content, session)
    report = Report(kind=Kind.READING)
    at, operator = _read_operator(content, read_time(content, session, report) + 1)
    found, _ = _cells(content, at + 1, content[at], operator, (2, 3))
    report.network = {"cell": found, "wifi": []}
    return report


def read_4g_by_length(content: bytes, session: Session) -> Report:
    """0xA2: 59 bytes of content are a position with state, others cells and access points."""
    if len(content) == 59:
        return read_alarm_4g(content, session)
    return _read_list(content, session, widths=(4, 8), wifi=True)


def _read_operator(content: bytes, at: int) -> tuple[int, tuple[int, int]]:
    mcc = int.from_bytes(content[at : at + 2])
    mnc_end = at + (4 if mcc & 0x8000 else 3)
    return mnc_end, (mcc & 0x7FFF, int.from_bytes(content[at + 2 : mnc_end]))


def _cells(
    content: bytes, at: int, count: int, operator: tuple[int, int], widths: tuple[int, int]
) -> tuple[list[Place], int]:
    """`count` times LAC, cell id, RSSI; LAC 0 fills the places of cells that are not there."""
    lac_size, cell_size = widths
    found: list[Place] = []
    for _ in range(count):
        cell_at, rssi_at = at + lac_size, at + lac_size + cell_size
        if rssi_at >= len(content):
            break
        lac = int.from_bytes(content[at:cell_at])
        if lac:
            cell = int.from_bytes(content[cell_at:rssi_at])
            found.append({"mcc": operator[0], "mnc": operator[1], "lac": lac, "cid": cell, "rssi": -content[rssi_at]})
        at = rssi_at + 1
    return found, at


def _access_points(content: bytes, at: int, count: int) -> tuple[list[Place], int]:
    """`count` times MAC, RSSI."""
    found: list[Place] = []
    for _ in range(count):
        if at + 7 > len(content):
            break
        found.append({"mac": content[at : at + 6].hex(":"), "rssi": -content[at + 6]})
        at += 7
    return found, at


def _bcd_time(clock: bytes) -> datetime | None:
    digits = clock.hex()
    try:
        return datetime.strptime(f"20{digits}+0000", "%Y%m%d%H%M%S%z").astimezone(UTC)
    except ValueError:
        return None


__all__ = [
    "Network",
    "read_4g_by_length",
    "read_cells_by_length",
    "read_seven_cells",
    "read_seven_cells_4g",
    "read_seven_cells_wifi",
    "read_six_cells_wifi",
    "read_wifi",
]
