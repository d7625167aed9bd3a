"""When something moves in a zone, and not again for a while. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from drivers.camera.numbers import Numbers


@dataclass(frozen=True, slots=True)
class Moved:
    """Something moved. `area` is its part of the whole picture."""

    at_s: float
    zone: str
    area: float


class MotionJudge:
    """All zones of one camera; two pictures in a row must agree, one alone may be an encoder's fault."""

    def __init__(self, min_area: float, cool_down_s: float) -> None:
        self._min_area, self._cool_down_s = min_area, cool_down_s
        self._before: dict[str, bool] = {}
        self._told_s: dict[str, float] = {}

    def take(self, numbers: Numbers) -> list[Moved]:
        """The next picture; what is to be told."""
        found: list[Moved] = []
        for zone, area in numbers.moving.items():
            large = area >= self._min_area
            rested = numbers.at_s - self._told_s.get(zone, -inf) >= self._cool_down_s
            if large and self._before.get(zone, False) and rested:
                self._told_s[zone] = numbers.at_s
                found.append(Moved(numbers.at_s, zone, area))
            self._before[zone] = large
        return found
