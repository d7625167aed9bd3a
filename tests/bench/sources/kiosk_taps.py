"""Taps a screen in this process and prints what it took, as JSON: `python -m tests.bench.sources.kiosk_taps --taps N`.

Drawn offscreen by the software renderer. A tap's visible reaction is the first picture after the finger came down that
shows the control pressed; a page is there with the first picture after the finger was lifted. Each is measured by the
clock of the wall and by the work of the processor: on a machine that does something else as well only the second is
the screen's own. Every thousandth tap is told on standard error.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from tests.bench.process import resident_mb

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickItem

    from tests.kiosk.hand import Hand

WARM_UP = 1000
"""Every look and language has been drawn by then, and its letters are kept."""
TOLD = 1000
SEED = 20260101
PAUSE_S = 1.0
"""Between two taps, on the screen's own clock."""


@dataclass
class Found:
    """In milliseconds and megabytes."""

    reactions: list[float] = field(default_factory=list)
    reactions_cpu: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    pages_cpu: list[float] = field(default_factory=list)
    slowest: dict[str, float] = field(default_factory=dict)
    """The work of the slowest page by where it leads."""
    first_mb: float = 0.0
    last_mb: float = 0.0


class Tapping:
    """A hand that taps whatever is there."""

    def __init__(self, hand: Hand) -> None:
        self.hand, self.found = hand, Found()
        self._choose = random.Random(SEED)
        self._pictures = 0
        hand.window.frameSwapped.connect(self._picture)

    def _picture(self) -> None:
        self._pictures += 1

    def until_drawn(self, begun: tuple[float, float]) -> tuple[float, float]:
        """Milliseconds since then by the wall and by the processor."""
        while not self._pictures:
            self.hand.process()
        return (time.perf_counter() - begun[0]) * 1000, (time.process_time() - begun[1]) * 1000

    def tap(self, *, counts: bool) -> None:
        """One tap on something."""
        hand, found = self.hand, self.found
        hand.at += PAUSE_S
        hand.screen.bridge.tick()
        hand.process()
        item = self._choose.choice(list(self._items()))
        point, visit = hand.centre(item), hand.kiosk.flow.visit
        self._pictures, begun = 0, (time.perf_counter(), time.process_time())
        hand.touch(point, down=True)
        wall, cpu = self.until_drawn(begun)
        assert item.property("down"), "the picture shows the control pressed"
        self._pictures, begun = 0, (time.perf_counter(), time.process_time())
        hand.touch(point, down=False)
        page_wall, page_cpu = self.until_drawn(begun)
        hand.settle()
        if not counts:
            return
        found.reactions.append(wall)
        found.reactions_cpu.append(cpu)
        if hand.kiosk.flow.visit != visit:
            found.pages.append(page_wall)
            found.pages_cpu.append(page_cpu)
            found.slowest[hand.place] = max(page_cpu, found.slowest.get(hand.place, 0.0))

    def _items(self) -> list[QQuickItem]:
        controls = ((item, str(item.property("control"))) for item in self.hand.controls() if item.isEnabled())
        return [item for item, name in controls if "sos" not in name]

    def gone(self) -> float:
        """The person has gone, nobody holds anything of them, and so much is resident."""
        self.hand.kiosk.flow.end()
        for _ in range(2):
            self.hand.later(PAUSE_S)
        self.hand.wait(FORGOTTEN_MS)
        gc.collect()
        return resident_mb(os.getpid())


FORGOTTEN_MS = 1500
"""More than the screen takes to give memory back."""


def main() -> int:
    """Play, print, end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--taps", type=int, default=10_000)
    given = parser.parse_args()
    os.environ.update(QT_QPA_PLATFORM="offscreen", QT_QUICK_BACKEND="software")
    from kiosk_ui import wiping  # noqa: PLC0415
    from kiosk_ui.furnished import furnish  # noqa: PLC0415
    from kiosk_ui.kiosk import Kiosk  # noqa: PLC0415 - Qt reads the environment when it is loaded
    from kiosk_ui.log_tail import LogTail  # noqa: PLC0415
    from kiosk_ui.qt.app import application  # noqa: PLC0415
    from tests.kiosk.hand import Hand  # noqa: PLC0415

    application(["bench"])
    kiosk = Kiosk()
    furnish(kiosk, lambda _wish: False, lambda *_: None, LogTail())
    tapping = Tapping(Hand(kiosk))
    wiping.settled()
    for n in range(WARM_UP + given.taps):
        if n == WARM_UP:
            tapping.found.first_mb = tapping.gone()
        tapping.tap(counts=n >= WARM_UP)
        if (n + 1) % TOLD == 0:
            print(f"{n + 1} taps, {resident_mb(os.getpid()):.1f} MB", file=sys.stderr, flush=True)  # noqa: T201
    tapping.found.last_mb = tapping.gone()
    said = tapping.hand.close()
    assert not said, said
    print(json.dumps(asdict(tapping.found)))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
