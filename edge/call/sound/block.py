"""The one shape sound has in here: 48 kHz, 16 bit, (samples, channels)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Block: TypeAlias = NDArray[np.int16]
"""Always two-dimensional, also with one channel."""

Floats: TypeAlias = NDArray[np.float64]

RATE = 48_000
BLOCK = 960
"""20 ms: what one packet carries and one tick of the player takes."""
TEN_MS = 480
"""What echo cancelling takes."""
LOUDEST = 32_767


def silence(samples: int, channels: int) -> Block:
    """Nothing to hear."""
    return np.zeros((samples, channels), np.int16)


def to_int16(sound: Floats) -> Block:
    """Rounded, and held inside 16 bits."""
    return np.clip(np.rint(sound), -LOUDEST - 1, LOUDEST).astype(np.int16)
