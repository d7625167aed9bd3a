"""What the fields of an H02 frame say, message by message; the layouts are drawn in `drivers/h02.py`."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from drivers.h02_frames import BINARY_15
from drivers.model import Kind, Place, Scalar, Struct

KNOT_KMH = 1.852
MAX_EXTRAS = 16

SIX = re.compile(r"[0-9]{6}")
STATUS = re.compile(r"[0-9A-Fa-f]{8}")
STATUS_ANYWHERE = re.compile(r"(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{8}")
ANGLE = re.compile(r"-?([0-9]{1,3}?)-?([0-9]{2})(?:\.([0-9]{1,8})|([0-9]{4}))")
HEX, NUMBER, DECIMAL = re.compile(r"[0-9A-Fa-f]{1,4}"), re.compile(r"[0-9]{1,10}"), re.compile(r"[0-9]{1,6}(\.[0-9]*)?")
BATTERY_STEPS = (0, 10, 20, 60, 80, 100)
"""Only that step 6 is full is recorded; the others are how such trackers show them."""


class Report(Struct):
    """What one frame says, in its own terms."""

    kind: Kind | None = None
    clock: str = ""
    date: str = ""
    place: Place | None = None
    status: int | None = None
    attributes: dict[str, Scalar] = {}
    cells: list[dict[str, Scalar]] = []


def _fix(fields: list[str]) -> Report:
    clock, mark, lat, north, lon, east, speed, course, date, *rest = fields + [""] * max(0, 9 - len(fields))
    if not SIX.fullmatch(date) and rest and SIX.fullmatch(rest[0]):
        date, *rest = rest  # some put the battery before the date
    report = Report(clock=clock, date=date, place=_place(mark, (lat, north), (lon, east), speed, course))
    belongs = [STATUS, *[STATUS_ANYWHERE] * len(rest)]  # later than first only in V19, behind plain numbers
    at = next((i for i, text in enumerate(rest) if belongs[i].fullmatch(text)), None)
    if at is None:
        report.status = _status([], fields)
        return report
    report.status = int(rest[at], 16)
    extras = rest[at + 1 : at + 1 + MAX_EXTRAS]
    report.attributes = {f"io{i}": text for i, text in enumerate(extras, 1) if text}
    return report


def _answer(fields: list[str]) -> Report:
    """The words of the result, up to where a time and the mark of a fix begin."""
    pairs = pairwise(fields)
    at = next((i for i, (time, mark) in enumerate(pairs) if SIX.fullmatch(time) and mark in {"A", "V", "B"}), None)
    report = Report(status=_status([], fields)) if at is None else _fix(fields[at:])
    report.kind = Kind.RESULT
    report.attributes["result"] = ",".join(fields[:at])
    return report


def _link(fields: list[str]) -> Report:
    clock, *values, date, status = (fields + [""] * 8)[:8]
    names = ("rssi", "sat", "batteryLevel", "steps", "turnovers")
    told: dict[str, Scalar] = {}
    for name, text in zip(names, values, strict=True):
        if (value := number(text)) is not None:
            told[name] = value
    return Report(kind=Kind.STATUS, clock=clock, date=date, status=_status([status], fields), attributes=told)


def _nbr(fields: list[str]) -> Report:
    clock, mcc, mnc, _, count = (fields + [""] * 5)[:5]
    end = 5 + 3 * (number(count) or 0)
    cells = _towers(mcc, mnc, fields[5:end], 3, rssi=True)
    date, *status = [*fields[end : end + 2], ""][:2]
    return Report(clock=clock, date=date, status=_status(status, fields), cells=cells)


def _v3(fields: list[str]) -> Report:
    clock, network, count = (fields + [""] * 3)[:3]
    end = 3 + 4 * (number(count) or 0)
    cells = _towers(network[:3], network[3:], fields[3:end], 4)
    battery, _, _, date, status = [*fields[end : end + 5], *[""] * 5][:5]
    # its unit is not documented, so it is told as it was sent
    told: dict[str, Scalar] = {"battery": int(battery, 16)} if HEX.fullmatch(battery) else {}
    return Report(clock=clock, date=date, status=_status([status], fields), attributes=told, cells=cells)


def _towers(mcc: str, mnc: str, fields: list[str], width: int, *, rssi: bool = False) -> list[dict[str, Scalar]]:
    """Each begins with its area and its cell; one that is cut off is left out."""
    found: list[dict[str, Scalar]] = []
    for at in range(0, len(fields) - width + 1, width):
        numbers = [number(text) for text in (mcc, mnc, fields[at], fields[at + 1])]
        if None not in numbers:
            found.append(dict(zip(("mcc", "mnc", "lac", "cid"), numbers, strict=True)))
            if rssi and (heard := number(fields[at + 2])):
                found[-1]["rssi"] = -heard
    return found


def _status(where: list[str], fields: list[str]) -> int | None:
    """From where it belongs; in a frame with fields missing from the end, unless a plain number could be meant."""
    found = next((text for text in where if STATUS.fullmatch(text)), None)
    found = found or next((text for text in reversed(fields) if STATUS_ANYWHERE.fullmatch(text)), None)
    return int(found, 16) if found else None


def read_binary(frame: re.Match[bytes]) -> tuple[str, Report]:
    """The id and what the frame says."""
    device, clock, lat, battery, lon, motion, status = (part.hex() for part in frame.groups())
    if frame.re is BINARY_15:  # sixteen places for fifteen digits: whichever end is filled up
        device = device[1:] if device[0] == "0" and device.isdecimal() else device[:15]
    flags = int(lon[9], 16)
    north, east = "SN"[flags >> 2 & 1], "WE"[flags >> 3 & 1]
    place = _place("VA"[flags >> 1 & 1], (lat, north), (lon[:9], east), motion[:3], motion[3:])
    steps = int(battery, 16)
    level = BATTERY_STEPS[steps - 1] if 1 <= steps <= 6 else steps if 6 < steps <= 100 else None
    told: dict[str, Scalar] = {} if level is None else {"batteryLevel": level}
    return device, Report(Kind.POSITION, clock[:6], clock[6:], place, int(status, 16), told)


def _place(mark: str, lat: tuple[str, str], lon: tuple[str, str], speed: str, course: str) -> Place | None:
    north, east = _angle(lat, "NS", 90), _angle(lon, "EW", 180)
    if north is None or east is None:
        return None
    knots = _decimal(speed)
    return Place(mark == "A", north, east, None if knots is None else round(knots * KNOT_KMH, 3), _decimal(course))


def _angle(value: tuple[str, str], sides: str, limit: int) -> float | None:
    """Degrees, of `ddmm.mmmm` with or without the point; None if that is no place on the earth."""
    found = ANGLE.fullmatch(value[0].strip())
    if found is None or value[1] not in tuple(sides):
        return None
    degrees = int(found[1]) + float(f"{found[2]}.{found[3] or found[4] or 0}") / 60
    if degrees > limit:
        return None
    return round(-degrees if value[1] == sides[1] else degrees, 7)


def _decimal(text: str) -> float | None:
    return float(text) if DECIMAL.fullmatch(text.strip()) else None


def number(text: str) -> int | None:
    """A plain number, if it is one."""
    return int(text) if NUMBER.fullmatch(text) else None


def kind_of(report: Report) -> Kind | None:
    """None: nothing was filled in, so nothing is told but an alarm."""
    if report.kind:
        return report.kind
    if report.place:
        return Kind.POSITION
    if report.cells:
        return Kind.READING
    dated = SIX.fullmatch(report.date) and report.date != "000000"
    return Kind.STATUS if dated or "battery" in report.attributes else None


READERS: dict[str, Callable[[list[str]], Report]] = {
    **dict.fromkeys(("V1", "V2", "V5", "V6", "V8", "VI1", "V19"), _fix),
    "VP1": lambda fields: _fix(["", *fields]),
    "V4": _answer,
    "NBR": _nbr,
    "V3": _v3,
    "LINK": _link,
}
