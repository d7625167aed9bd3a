"""Packets of VP8 in, frames out, each as soon as its last packet is there.

    RTP payload of VP8 (RFC 7741 section 4.2)      |X|R|N|S|R| PID |   S and PID 0: a frame begins
    VP8 payload header (section 4.3)               |Size0|H| VER |P|   first byte of a frame; P 0: a key picture

The marker ends a frame, so nothing waits for the next one to begin. A gap waits for its retransmission as long as
that can still come; then a key picture is asked for and nothing is shown until it is there: a picture that is torn
frightens more than one that stands. Pure; time is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass

WAIT_S = 0.30
"""A gap is given up after so long, or two round trips."""
MOST_WAIT_S = 0.8
ASK_AGAIN_S = 0.04
"""A missing packet is asked for again after so long, or a round trip."""
KEY_AGAIN_S = 0.35
MAX_KEPT = 600
JUMP = 3000
"""A sequence number so far away is another stream."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet. `payload` has no descriptor any more."""

    sequence: int
    timestamp: int
    first: bool
    marker: bool
    payload: bytes


@dataclass(frozen=True, slots=True)
class Encoded:
    """A whole frame."""

    timestamp: int
    key: bool
    data: bytes


class Assembly:
    """One stream of pictures."""

    def __init__(self) -> None:
        self.rtt_s = 0.0
        self.received = 0
        self.given_up = 0
        self._packets: dict[int, Packet] = {}
        self._next: int | None = None
        self._newest = 0
        self._gap_s: float | None = None
        self._asked_s: float | None = None
        self._needs_key = True
        self._key_s: float | None = None
        self._torn = False

    def add(self, sequence: int, timestamp: int, payload: bytes, at_s: float, *, first: bool, marker: bool) -> None:
        """A packet came."""
        self.received += 1
        number = self._unwrapped(sequence)
        if self._next is not None and number < self._next:
            return
        self._newest = max(self._newest, number)
        self._packets[number] = Packet(number, timestamp, first, marker, payload)
        if len(self._packets) > MAX_KEPT:
            self._give_up(at_s)

    def frames(self, at_s: float) -> list[Encoded]:
        """Those that are whole now, in order."""
        whole: list[Encoded] = []
        while self._packets:
            frame = self._first_key() if self._needs_key else self._following()
            if frame is None:
                break
            whole.append(frame)
        self._watch_gap(at_s)
        return whole

    def torn(self) -> None:
        """The decoder cannot go on without a key picture."""
        self._needs_key = True

    def missing(self, at_s: float) -> list[int]:
        """Numbers (16 bits) to ask for again now."""
        if self._gap_s is None or self._next is None:
            return []
        pause_s = max(ASK_AGAIN_S, self.rtt_s)
        if at_s - (self._asked_s if self._asked_s is not None else self._gap_s) < pause_s:
            return []
        self._asked_s = at_s
        holes = [number for number in range(self._next, self._newest) if number not in self._packets]
        return [number & 0xFFFF for number in holes[:64]]

    def key_wanted(self, at_s: float) -> bool:
        """Whether a key picture is to be asked for now."""
        if not self._needs_key or self.received == 0:
            return False
        if self._key_s is not None and at_s - self._key_s < max(KEY_AGAIN_S, 1.5 * self.rtt_s):
            return False
        self._key_s = at_s
        return True

    # --- inside

    def _following(self) -> Encoded | None:
        """The frame that begins at the next number."""
        assert self._next is not None
        while (packet := self._packets.get(self._next)) is not None and not packet.payload:
            del self._packets[self._next]  # padding
            self._next += 1
        if packet is None:
            return None
        if not packet.first:
            self._needs_key = True  # the beginning of this frame was given up
            return self._first_key()
        return self._whole(self._next)

    def _first_key(self) -> Encoded | None:
        """The first whole key picture; what is before it is of no use."""
        for number in sorted(self._packets):
            packet = self._packets[number]
            if packet.first and packet.payload and not packet.payload[0] & 1:
                frame = self._whole(number)
                if frame is not None:
                    self._needs_key, self._key_s = False, None
                    return frame
        return None

    def _whole(self, begin: int) -> Encoded | None:
        parts: list[bytes] = []
        number, timestamp = begin, self._packets[begin].timestamp
        while (packet := self._packets.get(number)) is not None and packet.timestamp == timestamp:
            parts.append(packet.payload)
            number += 1
            if packet.marker:
                self._advance(number)
                data = b"".join(parts)
                return Encoded(timestamp, not data[0] & 1, data)
        return None

    def _advance(self, to: int) -> None:
        for number in [number for number in self._packets if number < to]:
            del self._packets[number]
        self._next, self._gap_s, self._asked_s = to, None, None

    def _watch_gap(self, at_s: float) -> None:
        """Whether something is missing before what is here, and for how long."""
        waiting = self._next is not None and any(number not in self._packets for number in self._span())
        if not waiting:
            self._gap_s = None
        elif self._gap_s is None:
            self._gap_s = at_s
        elif at_s - self._gap_s > min(max(WAIT_S, 2.5 * self.rtt_s), MOST_WAIT_S):
            self._give_up(at_s)

    def _span(self) -> range:
        assert self._next is not None
        return range(self._next, self._newest + 1 if self._packets else self._next)

    def _give_up(self, at_s: float) -> None:
        self.given_up += 1
        self._needs_key = True
        held = [
            n for n, packet in self._packets.items() if packet.first and packet.payload and not packet.payload[0] & 1
        ]
        begin = min(held, default=self._newest + 1)
        if self._next is not None and begin <= self._next:
            begin = self._newest + 1
        self._advance(begin)
        self._gap_s = at_s if self._packets else None

    def _unwrapped(self, sequence: int) -> int:
        if self._next is None and not self._packets:
            self._newest = sequence
            self._next = sequence
            return sequence
        number = self._newest + (sequence - self._newest + 0x8000) % 0x10000 - 0x8000
        if abs(number - self._newest) > JUMP:
            self._packets.clear()
            self._next, self._newest, self._needs_key, self._gap_s = number, number, True, None
        return number
