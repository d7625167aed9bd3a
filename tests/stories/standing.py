"""A kiosk as it stands in a shop: the whole program of the screen, its call engine, and a hand. Time is real."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtQuick import QQuickItem

from edge.demo.stage import Stage
from kiosk_ui.flow import TAP_GAP_S
from kiosk_ui.log_tail import LogTail
from kiosk_ui.program import Options
from kiosk_ui.qt.app import Program, application
from kiosk_ui.theme import Glass
from tests.kiosk.hand import Hand

SOON_S = 30.0
PUMP_S = 0.01
FAKES = ("--camera", "fake", "--microphone", "fake", "--speaker", "null")


class Standing(Hand):
    """A hand at the program's own window. What waits lets the other programs of the story go on meanwhile."""

    def __init__(self, program: Program) -> None:
        self.program = program
        super().__init__(program.kiosk, program.screen)

    def later(self, seconds: float) -> None:  # noqa: ARG002 - as a hand whose time is moved
        """Real time passes by itself."""
        self.settle()
        self.drawn()

    async def sees(self, true: Callable[[], Any], what: str, within_s: float = SOON_S) -> None:
        """Wait, with a bound."""
        deadline = time.monotonic() + within_s
        while not true():
            assert time.monotonic() < deadline, (
                f"not within {within_s} s: {what}; {self.program.parts.calls.calls.call}; the glass says {self.texts()}"
            )
            await self.rests(PUMP_S)

    async def reads(self, words: str) -> None:
        """These words stand on the glass."""
        await self.sees(lambda: any(words in text for text in self.texts()), words)

    async def taps(self, control: str, argument: str = "") -> None:
        """One tap as soon as the control is there, and not so soon after the one before that it is the same."""
        await self.sees(lambda: self.has(control, argument), f"a control {control} {argument}")
        await self.rests(TAP_GAP_S + 0.1)
        self.tap(control, argument)

    async def holds(self, control: str, seconds: float) -> None:
        """A finger stays on it for so long."""
        await self.sees(lambda: self.has(control), f"a control {control}")
        point = self.centre(self.find(control))
        self.down(point)
        await self.rests(seconds)
        self.up(point)

    async def rests(self, seconds: float) -> None:
        """The screen lives on."""
        deadline = time.monotonic() + seconds
        while True:
            self.settle()
            await asyncio.sleep(PUMP_S)
            if time.monotonic() >= deadline:
                return

    def has(self, control: str, argument: str = "") -> bool:
        """Whether there is such a control."""
        return any(
            item.property("control") == control and argument in ("", item.property("argument"))
            for item in self.controls()
        )

    def film(self) -> QQuickItem | None:
        """The largest picture of the call that shows something."""
        shown = [one for one in self.items() if one.property("mirrored") is not None and one.property("shows")]
        return max(shown, key=lambda one: one.width() * one.height(), default=None)

    def row_of(self, item: QQuickItem, high: float = 0.5) -> list[QColor]:
        """What is drawn from its left to its right, at that share of its height."""
        begin, picture = item.mapToScene(item.boundingRect().topLeft()), self.picture()
        y = int(begin.y() + item.height() * high)
        return [picture.pixelColor(int(begin.x()) + x, y) for x in range(int(item.width()))]


def screen_application() -> QGuiApplication:
    """The one there is, or it."""
    return cast("QGuiApplication | None", QGuiApplication.instance()) or application(["linli-kiosk"])


@asynccontextmanager
async def standing(stage: Stage, folder: Path) -> AsyncIterator[Standing]:
    """The kiosk beside a gateway that runs; nothing of QML was complained about in the end."""
    app = screen_application()
    socket = folder / "call.sock"
    command = [sys.executable, "-m", "edge.call", "--api", str(stage.api_socket), "--socket", str(socket), *FAKES]
    await asyncio.to_thread(stage.start_other, "call engine", command, socket.exists)
    program = Program(Options(stage.api_socket, socket, Glass(), fullscreen=False, language="zh"), LogTail())
    hand = Standing(program)
    try:
        program.start()
        await hand.sees(lambda: hand.kiosk.box.online, "the kiosk is on the line")
        await hand.sees(lambda: program.parts.calls.calls.seen.there, "the call engine is there")
        yield hand
    finally:
        program.speaker.close()
        program.call_engine.close()
        program.local.stop()
        said = hand.close()
        app.processEvents()
    assert not said, said
