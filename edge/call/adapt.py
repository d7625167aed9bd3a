"""How large a picture the line carries, and at what rate: down at once, up slowly, never to and fro. Pure.

Fed with what the other end reports: its estimate of the bandwidth (REMB), the share lost, the round trip. Sound goes
before the picture: what it needs is taken off first, and a line that loses too much gets sound alone.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rung:
    """A size, its pace, and the bits it needs and can use."""

    width: int
    height: int
    frames_s: int
    least: int
    most: int


RUNGS = (
    Rung(640, 480, 25, 380_000, 1_200_000),
    Rung(480, 360, 20, 200_000, 550_000),
    Rung(320, 240, 15, 80_000, 260_000),
)
"""From best to least; below the last there is sound alone."""
STEPS = (80_000, 130_000, 200_000, 300_000, 450_000, 700_000, 1_000_000, 1_200_000)
"""Rates an encoder is made for: another is a new encoder, and begins with a key picture."""
SOUND = 35_000
GROWTH, GROWTH_BITS = 1.08, 10_000
FALL, SLOW_FALL = 0.7, 0.95
"""What is left of the rate after a step under a low estimate: the less where nothing else says that the line is full.
A browser that was busy for a moment takes that for a full line."""
QUEUE_S = 0.06
"""A round trip so much over the shortest waits in somebody's queue."""
START = 450_000
BAD_LOSS, HOPELESS_LOSS, CALM_LOSS = 0.10, 0.15, 0.03
HOPELESS_S = 1.0
"""A burst is no line."""
UP_S, MOST_UP_S = 3.0, 48.0
"""So long the line must carry more before more is asked of it; doubled by each failure, up to so much."""
BACK_S = 1.0
BACK_LOSS = 0.08
FLAP_S = 12.0
"""Falling again within this time after a rise was a failure."""
REMB_SHARE = 0.92
ROOM = 1.1
"""An estimate this far above what is sent limits nothing: it only grows with what is sent."""
STALE_S = 3.0


class Adapt:
    """One call's picture on its way out. `rung` None: sound only."""

    def __init__(self) -> None:
        self.rung: Rung | None = RUNGS[0]
        self.bit_rate = _step(START)
        self._rate = float(START)
        self._estimate: tuple[float, float] | None = None
        self._hopeless_s: float | None = None
        self._better_s: float | None = None
        self._patience_s = {"up": UP_S, "back": BACK_S}
        self._least_rtt_s = float("inf")
        self._rose: tuple[str, float] | None = None

    @property
    def sound_only(self) -> bool:
        """Because of the line."""
        return self.rung is None

    def estimate(self, bits_s: int, at_s: float) -> None:
        """The other end's bandwidth estimate."""
        self._estimate = (float(bits_s), at_s)

    def step(self, loss: float, rtt_s: float, sent: float, at_s: float) -> bool:
        """What was reported and what was sent (bits/s), twice a second; whether the picture changes."""
        before = (self.rung, self.bit_rate)
        self._least_rtt_s = min(self._least_rtt_s, rtt_s) if rtt_s > 0 else self._least_rtt_s
        full = loss >= CALM_LOSS or rtt_s > self._least_rtt_s + QUEUE_S
        self._rate = self._allowed(loss, sent, at_s, FALL if full else SLOW_FALL)
        if self._is_hopeless(loss, rtt_s, at_s):
            if self.rung is not None:
                self._fell(at_s)
                self.rung = None
        elif self.rung is None:
            self._maybe_back(loss, at_s)
        else:
            self._choose(loss, at_s)
        if self.rung is not None:
            self.bit_rate = _step(min(max(self._rate, self.rung.least), self.rung.most), self.bit_rate)
        return before != (self.rung, self.bit_rate)

    def _allowed(self, loss: float, sent: float, at_s: float, fall: float) -> float:
        """GCC's rule for loss (draft-ietf-rmcat-gcc-02 section 6), under the other end's estimate."""
        rate = self._rate
        if loss > BAD_LOSS:
            rate *= 1 - 0.5 * loss
        elif loss < CALM_LOSS:
            rate = rate * GROWTH + GROWTH_BITS
        fresh = self._estimate is not None and at_s - self._estimate[1] < STALE_S and self.rung is not None
        if fresh and self._estimate is not None and self._estimate[0] < ROOM * sent:
            rate = min(rate, max(REMB_SHARE * self._estimate[0] - SOUND, fall * self._rate))
        return min(max(rate, float(STEPS[0]) * 0.5), float(RUNGS[0].most))

    def _is_hopeless(self, loss: float, rtt_s: float, at_s: float) -> bool:
        bad = loss >= HOPELESS_LOSS or rtt_s > 2.5 or (self.rung is RUNGS[-1] and self._rate < RUNGS[-1].least * 0.8)
        if not bad:
            self._hopeless_s = None
            return False
        if self._hopeless_s is None:
            self._hopeless_s = at_s
        return at_s - self._hopeless_s >= HOPELESS_S

    def _choose(self, loss: float, at_s: float) -> None:
        assert self.rung is not None
        index = RUNGS.index(self.rung)
        if self._rate < self.rung.least and index + 1 < len(RUNGS):
            self._fell(at_s)
            self.rung = next((rung for rung in RUNGS[index:] if self._rate >= rung.least), RUNGS[-1])
        elif index and self._rate >= 1.25 * RUNGS[index - 1].least and loss < 2 * CALM_LOSS:
            if self._waited("up", at_s):
                self.rung = RUNGS[index - 1]
                self._rose, self._better_s = ("up", at_s), None
        else:
            self._better_s = None

    def _maybe_back(self, loss: float, at_s: float) -> None:
        if loss >= BACK_LOSS:
            self._better_s = None
        elif self._waited("back", at_s):
            self.rung, self._rate = RUNGS[-1], float(RUNGS[-1].most)
            self._rose, self._better_s, self._estimate = ("back", at_s), None, None

    def _waited(self, what: str, at_s: float) -> bool:
        if self._better_s is None:
            self._better_s = at_s
        return at_s - self._better_s >= self._patience_s[what]

    def _fell(self, at_s: float) -> None:
        """More patience after a rise that failed; after one that held, as at first."""
        self._better_s = None
        if self._rose is None:
            return
        what, rose_s = self._rose
        failed = at_s - rose_s < FLAP_S
        least = UP_S if what == "up" else BACK_S
        self._patience_s[what] = min(2 * self._patience_s[what], MOST_UP_S) if failed else least
        self._rose = None


def _step(rate: float, now: int = 0) -> int:
    """The step below this rate; the next above only when there is a tenth to spare, so that nothing flaps there."""
    step = max((step for step in STEPS if step <= rate), default=STEPS[0])
    return now if 0 < now < step and rate < 1.1 * step and step < STEPS[-1] else step
