"""What this end receives, once a second: for the page, for the screen's word, and for the size of our own picture."""

from __future__ import annotations

from sync.contract.call_signals import Quality

REORDERED = 1000


class Arrivals:
    """RTP's own count of what was lost on the way (RFC 3550 section 6.4.1), one stream after the other. Pure."""

    def __init__(self) -> None:
        self.octets = 0
        self._ssrc: int | None = None
        self._highest = 0
        self._expected = self._received = 0

    def packet(self, sequence: int, ssrc: int, size: int) -> None:
        """One came."""
        self.octets += size
        step = (sequence - self._highest + 0x8000) % 0x10000 - 0x8000
        if ssrc != self._ssrc or abs(step) > REORDERED:
            self._ssrc, self._highest, step = ssrc, sequence, 1
        if step > 0:
            self._expected += step
            self._highest = sequence
        self._received += 1

    def loss(self) -> float:
        """Share lost since it was asked last."""
        expected, received = self._expected, self._received
        self._expected = self._received = 0
        return max(0.0, 1 - received / expected) if expected else 0.0


class Meter:
    """Counts that only grow go in; what they were in the last second comes out. Pure."""

    def __init__(self) -> None:
        self.sound = Arrivals()
        self.picture_octets = 0
        self._at_s: float | None = None
        self._frames = self._octets = 0

    def measure(self, at_s: float, frames: int, size: tuple[int, int], rtt_s: float, *, sound_only: bool) -> Quality:
        """What came since it was asked last."""
        passed_s = 0.0 if self._at_s is None else at_s - self._at_s
        octets = self.sound.octets + self.picture_octets
        shown, arrived = max(0, frames - self._frames), octets - self._octets
        self._at_s, self._frames, self._octets = at_s, frames, octets
        loss = self.sound.loss()
        if passed_s <= 0:
            return Quality()
        return Quality(
            loss=round(loss, 4),
            rtt_ms=round(rtt_s * 1000, 1),
            frames_s=round(shown / passed_s, 1),
            width=size[0] if shown else 0,
            height=size[1] if shown else 0,
            kbit_s=round(arrived * 8 / 1000 / passed_s, 1),
            sound_only=sound_only,
        )
