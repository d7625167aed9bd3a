"""Sound made a little shorter or longer without changing its pitch.

One whole period of the voice is taken out or put in, and its neighbours are cross-faded over that period (WSOLA). A
vowel that lasts 8 ms less is not heard; a cut is. Where nothing repeats (a consonant) it is left for a better moment,
unless there is hurry.
"""

from __future__ import annotations

import numpy as np

from edge.call.sound.block import RATE, Block, Floats, to_int16

SHORTEST, LONGEST = RATE // 400, RATE // 66
"""Periods of voices, 400 to 66 Hz."""
NEEDED = 2 * LONGEST
"""With this much sound every period can be tried."""
QUIET = 60.0
"""Root mean square below which any splice is inaudible (-55 dB)."""
COARSE = 8
"""The search's first step, at 6 kHz."""


def shorten(sound: Block, most: int, likeness: float) -> Block | None:
    """Without one period of at most so many samples; None when nothing repeats that well."""
    period = _period(sound, most, likeness)
    if period is None:
        return None
    first, second = sound[:period], sound[period : 2 * period]
    return np.concatenate((_faded(first, second), sound[2 * period :]))


def lengthen(sound: Block, most: int, likeness: float) -> Block | None:
    """With one period of at most so many samples twice; None when nothing repeats that well."""
    period = _period(sound, most, likeness)
    if period is None:
        return None
    first, second = sound[:period], sound[period : 2 * period]
    return np.concatenate((first, _faded(second, first), sound[period:]))


def _faded(out: Block, into: Block) -> Block:
    rise = np.linspace(0.0, 1.0, len(out), endpoint=False)[:, None]
    return to_int16(out * (1 - rise) + into * rise)


def _period(sound: Block, most: int, likeness: float) -> int | None:
    mono = sound.mean(axis=1)
    longest = min(most, LONGEST, len(mono) // 2)
    if longest < SHORTEST:
        return None
    if float(np.sqrt(np.mean(mono[: 2 * longest] ** 2))) < QUIET:
        return longest
    usable = len(mono) // COARSE * COARSE
    small = mono[:usable].reshape(-1, COARSE).mean(axis=1)
    coarse = _best(small, range(SHORTEST // COARSE, longest // COARSE + 1), 1)
    if coarse is None:
        return None
    near = range(max(SHORTEST, (coarse - 1) * COARSE), min(longest, (coarse + 1) * COARSE) + 1, 2)
    best = _best(mono, near, 2)
    return best if best is not None and _likeness(mono, best, 1) >= likeness else None


def _best(sound: Floats, lags: range, step: int) -> int | None:
    return max(
        (lag for lag in lags if 2 * lag <= len(sound)), key=lambda lag: _likeness(sound, lag, step), default=None
    )


def _likeness(sound: Floats, lag: int, step: int) -> float:
    """How alike two neighbouring stretches are: 1 the same, 0 strangers."""
    first, second = sound[:lag:step], sound[lag : 2 * lag : step]
    power = float(first @ first) * float(second @ second)
    return float(first @ second) / power**0.5 if power > 0 else 0.0
