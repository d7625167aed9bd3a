"""What is connected to which pin: declarations for the GPIO port. No pin is touched here.

A line is `<device>` or `<device>:<role>`: `button-301`, `button-301:tamper`, `button-301:lamp`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InputPin:
    """A digital input by its BCM number. `pull`: up, down or none."""

    line: str
    pin: int
    pull: str = "up"


@dataclass(frozen=True, slots=True)
class AdcChannel:
    """One channel of an MCP3xxx converter on SPI; `device` is the chip select."""

    line: str
    channel: int
    chip: str = "mcp3008"
    device: int = 0
    every_s: float = 0.1


@dataclass(frozen=True, slots=True)
class OutputPin:
    """A lamp or buzzer by its BCM number. `active`: the level that lights it."""

    line: str
    pin: int
    active: str = "high"


class BoardError(OSError):
    """The board is not there, or a pin cannot be had; the message says which and why."""


def device_of(line: str) -> str:
    """The device that a line belongs to."""
    return line.partition(":")[0]


def check(inputs: Sequence[InputPin], channels: Sequence[AdcChannel], outputs: Sequence[OutputPin]) -> None:
    """Raise ValueError when two declarations want the same line, pin or channel."""
    pins: list[InputPin | OutputPin] = [*inputs, *outputs]
    wanted = [one.line for one in pins] + [one.line for one in channels]
    wanted += [f"GPIO{one.pin}" for one in pins]
    wanted += [f"channel {one.device}.{one.channel}" for one in channels]
    doubled = sorted({one for one in wanted if wanted.count(one) > 1})
    if doubled:
        raise ValueError(f"declared more than once: {', '.join(doubled)}")
