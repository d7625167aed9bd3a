"""Tells systemd that the screen lives: from the GUI thread itself, so that a frozen window is not fed."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from sync.notify import Notify


class Watchdog(QObject):
    """Feeds every third of the time systemd gives."""

    def __init__(self, notify: Notify, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notify = notify
        self._timer = QTimer(self)
        self._timer.timeout.connect(notify.alive)
        if notify.watchdog_s is not None:
            self._timer.start(int(notify.watchdog_s * 1000 / 3))

    def shown(self) -> None:
        """The first screen is on the glass."""
        self._notify.ready("shown")
