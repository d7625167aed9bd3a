"""Microphones and a loudspeaker that ship for tests, demo and machines without a card: in real time, on threads."""

from __future__ import annotations

import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

from edge.call.sound import RATE, TEN_MS, Block
from edge.call.sound.block import silence

TICK_S = TEN_MS / RATE
LATE_S = 0.2
JOIN_S = 1.0


class FakeMicrophone:
    """`sound` gives block after block."""

    def __init__(self, sound: Callable[[], Block]) -> None:
        self._sound = sound
        self._pace: _Pace | None = None

    def open(self, recorded: Callable[[Block], None]) -> None:
        """From now on."""
        self._pace = _Pace("microphone", lambda: recorded(self._sound()))

    def close(self) -> None:
        """No more."""
        pace, self._pace = self._pace, None
        if pace is not None:
            pace.end()


class NullSpeaker:
    """Plays into nothing, at the pace of a card."""

    def __init__(self) -> None:
        self._pace: _Pace | None = None

    def open(self, to_play: Callable[[], Block]) -> None:
        """From now on."""
        self._pace = _Pace("speaker", to_play)

    def close(self) -> None:
        """No more."""
        pace, self._pace = self._pace, None
        if pace is not None:
            pace.end()


class Beeps:
    """A tone of 200 ms each second."""

    def __init__(self, hertz: float = 660.0) -> None:
        self._n = 0
        at = np.arange(TEN_MS * 20) / RATE
        fade = np.minimum(1.0, np.minimum(np.arange(len(at)), np.arange(len(at))[::-1]) / 240)
        self._tone = (np.sin(2 * np.pi * hertz * at) * fade * 12_000).astype(np.int16).reshape(-1, 1)

    def __call__(self) -> Block:
        """The next 10 ms."""
        place = self._n % 100
        self._n += 1
        return self._tone[place * TEN_MS : (place + 1) * TEN_MS] if place < 20 else silence(TEN_MS, 1)


class Speech:
    """A WAV file (48 kHz, 16 bit), over and over. Raises ValueError for another kind, OSError."""

    def __init__(self, path: Path) -> None:
        with wave.open(str(path), "rb") as file:
            if (file.getframerate(), file.getsampwidth()) != (RATE, 2):
                raise ValueError(f"{path.name} is not 48 kHz, 16 bit")
            sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, file.getnchannels())[:, :1]
        self._sound = sound[: len(sound) // TEN_MS * TEN_MS]
        if not len(self._sound):
            raise ValueError(f"{path.name} is empty")
        self._at = 0

    def __call__(self) -> Block:
        """The next 10 ms."""
        block = self._sound[self._at : self._at + TEN_MS]
        self._at = (self._at + TEN_MS) % len(self._sound)
        return block


class _Pace(threading.Thread):
    """Calls every 10 ms; what was missed is made up for, as a card's buffer does, up to LATE_S."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        super().__init__(name=name, daemon=True)
        self._work, self._ends = work, threading.Event()
        self.start()

    def run(self) -> None:
        """Until it ends."""
        due_s = time.monotonic()
        while not self._ends.is_set():
            now_s = time.monotonic()
            if now_s - due_s > LATE_S:
                due_s = now_s
            if now_s >= due_s:
                self._work()
                due_s += TICK_S
            else:
                self._ends.wait(due_s - now_s)

    def end(self) -> None:
        """And wait until it has."""
        self._ends.set()
        if threading.current_thread() is not self:
            self.join(JOIN_S)
