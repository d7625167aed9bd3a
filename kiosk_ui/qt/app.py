"""The Qt application: engine, window, and what keeps people inside it."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QBuffer, QEvent, QObject, Qt, QTimer, qVersion
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickItem, QQuickWindow

from kiosk_ui import care, keys_lexicon, wiping
from kiosk_ui.content_loading import Loading, photo_fetch
from kiosk_ui.emergency import notices_look
from kiosk_ui.engine import Engine
from kiosk_ui.furnished import furnish
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.learning_player import Player
from kiosk_ui.local import Api, Local
from kiosk_ui.log_tail import LogTail
from kiosk_ui.my_case_scans import Scans
from kiosk_ui.program import Options
from kiosk_ui.qt import keep_constants, video
from kiosk_ui.qt.art import Art
from kiosk_ui.qt.bridge import Bridge
from kiosk_ui.qt.codes import Codes
from kiosk_ui.qt.faults import end_on_faults
from kiosk_ui.qt.frames import Frames
from kiosk_ui.qt.glass_words import pieces
from kiosk_ui.qt.lesson_pictures import LessonPictures
from kiosk_ui.qt.photos import Photos
from kiosk_ui.qt.watchdog import Watchdog
from kiosk_ui.report_poles import look as poles_look
from kiosk_ui.sos_deeds import alarm_look
from kiosk_ui.speaking import Espeak, Speaker
from kiosk_ui.speaking_sinks import CommandSink, able
from kiosk_ui.speech import Piece
from sync.contract.envelope import ContractError
from sync.contract.kiosk_box import KioskBox
from sync.notify import Notify
from sync.unix_http import Unreachable

PACKAGE = Path(__file__).parents[1]
MODULE = "kiosk_ui.qml"
AT_ONCE_S = 0.2
"""The window waits so long for the box's settings; a gateway that runs answers in a few milliseconds."""
FONT = "Noto Sans CJK SC"
FORGOTTEN_MS = 600
"""After the first screen is drawn again, and what was asked of the gateway has come back."""
TOUCHES = {QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.MouseButtonPress}
KEYS = {QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride, QEvent.Type.Shortcut}


