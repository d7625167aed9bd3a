"""Is anyone there? Half a minute without anyone is *unattended*. Pure: time is an argument."""

from __future__ import annotations

from dataclasses import dataclass

UNATTENDED_S = 30.0


@dataclass(slots=True)
class Attendance:
    """Counts who is there. It begins at the desk's start, with nobody: pages need a moment to come back."""

    since_s: float
    there: int = 0
    attended: bool = True
    known: bool = False
    """Whether anything can be said yet: nobody has come since the start, and half a minute is not over."""

    def count(self, there: int, at_s: float) -> bool:
        """So many are there now; whether `attended` became another."""
        if there:
            self.known = True
        if bool(there) != bool(self.there):
            self.since_s = at_s
        self.there = there
        return self.tick(at_s)

    def tick(self, at_s: float) -> bool:
        """Time has passed; whether `attended` became another."""
        attended = self.there > 0 or at_s - self.since_s < UNATTENDED_S
        changed = attended is not self.attended
        self.attended = attended
        self.known |= not attended
        return changed

    @property
    def told(self) -> int | None:
        """What gateways are told: 0 is unattended, the half minute of grace is not. None: nothing yet."""
        return max(1, self.there) if self.attended and self.known else 0 if self.known else None
