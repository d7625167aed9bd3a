"""Poles as places: content `poles`, found by the digits of their plate, and those near the box. No persons in it.

A plate reads `YS-0042`; people type 0042 or 42. Old numbers (`aliases`) are found too.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from kiosk_ui.local import Api, Look
from sync.contract.envelope import Struct

NEWS = "poles"
CONTENT, FILE = "poles", "poles.json"
NEAR = 16
"""Poles offered around the shop: two pages."""
LONGEST = 10
EARTH_M = 111_320.0
"""Metres of a degree of latitude."""


class Pole(Struct, frozen=True):
    """One of the register."""

    number: str
    words: str = ""
    nearby: str = ""
    aliases: str = ""
    lat: float | None = None
    lon: float | None = None


class _File(Struct, frozen=True):
    poles: list[Pole]


@dataclass(frozen=True, slots=True)
class Poles:
    """Looked up by what people type. Made once for each version, on the thread that fetched it."""

    by_number: dict[str, Pole] = field(default_factory=dict)
    by_digits: dict[str, list[Pole]] = field(default_factory=dict)

    def typed(self, digits: str) -> list[Pole]:
        """Those whose plate, or a former one, has these digits."""
        return self.by_digits.get(digits.lstrip("0"), []) if digits else []

    def near(self, number: str) -> list[tuple[Pole, int]]:
        """Around that pole, the nearest first, with metres; itself at 0."""
        here = self.by_number.get(number)
        if here is None or here.lat is None or here.lon is None:
            return []
        wide = math.cos(math.radians(here.lat))
        found = [
            (pole, math.hypot(pole.lat - here.lat, (pole.lon - here.lon) * wide) * EARTH_M)
            for pole in self.by_number.values()
            if pole.lat is not None and pole.lon is not None
        ]
        found.sort(key=lambda one: one[1])
        return [(pole, round(metres)) for pole, metres in found[:NEAR]]


def poles(listed: Iterable[Pole]) -> Poles:
    """The index of these."""
    by_number = {pole.number: pole for pole in listed}
    by_digits: dict[str, list[Pole]] = defaultdict(list)
    for pole in by_number.values():
        for plate in dict.fromkeys([pole.number, *re.split(r"[,，、;；\s]+", pole.aliases)]):
            digits = "".join(sign for sign in plate if sign.isdecimal()).lstrip("0")
            if digits and pole not in by_digits[digits]:
                by_digits[digits].append(pole)
    return Poles(by_number, dict(by_digits))


def look() -> Look:
    """Posted as `poles` whenever content changes."""
    return Look(NEWS, ("content",), _fetch)


def _fetch(api: Api) -> Poles | None:
    found = api.get(f"content/{CONTENT}/file?file={quote(FILE, safe='')}", _File)
    return poles(found.poles) if found is not None else None
