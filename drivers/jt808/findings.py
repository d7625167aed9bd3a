"""What the items behind a position say, while they are being read, and how their values are read."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct as Layout

from drivers.jt808.dialect import Dialect
from drivers.model import Scalar

Row = dict[str, Scalar]

_WORD = Layout(">H")


class Findings:
    """What the items of one report say."""

    __slots__ = ("attributes", "causes", "cells", "dialect", "wifi")

    def __init__(self, attributes: Row, causes: list[str], dialect: Dialect) -> None:
        self.attributes = attributes
        self.causes = causes
        self.dialect = dialect
        self.cells: list[Row] = []
        self.wifi: list[Row] = []

    @property
    def network(self) -> dict[str, list[Row]] | None:
        """Cells and access points in sight; None when the report names none."""
        return {"cell": self.cells, "wifi": self.wifi} if self.cells or self.wifi else None

    def alarm(self, name: str, *, when: bool = True) -> None:
        """A cause told by an item instead of a bit."""
        if when and name not in self.causes:
            self.causes.append(name)


Reader = Callable[[bytes, Findings], None]


def text(value: bytes) -> str:
    """GBK, which contains ASCII; padding of zeros and blanks removed."""
    return value.decode("gbk", "replace").strip("\0 ")


def word(value: bytes, at: int = 0) -> int:
    """Two bytes, big-endian; struct.error when they are not there."""
    return int(_WORD.unpack_from(value, at)[0])


def signed_magnitude(raw: int) -> int:
    """Sixteen bits of which the first is the sign."""
    return -(raw & 0x7FFF) if raw & 0x8000 else raw


def dbm(raw: int) -> int:
    """Signal strength of a cell or access point: sent as a signed byte."""
    return raw - 256 if raw > 127 else raw


def percent_or_charging(raw: int, found: Findings) -> None:
    """A battery level, FF while it stands on the charger."""
    if raw == 0xFF:
        found.attributes["charge"] = True
    else:
        found.attributes["batteryLevel"] = raw
