"""What one conversation remembers of one phone number.

One connection can carry many (gateways do that), so each has its own. All of it is only as old as the
connection: what must survive is told to the layers above in every event and kept there.
"""

from __future__ import annotations

from datetime import datetime

from drivers.jt808.header import Address

RECENT = 16
"""Frames whose repeats are recognised; a terminal repeats its last message a few times."""

BEHIND = 32
"""A serial this far behind the newest, with an older time, is a late frame and not a restarted terminal."""

UNSET_CLOCK_S = 600.0
"""How long the same message of a device without a clock counts as a repeat: longer than terminals go on repeating, and
shorter than the time after which a restarted one (serials from 0 again) may say the same thing anew."""

Mark = tuple[int, int]
"""Serial and checksum of a body: enough to know the very same message."""


class Emergency:
    """One time the emergency bit is set: the frames that carried it, and whether a person has looked."""

    __slots__ = ("confirmed", "marks", "serial")

    def __init__(self, serial: int) -> None:
        self.serial = serial
        self.marks: dict[Mark, None] = {}
        self.confirmed = False

    def carried_by(self, mark: Mark) -> None:
        """Another frame told it."""
        self.marks[mark] = None
        if len(self.marks) > RECENT:
            del self.marks[next(iter(self.marks))]


class Peer:
    """One phone number on one connection."""

    __slots__ = (
        "_newest_serial",
        "_newest_time",
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
        self._recent: dict[Mark, frozenset[str]] = {}
        self._unset: dict[Mark, tuple[int, float]] = {}
        self._newest_serial = 0
        self._newest_time: datetime | None = None

    def before(self, mark: Mark, *, stored: bool) -> tuple[frozenset[str], bool]:
        """What was set before this message, the same answer for the same message; and whether it is a repeat."""
        known = self._recent.get(mark)
        if known is not None:
            return known, True
        previous = self.stored_causes if stored else self.causes
        self._recent[mark] = previous
        if len(self._recent) > RECENT:
            del self._recent[next(iter(self._recent))]
        return previous, False

    def observe(self, serial: int, time: datetime | None, causes: frozenset[str]) -> None:
        """What is set now, unless the message was overtaken by a newer one (UDP)."""
        newest = self._newest_time
        if newest is not None and time is not None:
            behind = (self._newest_serial - serial) & 0xFFFF
            if 0 < behind <= BEHIND and time <= newest:
                return
        self._newest_serial, self._newest_time, self.causes = serial, time, causes

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
