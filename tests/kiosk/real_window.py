"""A call in a real window, under an X server: prints what it saw as JSON. A process of its own, for its platform."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "xcb"
os.environ.pop("QT_QUICK_BACKEND", None)

from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem, QSGRendererInterface
from PySide6.QtTest import QTest

from kiosk_ui.call_deeds import CallDeeds
from kiosk_ui.engine import Engine
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.qt.app import application
from kiosk_ui.theme import Glass
from sync.contract.call import Reason, State
from sync.contract.call_screen import Start
from tests.kiosk.fake_engine import FakeEngine, Film, coloured
from tests.kiosk.hand import Hand


def main() -> int:
    app = application(["linli-kiosk"])
    with tempfile.TemporaryDirectory(prefix="linli-", dir="/tmp") as folder:
        seen = look(Path(folder))
    seen["platform"] = QGuiApplication.platformName()
    sys.stdout.write(json.dumps(seen) + "\n")
    del app
    return 0


def look(folder: Path) -> dict[str, object]:
    hand = Hand(Kiosk(Glass()))
    fake = FakeEngine(folder / "call.sock").start()
    post = hand.screen.bridge.mailbox.post
    engine = Engine(fake.path, lambda news: post("call", news), lambda: hand.at)
    deeds = CallDeeds(hand.kiosk, engine.send, lambda *_: None)
    engine.start()
    hand.until(lambda: deeds.calls.seen.there, "the engine")
    hand.tap("departments")
    hand.tap("department", "civil")
    hand.until(lambda: fake.wished(Start), "a call")
    film = Film(folder / "remote")
    film.frame(coloured(640, 480, 81, 90, 240))
    fake.show(call="k3q8d2m1x7b9c4t6", state=State.CONNECTED, department="civil", remote_frames=str(film.path))
    hand.until(lambda: [one for one in pictures(hand) if one.property("shows")], "a picture")
    colours = [pixel(hand)]
    film.frame(coloured(640, 480, 41, 240, 110))
    hand.until(lambda: pixel(hand) != colours[0], "the next picture")
    colours.append(pixel(hand))
    api = hand.window.rendererInterface().graphicsApi()
    fake.show(state=State.ENDED, reason=Reason.OFFICE, remote_frames="")
    hand.until(lambda: not pictures(hand), "the picture goes with the call")
    engine.close()
    fake.die()
    film.close()
    warned = [line for line in hand.close() if "qml" in line.lower()]
    software = api == QSGRendererInterface.GraphicsApi.Software
    return {"colours": colours, "software": software, "warned": warned}


def pictures(hand: Hand) -> list[QQuickItem]:
    """The large one; the own camera is closed."""
    return [item for item in hand.items() if item.inherits("QQuickRectangle") and item.property("path")]


def pixel(hand: Hand) -> list[int]:
    """The middle of the picture, as it stands in the window."""
    QTest.qWait(30)
    colour = hand.picture().pixelColor(hand.centre(pictures(hand)[0]))
    return [colour.red(), colour.green(), colour.blue()]


if __name__ == "__main__":
    sys.exit(main())
