"""The camera that ships for tests, demo and show: a moving picture with a clock that a machine reads.

The top row is the clock: 24 cells of 24 by 24 pixels at 640 by 480 (shares of the width at any other size), white for
one, black for nothing, the most significant first: milliseconds of Unix time modulo 2^24. Both ends of a call paint it
and read the other's: the difference is the picture's delay.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from edge.call.picture import CameraError, Picture

CELLS = 24
CELL_SHARE = 24 / 640
WHITE, BLACK, GREY = 235, 16, 128
SQUARE = 96


def clock_of(at_ms: int) -> int:
    """What is painted at this time."""
    return at_ms % (1 << CELLS)


def read_clock(picture: Picture) -> int | None:
    """What stands in its top row; None when that is no clock: a cell is neither white nor black."""
    side = picture.width * CELL_SHARE
    value, row = 0, int(side / 2) * picture.width
    for cell in range(CELLS):
        grey = picture.planes[row + int((cell + 0.5) * side)]
        if 90 < grey < 160:
            return None
        value = value << 1 | (grey >= 160)
    return value


def age_ms(value: int, now_ms: int) -> int:
    """How old a clock is."""
    return (clock_of(now_ms) - value) % (1 << CELLS)


class ClockPicture:
    """A source of pictures. `pulled` is the plug in somebody's hand."""

    def __init__(self, utc_s: Callable[[], float] = time.time) -> None:
        self.pulled = False
        self.opened = 0
        self._utc_s = utc_s

    def __call__(self, width: int, height: int, frames_s: int) -> Iterator[Picture]:
        """Pictures at their pace, until closed. Raises CameraError when pulled."""
        if self.pulled:
            raise CameraError("there is no camera")
        self.opened += 1
        try:
            painter, due_s = _Painter(width, height), time.monotonic()
            while True:
                if self.pulled:
                    raise CameraError("the camera ended")
                yield painter.paint(int(self._utc_s() * 1000))
                due_s = max(due_s + 1 / frames_s, time.monotonic() - 1.0)
                time.sleep(max(0.0, due_s - time.monotonic()))
        finally:
            self.opened -= 1


class _Painter:
    """A shaded wall and a square that wanders over it."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._side = int(width * CELL_SHARE)
        shades = bytes(60 + x * 120 // width for x in range(width))
        chroma = bytes([GREY]) * (width * height // 2)
        self._wall = shades * height + chroma

    def paint(self, at_ms: int) -> Picture:
        """The picture of this moment."""
        planes, width = bytearray(self._wall), self._width
        left = at_ms // 8 % (width - SQUARE)
        top = self._side * 2 + at_ms // 20 % (self._height - self._side * 2 - SQUARE)
        square = bytes([WHITE - 40]) * SQUARE
        for y in range(top, top + SQUARE):
            planes[y * width + left : y * width + left + SQUARE] = square
        cells = "".join(f"{clock_of(at_ms):0{CELLS}b}")
        bounds = [round(cell * width * CELL_SHARE) for cell in range(CELLS + 1)]
        row = b"".join(
            bytes([WHITE if bit == "1" else BLACK]) * (bounds[cell + 1] - bounds[cell])
            for cell, bit in enumerate(cells)
        )
        for y in range(self._side):
            planes[y * width : y * width + len(row)] = row
        return Picture(width, self._height, bytes(planes), time.monotonic_ns())
