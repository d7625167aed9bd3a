"""Lets whoever spoke hear their note before it is sent. Between calls only: in a call the loudspeaker is the call's."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable

import numpy as np

from edge.call.media import Speaker
from edge.call.note import STEP
from edge.call.sound import TEN_MS, Block
from edge.call.sound.block import RATE, Floats, silence, to_int16


class NotePlayer:
    """One note at a time, from its beginning. The card's thread takes block after block; the rest is the loop's."""

    def __init__(self, speaker: Speaker, changed: Callable[[], None]) -> None:
        self._speaker, self._changed = speaker, changed
        self._sound = silence(0, 1)
        self._at = 0
        self._plays = False

    @property
    def seconds(self) -> float | None:
        """Heard so far; None: nothing is played."""
        return min(self._at, len(self._sound)) / RATE if self._plays else None

    @property
    def over(self) -> bool:
        """All of it was heard."""
        return self._plays and self._at >= len(self._sound)

    def play(self, content: bytes) -> None:
        """From its beginning. Raises OSError: the loudspeaker does not open."""
        self.stop()
        self._sound, self._at = higher(content), 0
        self._speaker.open(self._next)
        self._plays = True
        self._changed()

    def stop(self) -> None:
        """Silent, and nothing of it is kept here."""
        if self._plays:
            self._plays = False
            self._speaker.close()
            self._changed()
        self._sound = silence(0, 1)

    def _next(self) -> Block:
        """10 ms, on the card's thread."""
        block = self._sound[self._at : self._at + TEN_MS]
        self._at += TEN_MS
        return block if len(block) == TEN_MS else np.concatenate([block, silence(TEN_MS - len(block), 1)])


def higher(content: bytes) -> Block:
    """A note's WAV of 16 kHz at the card's 48 kHz: between two samples lies what is between them."""
    with wave.open(io.BytesIO(content)) as file:
        samples: Floats = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
    at = np.arange(len(samples) * STEP) / STEP
    return to_int16(np.interp(at, np.arange(len(samples)), samples)).reshape(-1, 1)
