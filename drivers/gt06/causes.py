"""Which alarm a GT06 device means: the alarm byte, and bits 3-5 of the terminal information.

Both speak for themselves and both count. An unknown code is kept as the attribute `event` and raises nothing: vendors
number driving style, fuel and doors of lorries up there.
"""

from __future__ import annotations

from drivers.model import AlarmName

BY_CODE: dict[int, str] = {
    0x01: AlarmName.SOS,
    0x02: AlarmName.POWER_CUT,
    0x03: AlarmName.VIBRATION,
    0x04: AlarmName.GEOFENCE_ENTER,
    0x05: AlarmName.GEOFENCE_EXIT,
    0x06: AlarmName.OVERSPEED,
    0x09: AlarmName.VIBRATION,
    0x0C: AlarmName.TAMPER,
    0x0E: AlarmName.LOW_BATTERY,
    0x0F: AlarmName.LOW_BATTERY,
    0x11: AlarmName.POWER_OFF,
    0x13: AlarmName.TAMPER,
    0x14: AlarmName.DOOR,
    0x18: AlarmName.REMOVED,
    0x19: AlarmName.LOW_BATTERY,
    0x1A: "hardBraking",
    0x1B: "hardCornering",
    0x23: AlarmName.FALL,
    0x25: AlarmName.TAMPER,
    0x28: "hardBraking",
    0x29: "hardAcceleration",
    0x2A: "hardCornering",
    0x2B: "hardCornering",
    0x2C: AlarmName.ACCIDENT,
    0x2E: "hardCornering",
}
BY_CODE_OF_LW: dict[int, str] = {**BY_CODE, 0x18: AlarmName.ACCIDENT, 0x19: "hardAcceleration"}
"""The LW series of vehicle trackers numbers two causes otherwise."""

BY_TERMINAL_BITS: dict[int, str] = {
    1: AlarmName.VIBRATION,
    2: AlarmName.POWER_CUT,
    3: AlarmName.LOW_BATTERY,
    4: AlarmName.SOS,
    6: AlarmName.GEOFENCE,  # 6 and 7 are not in the GT06N document; clones send them
    7: AlarmName.REMOVED,
}

BY_CAMERA_CODE: dict[int, str] = {
    0x80: AlarmName.VIBRATION,
    0x87: AlarmName.OVERSPEED,
    0x90: "hardAcceleration",
    0x91: "hardBraking",
    0x92: "hardCornering",
    0x93: AlarmName.ACCIDENT,
}
"""Message 0x95 of the JC series has a list of its own."""


def of_code(code: int, model: str) -> str | None:
    """The cause an alarm byte names."""
    return (BY_CODE_OF_LW if model.startswith("LW") else BY_CODE).get(code)


def of_terminal(information: int) -> str | None:
    """The cause bits 3-5 of the terminal information name."""
    return BY_TERMINAL_BITS.get(information >> 3 & 0x07)
