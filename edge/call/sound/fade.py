"""Concealment that gives up gently: a guess is worth hearing for about 100 ms, after that it drones."""

from __future__ import annotations

import numpy as np

from edge.call.sound.block import RATE, Block, to_int16

WHOLE = int(0.080 * RATE)
"""Concealed samples at full loudness."""
FALL = int(0.060 * RATE)
"""And then down to nothing over these."""
RISE = int(0.005 * RATE)


class ConcealmentFade:
    """How loud a guess still is."""

    def __init__(self) -> None:
        self._guessed = 0

    def out(self, guess: Block) -> tuple[Block, int]:
        """The guess as loud as it deserves, and how many of its samples can be heard."""
        begin, self._guessed = self._guessed, self._guessed + len(guess)
        audible = min(max(0, WHOLE + FALL - begin), len(guess))
        if self._guessed <= WHOLE:
            return guess, audible
        gain = self._gain(np.arange(begin, self._guessed))
        return to_int16(guess * gain[:, None]), audible

    def in_again(self, sound: Block) -> Block:
        """Real sound after a guess: from the loudness the guess ended with."""
        gain = float(self._gain(np.array([self._guessed]))[0])
        self._guessed = 0
        rise = min(RISE, len(sound))
        if gain >= 1 or not rise:
            return sound
        sound = sound.copy()
        sound[:rise] = to_int16(sound[:rise] * np.linspace(gain, 1.0, rise)[:, None])
        return sound

    def _gain(self, at: np.ndarray[tuple[int], np.dtype[np.int_]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.clip(1 - (at - WHOLE) / FALL, 0.0, 1.0)
