"""Whether nothing is left to be seen: a hand, a bag, paint, or a lamp that was switched off. Pure.

What this camera usually shows is learned slowly, so that dusk is no cover; while it shows next to nothing, nothing is
learned. A dark room and black tape are the same picture: `dark` goes along, for the person who reads it.
"""

from __future__ import annotations

from math import exp

from drivers.camera.numbers import Numbers

LEARN_S = 60.0
SETTLE_S = 10.0
"""Less than this was seen: nothing is usual yet."""

FEWER_EDGES, LESS_SPREAD = 0.35, 0.5
FLAT_EDGES, FLAT_SPREAD = 3.0, 3.0
"""A picture like this shows nothing, whatever is usual."""

DARK = 16.0
CLEAR_S = 2.0


class CoveredJudge:
    """One camera. `after_s` 0: never covered."""

    def __init__(self, after_s: float) -> None:
        self.covered = self.dark = False
        self._after_s = after_s
        self._edges = self._spread = 0.0
        self._seen_s: float | None = None
        self._before_s: float | None = None
        self._turned_s: float | None = None

    def restart(self) -> None:
        """Another connection: what was learned stays."""
        self._before_s = self._turned_s = None

    def take(self, numbers: Numbers) -> bool:
        """The next picture; whether the camera is covered."""
        if self._after_s <= 0:
            return False
        self.dark = numbers.brightness < DARK
        flat = numbers.spread < FLAT_SPREAD and numbers.edges < FLAT_EDGES
        empty = self._empty(numbers, flat=flat)
        if not (flat or empty):
            self._learn(numbers)
        self._before_s = numbers.at_s
        if empty == self.covered:
            self._turned_s = None
        elif self._turned_s is None:
            self._turned_s = numbers.at_s
        elif numbers.at_s - self._turned_s >= (self._after_s if empty else CLEAR_S):
            self.covered, self._turned_s = empty, None
        return self.covered

    def _empty(self, numbers: Numbers, *, flat: bool) -> bool:
        settled = self._seen_s is not None and self._seen_s >= SETTLE_S
        if settled:
            less = numbers.spread < LESS_SPREAD * self._spread
            if less and numbers.edges < max(FEWER_EDGES * self._edges, FLAT_EDGES):
                return True
        # Never seen by light: a night, as far as anyone can tell.
        return flat and not (self.dark and not settled)

    def _learn(self, numbers: Numbers) -> None:
        """A plain average at first, then one that forgets."""
        if self._seen_s is None:
            self._seen_s, self._edges, self._spread = 0.0, numbers.edges, numbers.spread
        elif self._before_s is not None:
            passed_s = numbers.at_s - self._before_s
            self._seen_s += passed_s
            part = 1.0 - exp(-passed_s / min(LEARN_S, max(1.0, self._seen_s)))
            self._edges += (numbers.edges - self._edges) * part
            self._spread += (numbers.spread - self._spread) * part
