"""What the bits of a position report mean: the standard's meaning, and that of models that differ.

Alarm bits: JT/T 808-2013 table 24. Where vendors of personal devices use a bit differently from the vehicle's
meaning and no vehicle meaning matters here, the vendors' wins: 15 vibration, 16 and 17 tamper, 18 low battery.
Names as in `vectors/README.md`. Bits without a name (3 driver in danger, 12 card reader, 27 illegal ignition
...) concern vehicles: they are reported as `alarmBits` and raise nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.model import AlarmName

Bits = tuple[tuple[int, str], ...]


def _mask(*bits: int) -> int:
    return sum(1 << bit for bit in bits)


STANDARD_ALARMS: Bits = (
    (_mask(0), AlarmName.SOS.value),
    (_mask(1), AlarmName.OVERSPEED.value),
    (_mask(2), "fatigueDriving"),
    (_mask(5, 6), "gpsAntennaCut"),
    (_mask(4, 9, 10, 11), AlarmName.FAULT.value),
    (_mask(7, 18), AlarmName.LOW_BATTERY.value),
    (_mask(8), AlarmName.POWER_OFF.value),
    (_mask(15), AlarmName.VIBRATION.value),
    (_mask(16, 17), AlarmName.TAMPER.value),
    (_mask(19), "parking"),
    (_mask(20), AlarmName.GEOFENCE.value),
    (_mask(26), AlarmName.GENERAL.value),
    (_mask(28), AlarmName.MOVEMENT.value),
    (_mask(29, 30), AlarmName.ACCIDENT.value),
)

STANDARD_STATUS: Bits = ((_mask(0), "ignition"), (_mask(10), "blocked"), (_mask(26), "charge"))

CONFIRMABLE: Mapping[str, int] = {"": 1 << 0, "sos": 1 << 0, "geofence": 1 << 20, "movement": 1 << 28}
"""What 0x8203 can confirm (JT/T 808-2013 table 50), by our alarm names; nothing named means the emergency."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One model's meaning of the vendor-defined parts. `traits` switch readings of single items (`items.py`)."""

    alarms: Bits = STANDARD_ALARMS
    status: Bits = STANDARD_STATUS
    traits: frozenset[str] = field(default_factory=frozenset)

    def causes(self, word: int) -> list[str]:
        """The alarms that are set in the alarm word, the emergency first."""
        return [name for mask, name in self.alarms if word & mask]

    def nameless(self, word: int) -> str:
        """The set bits that have no name here, as `3,12`."""
        for mask, _ in self.alarms:
            word &= ~mask
        return ",".join(str(bit) for bit in range(32) if word >> bit & 1)


_DOORS = (*STANDARD_STATUS, (_mask(16), "door"))
_PADLOCK = Dialect(((_mask(0, 4), AlarmName.REMOVED.value), (_mask(1), AlarmName.TAMPER.value)))
_ASSET = Dialect(((_mask(16), AlarmName.MOVEMENT.value),), traits=frozenset({"aovx"}))
_CAMERA = Dialect(traits=frozenset({"jc"}))

PLAIN = Dialect()

MODELS: Mapping[str, Dialect] = {
    **dict.fromkeys(("G-360P", "G-508P"), _PADLOCK),
    **dict.fromkeys(("AL300", "GL100"), _ASSET),
    **dict.fromkeys(("JC371", "JC181", "JC182", "JC450", "JC451"), _CAMERA),
    **dict.fromkeys(("MV710G", "MV810G"), Dialect(status=_DOORS, traits=frozenset({"doors"}))),
    **dict.fromkeys(("C5", "C5L"), Dialect(traits=frozenset({"steps"}))),
    "G1C Pro": Dialect(status=(*STANDARD_STATUS, (_mask(4), "motion"))),
    "DT800": Dialect(traits=frozenset({"no_fuel"})),
    "VL300": Dialect(alarms=STANDARD_ALARMS[:-1]),
}


def dialect(model: str) -> Dialect:
    """The dialect of a model; models that are not listed speak the standard's."""
    return MODELS.get(model, PLAIN)
