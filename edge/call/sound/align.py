"""The loudspeaker's signal brought to where its echo stands in the microphone's, before the echo is cancelled.

A canceller holds a model of the room that begins at one delay. When the delay jumps (a driver's buffer ran empty) its
own search takes seconds, and when loudspeaker and microphone run on two clocks the model is always a little wrong. So
the delay is searched here, 33 times a second, and what the canceller is given as "far" is read from memory at the place
where the echo is now, stretched by the drift between the clocks: to the canceller the delay never changes.

    far(block)  ---> memory of 1 s ------------------> read at place + drift ---> to the canceller
                        |                                    ^
    near(block) ---> correlation, whitened (GCC-PHAT) --> Track: place, drift, jumps
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from edge.call.sound.block import TEN_MS, Block, Floats, to_int16
from edge.call.sound.interpolate import REACH, read

DOWN = 6
"""The search works at 8 kHz: the voice is there, and the room's highs are not."""
STEP = TEN_MS // DOWN
SEEN = 2_048
"""How much of the microphone is compared: 256 ms."""
SEARCHED = 4_096
"""Echo is looked for up to 512 ms back."""
TRANSFORM = 8_192
EVERY = 3
"""Blocks between two searches."""
WHITE = 0.8
"""How far the spectra are flattened: 1 would trust empty bands as much as loud ones."""
FORGET = 0.9
"""Of the correlations before, at each search: about 300 ms are remembered."""
SURE = 6.0
"""A peak so many times over what nine of ten other places stay under is an echo: over noise, ten standard deviations.
Where only a part of the memory holds sound the deviation of all would be too small, and anything a peak."""
RANK = SEARCHED * 9 // 10
NEAR = 10
"""Samples of 8 kHz around the last place: drift and the peak's width."""
CLEARLY, AMONG_WALLS = 1.5, 3.0
ROOM = 160
"""Walls, and the pitch of a voice, make peaks of their own within 20 ms, which come and go; there a jump is only
believed when the old peak has vanished. A wrong wall does no harm, the canceller knows the whole room."""
AUDIBLE = 30.0
"""Root mean square of 16 bit samples under which the loudspeaker makes no echo worth finding."""
EARLY = TEN_MS
"""The echo is put 10 ms behind the far signal: what was found may be a wall's, with the loudspeaker's own before it."""
MEMORY = 100 * TEN_MS
UNEVEN = 200
"""Blocks: reading stays behind the least that was there in two seconds, because cards take and give by handfuls."""
JUMP = 96.0
"""Samples of 48 kHz (2 ms): a difference so large is no drift."""
TOGETHER = 48.0
"""Searches that agree this closely (1 ms) confirm each other."""
CONFIRMED = 4
SHORT, LONG = 8, 80
"""Searches a line is fitted through: a quarter of a second at first, 2.4 s later."""
MOST_WRONG = 6.0
"""Samples: what a search may be off and still be believed whole. Drift makes a third of one between two searches."""
MOST_DRIFT = 400e-6
MOST_SLEW = 0.25
"""Samples per block by which the reading place follows what was measured: 500 ppm, slow enough not to be heard."""


class Track:
    """Where the echo is: far index less near index, in samples, and how it drifts."""

    def __init__(self) -> None:
        self.place: float | None = None
        self.drift = 0.0
        self.jumps = 0
        self._elsewhere: list[float] = []
        self._fitted = SHORT

    def advance(self, samples: int) -> None:
        """So much time went by."""
        if self.place is not None:
            self.place += self.drift * samples

    def measured(self, place: float) -> None:
        """A search found it here."""
        if self.place is None or abs(place - self.place) > JUMP:
            self._consider(place)
            return
        self._elsewhere.clear()
        wrong = min(max(place - self.place, -MOST_WRONG), MOST_WRONG)
        # The gains of a straight line fitted through all searches so far, in the end through the last LONG.
        self._fitted = n = min(self._fitted + 1, LONG)
        self.place += 2 * (2 * n - 1) / (n * (n + 1)) * wrong
        self.drift += 6 / (n * (n + 1)) * wrong / (EVERY * TEN_MS)
        self.drift = min(max(self.drift, -MOST_DRIFT), MOST_DRIFT)

    def _consider(self, place: float) -> None:
        if self._elsewhere and abs(place - self._elsewhere[-1]) > TOGETHER:
            self._elsewhere.clear()
        self._elsewhere.append(place)
        if len(self._elsewhere) >= CONFIRMED:
            self.place, self.jumps = place, self.jumps + 1
            self._elsewhere.clear()


