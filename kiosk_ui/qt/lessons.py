"""Plays lessons by QtMultimedia. Loaded when the first lesson is chosen: most people at a kiosk need none of it.

A lesson is copied from the gateway piece by piece into a file without a name, which is gone when it ends. Not read by a
device written in Python: the thread that decodes would wait for the interpreter while the interpreter, stopping the
player, waits for that thread (tried: it stood still within the first lesson).
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer, QVideoSink

from kiosk_ui.learning_player import MOST_DB, Heard, State

Part = Callable[[str, int, int], bytes]
"""(hash, first byte, length) -> bytes. Raises ConnectionError. Called on a thread of its own."""

PIECE = 1 << 20
LOOK_MS = 50
WIDEST = 1280
PLAYING = {
    QMediaPlayer.PlaybackState.PlayingState: State.PLAYING,
    QMediaPlayer.PlaybackState.PausedState: State.PAUSED,
    QMediaPlayer.PlaybackState.StoppedState: State.PAUSED,
}
LOADING = {QMediaPlayer.MediaStatus.LoadingMedia, QMediaPlayer.MediaStatus.NoMedia}


class Copy:
    """A lesson's file on its way here. `ready` once it is whole; `failed` when it will never be."""

    def __init__(self, sha256: str, size: int, part: Part, folder: Path | None) -> None:
        self.ready = self.failed = False
        self._sha256, self._size, self._part = sha256, size, part
        self._dropped, self._closing = threading.Event(), threading.Lock()
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `drop`, when it has been played
        self._thread = threading.Thread(target=self._run, name="lesson", daemon=True)
        self._thread.start()

    @property
    def url(self) -> QUrl:
        """It has no name, but while it is open it has this one."""
        return QUrl.fromLocalFile(f"/proc/self/fd/{self._file.fileno()}")

    def drop(self) -> None:
        """Not wanted any more."""
        self._dropped.set()
        if self.ready or self.failed:
            self._close()

    def _close(self) -> None:
        with self._closing:  # both threads may come to it at the same moment
            self._file.close()

    def _run(self) -> None:
        try:
            for first in range(0, self._size, PIECE):
                if self._dropped.is_set():
                    break
                self._file.write(self._part(self._sha256, first, min(PIECE, self._size - first)))
            self._file.flush()
        except OSError:  # the gateway has gone, or there is no room
            self.failed = True
        self.ready = not self.failed
        if self._dropped.is_set():
            self._close()


class LessonPlayer(QObject):
    """A `learning_player.Player`."""

    def __init__(self, part: Part, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._part, self._folder = part, folder
        self._output = QAudioOutput(self)
        self._silent = QMediaDevices.defaultAudioOutput().isNull()
        self._sink = QVideoSink(self)
        self._player = QMediaPlayer(self)
        if not self._silent:
            self._player.setAudioOutput(self._output)
        self._player.setVideoSink(self._sink)
        self._copy: Copy | None = None
        self._begun = self._wanted = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)

    def begin(self, sha256: str, size: int, seconds: int, at: float) -> None:
        """See `Player`."""
        del seconds, at
        self.end()
        if size > 0:
            self._copy, self._wanted = Copy(sha256, size, self._part, self._folder), True
            self._timer.start(LOOK_MS)

    def play(self, at: float) -> None:
        """See `Player`."""
        self._wanted = True
        if self._begun:
            if self.heard(at).state is State.ENDED:
                self._player.setPosition(0)
            self._player.play()

    def pause(self, at: float) -> None:
        """See `Player`."""
        del at
        self._wanted = False
        if self._begun:
            self._player.pause()

    def end(self) -> None:
        """See `Player`."""
        self._timer.stop()
        self._player.stop()
        self._player.setSource(QUrl())
        if self._copy is not None:
            self._copy.drop()
        self._copy, self._begun = None, False

    def loud(self, db: float) -> None:
        """The loudest is all the sound card has; normal is 18 dB below it."""
        self._output.setVolume(10 ** ((db - MOST_DB) / 20))

    def heard(self, at: float) -> Heard:
        """See `Player`."""
        del at
        player = self._player
        return Heard(self._state(), player.position() / 1000, player.duration() / 1000, silent=self._silent)

    def _state(self) -> State:
        player, status = self._player, self._player.mediaStatus()
        if self._copy is None or self._copy.failed or status is QMediaPlayer.MediaStatus.InvalidMedia:
            return State.FAILED
        if not self._begun:
            return State.LOADING if self._wanted else State.PAUSED
        if player.error() != QMediaPlayer.Error.NoError:
            return State.FAILED
        if status is QMediaPlayer.MediaStatus.EndOfMedia:
            return State.ENDED
        return State.LOADING if status in LOADING else PLAYING[player.playbackState()]

    def picture(self) -> QImage:
        """The newest of a video, not larger than a screen needs. Looked at, as a signal would come from its thread."""
        frame = self._sink.videoFrame()
        image = frame.toImage() if frame.isValid() else QImage()
        return image if image.width() <= WIDEST else image.scaledToWidth(WIDEST)

    def _look(self) -> None:
        """Begin as soon as the file is here."""
        if self._copy is None or self._copy.failed:
            self._timer.stop()
        elif self._copy.ready:
            self._timer.stop()
            self._begun = True
            self._player.setSource(self._copy.url)
            if self._wanted:
                self._player.play()
            else:
                self._player.pause()
