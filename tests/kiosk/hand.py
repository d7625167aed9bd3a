"""A hand on the screen: finds controls as they are drawn, touches them, and reads what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk_ui.kiosk import Kiosk
from kiosk_ui.qt.app import Screen

WITHIN_MS = 5000


class Hand:
    """One shown screen. Time moves by `later`, so that nobody has to wait."""

    def __init__(self, kiosk: Kiosk, screen: Screen | None = None) -> None:
        """`screen`: one that a program has already put on the glass, with its own clock."""
        self.said: list[str] = []
        self._before = qInstallMessageHandler(lambda _kind, _context, text: self.said.append(text))
        self.at = 1000.0
        self.kiosk = kiosk
        self.screen = screen or Screen(kiosk, clock=lambda: self.at)
        self.window = self.screen.window
        self.device = QTest.createTouchDevice()
        self._pictures = 0
        self.window.frameSwapped.connect(self._picture)
        self.settle()

    def close(self) -> list[str]:
        """Take the screen away; what Qt and QML complained about."""
        self.screen.close()
        self.settle()
        qInstallMessageHandler(self._before)
        return self.said

    # --- looking

    def items(self, under: QQuickItem | None = None) -> Iterator[QQuickItem]:
        """Everything visible, from back to front."""
        for item in (under or self.window.contentItem()).childItems():
            if item.isVisible():
                yield item
                yield from self.items(item)

    def controls(self) -> list[QQuickItem]:
        """Everything that can be touched."""
        return [item for item in self.items() if item.property("control")]

    def find(self, control: str, argument: str = "") -> QQuickItem:
        """The control of that name."""
        for item in reversed(self.controls()):
            if item.property("control") == control and argument in ("", item.property("argument")):
                return item
        raise AssertionError(
            f"no control {control} {argument}; there are {[c.property('control') for c in self.controls()]}"
        )

    def texts(self) -> list[str]:
        """Every word on the glass."""
        return [
            str(item.property("text")) for item in self.items() if item.inherits("QQuickText") and item.property("text")
        ]

    def shows(self, control: str) -> bool:
        """Whether there is such a control."""
        return any(item.property("control") == control for item in self.controls())

    def picture(self) -> QImage:
        """The glass as it is drawn now."""
        return self.window.grabWindow()

    def colour(self, item: QQuickItem) -> str:
        """What is drawn near the upper left corner of it."""
        corner = item.mapToScene(QPointF(item.width() * 0.06, item.height() * 0.2)).toPoint()
        return self.picture().pixelColor(corner).name()

    @property
    def place(self) -> str:
        """The screen in front."""
        return self.kiosk.flow.place.screen.value

    def photograph(self, path: Path, width: int | None = None) -> None:
        """A picture of the glass, perhaps made smaller."""
        picture = self.picture()
        if width is not None:
            picture = picture.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        assert picture.save(str(path))

    # --- touching

    def centre(self, item: QQuickItem) -> QPoint:
        return item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint()

    def tap(self, control: str, argument: str = "") -> None:
        """One clean tap, a second after what was before."""
        self.later(1.0)
        self.tap_at(self.centre(self.find(control, argument)))

    def tap_at(self, point: QPoint, finger: int = 0) -> None:
        QTest.touchEvent(self.window, self.device).press(finger, point, self.window).commit()
        QTest.touchEvent(self.window, self.device).release(finger, point, self.window).commit()
        self.settle()

    def down(self, point: QPoint, finger: int = 0) -> None:
        """A finger comes on the glass and stays."""
        QTest.touchEvent(self.window, self.device).press(finger, point, self.window).commit()
        self.settle()

    def move(self, point: QPoint, finger: int = 0) -> None:
        QTest.touchEvent(self.window, self.device).move(finger, point, self.window).commit()
        self.settle()

    def up(self, point: QPoint, finger: int = 0) -> None:
        QTest.touchEvent(self.window, self.device).release(finger, point, self.window).commit()
        self.settle()

    def touch(self, point: QPoint, *, down: bool) -> None:
        """A finger comes or goes, and nothing more is done."""
        sequence = QTest.touchEvent(self.window, self.device)
        (sequence.press if down else sequence.release)(0, point, self.window).commit()

    def process(self) -> None:
        """One look at what Qt has to do."""
        QGuiApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)

    def wait(self, milliseconds: int) -> None:
        """Real time passes, for what Qt's own timers bring."""
        QTest.qWait(milliseconds)

    def press(self, control: str, argument: str = "", finger: int = 0) -> None:
        """A finger goes down on a control and stays."""
        point = self.centre(self.find(control, argument))
        QTest.touchEvent(self.window, self.device).press(finger, point, self.window).commit()
        self.settle()

    def release(self, control: str, argument: str = "", finger: int = 0) -> None:
        """It goes up again, wherever that control is now."""
        point = self.centre(self.find(control, argument))
        QTest.touchEvent(self.window, self.device).release(finger, point, self.window).commit()
        self.settle()

    def later(self, seconds: float) -> None:
        """Time passes on the screen's own clock, and what it brings is drawn."""
        self.at += seconds
        self.screen.bridge.tick()
        self.settle()
        self.drawn()

    def drawn(self) -> None:
        """Wait for a picture: places are final only when it is drawn."""
        before = self._pictures
        self.window.update()
        for _ in range(WITHIN_MS):
            if self._pictures != before:
                return
            QTest.qWait(1)
        raise AssertionError("nothing is drawn")

    def _picture(self) -> None:
        self._pictures += 1

    def settle(self) -> None:
        """Let Qt do what it has to do, and delete what has gone, which without a running loop it would keep."""
        for _ in range(3):
            QGuiApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
            QGuiApplication.sendPostedEvents()
        QGuiApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def until(self, true: Callable[[], Any], what: str) -> None:
        """Wait, with a bound."""
        for _ in range(WITHIN_MS // 10):
            if true():
                return
            QTest.qWait(10)
        raise AssertionError(f"not within {WITHIN_MS} ms: {what}")