class Alignment:
    """10 ms in, 10 ms out, one channel."""

    def __init__(self) -> None:
        self._far = _Last(MEMORY)
        self._near_end: int | None = None
        self._far_small, self._near_small = _Last(SEEN + SEARCHED), _Last(SEEN)
        self._far_low, self._near_low = _LowPass(), _LowPass()
        self._likely = np.zeros(SEARCHED)
        self._likely_at = 0
        self._track = Track()
        self._reading: float | None = None
        self._there: deque[int] = deque(maxlen=UNEVEN)
        self._since = 0

    @property
    def found(self) -> bool:
        """Whether the echo has been found at all."""
        return self._track.place is not None

    @property
    def drift(self) -> float:
        """Of the loudspeaker's clock against the microphone's."""
        return self._track.drift

    @property
    def jumps(self) -> int:
        """How often the delay has changed at once, the first finding included."""
        return self._track.jumps

    def far(self, block: Block) -> None:
        """This is about to be played."""
        mono = block[:, 0].astype(np.float64)
        self._far.add(mono)
        self._far_small.add(self._far_low.of(mono))

    def near(self, block: Block, delay: int) -> Block:
        """This was recorded; returns what the loudspeaker played at the time, 10 ms ahead of its echo.

        `delay` in samples is where the echo is supposed until it has been found.
        """
        if self._near_end is None:
            self._near_end = self._far.end - len(block)
        self._near_small.add(self._near_low.of(block[:, 0].astype(np.float64)))
        self._near_end += len(block)
        self._track.advance(len(block))
        self._since += 1
        if self._since >= EVERY:
            self._since = 0
            self._search()
        return self._read(self._near_end - len(block), len(block), delay)

    def _search(self) -> None:
        far, near = self._far_small.all, self._near_small.all
        if self._near_small.end < SEEN or np.sqrt(np.mean(far[-SEEN:] ** 2)) < AUDIBLE:
            return
        small = np.float32  # twice as quick as double
        cross = np.conj(np.fft.rfft(near.astype(small), TRANSFORM)) * np.fft.rfft(far.astype(small), TRANSFORM)
        likely = np.fft.irfft(cross / (np.abs(cross) ** small(WHITE) + small(1e-9)), TRANSFORM)[:SEARCHED]
        size = float(np.sqrt(np.mean(likely**2)))
        if size <= 0:
            return
        assert self._near_end is not None
        begin = (self._far.end - self._near_end) // DOWN - SEARCHED
        self._likely = FORGET * _shifted(self._likely, begin - self._likely_at) + (1 - FORGET) * likely / size
        self._likely_at = begin
        peak = self._peak(begin)
        if peak is not None:
            self._track.measured(DOWN * (begin + peak + _between(np.abs(self._likely[peak - 1 : peak + 2]))))

    def _peak(self, begin: int) -> int | None:
        """Where the echo most likely is: where it was, unless another place is clearly likelier."""
        likely = np.abs(self._likely[1:-1])
        best = int(np.argmax(likely))
        if self._track.place is not None:
            here = round(self._track.place / DOWN) - begin - 1
            low, high = max(0, here - NEAR), max(0, here + NEAR + 1)
            near = likely[low:high]
            clearly = AMONG_WALLS if abs(best - here) < ROOM else CLEARLY
            if len(near) and near.max() * clearly > likely[best]:
                best = low + int(np.argmax(near))
        rest = float(np.partition(likely, RANK)[RANK])
        return best + 1 if likely[best] >= SURE * rest else None

    def _read(self, near_begin: int, samples: int, delay: int) -> Block:
        wanted = (self._track.place if self._track.place is not None else -float(delay)) + EARLY
        self._there.append(self._far.end - near_begin - samples - REACH)
        wanted = min(wanted, float(min(self._there)))
        if self._reading is None or abs(wanted - self._reading) > JUMP:
            self._reading = wanted
        begin = self._reading
        self._reading += min(max(wanted - begin, -MOST_SLEW), MOST_SLEW)
        low = near_begin + math.floor(begin) - REACH
        around = self._far.part(low, samples + 2 * REACH + 1)
        return to_int16(read(around, near_begin + begin - low, samples, self._reading - begin))[:, None]


class _Last:
    """The end of an endless signal, numbered from its beginning; zero where it is forgotten or not yet there."""

    def __init__(self, samples: int) -> None:
        self.end = 0
        self._samples = samples
        self._kept = np.zeros(2 * samples)
        self._at = samples

    def add(self, sound: Floats) -> None:
        if self._at + len(sound) > len(self._kept):
            self._kept[: self._samples] = self._kept[self._at - self._samples : self._at]
            self._at = self._samples
        self._kept[self._at : self._at + len(sound)] = sound
        self._at += len(sound)
        self.end += len(sound)

    @property
    def all(self) -> Floats:
        """All that is remembered."""
        return self._kept[self._at - self._samples : self._at]

    def part(self, begin: int, samples: int) -> Floats:
        first = begin - (self.end - self._samples)
        known = self.all[max(first, 0) : max(first + samples, 0)]
        before = min(max(-first, 0), samples)
        return np.pad(known, (before, samples - before - len(known)))


class _LowPass:
    """Every sixth sample of what remains under 4 kHz."""

    def __init__(self) -> None:
        self._before = np.zeros(len(LOW_PASS) - 1)

    def of(self, mono: Floats) -> Floats:
        sound = np.concatenate((self._before, mono))
        self._before = sound[-len(self._before) :]
        return np.convolve(sound, LOW_PASS, "valid")[::DOWN]


LOW_PASS: Floats = np.hanning(2 * DOWN + 3)[1:-1] / (DOWN + 1)


def _shifted(likely: Floats, by: int) -> Floats:
    """The same correlations, numbered from another beginning."""
    moved = np.zeros(len(likely))
    if abs(by) < len(likely):
        if by >= 0:
            moved[: len(likely) - by] = likely[by:]
        else:
            moved[-by:] = likely[:by]
    return moved


def _between(three: Floats) -> float:
    """Where between samples a peak stands, by a parabola."""
    left, top, right = (float(value) for value in three)
    curve = left - 2 * top + right
    return 0.5 * (left - right) / curve if curve < 0 else 0.0
