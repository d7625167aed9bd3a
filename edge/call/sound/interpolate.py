"""Sound read between its samples and a little faster or slower than it was written, by a windowed sinc."""

from __future__ import annotations

import numpy as np

from edge.call.sound.block import Floats

REACH = 8
"""Samples needed on either side of a place."""


def read(sound: Floats, begin: float, samples: int, change: float) -> Floats:
    """So many samples from the place `begin` on; the last is read `change` further than one by one would be.

    One filter for the first sample, one for the last, and a cross-fade between: for the change of clocks inside 10 ms
    (a tenth of a sample) nothing finer is heard. Zero where the sound does not reach.
    """
    whole = int(np.floor(begin))
    low, high = whole - REACH, whole + samples + REACH
    around = sound[max(low, 0) : max(high, 0)]
    if len(around) < high - low:
        around = np.pad(around, (min(max(-low, 0), high - low), 0))
        around = np.pad(around, (0, high - low - len(around)))
    first = np.convolve(around, _taps(begin - whole), "valid")[:samples]
    if change == 0:
        return first
    last = np.convolve(around, _taps(begin - whole + change), "valid")[:samples]
    return first + (last - first) * (np.arange(samples) / samples)


def _taps(phase: float) -> Floats:
    """The filter that reads so far after a sample; reversed, as a convolution wants it."""
    away = phase - np.arange(-REACH, REACH + 1)
    taps = np.sinc(away) * np.cos(np.pi * away / (2 * REACH + 2)) ** 2
    return np.asarray((taps / taps.sum())[::-1], np.float64)
