"""Messages that tell the device's state, and the alarms: 0x13, 0x16, 0x19, 0x23, 0x26, 0x27, 0x32, 0x95, 0xA2-0xA5.

    state   terminal information 1 | voltage 1 | GSM 1 | alarm 1 | language 1
    terminal information: bit 7 relay, 6 GPS on, 5-3 alarm, 2 charging, 1 ACC, 0 armed

An alarm message is an edge: somebody pressed, something happened, now. Terminal information in a status (0x13, 0x23) is
a level: it stays set for as long as the device likes and is one alarm.
"""

from __future__ import annotations

from drivers.gt06.causes import BY_CAMERA_CODE, of_code, of_terminal
from drivers.gt06.fields import (
    CELL_SIZE,
    CLOCK_SIZE,
    GPS_SIZE,
    Report,
    Session,
    battery_percent,
    read_cell,
    read_gps,
    read_place,
    read_time,
    read_wide_cell,
)
from drivers.model import AlarmName, Kind

STATE_SIZE = 5


def read_status(content: bytes, session: Session) -> Report:
    """0x13: the state alone; two longer layouts tell the battery in percent."""
    report = Report(kind=Kind.STATUS)
    if len(content) in (14, 16):
        _read_long_status(content, session, report)
    elif session.model.startswith("LW"):
        _read_lw_status(content, report)
    else:
        alarm = _read_state(content, 0, report)
        _hold(report, _terminal_cause(content, 0), of_code(alarm, session.model) if alarm is not None else None)
    return report


def read_heartbeat(content: bytes, session: Session) -> Report:
    """0x23: terminal information 1, battery 2 (1/100 V), GSM 1, ..."""
    del session
    report = Report(kind=Kind.STATUS)
    if not content:
        return report
    _read_information(content[0], report)
    report.attributes["armed"] = content[0] & 0x01 != 0
    if len(content) >= 3:
        report.attributes["battery"] = int.from_bytes(content[1:3]) / 100
    if len(content) >= 4:
        report.attributes["rssi"] = content[3]
    _hold(report, _terminal_cause(content, 0))
    return report


def read_alarm(content: bytes, session: Session) -> Report:
    """0x26, 0x32 and most 0x16: GPS, LBS length 1, cell, state."""
    report = Report(kind=Kind.POSITION)
    at = _read_counted_cell(content, report, read_gps(content, session, report))
    alarm = _read_state(content, at, report)
    _raise(report, session, content, at, alarm)
    if len(content) == at + STATE_SIZE + 8:
        report.attributes["driverUniqueId"] = content[-8:].hex()
    return report


def read_alarm_by_length(content: bytes, session: Session) -> Report:
    """0x16: 31 bytes of content have no LBS length byte, 33 have a cell id of four bytes, others are as 0x26.

    Of 31 bytes that have the LBS length all the same, the last was cut off; no MCC begins like it.
    """
    uncounted = len(content) == GPS_SIZE + 13 and content[GPS_SIZE] not in (8, 9)
    long_id = len(content) == GPS_SIZE + 15 and not content[GPS_SIZE + 1] & 0x80
    if not uncounted and not long_id:
        return read_alarm(content, session)
    report = Report(kind=Kind.POSITION)
    at = read_gps(content, session, report)
    at = read_cell(content, report, at) if uncounted else read_wide_cell(content, report, at + 1, lac=2, cell=4)
    _raise(report, session, content, at, _read_state(content, at, report))
    return report


def read_alarm_fence(content: bytes, session: Session) -> Report:
    """0x27: as 0x26, then a fence number; the alarm code goes on in the high nibble of the language byte."""
    report = Report(kind=Kind.POSITION)
    at = _read_counted_cell(content, report, read_gps(content, session, report))
    alarm = _read_state(content, at, report)
    if alarm is not None and len(content) >= at + STATE_SIZE:
        alarm |= content[at + 4] >> 4 << 8
    _raise(report, session, content, at, alarm)
    if _is_sos_one_byte_earlier(content, at) and AlarmName.SOS not in report.edges:
        report.edges += (AlarmName.SOS,)
    if len(content) > at + STATE_SIZE:
        report.attributes["geofence"] = content[at + STATE_SIZE]
    return report


