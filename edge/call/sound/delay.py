"""How late packets come, and how long each must therefore wait.

Every packet has a delay: when it came, less when it was made (its timestamp). Both clocks are unknown to each other,
so only differences mean something. The buffer wants to play each packet at the delay that 97 of 100 of the last
seconds' packets kept. Because all of it is measured in delays, a sender whose clock drifts against ours moves the wish
slowly, and following the wish is all the clock correction there is.
"""

from __future__ import annotations

import numpy as np

REMEMBERED = 600
"""Packets: twelve seconds at 20 ms. A longer memory gives way too slowly when the line gets better."""
KEPT = 0.97
"""More would make all wait for the rarest; what comes later still is played, after a moment of concealment."""
LEAST_S = 0.040
MOST_S = 0.300
"""Over this people begin to talk at once."""


class ArrivalDelay:
    """The delays of the last packets, and the one to play at."""

    def __init__(self) -> None:
        self._delays = np.zeros(REMEMBERED)
        self._count = 0
        self._wanted: float | None = None

    def add(self, delay_s: float) -> None:
        """One packet came this long after it was made, in clocks that need not agree."""
        self._delays[self._count % REMEMBERED] = delay_s
        self._count += 1
        self._wanted = None

    def forget(self) -> None:
        """Another stream, another clock."""
        self._count, self._wanted = 0, None

    @property
    def known(self) -> bool:
        """Whether there is anything to compare with."""
        return self._count > 0

    @property
    def least_s(self) -> float:
        """The quickest packet remembered: the delay of the line itself."""
        return float(self._known().min()) if self._count else 0.0

    @property
    def wanted_s(self) -> float:
        """The delay to play at."""
        if self._wanted is None:
            known = self._known()
            if not len(known):
                return LEAST_S
            quickest = float(known.min())
            rank = min(len(known) - 1, int(KEPT * len(known)))
            late = float(np.partition(known, rank)[rank])
            self._wanted = min(max(late, quickest + LEAST_S), quickest + MOST_S)
        return self._wanted

    def _known(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return self._delays[: min(self._count, REMEMBERED)]
