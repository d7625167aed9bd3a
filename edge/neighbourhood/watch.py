"""A watch of the 3G/SeTracker family as it speaks: what it sends, and what it understands of an answer.

Pure: times and values in, bytes out. Simulator, demo and tests carry the bytes.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

_ANSWER = re.compile(rb"\[(\w\w)\*(\w+)\*(?:([0-9A-Fa-f]{4})\*)?([0-9A-Fa-f]{4})\*")

SOS = 1 << 16
LOW_BATTERY = 1 << 17
REMOVED = 1 << 20
FALL = 1 << 21
BATTERY_IS_LOW = 1
"""Bits of the status word: why the watch raises an alarm, and (the last) what is the case."""


class WatchDevice:
    """One watch. With `indexed` it counts its frames, as some makers do."""

    def __init__(self, id_: str, maker: str = "3G", *, indexed: bool = False) -> None:
        self.id = id_
        self.maker = maker
        self._index = 0 if indexed else None
        self._buffer = b""

    def frame(self, content: str | bytes) -> bytes:
        """Any content in this watch's frame."""
        body = content.encode() if isinstance(content, str) else content
        index = ""
        if self._index is not None:
            self._index = self._index % 0xFFFF + 1
            index = f"{self._index:04X}*"
        return f"[{self.maker}*{self.id}*{index}{len(body):04X}*".encode() + body + b"]"

    def init(self) -> bytes:
        """First contact."""
        return self.frame("INIT")

    def lk(self, steps: int | None = None, tumbles: int = 0, battery: int = 100) -> bytes:
        """Keep-alive, bare or with its counters."""
        return self.frame("LK" if steps is None else f"LK,{steps},{tumbles},{battery}")

    def ud(
        self, at: datetime, lat: float, lon: float, *, battery: int = 80, status: int = 0, valid: bool = True
    ) -> bytes:
        """Position now."""
        return self.frame(f"UD,{_fields(at, lat, lon, battery, status, valid=valid)}")

    def ud2(
        self, at: datetime, lat: float, lon: float, *, battery: int = 80, status: int = 0, valid: bool = True
    ) -> bytes:
        """Position kept while there was no line."""
        return self.frame(f"UD2,{_fields(at, lat, lon, battery, status, valid=valid)}")

    def al(
        self,
        at: datetime,
        lat: float = 0.0,
        lon: float = 0.0,
        *,
        battery: int = 80,
        status: int = SOS,
        valid: bool = False,
        keyword: str = "AL",
    ) -> bytes:
        """Alarm; by default SOS without a fix."""
        return self.frame(f"{keyword},{_fields(at, lat, lon, battery, status, valid=valid)}")

    def heart(self, rate: int) -> bytes:
        """A pulse that was measured."""
        return self.frame(f"heart,{rate}")

    def echo(self, keyword: str) -> bytes:
        """How it says that an order was carried out."""
        return self.frame(keyword)

    def answered(self, data: bytes) -> list[str]:
        """Keywords of the frames to this watch that are complete now, in order: acknowledgements and orders."""
        self._buffer += data
        keywords: list[str] = []
        while (head := _ANSWER.search(self._buffer)) is not None:
            end = head.end() + int(head[4], 16)
            if len(self._buffer) <= end:
                break
            ours = head[1].decode() == self.maker and head[2].decode() == self.id
            if ours and (head[3] is not None) == (self._index is not None) and self._buffer[end : end + 1] == b"]":
                keywords.append(self._buffer[head.end() : end].decode("latin-1").partition(",")[0])
            self._buffer = self._buffer[end + 1 :]
        return keywords


def _fields(at: datetime, lat: float, lon: float, battery: int, status: int, *, valid: bool) -> str:
    clock = at.astimezone(UTC).strftime("%d%m%y,%H%M%S")
    place = f"{abs(lat):.6f},{'S' if lat < 0 else 'N'},{abs(lon):.6f},{'W' if lon < 0 else 'E'}"
    satellites = 7 if valid else 0
    return f"{clock},{'A' if valid else 'V'},{place},0.00,0.0,0.0,{satellites},80,{battery},1200,0,{status:08X},0,0"
