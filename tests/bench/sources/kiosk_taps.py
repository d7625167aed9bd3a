"""Taps a screen in this process and prints what it took, as JSON: `python -m tests.bench.sources.kiosk_taps --taps N`.

Drawn offscreen by the software renderer. A tap's visible reaction is the first picture after the finger came down that
shows the control pressed; a page is there with the first picture after the finger was lifted.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import sys
import time
from typing import TYPE_CHECKING

from tests.bench.process import resident_mb

if TYPE_CHECKING:
    from tests.kiosk.hand import Hand

WARM_UP = 3000
"""Every look, language and size has been drawn by then, and its letters are kept."""
SEED = 20260101


def main() -> int:
    """Play, print, end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--taps", type=int, default=10_000)
    given = parser.parse_args()
    os.environ.update(QT_QPA_PLATFORM="offscreen", QT_QUICK_BACKEND="software")
    from kiosk_ui.furnished import furnish  # noqa: PLC0415
    from kiosk_ui.kiosk import Kiosk  # noqa: PLC0415 - Qt reads the environment when it is loaded
    from kiosk_ui.log_tail import LogTail  # noqa: PLC0415
    from kiosk_ui.qt.app import application  # noqa: PLC0415
    from tests.kiosk.hand import Hand  # noqa: PLC0415

    app = application(["bench"])
    kiosk = Kiosk()
    furnish(kiosk, lambda _wish: False, lambda *_: None, LogTail())
    hand = Hand(kiosk)
    pictures: list[float] = []
    hand.window.frameSwapped.connect(lambda: pictures.append(time.perf_counter()))
    choose = random.Random(SEED)
    reactions, pages, at_first = [], [], 0.0
    for n in range(WARM_UP + given.taps):
        if n == WARM_UP:
            gone(hand)
            at_first = resident_mb(os.getpid())
        hand.later(1.0)
        items = [item for item in hand.controls() if item.isEnabled() and "sos" not in item.property("control")]
        item = choose.choice(items)
        point = hand.centre(item)
        pictures.clear()
        began = time.perf_counter()
        hand.down(point)
        while not pictures:
            app.processEvents()
        reaction = pictures[0] - began
        assert item.property("down"), "the picture shows the control pressed"
        pictures.clear()
        began, visit = time.perf_counter(), hand.kiosk.flow.visit
        hand.up(point)
        while not pictures:
            app.processEvents()
        if n >= WARM_UP:
            reactions.append(reaction * 1000)
            if hand.kiosk.flow.visit != visit:
                pages.append((pictures[0] - began) * 1000)
    gone(hand)
    at_last = resident_mb(os.getpid())
    said = hand.close()
    assert not said, said
    print(json.dumps({"reactions": reactions, "pages": pages, "first_mb": at_first, "last_mb": at_last}))  # noqa: T201
    return 0


def gone(hand: Hand) -> None:
    """The person has gone, and nobody holds anything of them."""
    hand.kiosk.flow.end()
    hand.later(1.0)
    hand.later(1.0)
    gc.collect()


if __name__ == "__main__":
    sys.exit(main())
