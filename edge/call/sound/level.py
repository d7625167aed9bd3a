"""The resident's voice at one loudness, whether they lean on the glass or stand a metre away.

Slow, and only while somebody speaks: what the echo canceller left over is quieter than any voice, and must not be
raised while the resident is silent. No look-ahead: peaks are held by going down at once.
"""

from __future__ import annotations

import numpy as np

from edge.call.sound.block import LOUDEST, Block, to_int16

WANTED = 2_300.0
"""Root mean square of the voice: -23 dB of full scale, as EBU R 128 and most calls have it."""
VOICE = 250.0
"""Quieter than this (-42 dB) is no voice at this microphone, but noise or what is left of an echo."""
LEAST, MOST = 0.5, 4.0
"""-6 to +12 dB."""
STEP = 1.003
"""Per 10 ms: 2.6 dB in a second of speech."""
CEILING = 0.9 * LOUDEST


class Level:
    """One microphone's, 10 ms at a time."""

    def __init__(self) -> None:
        self.gain = 1.0

    def block(self, sound: Block) -> Block:
        """The same, nearer to the wanted loudness."""
        floats = sound.astype(np.float64)
        loudness, peak = float(np.sqrt(np.mean(floats**2))), float(np.abs(floats).max())
        before = self.gain
        if loudness * before > WANTED * 1.5:
            self.gain = max(LEAST, before / STEP**2)
        elif loudness > VOICE:
            self.gain = min(MOST, max(LEAST, before * (STEP if loudness * before < WANTED else 1 / STEP)))
        if peak * self.gain > CEILING:
            self.gain = before = CEILING / peak
        return to_int16(floats * np.linspace(before, self.gain, len(sound), endpoint=False)[:, None])
