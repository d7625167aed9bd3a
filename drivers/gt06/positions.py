"""Messages that are a position first: 0x10-0x12, 0x17 with checksum, 0x1A, 0x1E, 0x22, 0x2D, 0x31, 0x34-0x37, 0xA0.

After the GPS block and the cell come fields that only the number and what is left over tell apart; each branch names
what it reads.
"""

from __future__ import annotations

from drivers.gt06.causes import of_code, of_terminal
from drivers.gt06.fields import GPS_SIZE, Report, Session, read_cell, read_gps, read_wide_cell
from drivers.model import Kind

CARD_READER_LEAST = 77
"""What is left of 0x12 from a device with a magnetic card reader (mileage, 70 characters, three states)."""


def read_position(content: bytes, session: Session) -> Report:
    """0x10, 0x1A, 0x1E: the GPS block counts, the rest is a telephone number or unknown."""
    report = Report(kind=Kind.POSITION)
    read_gps(content, session, report)
    return report


def read_position_wide_cell(content: bytes, session: Session) -> Report:
    """0x11: the cell with a two-byte MNC and a four-byte id."""
    report = Report(kind=Kind.POSITION)
    read_wide_cell(content, report, read_gps(content, session, report), lac=2, cell=4, mnc=2)
    return report


def read_position_cell(content: bytes, session: Session) -> Report:
    """0x12: GPS, cell, and what the maker added."""
    report = Report(kind=Kind.POSITION)
    at = read_cell(content, report, read_gps(content, session, report))
    if at == len(content):
        return report
    left = content[at:]
    if len(left) == 2:
        _read_inputs(left, report)
    elif len(left) == 4 or len(left) >= CARD_READER_LEAST:
        report.attributes["odometer"] = int.from_bytes(left[:4])
    elif len(left) in (5, 12):
        _read_power_state(left, report, session)
    return report


def read_position_card(content: bytes, session: Session) -> Report:
    """0x17 with a checksum: GPS, cell, and the eight-byte id of a card that was shown."""
    report = Report(kind=Kind.POSITION)
    at = read_cell(content, report, read_gps(content, session, report))
    if len(content) >= at + 8:
        report.attributes["driverUniqueId"] = content[at : at + 8].hex()
    return report


def read_position_reason(content: bytes, session: Session) -> Report:
    """0x22, 0x2D, 0x31, 0x37: GPS, cell, ACC 1, upload reason 1, re-upload 1 (stored), [mileage 4]."""
    report = Report(kind=Kind.POSITION)
    at = read_gps(content, session, report)
    if len(content) == 42 and not content[GPS_SIZE] & 0x80:  # four-byte cell id, and readings after the mileage
        at = read_wide_cell(content, report, at, lac=2, cell=4)
    else:
        at = read_cell(content, report, at)
    _read_reason(content, at, report)
    if len(content) in (at + 7, at + 15):
        report.attributes["odometer"] = int.from_bytes(content[at + 3 : at + 7])
    return report


def read_position_4g(content: bytes, session: Session) -> Report:
    """0xA0: as 0x22 with LAC 4 and cell id 8."""
    report = Report(kind=Kind.POSITION)
    at = read_wide_cell(content, report, read_gps(content, session, report), lac=4, cell=8)
    _read_reason(content, at, report)
    return report


def read_position_x1(content: bytes, session: Session) -> Report:
    """0x34 of the X1: content kinds 4, GPS, terminal information 2, mileage 4, cell with a four-byte id."""
    report = Report(kind=Kind.POSITION)
    at = read_gps(content, session, report, at=4)
    if len(content) >= at + 6:
        report.attributes["odometer"] = int.from_bytes(content[at + 2 : at + 6])
        read_wide_cell(content, report, at + 6, lac=2, cell=4)
    return report


def read_position_vl(content: bytes, session: Session) -> Report | None:
    """0x36 of the VL series: as 0x22 with a four-byte cell id, mileage 4, supply 2, battery 1, running time 3."""
    if not session.model.startswith("VL"):
        return None  # the number means other things elsewhere
    report = Report(kind=Kind.POSITION)
    at = read_wide_cell(content, report, read_gps(content, session, report), lac=2, cell=4)
    _read_reason(content, at, report)
    if len(content) >= at + 13:
        report.attributes["uploadMode"] = report.attributes.pop("event", None)
        report.attributes["odometer"] = int.from_bytes(content[at + 3 : at + 7])
        report.attributes["power"] = int.from_bytes(content[at + 7 : at + 9]) / 100
        report.attributes["battery"] = content[at + 9] / 10
        report.attributes["hours"] = int.from_bytes(content[at + 10 : at + 13]) * 60_000
    return report


def read_position_supplies(content: bytes, session: Session) -> Report:
    """0x24 with 41 bytes of content (others: `cells`): GPS, cell, ACC 1, supply 2 and battery 2 in 1/100 V."""
    report = Report(kind=Kind.POSITION)
    at = read_cell(content, report, read_gps(content, session, report))
    if len(content) >= at + 5:
        report.attributes["ignition"] = content[at] > 0
        report.attributes["power"] = int.from_bytes(content[at + 1 : at + 3]) / 100
        report.attributes["battery"] = int.from_bytes(content[at + 3 : at + 5]) / 100
    return report


def _read_reason(content: bytes, at: int, report: Report) -> None:
    if len(content) >= at + 3:
        report.attributes["ignition"] = content[at] > 0
        report.attributes["event"] = content[at + 1]
        report.stored = content[at + 2] > 0
        report.attributes["archive"] = report.stored


def _read_inputs(left: bytes, report: Report) -> None:
    """Bit 15 ACC, 14 second input, 12 temperature instead of voltage, 13 unit of the voltage, 9-0 the value."""
    mask = int.from_bytes(left)
    report.attributes["ignition"] = mask & 0x8000 != 0
    report.attributes["in2"] = mask & 0x4000 != 0
    if mask & 0x1000:
        value = mask & 0x01FF
        report.attributes["temp1"] = -value if mask & 0x0200 else value
    else:
        report.attributes["adc1"] = (mask & 0x03FF) / (1 if mask & 0x2000 else 10)


def _read_power_state(left: bytes, report: Report, session: Session) -> None:
    """Terminal information 1, supply 2 (1/100 V), GSM 1, alarm 1, [oil 2, temperature 1, mileage 4]."""
    information = left[0]
    report.attributes |= {
        "status": information,
        "ignition": information & 0x02 != 0,
        "charge": information & 0x04 != 0,
        "blocked": information & 0x80 != 0,
        "power": int.from_bytes(left[1:3]) / 100,
        "rssi": left[3],
    }
    causes = [of_terminal(information)]
    if len(left) == 12:
        causes.append(of_code(left[4], session.model))
    report.held = tuple(dict.fromkeys(cause for cause in causes if cause))
    report.levels = frozenset(report.held)
