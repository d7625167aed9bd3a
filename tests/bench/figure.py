"""What is measured: its name, its unit, its goal, and what came out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tests.bench.bench import Bench

Better = Literal["lower", "higher"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table. `goal` None: stands beside another figure, or explains one.

    `quick`: the name when a quick run measures something smaller that must not be taken for it.
    """

    name: str
    unit: str
    goal: float | None
    what: str
    better: Better = "lower"
    quick: str | None = None

    def called(self, *, quick: bool) -> str:
        """Its name in such a run."""
        return self.quick if quick and self.quick else self.name

    def met(self, value: float | None) -> bool | None:
        """Whether the goal is reached; None when there is no goal or no value."""
        if value is None or self.goal is None:
            return None
        return value <= self.goal if self.better == "lower" else value >= self.goal


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Stands where a value would, with the reason."""

    reason: str


Value = float | Unmeasured
Values = Mapping[str, Value]
"""By the figure's name."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is set up once, and the figures that come out of it."""

    name: str
    title: str
    run: Callable[[Bench], Values]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of build/bench.json. `note` says why there is no value, or what to know about it."""

    name: str
    value: float | None
    unit: str
    goal: float | None
    met: bool | None
    command: str
    note: str = ""

    def document(self) -> dict[str, Any]:
        """As it is written; a note only where there is one."""
        row: dict[str, Any] = {name: getattr(self, name) for name in COLUMNS}
        return {**row, "note": self.note} if self.note else row


COLUMNS = ("name", "value", "unit", "goal", "met", "command")


def quantile(values: list[float], share: float) -> Value:
    """The nearest rank: with 0.99 of 200 values, the third largest."""
    if not values:
        return Unmeasured("nothing was measured")
    return sorted(values)[max(1, ceil(share * len(values))) - 1]


def rounded(value: float) -> float:
    """Three digits are more than a shared machine can promise."""
    return float(f"{value:.3g}") if abs(value) < 1000 else float(round(value))
