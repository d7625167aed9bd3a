"""Spoken sentences from espeak-ng: two voices, always the same samples."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave

import numpy as np

from edge.call.sound import RATE
from edge.call.sound.block import Floats

CLERK = (
    "Please bring your identity card and the household register to the civil affairs department on the second floor "
    "before noon. The clerk will check the form, stamp it, and give you a slip with the number of your case. If you "
    "have lost the card, tell us now, and we will show you another way. Thank you for waiting so patiently today, it "
    "is rather busy here."
)
RESIDENT = (
    "I have lost my card and I do not know what to do now. My daughter lives far away and my knees are bad. Could you "
    "please tell me slowly which paper I need and where I must sign it? I can hear you, but the street is loud."
)
SPOKEN_AT = 0.02
"""Of the peak: what is under it counts as pause when loudness is measured."""


def missing() -> bool:
    """Whether there is nobody to speak."""
    return shutil.which("espeak-ng") is None


def speech(text: str, voice: str, seconds: float, loudness: float) -> Floats:
    """The text again and again for so long; `loudness` is the root mean square while it speaks."""
    command = ["espeak-ng", "--stdout", "-s", "145", "-v", voice, text]
    said = subprocess.run(command, check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(said)) as file:
        rate = file.getframerate()
    samples = np.frombuffer(said[44:], np.int16).astype(np.float64)
    sound = _resampled(samples, rate)
    repeated = np.tile(sound, int(np.ceil(seconds * RATE / len(sound))))[: int(seconds * RATE)]
    return loud(repeated, loudness)


def loud(sound: Floats, loudness: float) -> Floats:
    """The same at this loudness while it speaks."""
    speaking = sound[np.abs(sound) > SPOKEN_AT * np.abs(sound).max()]
    return sound * (loudness / float(np.sqrt(np.mean(speaking**2))))


def _resampled(sound: Floats, rate: int) -> Floats:
    """At 48 kHz, by its spectrum."""
    length = int(len(sound) * RATE / rate)
    spectrum = np.zeros(length // 2 + 1, np.complex128)
    known = np.fft.rfft(sound)
    spectrum[: len(known)] = known
    return np.asarray(np.fft.irfft(spectrum, length) * length / len(sound), np.float64)
