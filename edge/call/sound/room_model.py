"""The straight part of the echo, taken away before the canceller sees it.

AEC3 alone keeps the far voice out while both speak by holding the near one down as well. What a linear model of the
room has already taken away it need not suppress, and the resident can be understood while the clerk speaks. The model
is a filter of 120 ms in the frequency domain, in parts of 10 ms, each with a Kalman filter's own idea of how sure it is
(Enzner and Vary, "Frequency-domain adaptive Kalman filter for acoustic echo control in hands-free telephones", 2006):
near speech makes it unsure instead of wrong, so no detector of double talk is needed.

It is put in and taken out by fades, and only when it has proved itself: to the canceller behind it each change of the
model looks like a change of the room.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from edge.call.sound.block import TEN_MS, Block, to_int16

Singles: TypeAlias = NDArray[np.float32]
"""Single precision: enough for 16 bits, and half the work."""

NOTHING: Singles = np.zeros(TEN_MS, np.float32)
PARTS = 12
STAYS = 0.9995**2
"""How much of the room is still the same after 10 ms: people move."""
NEAR_SMOOTH = 0.5
HEARD = 900.0
"""Power of the loudspeaker's signal (rms 30) under which nothing is learned about how good the model is."""
PROVED = 4.0
"""Power taken away, as a share: 6 dB once, while only the far end speaks."""
GOOD, BAD = 0.75, 0.5
"""How much of what the model says is in the microphone: 1 is all of it, whoever else speaks there."""
FADE_IN, FADE_OUT = 0.03, 0.15
"""Per block."""
SNAPSHOT = 50
"""Blocks between two copies of the model; the oldest of SNAPSHOTS is from before a jump was noticed."""
SNAPSHOTS = 4


class RoomModel:
    """10 ms of one channel at a time, the far signal already where its echo is."""

    def __init__(self) -> None:
        bins = TEN_MS + 1
        self._spectra = np.zeros((PARTS, bins), np.complex64)
        self._weights = np.zeros((PARTS, bins), np.complex64)
        self._unsure = np.ones((PARTS, bins), np.float32)
        self._near = np.full(bins, 1e4, np.float32)
        self._before = np.zeros(TEN_MS, np.float32)
        self._copies: list[tuple[NDArray[np.complex64], NDArray[np.float32]]] = []
        self._blocks = self._silent = 0
        self._proof = _Proof()
        self._share = 0.0

    @property
    def share(self) -> float:
        """How much of it is used: 0 not at all, 1 fully."""
        return self._share

    def jumped(self) -> None:
        """The far signal was moved, because the delay had changed: the room is the one from before."""
        if self._copies:
            weights, unsure = self._copies[0]
            self._weights, self._unsure = weights.copy(), unsure.copy()

    def block(self, played: Block, recorded: Block) -> Block:
        """What was recorded, without the echo as far as the model knows it."""
        self._silent = 0 if played.any() else self._silent + 1
        if self._silent > PARTS:
            return recorded
        far, microphone = played[:, 0].astype(np.float32), recorded[:, 0].astype(np.float32)
        if self._blocks % SNAPSHOT == 0:
            self._copies = [*self._copies, (self._weights.copy(), self._unsure.copy())][-SNAPSHOTS:]
        self._blocks += 1
        left = self._step(far, microphone)
        if float(np.mean(far**2)) > HEARD:
            self._proof.add(microphone, left)
        before, self._share = self._share, self._proof.share(self._share)
        if before == self._share == 0:
            return recorded
        fade = np.linspace(before, self._share, TEN_MS, endpoint=False)
        return to_int16(microphone + (left - microphone) * fade)[:, None]

    def _step(self, far: Singles, microphone: Singles) -> Singles:
        """Predict, subtract, learn."""
        spectra, weights = self._spectra, self._weights
        spectra[1:] = spectra[:-1]
        spectra[0] = np.fft.rfft(np.concatenate((self._before, far)))
        self._before = far
        said = np.fft.irfft((spectra * weights).sum(axis=0))[TEN_MS:]
        left = microphone - np.asarray(said, np.float32)
        error = np.fft.rfft(np.concatenate((NOTHING, left)))
        power = np.abs(spectra) ** 2
        self._near = np.asarray(NEAR_SMOOTH * self._near + (1 - NEAR_SMOOTH) * np.abs(error) ** 2, np.float32)
        gain = self._unsure / (0.5 * (power * self._unsure).sum(axis=0) + self._near + 1e-3)
        change = np.fft.irfft(gain * np.conj(spectra) * error, axis=1)
        change[:, TEN_MS:] = 0  # a filter of 10 ms stays one of 10 ms
        weights += np.fft.rfft(change, axis=1)
        self._unsure = STAYS * (1 - 0.5 * gain * power) * self._unsure + (1 - STAYS) * np.abs(weights) ** 2
        return left


class _Proof:
    """Whether the model helps."""

    def __init__(self) -> None:
        self._proved = False
        self._heard = self._left = 1.0
        self._common, self._said = 0.0, 1.0

    def add(self, microphone: Singles, left: Singles) -> None:
        said = microphone - left
        self._heard = 0.98 * self._heard + 0.02 * float(np.mean(microphone**2))
        self._left = 0.98 * self._left + 0.02 * float(np.mean(left**2))
        self._common = 0.95 * self._common + 0.05 * float(np.mean(said * microphone))
        self._said = 0.95 * self._said + 0.05 * float(np.mean(said**2))
        self._proved = self._proved or self._heard > PROVED * self._left

    def share(self, now: float) -> float:
        """One step further in, or out."""
        true = self._common / self._said if self._said > 0 else 0.0
        if self._proved and true > GOOD:
            return min(1.0, now + FADE_IN)
        return max(0.0, now - FADE_OUT) if true < BAD else now
