"""Between the screen's logic and QML: presses go in, what is shown goes out, news of other threads wait in a mailbox.

QML sees two singletons written in QML, so that qmllint knows every property: `Theme` (sizes and colours) and `Kiosk`
(what is shown, and the signals of what was touched). Python fills the first and hears the second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from kiosk_ui.kiosk import Kiosk, Shown
from kiosk_ui.qt.models import RowsModel
from kiosk_ui.theme import Colours, Theme

TICK_MS = 250


class Mailbox(QObject):
    """The newest of each kind of news. `post` may be called by any thread; it never waits and never grows."""

    _waiting = Signal()

    def __init__(self, take: Callable[[str, object], None]) -> None:
        super().__init__()
        self._take = take
        self._lock = threading.Lock()
        self._news: dict[str, object] = {}
        # Without payload, and one at a time: a signal for each frame was measured to freeze the window.
        self._waiting.connect(self._empty, Qt.ConnectionType.QueuedConnection)

    def post(self, name: str, news: object) -> None:
        """Replace what of this name was not looked at yet."""
        with self._lock:
            waiting = bool(self._news)
            self._news[name] = news
        if not waiting:
            self._waiting.emit()

    def _empty(self) -> None:
        with self._lock:
            news, self._news = self._news, {}
        for name, one in news.items():
            self._take(name, one)


class Bridge(QObject):
    """Fills the singletons and hears them. `kiosk_face` and `theme_face` are the QML objects."""

    def __init__(
        self,
        kiosk: Kiosk,
        kiosk_face: Any,
        theme_face: QObject,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        super().__init__()
        self.kiosk, self._face, self._theme = kiosk, kiosk_face, theme_face
        self._clock, self.wall = clock, wall
        self.mailbox = Mailbox(self._heard)
        self._shown: Shown | None = None
        self._rows = RowsModel(self)
        kiosk_face.pressed.connect(self._pressed)
        self.refresh()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.tick)
        self._timer.start(TICK_MS)

    def stop(self) -> None:
        """Nothing is shown any more."""
        self._timer.stop()

    def touched(self) -> None:
        """A finger somewhere on the glass."""
        self.kiosk.touched(self._clock())

    def tick(self) -> None:
        """Time passes."""
        self.kiosk.tick(self._clock())
        self.refresh()

    def refresh(self) -> None:
        """Show what is to be shown, if it is another than before."""
        shown, before = self.kiosk.show(self._clock(), self.wall()), self._shown
        if shown == before:
            return
        self._shown = shown
        if before is None or shown.theme != before.theme:
            self._fill_theme(shown.theme, before.theme if before is not None else None)
        if before is None or shown.language != before.language:
            self._face.setProperty("words", self.kiosk.texts())
        for name in ("language", "large", "contrast", "low", "countdown"):
            self._face.setProperty(name, getattr(shown, name))
        self._face.setProperty("countdownSaid", shown.countdown_said)
        self._face.setProperty("atHome", shown.at_home)
        self._face.setProperty("begun", shown.begun)
        self._face.setProperty("speech", shown.speech)
        self._show_page(shown, before)

    def _show_page(self, shown: Shown, before: Shown | None) -> None:
        fresh = before is None or shown.visit != before.visit or shown.qml != before.qml
        if fresh:
            old, self._rows = self._rows, RowsModel(self)
            old.deleteLater()
        self._rows.show(shown.view.rows)
        if fresh or before is None or shown.view.texts != before.view.texts or shown.view.title != before.view.title:
            page = {"title": shown.view.title, "texts": shown.view.texts, "rows": self._rows}
            self._face.setProperty("page", {"visit": shown.visit, "qml": shown.qml, "screen": shown.screen, **page})

    def _fill_theme(self, theme: Theme, before: Theme | None) -> None:
        """Only what is another: each makes QML look at everything that depends on it."""
        known = {} if before is None else _values(before)
        for name, value in _values(theme).items():
            if name not in known or known[name] != value:
                self._theme.setProperty(name, value)

    def _pressed(self, control: str, argument: str) -> None:
        if self.kiosk.press(control, argument, self._clock()):
            self.refresh()

    def _heard(self, name: str, news: object) -> None:
        self.kiosk.heard(name, news, self._clock())
        self.refresh()


def _values(theme: Theme) -> dict[str, object]:
    """By the names of QML."""
    sizes = {field.name: getattr(theme, field.name) for field in fields(Theme) if field.name != "colours"}
    return sizes | {camel(field.name): getattr(theme.colours, field.name) for field in fields(Colours)}


def camel(name: str) -> str:
    """`tile_ink` as QML calls it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


COLOUR_NAMES = tuple(camel(field.name) for field in fields(Colours))
