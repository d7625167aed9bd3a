"""The real screen as a process, touched by a hand in it that is told on standard input what to tap.

`tap CONTROL ARGUMENT`, `place`, `ready`, `exit`; one answer on a line each. What is typed comes key by key: whole it is
only where the screen itself puts it together.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

from PySide6.QtCore import QPoint, QPointF, QSocketNotifier
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk_ui.log_tail import LogTail
from kiosk_ui.program import parse
from kiosk_ui.qt.app import Program, application


class Fingers:
    """Reads wishes while the window lives."""

    def __init__(self, program: Program) -> None:
        self._program, self._window = program, program.screen.window
        self._device = QTest.createTouchDevice()
        self._waiting = b""
        os.set_blocking(0, False)
        self._notifier = QSocketNotifier(0, QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._read)

    def _read(self) -> None:
        self._waiting += os.read(0, 4096)
        while b"\n" in self._waiting:
            line, _, self._waiting = self._waiting.partition(b"\n")
            sys.stdout.write(self._do(*line.decode().split(" ", 2)) + "\n")
            sys.stdout.flush()

    def _do(self, wish: str, name: str = "", argument: str = "") -> str:
        match wish:
            case "tap":
                return self._tap(name, argument)
            case "place":
                return self._program.kiosk.flow.place.screen.value
            case "ready":
                return str(self._program.parts.keys.ready and self._program.kiosk.box.gateway)
            case _:
                QGuiApplication.exit(0)
                return "bye"

    def _tap(self, control: str, argument: str) -> str:
        for item in self._items(self._window.contentItem()):
            if item.property("control") == control and argument in ("", item.property("argument")):
                self._touch(item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint())
                return "tapped"
        return "missing"

    def _touch(self, point: QPoint) -> None:
        QTest.touchEvent(self._window, self._device).press(0, point, self._window).commit()
        QTest.touchEvent(self._window, self._device).release(0, point, self._window).commit()

    def _items(self, under: QQuickItem) -> Iterator[QQuickItem]:
        for item in under.childItems():
            if item.isVisible():
                yield item
                yield from self._items(item)


def main(arguments: list[str]) -> int:
    app = application(["linli-kiosk"])
    tail = LogTail()
    program = Program(parse([*arguments, "--window"]), tail)
    program.start()
    fingers = Fingers(program)
    code = app.exec()
    program.stop()
    del fingers
    Path("log-tail").write_text("\n".join(tail.lines), "utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
