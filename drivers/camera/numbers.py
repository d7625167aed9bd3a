"""What one picture comes down to: the numbers that are judged."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Numbers:
    """One picture, at a monotonic second.

    `brightness` and `spread` are mean and standard deviation of the grey levels, `edges` the mean step between
    neighbours, `changed` the part of 40 cells that differ from the picture before, `moving` what moves in each zone as
    a part of the whole picture.
    """

    at_s: float
    brightness: float
    spread: float
    edges: float
    changed: float
    moving: dict[str, float] = field(default_factory=dict)
