"""Packets that have come and are not yet played, in the order in which they were spoken.

Everything a network, or somebody hostile, can do to them ends here: doubles, strangers, numbers that wrap or lie.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

from edge.call.sound.opus_packet import LONGEST, BrokenPacketError, samples_of
from edge.call.sound.wrapping import Unwrapped

HELD = 100
"""Packets: two seconds. Nobody wants to hear what is older."""
REMEMBERED = 512
"""Numbers of packets already seen, to tell a double from a late one."""
FAR = 3_000
"""RFC 3550 appendix A.1: a sequence this far ahead, or this far behind, is a stranger or a new beginning."""
BEHIND = 100
FAR_TIME = 96_000
"""Two seconds of timestamps more than so many packets can carry: longer than any silence between two packets (DTX sends
one every 400 ms)."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One packet. Sequence and timestamp run on, they do not wrap; `samples` is how long it sounds."""

    sequence: int
    timestamp: int
    payload: bytes
    samples: int


class Taken(Enum):
    """What became of a packet."""

    KEPT = "kept"
    DOUBLE = "double"
    REFUSED = "refused"
    RESTART = "restart"  # kept, and everything before it is another stream


class Shelf:
    """Bounded: the oldest packet gives way."""

    def __init__(self) -> None:
        self._packets: dict[int, Spoken] = {}
        self._seen: deque[int] = deque(maxlen=REMEMBERED)
        self._sequences, self._timestamps = Unwrapped(16), Unwrapped(32)
        self._newest: Spoken | None = None
        self._stranger: tuple[int, int] | None = None

    def __len__(self) -> int:
        return len(self._packets)

    def put(self, sequence: int, timestamp: int, payload: bytes) -> tuple[Taken, Spoken | None]:
        """Never raises, whatever comes."""
        spoken = self._read(sequence, timestamp, payload)
        if spoken is None:
            return Taken.REFUSED, None
        taken = Taken.KEPT
        if not self._plausible(spoken):
            if not self._follows_the_stranger(sequence, timestamp):
                return Taken.REFUSED, None
            self.clear()
            taken, spoken = Taken.RESTART, Spoken(sequence, timestamp, spoken.payload, spoken.samples)
        self._stranger = None
        if spoken.sequence in self._seen:
            return Taken.DOUBLE, None
        self._keep(spoken)
        return taken, spoken

    def clear(self) -> None:
        """Another stream begins."""
        self._packets.clear()
        self._seen.clear()
        self._sequences.forget()
        self._timestamps.forget()
        self._newest = self._stranger = None

    def first(self) -> Spoken | None:
        """The oldest packet here."""
        return self._packets[min(self._packets)] if self._packets else None

    def has(self, sequence: int) -> bool:
        """Whether it came, also when it is gone already."""
        return sequence in self._seen

    def remove(self, spoken: Spoken) -> None:
        """It is played, or too late."""
        self._packets.pop(spoken.sequence, None)

    def _read(self, sequence: int, timestamp: int, payload: bytes) -> Spoken | None:
        try:
            if not 0 <= sequence < 1 << 16 or not 0 <= timestamp < 1 << 32:
                return None
            data = bytes(memoryview(payload))
            return Spoken(self._sequences.of(sequence), self._timestamps.of(timestamp), data, samples_of(data))
        except (BrokenPacketError, TypeError, ValueError):
            return None

    def _plausible(self, spoken: Spoken) -> bool:
        if self._newest is None:
            return True
        steps = spoken.sequence - self._newest.sequence
        apart = spoken.timestamp - self._newest.timestamp
        if steps < 0:
            steps, apart, near = -steps, -apart, -steps < BEHIND
        else:
            near = steps < FAR
        return near and (steps == 0 or 0 < apart <= steps * LONGEST + FAR_TIME)

    def _follows_the_stranger(self, sequence: int, timestamp: int) -> bool:
        """Two strangers in a row that know each other are a new beginning; one alone is noise."""
        known, self._stranger = self._stranger, (sequence, timestamp)
        if known is None:
            return False
        ahead = (timestamp - known[1]) % (1 << 32)
        return sequence == (known[0] + 1) % (1 << 16) and 0 < ahead < 48_000

    def _keep(self, spoken: Spoken) -> None:
        self._packets[spoken.sequence] = spoken
        self._seen.append(spoken.sequence)
        if self._newest is None or spoken.sequence > self._newest.sequence:
            self._newest = spoken
            self._sequences.keep(spoken.sequence)
            self._timestamps.keep(spoken.timestamp)
        while len(self._packets) > HELD:
            del self._packets[min(self._packets)]
