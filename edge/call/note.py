"""A voice note for a report: what the microphone hears, cleaned of noise, as a WAV of 16 kHz in memory.

Never a part of a call: calls are not recorded. A minute has 1.9 MB, so the sound stays in memory until it is whole and
is then brought to the gateway; a note that was not finished never was.
"""

from __future__ import annotations

import io
import threading
import wave

import numpy as np

from edge.call.sound import TEN_MS, Block, NoProcessing, Processing
from edge.call.sound.block import RATE, Floats, silence, to_int16
from sync.contract.call_screen import MOST_NOTE_S

RATE_OF_NOTE = 16_000
STEP = RATE // RATE_OF_NOTE
TAPS = 48
SHORTEST_S = 0.5
"""A finger that slipped."""
LEVEL_FALL = 0.8


class NoteWriter:
    """One note. `recorded` is called by the card's thread, the rest by the loop."""

    def __init__(self, processing: Processing | None = None, most_s: float = MOST_NOTE_S) -> None:
        self.level = 0.0
        """Loudest of the last moment, 0 to 1: the screen shows that it hears."""
        self._processing = processing or NoProcessing()
        self._most = int(most_s * 100)
        self._blocks: list[Block] = []
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float:
        """Recorded so far."""
        return len(self._blocks) / 100

    @property
    def full(self) -> bool:
        """No more fits."""
        return len(self._blocks) >= self._most

    def recorded(self, block: Block) -> None:
        """10 ms of the microphone."""
        self._processing.far(silence(TEN_MS, 1))
        clean = self._processing.near(block)[:, :1]
        loud = float(np.abs(clean.astype(np.int32)).max()) / 32768 if len(clean) else 0.0
        self.level = max(loud, self.level * LEVEL_FALL)
        with self._lock:
            if not self.full:
                self._blocks.append(clean)

    def wav(self) -> bytes:
        """The whole note; empty when it is too short to be one."""
        with self._lock:
            blocks = list(self._blocks)
        if len(blocks) < SHORTEST_S * 100:
            return b""
        return written(lower(np.concatenate(blocks)[:, 0].astype(np.float64)))


def lower(sound: Floats) -> Floats:
    """48 kHz to 16 kHz: what is above 7 kHz is taken away first, or it would come back as a whistle."""
    at = np.arange(TAPS * 2 + 1) - TAPS
    low = np.sinc(2 * 7000 / RATE * at) * np.hamming(len(at))
    filtered: Floats = np.convolve(sound, low / low.sum(), mode="same")[::STEP]
    return filtered


def written(sound: Floats) -> bytes:
    """As WAV, 16 bit, one channel."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_OF_NOTE)
        file.writeframes(to_int16(sound).astype("<i2").tobytes())
    return out.getvalue()