class Screen:
    """The window with everything behind it. Needs a QGuiApplication."""

    def __init__(self, kiosk: Kiosk, *, fullscreen: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self.engine = QQmlApplicationEngine()
        self.engine.addImportPath(PACKAGE.parent)
        self.engine.addImageProvider("art", Art())
        self.engine.addImageProvider("qr", Codes())
        self.photos = Photos()
        self.engine.addImageProvider("content", self.photos)
        self.lesson_pictures = LessonPictures()
        self.engine.addImageProvider("lesson", self.lesson_pictures)
        video.register()
        kiosk_face = cast("Any", self.engine.singletonInstance(MODULE, "Kiosk"))
        theme_face = cast("Any", self.engine.singletonInstance(MODULE, "Theme"))
        self.bridge = Bridge(kiosk, kiosk_face, theme_face, clock)
        self.photos.arrived = lambda count: self.bridge.mailbox.post("photos", count)
        kiosk.hears["photos"] = lambda count, _at: kiosk_face.setProperty("photos", count)
        glass = kiosk.glass
        self.engine.setInitialProperties({"wide": glass.width_px, "high": glass.height_px})
        self.engine.loadFromModule(MODULE, "Main")
        roots = self.engine.rootObjects()
        if not roots:
            raise RuntimeError("the screen's QML does not load; its errors stand above")
        self.window = cast("QQuickWindow", roots[0])
        self._guard = Guard(self.bridge.touched)
        self.window.installEventFilter(self._guard)
        kiosk.flow.on_end.append(self._forget)
        self.frames = Frames(self.window, clock)
        self.window.setFlag(Qt.WindowType.FramelessWindowHint)
        self.window.showFullScreen() if fullscreen else self.window.show()

    def _forget(self) -> None:
        """The person has gone: what QML still holds of them goes now, while nobody waits for the screen."""
        QTimer.singleShot(0, self.engine, self.engine.collectGarbage)
        QTimer.singleShot(FORGOTTEN_MS, self.engine, wiping.forget)

    def png(self) -> bytes:
        """A picture of the glass."""
        kept = QBuffer()
        kept.open(QBuffer.OpenModeFlag.WriteOnly)
        self.window.grabWindow().save(kept, "PNG")  # type: ignore[call-overload]
        return bytes(kept.data().data())

    def words(self) -> list[Piece]:
        """What can be read on the glass, without the bars; the countdown covers everything."""
        return pieces(self.window.findChild(QQuickItem, "pages"))

    def close(self) -> None:
        """Take it from the glass."""
        self.photos.close()
        self.bridge.stop()
        self.window.removeEventFilter(self._guard)
        self.window.destroy()
        self.engine.deleteLater()


class Guard(QObject):
    """No key and no closing reaches the window; every touch is told, also one beside the controls."""

    def __init__(self, touched: Callable[[], None]) -> None:
        super().__init__()
        self._touched = touched

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """True: it ends here."""
        kind = event.type()
        if kind in KEYS:
            return True
        if kind == QEvent.Type.Close:
            event.ignore()
            return True
        if kind in TOUCHES:
            self._touched()
        return super().eventFilter(watched, event)


def application(arguments: list[str]) -> QGuiApplication:
    """The one QGuiApplication."""
    keep_constants()
    # A render thread that paints in Python waits for the interpreter, which may wait for the render thread.
    os.environ.setdefault("QSG_RENDER_LOOP", "basic")
    app = QGuiApplication(arguments)
    app.setFont(QFont(FONT))
    app.setQuitOnLastWindowClosed(False)
    return app


def aloud(told: Callable[[bool], None]) -> Speaker:
    """Who reads aloud at a box."""
    return Speaker(Espeak(), CommandSink, told)


class Program:
    """Everything of the screen, put together. `start` it once the first picture is on the glass."""

    def __init__(
        self,
        options: Options,
        tail: LogTail,
        clock: Callable[[], float] = time.monotonic,
        speaker: Callable[[Callable[[bool], None]], Speaker] = aloud,
    ) -> None:
        self.kiosk = Kiosk(options.glass, options.language)
        with suppress(Unreachable, ContractError):  # else the usual glass, until the gateway answers
            self.kiosk.heard("settings", Api(options.api, AT_ONCE_S).get("kiosk", KioskBox), 0.0)
        self.screen = Screen(self.kiosk, fullscreen=options.fullscreen, clock=clock)
        self.local = Local(options.api, self.screen.bridge.mailbox.post)
        post = self.screen.bridge.mailbox.post
        self.scans = Scans(options.api, post)
        self.call_engine = Engine(options.call, lambda seen: post("call", seen))
        self.speaker = speaker(lambda sounds: post("speaking", sounds))
        self.parts = furnish(self.kiosk, self.call_engine.send, self.local.ask, tail, self.speaker)
        self.parts.speech.glass = self.screen.words
        self.parts.speech.able = able()
        self._keep = options.keep
        self.loading = Loading(options.keep)
        self.screen.photos.fetch = photo_fetch(self.local.api, self.kiosk.box.contents)
        self.parts.care.picture = self.screen.png
        self.parts.care.restart = lambda: QGuiApplication.exit(0)
        self.local.passed.add(care.NEWS)
        self.speaker.fetch = self.screen.photos.fetch
        self.screen.frames.told = self.parts.emergency.drawn
        self.local.looks += [alarm_look(), self.loading.look(), notices_look(), poles_look()]
        self.parts.lessons.make = self._lesson_player
        self.parts.service.sound = self._tone
        self.parts.service.about = {"Qt": qVersion(), "PySide": pyside_version, "Python": sys.version.partition(" ")[0]}

    def start(self) -> None:
        """Look at the content that was kept, at the gateway and at the call engine."""
        self.kiosk.heard("services", self.loading.kept(), 0.0)
        self.local.start()
        self.call_engine.start()
        self.scans.start()
        keys_lexicon.load(self.screen.bridge.mailbox.post)

    def stop(self) -> None:
        """End it."""
        self.speaker.close()
        self.call_engine.close()
        self.scans.stop()
        self.local.stop()
        self.screen.close()

    def _lesson_player(self) -> Player:
        from kiosk_ui.qt.lessons import LessonPlayer  # noqa: PLC0415 - QtMultimedia is loaded for who wants a lesson

        player = LessonPlayer(self.local.api.part, self._keep, self.screen.bridge)
        self.screen.lesson_pictures.newest = player.picture
        return player

    def _tone(self) -> bool:
        from kiosk_ui.qt.sound import Tone  # noqa: PLC0415 - the tone is made of samples nobody else needs

        return Tone(self.screen.bridge).play()


def run(options: Options) -> int:
    """Show the screen until SIGTERM or SIGINT."""
    tail = LogTail()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("linli").addHandler(tail)
    app = application(["linli-kiosk"])
    end_on_faults(app.exit)
    program = Program(options, tail)
    if options.fullscreen:
        app.setOverrideCursor(Qt.CursorShape.BlankCursor)
    notify = Notify(os.environ)
    watchdog = Watchdog(notify, app)
    for shown in (watchdog.shown, wiping.settled, program.start):
        program.screen.window.frameSwapped.connect(shown, Qt.ConnectionType.SingleShotConnection)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: app.exit(0))  # quit() would ask the window, which never closes
    # Python looks at signals only between its own steps; the bridge's tick is one four times a second.
    code = app.exec()
    notify.stopping()
    program.stop()
    return code
