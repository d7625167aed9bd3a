"""Lamp, buzzer and status light on the pins that the configuration names (`outputs`). Missing ones are nothing.

`doors` puts them on a GPIO port as the lines `lamp`, `buzzer` and `status`; they are looked up when they are ordered,
so that this can be built before the ports.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from edge.feedback import BUZZ_S, Look

if TYPE_CHECKING:
    from drivers.ports.output import Output
    from edge.doors import Door

PATTERN = {Look.OFF: "off", Look.STEADY: "on", Look.SLOW: "blink", Look.FAST: "fast", Look.ALONE: "double"}


class DoorSignals:
    """`edge.feedback.Signals`, and the status light of a kiosk, on the outputs of whichever port has them."""

    def __init__(self, doors: Sequence[Door]) -> None:
        self._doors = doors

    def lamp(self, look: Look) -> None:
        """Signals: a pattern for each look."""
        self.order("lamp", PATTERN[look])

    def buzzer(self, *, on: bool) -> None:
        """Signals: on and off in turn, which is heard better than a tone."""
        self.order("buzzer", f"blink {BUZZ_S:g}" if on else "off")

    def order(self, line: str, order: str) -> None:
        """A pattern of `drivers.ports.output` for an output by its name; one that is missing is nothing."""
        for door in self._doors:
            outputs: dict[str, Output] = getattr(door.port, "outputs", {})
            with suppress(KeyError):
                outputs[line].obey(order)
