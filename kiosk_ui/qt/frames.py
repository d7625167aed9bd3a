"""Every frame that is on the glass, told on the thread of the screen, wherever it was drawn."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtQuick import QQuickWindow


class Frames(QObject):
    """`told` is called with the time after each; if it says True, another frame is drawn."""

    def __init__(self, window: QQuickWindow, clock: Callable[[], float]) -> None:
        super().__init__()
        self.told: Callable[[float], bool] = lambda _at: False
        self._window, self._clock = window, clock
        window.frameSwapped.connect(self._swapped, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def _swapped(self) -> None:
        if self.told(self._clock()):
            self._window.update()
