"""Draws one screen into a file."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QGuiApplication, QImage

from kiosk_ui.content import Services
from kiosk_ui.flow import HOME
from kiosk_ui.furnished import furnish
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.learning_player import Clockwork
from kiosk_ui.log_tail import LogTail
from kiosk_ui.qt.app import Screen, application
from kiosk_ui.render import Wanted

PICTURES_S = 1.5
"""Pictures are read on threads of their own; then it is drawn as it stands."""
STEP_S = 0.05


def draw(wanted: Wanted, services: Services, places: Mapping[str, Path]) -> None:
    """Ends with the picture on disk."""
    app = application(["linli-kiosk-render"])
    kiosk = Kiosk(wanted.glass, wanted.language)
    kiosk.flow.session.look = wanted.look
    kiosk.heard("services", services, 0.0)
    parts = furnish(kiosk, lambda _wish: False, lambda *_: None, LogTail())
    parts.lessons.make = lambda: Clockwork(silent=False)
    kiosk.flow.holds.add("drawing")
    screen = Screen(kiosk)
    screen.photos.fetch = lambda sha256: places[sha256].read_bytes() if sha256 in places else None
    if wanted.place != HOME:
        kiosk.flow.show(wanted.place)
    kiosk.flow.session.page = wanted.page
    screen.bridge.refresh()
    _settle(screen).save(str(wanted.out), "PNG")  # type: ignore[call-overload]
    screen.close()
    del app


def _settle(screen: Screen) -> QImage:
    """Until two pictures in a row are the same, or nobody wants to wait any longer."""
    before, until = QImage(), time.monotonic() + PICTURES_S
    while True:
        QGuiApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        now = screen.window.grabWindow()
        if (now == before and not screen.photos.waits) or time.monotonic() > until:
            return now
        before = now
        time.sleep(STEP_S)
