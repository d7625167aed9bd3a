"""The blocks that GT06 messages are put together from: clock, GPS block, cells. Pure; tolerant of a cut-off end.

GPS block (18)  year month day hour minute second (binary, year - 2000) | length/satellites 1 |
                latitude 4 | longitude 4 (1/1800000 degree) | speed 1 km/h | course and status 2
course, status  bits 0-9 course, 10 north, 11 west, 12 fix valid, 13 real-time, 14-15 vendor (ACC known, ACC on)
cell            MCC 2 (bit 15: MNC has 2 bytes) | MNC 1 or 2 | LAC 2 | cell id 3; 4G models LAC 4 | cell id 8
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from struct import Struct as Layout

from drivers.model import Kind, Place, Scalar, Struct

GPS_SIZE = 18
CLOCK_SIZE = 6
UNITS_PER_DEGREE = 1_800_000

_GPS = Layout(">6sBIIBH")
_CELL = Layout(">HBHBH")
CELL_SIZE = 8

Network = dict[str, list[dict[str, Scalar]]]


class Session(Struct):
    """What is known of the device at the other end and changes how its frames read."""

    device: str = ""
    zone: timedelta = timedelta(0)
    model: str = ""


class Report(Struct):
    """What one frame tells, before it becomes events.

    `edges` are alarms that this frame raises, `held` those that are only still set. `levels` are all that are set, when
    the frame is a status. `kind` is that of the event which carries the rest; None: there is none.
    """

    kind: Kind | None = None
    clock: bytes = b""
    time: datetime | None = None
    place: Place | None = None
    attributes: dict[str, Scalar] = {}
    network: Network | None = None
    edges: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    levels: frozenset[str] | None = None
    stored: bool = False


def read_clock(clock: bytes, zone: timedelta) -> datetime | None:
    """The moment the six bytes name, or None: no such date."""
    try:
        local = datetime(2000 + clock[0], clock[1], clock[2], clock[3], clock[4], clock[5], tzinfo=UTC)
    except (ValueError, IndexError):
        return None
    return local - zone if zone else local


def read_gps(content: bytes, session: Session, report: Report, at: int = 0) -> int:
    """Take a GPS block into the report; return where the rest begins. An impossible place is no place."""
    if len(content) < at + GPS_SIZE:
        if len(content) >= at + CLOCK_SIZE:
            read_time(content, session, report, at)
        return len(content)
    clock, satellites, latitude, longitude, speed, course = _GPS.unpack_from(content, at)
    report.clock = clock
    report.time = read_clock(clock, session.zone)
    report.place = read_place(latitude, longitude, course, speed_kmh=speed, satellites=satellites & 0x0F)
    if course & 0x4000:
        report.attributes["ignition"] = course & 0x8000 != 0
    return at + GPS_SIZE


def read_time(content: bytes, session: Session, report: Report, at: int = 0) -> int:
    """Take six clock bytes into the report; return where the rest begins."""
    report.clock = content[at : at + CLOCK_SIZE]
    report.time = read_clock(report.clock, session.zone)
    return at + CLOCK_SIZE


def read_place(
    latitude: int, longitude: int, course: int, *, speed_kmh: int | None = None, satellites: int | None = None
) -> Place | None:
    """The place, or None where it is not on Earth."""
    lat = latitude / UNITS_PER_DEGREE
    lon = longitude / UNITS_PER_DEGREE
    if lat > 90 or lon > 180:
        return None
    return Place(
        valid=course & 0x1000 != 0,
        lat=lat if course & 0x0400 else -lat,
        lon=-lon if course & 0x0800 else lon,
        speed_kmh=speed_kmh,
        course=course & 0x03FF,
        satellites=satellites,
    )


def read_cell(content: bytes, report: Report, at: int) -> int:
    """Take the cell in its usual layout into the report; return where the rest begins."""
    if len(content) < at + CELL_SIZE or content[at] & 0x80:
        return read_wide_cell(content, report, at, lac=2, cell=3)
    mcc, mnc, lac, high, low = _CELL.unpack_from(content, at)
    if mcc:
        report.network = {"cell": [{"mcc": mcc, "mnc": mnc, "lac": lac, "cid": high << 16 | low}], "wifi": []}
    return at + CELL_SIZE


def read_wide_cell(content: bytes, report: Report, at: int, *, lac: int, cell: int, mnc: int = 1) -> int:
    """The same with other widths (in bytes); bit 15 of the MCC widens the MNC to two."""
    mcc = int.from_bytes(content[at : at + 2])
    if mcc & 0x8000:
        mnc = 2
    lac_at = at + 2 + mnc
    cell_at = lac_at + lac
    end = cell_at + cell
    if end > len(content):
        return len(content)
    if mcc:
        found: dict[str, Scalar] = {
            "mcc": mcc & 0x7FFF,
            "mnc": int.from_bytes(content[at + 2 : lac_at]),
            "lac": int.from_bytes(content[lac_at:cell_at]),
            "cid": int.from_bytes(content[cell_at:end]),
        }
        report.network = {"cell": [found], "wifi": []}
    return end


def battery_percent(value: int) -> int | None:
    """Steps 0-6 of older devices, percent of newer ones, None for anything else."""
    if value <= 6:
        return value * 100 // 6
    return value if value <= 100 else None
