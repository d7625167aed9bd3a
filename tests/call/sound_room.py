"""A kiosk's corner: a loudspeaker that distorts, walls, a microphone on another clock, somebody who speaks.

The far voice leaves through a soft-clipping loudspeaker (5 % harmonics at its loudest), comes back through walls that
ring for a quarter of a second, at a delay that jumps by 40 ms every five seconds, and is recorded by a clock that is
200 ppm off. The resident, when they speak, are exactly as loud as the echo.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge.call.sound import RATE, TEN_MS, Block, Processing
from edge.call.sound.block import Floats, to_int16
from edge.call.sound.interpolate import REACH
from tests.call.sound_speech import CLERK, RESIDENT, loud, speech

HARMONICS = 0.05
RINGS_S = 0.25
BASE_S, JUMP_S, EVERY_S = 0.060, 0.040, 5
STEPS = (0, 1, 0, -1)
ECHO, NEAR, NOISE = 1_500.0, 1_500.0, 15.0


@dataclass(frozen=True, slots=True)
class Corner:
    """All signals at the microphone's clock, but `far`, which is at the loudspeaker's."""

    far: Floats
    echo: Floats
    near: Floats
    noise: Floats
    drift: float

    @property
    def microphone(self) -> Block:
        """What is recorded."""
        return to_int16(self.echo + self.near + self.noise)[:, None]


def corner(seconds: int, near_from_s: int, drift: float = 200e-6, seed: int = 3) -> Corner:
    """So many seconds; the resident begins to speak at `near_from_s` and does not stop."""
    far = speech(CLERK, "en-us", seconds * (1 + abs(drift)) + 1, 4_000)
    walls = _walls(seed)
    size = 1 << int(np.ceil(np.log2(len(far) + len(walls))))
    wet = np.fft.irfft(np.fft.rfft(_loudspeaker(far), size) * np.fft.rfft(walls, size), size)[: len(far)]
    at = np.arange(seconds * RATE) / RATE
    delay = BASE_S + JUMP_S * np.take(STEPS, (at // EVERY_S).astype(int) % len(STEPS))
    echo = loud(_read(wet, (at - delay) * RATE * (1 + drift)), ECHO)
    near = np.zeros(len(at))
    near[near_from_s * RATE :] = speech(RESIDENT, "en+f3", seconds - near_from_s, NEAR)
    return Corner(far, echo, near, np.random.default_rng(seed).normal(0, NOISE, len(at)), drift)


def cancelled(processing: Processing, room: Corner) -> Floats:
    """What is sent; `far` is called at the loudspeaker's pace, `near` at the microphone's."""
    far, microphone = to_int16(room.far)[:, None], room.microphone
    left, played = [], 0
    for at in range(0, len(microphone), TEN_MS):
        while played + TEN_MS <= (at + TEN_MS) * (1 + room.drift):
            processing.far(far[played : played + TEN_MS])
            played += TEN_MS
        left.append(processing.near(microphone[at : at + TEN_MS]))
    return np.concatenate(left)[:, 0].astype(np.float64)


def _loudspeaker(sound: Floats) -> Floats:
    """tanh, driven so that a tone at the voice's peak gets 5 % harmonics."""
    peak, drive = float(np.abs(sound).max()), _drive()
    return np.asarray(np.tanh(drive * sound / peak) / drive * peak, np.float64)


def _drive() -> float:
    low, high = 0.01, 5.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if _harmonics(middle) < HARMONICS else (low, middle)
    return low


def _harmonics(drive: float) -> float:
    spectrum = np.abs(np.fft.rfft(np.tanh(drive * np.sin(2 * np.pi * 10 * np.arange(1_000) / 1_000))))
    return float(np.sqrt((spectrum[20::10] ** 2).sum()) / spectrum[10])


def _walls(seed: int) -> Floats:
    """A direct path and an exponential tail of 200 ms."""
    at = np.arange(RATE // 5)
    tail = 0.25 * np.random.default_rng(seed).normal(0, 1, len(at)) * 10 ** (-3 * at / RATE / RINGS_S)
    tail[0] = 3
    return np.asarray(tail / np.linalg.norm(tail), np.float64)


def _read(sound: Floats, places: Floats) -> Floats:
    """Between samples, by a windowed sinc, one tap at a time."""
    whole = np.floor(places).astype(np.intp)
    part = places - whole
    padded = np.pad(sound, 2 * REACH)
    made = np.zeros(len(places))
    for tap in range(1 - REACH, REACH + 1):
        away = part - tap
        weight = np.sinc(away) * np.cos(np.pi * away / (2 * REACH)) ** 2
        made += padded[np.clip(whole + tap + 2 * REACH, 0, len(padded) - 1)] * weight
    return made
