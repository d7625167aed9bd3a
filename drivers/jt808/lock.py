"""0x5501 and 0x5502: the short position of a vendor's locks, in the layout of their older protocol.

    day month year hour minute second BCD[6], UTC | latitude ddmm.mmmm BCD[4] | longitude dddmm.mmmm BCD, 9 digits
    | flags(1) | speed BCD knots(1) | course / 2(1) | rssi(1) | satellites(1) | mileage km(4) | battery(1)
    | cell(4) | area(2) | product(1) | status(2) | alarm(2) | items

The longitude's ninth digit is the high half of the byte whose low half are the flags: bit 1 north, bit 2 east.
0x5502 has no fix.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from drivers.jt808.position import Report
from drivers.model import AlarmName, Place, Scalar, plausible

FIXED = 35
KNOT_KMH = 1.852

_LOW_POWER = {0: AlarmName.LOW_POWER.value}
ALARMS: Mapping[int, Mapping[int, str]] = {
    1: _LOW_POWER,
    2: _LOW_POWER,
    3: {
        0: AlarmName.OVERSPEED.value,
        1: AlarmName.LOW_POWER.value,
        2: AlarmName.VIBRATION.value,
        3: AlarmName.LOW_BATTERY.value,
        5: AlarmName.GEOFENCE_ENTER.value,
        6: AlarmName.GEOFENCE_EXIT.value,
    },
}
"""Alarm bits by product."""


def read_lock(body: bytes, now: datetime, *, fix: bool) -> Report | None:
    """None when the body is shorter than its fixed part or its digits are none."""
    digits = body[:16].hex()
    if len(body) < FIXED or not digits[:29].isdecimal() or not body[15:16].hex().isdecimal():
        return None
    time = _time(digits)
    lat, lon = _degrees(int(digits[12:20])), _degrees(int(digits[20:29]))
    flags = body[14]
    battery, status, alarm = body[23], body[31:33], int.from_bytes(body[33:35])
    attributes: dict[str, Scalar] = {
        "rssi": body[17],
        "sat": body[18],
        "odometer": int.from_bytes(body[19:23]) * 1000,
        "status": int.from_bytes(status),
    }
    if battery <= 100:
        attributes["batteryLevel"] = battery
    elif battery in (0xAA, 0xAB):
        attributes["charge"] = True
    believed = time is not None and plausible(time, now)
    return Report(
        causes=tuple(name for bit, name in ALARMS.get(body[30], {}).items() if alarm >> bit & 1),
        place=Place(
            valid=fix,
            lat=lat if flags & 2 else -lat,
            lon=lon if flags & 4 else -lon,
            speed_kmh=round(int(body[15:16].hex()) * KNOT_KMH, 1),
            course=body[16] * 2.0,
            satellites=body[18],
        ),
        time=time if believed else None,
        device_time=None if believed else time.strftime("%Y-%m-%dT%H:%M:%SZ") if time else digits[:12],
        stamp=digits[:12],
        attributes=attributes,
    )


def _degrees(digits: int) -> float:
    """ddmm.mmmm without the point."""
    return digits // 1_000_000 + digits % 1_000_000 / 600_000


def _time(digits: str) -> datetime | None:
    day, month, year, hour, minute, second = (int(digits[at : at + 2]) for at in range(0, 12, 2))
    try:
        return datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
