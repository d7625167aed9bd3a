"""What one conversation remembers of one phone number.

One connection can carry many (gateways do that), so each has its own. All of it is only as old as the
connection: what must survive is told to the layers above in every event and kept there.
"""

from __future__ import annotations

from datetime import datetime

from drivers.jt808.header import Address

RECENT = 8
"""Frames whose repeats are recognised; a terminal repeats its last message a few times. Small, because strangers can
make a connection remember many phones."""

BEHIND = 32
"""A serial this far behind the newest, with an older time, is a late frame and not a restarted terminal."""

UNSET_CLOCK_S = 600.0
"""How long the same message of a device without a clock counts as a repeat: longer than terminals go on repeating, and
shorter than the time after which a restarted one (serials from 0 again) may say the same thing anew."""

Mark = int
"""Serial and checksum of a body in one number: enough to know the very same message."""


class Emergency:
    """One time the emergency bit is set: the frames that carried it, and whether a person has looked."""

    __slots__ = ("confirmed", "marks", "serial")

    def __init__(self, serial: int) -> None:
        self.serial = serial
        self.marks: list[Mark] = []
        self.confirmed = False

    def carried_by(self, mark: Mark) -> None:
        """Another frame told it."""
        if mark not in self.marks:
            self.marks.append(mark)
            del self.marks[:-RECENT]


class Peer:
    """One phone number on one connection."""

    __slots__ = (
        "_newest_serial",
        "_newest_time",
        "_previous",
        "_recent",
        "_unset",
        "address",
        "causes",
        "device",
        "emergency",
        "stored_causes",
    )

    def __init__(self, address: Address) -> None:
        self.address = address
        self.device = address.device
        self.causes: frozenset[str] = frozenset()
        self.stored_causes: frozenset[str] = frozenset()
        self.emergency: Emergency | None = None
        self._recent: list[Mark] = []
        self._previous: list[frozenset[str]] = []
        self._unset: dict[Mark, tuple[int, float]] = {}
        self._newest_serial = 0
        self._newest_time: datetime | None = None

    def before(self, mark: Mark, *, stored: bool) -> tuple[frozenset[str], bool]:
        """What was set before this message, the same answer for the same message; and whether it is a repeat."""
        if mark in self._recent:
            return self._previous[self._recent.index(mark)], True
        previous = self.stored_causes if stored else self.causes
        self._recent.append(mark)
        self._previous.append(previous)
        if len(self._recent) > RECENT:
            del self._recent[0], self._previous[0]
        return previous, False

    def observe(self, serial: int, time: datetime | None, causes: frozenset[str]) -> None:
        """What is set now, unless the message was overtaken by a newer one (UDP)."""
        newest = self._newest_time
        if newest is not None and time is not None:
            behind = (self._newest_serial - serial) & 0xFFFF
            if 0 < behind <= BEHIND and time <= newest:
                return
        self._newest_serial, self._newest_time = serial, time
        if causes != self.causes:  # what stays the same is one object in all that is remembered
            self.causes = causes

    def period(self, mark: Mark, now: int, monotonic_s: float) -> int:
        """Which ten minutes a message without a usable time belongs to: those of its first arrival."""
        known = self._unset.get(mark)
        if known is not None and monotonic_s - known[1] < UNSET_CLOCK_S:
            return known[0]
        period = now // int(UNSET_CLOCK_S)
        self._unset[mark] = (period, monotonic_s)
        if len(self._unset) > RECENT:
            del self._unset[next(iter(self._unset))]
        return period

    def told(self, mark: Mark, serial: int, *, rising: bool, edge: bool) -> bool:
        """The emergency bit is set in this message; True when a person has already confirmed it.

        `rising`: it was not set before. `edge`: with this model every new message with the bit is a new press.
        """
        emergency = self.emergency
        if emergency is None or (mark not in emergency.marks and (rising or edge)):
            emergency = self.emergency = Emergency(serial)
        emergency.carried_by(mark)
        return emergency.confirmed
