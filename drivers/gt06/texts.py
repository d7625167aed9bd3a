"""Messages that carry text or a list of modules: answers to commands (0x15, 0x21), 0x70, 0x94, 0x9B."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from drivers.gt06.fields import CLOCK_SIZE, Report, Session, read_place, read_time
from drivers.model import Kind, Place, Scalar

_WHERE = re.compile(
    r"Lat:\s*([NS])(\d{1,3}\.\d+),\s*Lon:\s*([EW])(\d{1,3}\.\d+)"
    r"(?:,\s*Course:\s*(\d+(?:\.\d+)?))?(?:,\s*Speed:\s*(\d+(?:\.\d+)?))?"
    r"(?:.*?DateTime:\s*(\d{4})-(\d\d)-(\d\d)\s+(\d\d):(\d\d):(\d\d))?",
    re.DOTALL,
)
"""What a device answers to WHERE#."""
_SETTING = re.compile(r"(ALM\d|STA\d|DYD)=([0-9A-F]{2})\b")
"""Of the settings a device lists; the rest are telephone numbers of people and stay out of events."""


def read_answer(content: bytes, session: Session) -> Report | None:
    """0x15: length 1 (4 + text), the flag the command carried 4, text, [language 2]."""
    if not content or content[0] < 4:
        return None
    return _answer(content[1:5], _text(content[5 : 1 + content[0]], "ascii"), session)


def read_long_answer(content: bytes, session: Session) -> Report:
    """0x21: the flag the command carried 4, encoding 1 (1 ASCII, 2 UTF-16 big-endian), text."""
    encoding = "utf-16-be" if content[4:5] == b"\x02" else "ascii"
    return _answer(content[:4], _text(content[5:], encoding), session)


def read_pass_through(content: bytes, session: Session) -> Report:
    """0x9B: kind of the attached device 1, what it said."""
    del session
    return Report(kind=Kind.RESULT, attributes={"result": content[1:].hex()})


def read_supply(content: bytes, session: Session) -> Report:
    """0x94 in a short frame: supply in 1/100 V."""
    del session
    return Report(kind=Kind.STATUS, attributes={"power": int.from_bytes(content[:2], signed=True) / 100})


def read_information(content: bytes, session: Session) -> Report | None:
    """0x94 in a long frame: kind 1, then what that kind says."""
    kind, rest = (content[0], content[1:]) if content else (None, b"")
    report = Report(kind=Kind.STATUS)
    said = report.attributes
    if kind == 0x00 and len(rest) >= 2:
        said["adc1"] = int.from_bytes(rest[:2]) / 100
    elif kind == 0x04:
        said |= {name: int(code, 16) for name, code in _SETTING.findall(_text(rest, "ascii"))}
    elif kind == 0x05 and rest:
        if len(rest) > CLOCK_SIZE:
            read_time(rest, session, report)
        said["door"] = rest[-1] & 0x01 != 0
        said["io1"] = rest[-1] & 0x04 != 0
    elif kind == 0x0A and len(rest) >= 26:
        said["iccid"] = rest[16:26].hex().replace("f", "")
    elif kind == 0x1E and len(rest) >= 8:
        said["temp1"] = int.from_bytes(rest[:4], signed=True) / 10
        said["humidity"] = int.from_bytes(rest[4:8]) / 10
    else:
        return None
    return report


def read_modules(content: bytes, session: Session) -> Report:
    """0x70: a list of (kind 2, length 2, value)."""
    del session
    report = Report(kind=Kind.STATUS)
    at = 0
    while at + 4 <= len(content):
        kind = int.from_bytes(content[at : at + 2])
        end = at + 4 + int.from_bytes(content[at + 2 : at + 4])
        _read_module(kind, content[at + 4 : end], report)
        at = end
    return report


def _read_module(kind: int, value: bytes, report: Report) -> None:
    if kind == 0x33 and len(value) >= 18:
        _read_module_place(value, report)
    elif kind == 0x03:
        report.attributes["iccid"] = value.hex()
    elif kind == 0x18 and len(value) >= 2:
        report.attributes["battery"] = int.from_bytes(value[:2]) / 100
    elif kind == 0x2A and value:
        report.attributes["door"] = value[0] & 0x0F != 0
    elif kind == 0x34 and value:
        report.attributes["event"] = value[0]


def _read_module_place(value: bytes, report: Report) -> None:
    """Unix time 4, satellites 1, altitude 2, latitude 4, longitude 4, speed 1, course and status 2."""
    report.kind = Kind.POSITION
    report.clock = value[:4]
    report.time = datetime.fromtimestamp(int.from_bytes(value[:4]), UTC)
    place = read_place(
        int.from_bytes(value[7:11]),
        int.from_bytes(value[11:15]),
        int.from_bytes(value[16:18]),
        speed_kmh=value[15],
        satellites=value[4],
    )
    if place:
        report.place = Place(
            valid=place.valid,
            lat=place.lat,
            lon=place.lon,
            speed_kmh=place.speed_kmh,
            course=place.course,
            altitude_m=int.from_bytes(value[5:7], signed=True),
            satellites=place.satellites,
        )


def _text(raw: bytes, encoding: str) -> str:
    return raw.decode(encoding, "replace").strip("\0 \r\n")


def _answer(flag: bytes, text: str, session: Session) -> Report:
    said: dict[str, Scalar] = {"flag": int.from_bytes(flag)}
    if text.startswith("<ICCID:"):
        said["iccid"] = text[7:27]
    else:
        said["result"] = text
    report = Report(kind=Kind.RESULT, attributes=said)
    found = _WHERE.search(text)
    if found:
        _read_where(found, session, report)
    return report


def _read_where(found: re.Match[str], session: Session, report: Report) -> None:
    """The answer is a position too; its time is in the device's own zone."""
    latitude, longitude = float(found[2]), float(found[4])
    if latitude > 90 or longitude > 180:
        return
    report.kind = Kind.POSITION
    report.place = Place(
        valid=True,
        lat=-latitude if found[1] == "S" else latitude,
        lon=-longitude if found[3] == "W" else longitude,
        course=float(found[5]) if found[5] else None,
        speed_kmh=float(found[6]) if found[6] else None,
    )
    if found[7]:
        clock = bytes(int(part) % 100 for part in found.groups()[6:12])
        read_time(clock, session, report)
