"""A supervised line with two end-of-line resistors: what a measured ratio says about the wire.

    Vref --[ pull_up ]--+-- ADC                 contact closed   series             0.5   with equal resistors
                        |                       contact open     series + eol       0.67
                 [ series ]                     wire shorted     0                  0
                        |                       wire cut         infinite           1.0
                   contact || [ eol ]
                        |
                       GND

The bands end in the middle of the gaps (`protocols.md` 12). In the language of alarm panels a closed
contact is "normal" and an open one "alarm"; a normally open button swaps the two.
"""

from __future__ import annotations

from enum import StrEnum

from drivers.model import Struct


class LoopState(StrEnum):
    """What stands at the other end of the wire."""

    SHORT = "short"
    NORMAL = "normal"
    ALARM = "alarm"
    OPEN = "open"


class Bands(Struct, frozen=True):
    """Where one state ends and the next begins, as fractions of the reference voltage."""

    normal_from: float
    alarm_from: float
    open_from: float


def bands(pull_up_ohm: float, series_ohm: float, eol_ohm: float) -> Bands:
    """The bands of a line with these resistors."""
    normal = series_ohm / (series_ohm + pull_up_ohm)
    both_ohm = series_ohm + eol_ohm
    alarm = both_ohm / (both_ohm + pull_up_ohm)
    return Bands(normal / 2, (normal + alarm) / 2, (alarm + 1) / 2)


def loop_state(ratio: float, limits: Bands) -> LoopState:
    """The state a ratio lies in. What cannot be measured (not a number) counts as a cut wire."""
    if ratio < limits.normal_from:
        return LoopState.SHORT
    if ratio < limits.alarm_from:
        return LoopState.NORMAL
    return LoopState.ALARM if ratio < limits.open_from else LoopState.OPEN
