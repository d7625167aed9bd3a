"""What flows in a call, as both ends say every second: who receives on which leg, and how badly. Pure."""

from __future__ import annotations

from sync.contract.call import DEAD_S
from sync.contract.call_signals import Alive, Quality

REMEMBERED = 3600
"""Of the seconds of a call, the newest."""


class Flow:
    """Of one call. Times are monotonic seconds."""

    def __init__(self) -> None:
        self.quality: Quality | None = None
        """Of what the kiosk receives."""
        self.sound_only = False
        self.loss: list[float] = []
        self._kiosk: tuple[int, float] | None = None
        self._page: tuple[int, float] | None = None
        self._seen_s = float("-inf")

    def at_kiosk(self, signal: Alive, now_s: float, *, counts: bool) -> None:
        """What the kiosk says; `counts`: somebody has the call, and its quality is remembered."""
        self._kiosk = (signal.leg, now_s) if signal.media else None
        self.quality = signal.quality
        if signal.quality is not None and counts:
            self.sound_only = self.sound_only or signal.quality.sound_only
            self.loss.append(min(max(signal.quality.loss, 0.0), 1.0))
            del self.loss[:-REMEMBERED]

    def at_page(self, signal: Alive, now_s: float) -> None:
        """What the page says."""
        self._page = (signal.leg, now_s) if signal.media else None
        self._seen_s = now_s if signal.media else self._seen_s

    def stopped(self) -> None:
        """Nothing flows until it is said anew."""
        self._kiosk = self._page = None

    @property
    def leg(self) -> int:
        """The leg on which both receive; 0: there is none."""
        kiosk, page = self._kiosk, self._page
        both = kiosk is not None and page is not None and kiosk[0] == page[0] and abs(kiosk[1] - page[1]) < DEAD_S
        return kiosk[0] if kiosk is not None and both else 0

    def seen(self, now_s: float) -> bool:
        """The page receives the kiosk, even if no signal of it comes through the office's own machines."""
        return now_s - self._seen_s < DEAD_S
