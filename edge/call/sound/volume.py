"""Louder for hard ears, without clipping: gain, then a limiter that looks 5 ms ahead.

Range 18 dB (EN 301 549 section 8.2.1). The limiter takes the gain back before a peak and gives it again slowly; what
is quiet becomes loud, what was loud stays undistorted.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from edge.call.sound.block import LOUDEST, RATE, Block, Floats, silence, to_int16

NORMAL_DB, MOST_DB, STEP_DB = 0.0, 18.0, 3.0
CEILING = 0.95 * LOUDEST
CHUNK = RATE // 1_000
"""One decision each millisecond."""
AHEAD = 5
"""Chunks of delay in which the gain can fall before its peak comes."""
GIVE_BACK = 1.02
"""Per chunk: 18 dB in about 100 ms."""


class Volume:
    """One loudspeaker's loudness. Delays by 5 ms, always, so that turning it up or down does not click."""

    delay_s = AHEAD * CHUNK / RATE

    def __init__(self, channels: int = 1) -> None:
        self._db = NORMAL_DB
        self._channels = channels
        self._late = silence(AHEAD * CHUNK, channels)
        self._needed: deque[float] = deque([1.0] * (AHEAD + 1), maxlen=AHEAD + 1)
        self._allowed: deque[float] = deque([1.0] * AHEAD, maxlen=AHEAD)
        self._gain = 1.0

    @property
    def gain_db(self) -> float:
        """0 to 18."""
        return self._db

    @gain_db.setter
    def gain_db(self, gain_db: float) -> None:
        self._db = min(max(gain_db, NORMAL_DB), MOST_DB)

    def louder(self) -> float:
        """One step up; what it is now."""
        self.gain_db += STEP_DB
        return self._db

    def softer(self) -> float:
        """One step down; what it is now."""
        self.gain_db -= STEP_DB
        return self._db

    def normal(self) -> None:
        """After each person: the next one must not be shouted at."""
        self._db = NORMAL_DB

    def block(self, sound: Block) -> Block:
        """The same number of samples, 5 ms later; a multiple of 1 ms."""
        wanted = 10 ** (self._db / 20)
        all_of_it = np.concatenate((self._late, sound))
        self._late = all_of_it[len(sound) :]
        chunks = np.abs(sound.astype(np.float64)).reshape(-1, CHUNK * self._channels)
        gains = [self._gain, *(self._step(wanted, float(chunk.max())) for chunk in chunks)]
        return to_int16(all_of_it[: len(sound)] * self._drawn(gains)[:, None])

    def _step(self, wanted: float, peak: float) -> float:
        """The gain at the end of the chunk that leaves now, given the newest that came.

        The least that any of six chunks needs, averaged over five: the gain glides and is always down in time.
        """
        self._needed.append(min(wanted, CEILING / peak) if peak > 0 else wanted)
        self._allowed.append(min(*self._needed, self._allowed[-1] * GIVE_BACK))
        self._gain = sum(self._allowed) / AHEAD
        return self._gain

    @staticmethod
    def _drawn(gains: list[float]) -> Floats:
        """From chunk to chunk in straight lines."""
        at = np.arange(1, (len(gains) - 1) * CHUNK + 1) / CHUNK
        return np.interp(at, np.arange(len(gains)), gains)
