"""Health values of a watch: a keyword and its few numbers (`protocols.md` 4), in any letter case.

    heart,n  PULSE,n  bphrt,sys,dia,hr,...  BLOOD,sys,dia  TEMP,t  btemp2,1,t  oxygen,0,n

What was sent is reported as it was sent; whether 0 means "not measured" is for those who read it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers.model import Scalar
from drivers.watch_report import number, whole

Fields = Sequence[str]
Values = dict[str, float | int | None]


def read_health(keyword: str, fields: Fields) -> dict[str, Scalar] | None:
    """The values by name; None when the keyword (in capitals) is no health message."""
    reader = _READERS.get(keyword)
    if reader is None:
        return None
    return {name: value for name, value in reader([text.strip() for text in fields]).items() if value is not None}


def _whole_at(fields: Fields, index: int) -> int | None:
    return whole(fields[index]) if index < len(fields) else None


def _number_at(fields: Fields, index: int) -> float | None:
    return number(fields[index]) if index < len(fields) else None


def _pulse(fields: Fields) -> Values:
    return {"heartRate": _whole_at(fields, 0)}


def _blood(fields: Fields) -> Values:
    return {name: _whole_at(fields, index) for index, name in enumerate(("pressureHigh", "pressureLow", "heartRate"))}


def _temperature(fields: Fields) -> Values:
    return {"temp1": _number_at(fields, 0)}


def _measured_temperature(fields: Fields) -> Values:
    """The first field says whether anything was measured."""
    return {"temp1": _number_at(fields, 1)} if (_whole_at(fields, 0) or 0) > 0 else {}


def _oxygen(fields: Fields) -> Values:
    return {"bloodOxygen": _whole_at(fields, 1)}


_READERS: dict[str, Callable[[Fields], Values]] = {
    "HEART": _pulse,
    "PULSE": _pulse,
    "BLOOD": _blood,
    "BPHRT": _blood,
    "TEMP": _temperature,
    "BTEMP2": _measured_temperature,
    "OXYGEN": _oxygen,
}
