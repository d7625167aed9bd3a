"""Whether anyone at the centre would see an alarm, as the centre said last. Pure: time is an argument.

A word (`presence/duty`) may have a time for which it is true; when that is over without another, nobody is there: the
desk, the receiver or the line is gone. Whoever never heard such a word knows nothing, and then nothing changes here.
"""

from __future__ import annotations

from dataclasses import dataclass

from sync.contract.kiosk import Presence

DEPARTMENT = "duty"


@dataclass(slots=True)
class Attendance:
    """The newest word; `there` is empty before the first."""

    there: int | None = None
    until_s: float | None = None

    def heard(self, word: Presence | None, now_s: float) -> None:
        """Another word; None: it was taken back, as if none had ever come."""
        self.there = None if word is None else word.there
        self.until_s = now_s + word.valid_s if word is not None and word.valid_s > 0 else None

    def unattended(self, now_s: float) -> bool:
        """Nobody would see it."""
        if self.there is None:
            return False
        return self.there <= 0 or (self.until_s is not None and now_s >= self.until_s)

    def next_s(self) -> float | None:
        """When the word runs out by itself."""
        return self.until_s if self.there else None
