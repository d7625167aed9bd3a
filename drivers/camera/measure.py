"""Small grey pictures to numbers: how bright, how varied, how sharp, what stands still and what moves.

The only file of the drivers that computes with numpy. It decides nothing; `frozen.py`, `covered.py` and `motion.py` do.

Movement is what differs from a running average of the last half minute, after a change of light over the whole picture
is taken out and single points are dropped. A picture of which most changed at once is a change of light, not movement.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

import numpy as np
from numpy.typing import NDArray

from drivers.camera.numbers import Numbers
from drivers.camera.settings import Zone
from drivers.camera.shot import SMALL_HEIGHT, SMALL_WIDTH

CELLS_X, CELLS_Y = 8, 5
STILL_CELL = 2
"""Grey levels in sum over the pixels of a cell that may differ in a still picture."""

BACKGROUND_S = 30.0
MOVING_BACKGROUND_S = 120.0
"""What moves becomes background more slowly: a person who waits stays a person, a parked car does not stay news."""

WARM_UP_S = 2.0
MOST = 0.6
"""More of the picture than this does not move; the light changed."""

Grey = NDArray[np.uint8]
Light = NDArray[np.float32]
Mask = NDArray[np.bool_]


class Measurer:
    """One camera from one connection to its end."""

    def __init__(self, zones: Sequence[Zone], threshold: float) -> None:
        self._zones = {zone.name: inside(zone) for zone in zones}
        self._threshold = threshold
        self._before: Grey | None = None
        self._background: Light | None = None
        self._mask = _nowhere()
        self._at_s = self._since_s = 0.0

    def take(self, grey: bytes, at_s: float) -> Numbers:
        """The next picture."""
        picture: Grey = np.frombuffer(grey, np.uint8).reshape(SMALL_HEIGHT, SMALL_WIDTH)
        before, self._before = self._before, picture
        return Numbers(
            at_s,
            float(picture.mean()),
            float(picture.std()),
            _edges(picture),
            1.0 if before is None else _changed(picture, before),
            self._moving(picture, at_s) if self._zones else {},
        )

    def _moving(self, picture: Grey, at_s: float) -> dict[str, float]:
        now = picture.astype(np.float32)
        background = self._background
        if background is None:
            self._background, self._at_s, self._since_s = now, at_s, at_s
            return {}
        mask = _without_points(np.abs(now - _in_this_light(background, now, ~self._mask)) > self._threshold)
        self._mask = mask
        passed_s, self._at_s = max(0.0, at_s - self._at_s), at_s
        if float(mask.mean()) > MOST:
            self._background, self._mask, self._since_s = now, _nowhere(), at_s
            return {}
        slow, fast = (1.0 - exp(-passed_s / s) for s in (MOVING_BACKGROUND_S, BACKGROUND_S))
        background += (now - background) * np.where(mask, np.float32(slow), np.float32(fast))
        if at_s - self._since_s < WARM_UP_S:
            return {}
        return {name: float((mask & zone).sum()) / mask.size for name, zone in self._zones.items()}


def inside(zone: Zone) -> Mask:
    """The pixels whose centres lie in the polygon (even-odd rule)."""
    x = (np.arange(SMALL_WIDTH) + 0.5)[None, :] / SMALL_WIDTH
    y = (np.arange(SMALL_HEIGHT) + 0.5)[:, None] / SMALL_HEIGHT
    mask = _nowhere()
    corners = zone.points
    for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if y0 != y1:
            left_of = (x - x0) * (y1 - y0) < (x1 - x0) * (y - y0)
            mask ^= ((y0 > y) != (y1 > y)) & (left_of if y1 > y0 else ~left_of)
    return mask


def _nowhere() -> Mask:
    return np.zeros((SMALL_HEIGHT, SMALL_WIDTH), np.bool_)


def _in_this_light(background: Light, now: Light, still: Mask) -> Light:
    """The background as bright as it is now: a lamp or a cloud multiplies, an exposure time adds (least squares)."""
    then, light = background[still], now[still]
    spread = float(then.var()) if then.size else 0.0
    gain = float(((then - then.mean()) * (light - light.mean())).mean()) / spread if spread > 1.0 else 1.0
    gain = min(max(gain, 0.2), 5.0)
    offset = float(light.mean() - gain * then.mean()) if then.size else 0.0
    return background * np.float32(gain) + np.float32(offset)


def _edges(picture: Grey) -> float:
    """Mean step between neighbours."""
    signed = picture.astype(np.int16)
    return float(np.abs(np.diff(signed, axis=0)).mean() + np.abs(np.diff(signed, axis=1)).mean())


def _changed(picture: Grey, before: Grey) -> float:
    difference = np.abs(picture.astype(np.int16) - before)
    cells = difference.reshape(CELLS_Y, SMALL_HEIGHT // CELLS_Y, CELLS_X, SMALL_WIDTH // CELLS_X).sum(axis=(1, 3))
    return float((cells > STILL_CELL).mean())


def _without_points(mask: Mask) -> Mask:
    """Keep what has at least four others among its eight neighbours."""
    padded = np.pad(mask, 1).astype(np.uint8)
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    nine = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    kept: Mask = mask & (nine >= 5)
    return kept
