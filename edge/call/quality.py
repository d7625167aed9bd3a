"""What this end receives, once a second: for the page, for the screen's word, and for the size of our own picture."""

from __future__ import annotations

from sync.contract.call_signals import Quality


class Meter:
    """Counts that only grow go in; what they were in the last second comes out. Pure."""

    def __init__(self) -> None:
        self._at_s: float | None = None
        self._good = self._bad = self._frames = self._bytes = 0

    def measure(
        self,
        at_s: float,
        sound: tuple[int, int],
        frames: int,
        octets: int,
        size: tuple[int, int],
        rtt_s: float,
        *,
        sound_only: bool,
    ) -> Quality:
        """`sound`: samples that came, and samples that had to be guessed."""
        passed_s = 0.0 if self._at_s is None else at_s - self._at_s
        good, bad = sound[0] - self._good, sound[1] - self._bad
        shown, arrived = frames - self._frames, octets - self._bytes
        self._at_s, (self._good, self._bad), self._frames, self._bytes = at_s, sound, frames, octets
        if passed_s <= 0:
            return Quality()
        return Quality(
            loss=round(bad / (good + bad), 4) if good > 0 and bad > 0 else 0.0,
            rtt_ms=round(rtt_s * 1000, 1),
            frames_s=round(shown / passed_s, 1),
            width=size[0] if shown else 0,
            height=size[1] if shown else 0,
            kbit_s=round(arrived * 8 / 1000 / passed_s, 1),
            sound_only=sound_only,
        )