def read_alarm_cell(content: bytes, session: Session) -> Report | None:
    """0x19: cell and state, without a place or a clock. 18 bytes and more are a list of cells of another maker."""
    if len(content) >= 18:
        return None
    report = Report(kind=Kind.STATUS)
    counted = len(content) > CELL_SIZE + STATE_SIZE and content[0] in (8, 9)
    at = _read_counted_cell(content, report, 0) if counted else read_cell(content, report, 0)
    _raise(report, session, content, at, _read_state(content, at, report))
    return report


def read_alarm_cell_4g(content: bytes, session: Session) -> Report:
    """0xA5: as 0x19 with LAC 4 and cell id 8."""
    report = Report(kind=Kind.STATUS)
    at = read_wide_cell(content, report, 0, lac=4, cell=8)
    _raise(report, session, content, at, _read_state(content, at, report))
    return report


def read_fence_or_status(content: bytes, session: Session) -> Report:
    """0xA3: with a GPS block as 0xA4; short it is a state with a "stored" byte at its end."""
    if len(content) >= GPS_SIZE:
        return read_alarm_fence(content, session)
    report = Report(kind=Kind.STATUS)
    alarm = _read_state(content, 0, report)
    if len(content) >= STATE_SIZE + 2:
        report.stored = content[-1] > 0
        report.attributes["archive"] = report.stored
    _raise(report, session, content, 0, alarm)
    return report


def read_alarm_4g(content: bytes, session: Session) -> Report:
    """0xA2 with 59 bytes of content: GPS, cell 4G, network 1, information 1, supply 2, voltage 1, GSM 1, alarm 1."""
    report = Report(kind=Kind.POSITION)
    at = 1 + read_wide_cell(content, report, read_gps(content, session, report), lac=4, cell=8)
    power = int.from_bytes(content[at + 1 : at + 3]) / 100
    state = content[at : at + 1] + content[at + 3 : at + 6]
    _raise(report, session, state, 0, _read_state(state, 0, report))
    report.attributes |= {
        "power": power,
        "odometer": int.from_bytes(content[at + 7 : at + 11]),
        "hours": int.from_bytes(content[at + 11 : at + 15]) * 1000,
        "input": int.from_bytes(content[at + 23 : at + 25]),
    }
    return report


def read_alarm_camera(content: bytes, session: Session) -> Report:
    """0x95 of the JC series: time 6, [latitude 4, longitude 4, course 2], code 1; FF FF marks a newer layout."""
    report = Report(kind=Kind.STATUS)
    if content.startswith(b"\xff\xff"):
        return _read_new_camera(content, session, report)
    if len(content) <= CLOCK_SIZE + 1:
        read_time(content, session, report)
        report.edges = (AlarmName.GENERAL,)
        return report
    code = content[16] if len(content) > 16 else None
    read_time(content, session, report)
    latitude, longitude = int.from_bytes(content[6:10]), int.from_bytes(content[10:14])
    if len(content) >= 16:
        report.kind = Kind.POSITION
        report.place = read_place(latitude, longitude, int.from_bytes(content[14:16]))
    report.edges = (AlarmName.SOS if code == 1 else BY_CAMERA_CODE.get(code or 0, AlarmName.GENERAL),)
    return report


def _read_new_camera(content: bytes, session: Session, report: Report) -> Report:
    """FF FF 01, time 6, satellites 1, latitude 4, longitude 4, course 2, speed 2, supply 2 (1/10 V), code 1."""
    read_time(content, session, report, at=3)
    if len(content) < 25:
        return report
    report.kind = Kind.POSITION
    report.place = read_place(
        int.from_bytes(content[10:14]),
        int.from_bytes(content[14:18]),
        int.from_bytes(content[18:20]),
        speed_kmh=int.from_bytes(content[20:22]),
        satellites=content[9] & 0x0F,
    )
    report.attributes["power"] = int.from_bytes(content[22:24]) / 10
    report.attributes["event"] = content[24]
    cause = AlarmName.SOS if content[24] == 1 else BY_CAMERA_CODE.get(content[24])
    report.edges = (cause,) if cause else ()
    return report


def _is_sos_one_byte_earlier(content: bytes, at: int) -> bool:
    """Whether 0x27 with a two-byte MNC says SOS when its LBS length is taken to count itself.

    The recorded frames with an LBS length of 10 are read with one byte between cell and state. If that were wrong for
    some model, its SOS would become a signal strength; so both readings count.
    """
    wide = len(content) > GPS_SIZE + 1 and content[GPS_SIZE] == 10 and content[GPS_SIZE + 1] & 0x80 != 0
    return wide and content[at + 2 : at + 4] in {b"\x01\x01", b"\x01\x02"}


def _read_counted_cell(content: bytes, report: Report, at: int) -> int:
    """A cell after its length: 9 counts itself, 8 (clones) does not, 16 and more is the 4G layout, 0 is no cell."""
    if at >= len(content):
        return at
    length = content[at]
    if length >= 16:
        read_wide_cell(content, report, at + 1, lac=4, cell=8)
        return min(at + length, len(content))
    if length == 0:
        blank = len(content) >= at + 1 + CELL_SIZE + STATE_SIZE - 1
        return at + 1 + (CELL_SIZE if blank else 0)
    end = read_cell(content, report, at + 1)
    beyond = end + max(0, length - 9)
    return beyond if len(content) >= beyond + STATE_SIZE else end


def _read_information(information: int, report: Report) -> None:
    report.attributes |= {
        "status": information,
        "ignition": information & 0x02 != 0,
        "charge": information & 0x04 != 0,
        "blocked": information & 0x80 != 0,
    }


def _read_state(content: bytes, at: int, report: Report) -> int | None:
    """Take the state into the report as far as it goes; return the alarm byte, or None: it was cut off."""
    left = content[at : at + STATE_SIZE]
    if left:
        _read_information(left[0], report)
    if len(left) > 1:
        percent = battery_percent(left[1])
        if percent is not None:
            report.attributes["batteryLevel"] = percent
    if len(left) > 2:
        report.attributes["rssi"] = left[2]
    return left[3] if len(left) > 3 else None


def _terminal_cause(content: bytes, at: int) -> str | None:
    return of_terminal(content[at]) if at < len(content) else None


def _hold(report: Report, *causes: str | None) -> None:
    report.held = tuple(dict.fromkeys(cause for cause in causes if cause))
    report.levels = frozenset(report.held)


def _raise(report: Report, session: Session, content: bytes, at: int, alarm: int | None) -> None:
    """Causes of an alarm message.

    The alarm byte is why it was sent. Terminal information that names another cause may only still be set from before,
    so it is held; where the byte names none, the terminal information is the reason. An alarm message cut off before
    either is still an alarm.
    """
    named = of_code(alarm, session.model) if alarm is not None else None
    still = _terminal_cause(content, at)
    if named:
        report.edges = (named,)
        report.held = (still,) if still and still != named else ()
    elif still:
        report.edges = (still,)
    elif alarm is None:
        report.edges = (AlarmName.GENERAL,)
    if alarm and not named:
        report.attributes["event"] = alarm


def _read_long_status(content: bytes, session: Session, report: Report) -> None:
    """Information 1, signal 2, alarm 1, language 1, battery 1 (%), mode 1, voltage 2, ..., [16: temperature at 14].

    In the layout of 16 bytes the first byte is no terminal information.
    """
    if len(content) == 16:
        temperature = int.from_bytes(content[14:16])
        value = (temperature & 0x7FFF) / 10
        report.attributes["temp1"] = value if temperature & 0x8000 else -value
        _hold(report, of_code(content[3], session.model))
    else:
        _read_information(content[0], report)
        report.attributes["power"] = int.from_bytes(content[7:9]) / 100
        report.attributes["rssi"] = int.from_bytes(content[1:3]) & 0x1F
        _hold(report, _terminal_cause(content, 0), of_code(content[3], session.model))
    report.attributes["batteryLevel"] = content[5]


def _read_lw_status(content: bytes, report: Report) -> None:
    """Information 1, voltage 1, GSM 1, supply 2 (low 12 bits, 1/10 V): no alarm byte."""
    _read_state(content[:3], 0, report)
    if len(content) >= STATE_SIZE:
        report.attributes["power"] = (int.from_bytes(content[3:5]) & 0x0FFF) / 10
    _hold(report, _terminal_cause(content, 0))
