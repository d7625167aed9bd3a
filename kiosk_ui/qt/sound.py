"""The test tone of the service menu. Loads QtMultimedia when it is asked for: a screen without service needs none."""

from __future__ import annotations

import math
import struct

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject

RATE, SECONDS, HERTZ = 48_000, 1.0, 880
SOFT = 0.3


class Tone(QObject):
    """Plays one second on the usual loudspeaker."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._buffer = QBuffer(self)
        self._buffer.setData(QByteArray(samples()))
        self._sink: QObject | None = None

    def play(self) -> bool:
        """False: there is no loudspeaker."""
        from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices  # noqa: PLC0415

        device = QMediaDevices.defaultAudioOutput()
        if device.isNull():
            return False
        shape = QAudioFormat()
        shape.setSampleRate(RATE)
        shape.setChannelCount(1)
        shape.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        self._buffer.close()
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        sink = QAudioSink(device, shape, self)
        sink.start(self._buffer)
        if self._sink is not None:
            self._sink.deleteLater()
        self._sink = sink
        return True


def samples() -> bytes:
    """A sine that comes and goes softly."""
    count = int(RATE * SECONDS)
    edge = RATE // 20
    loud = (min(1.0, n / edge, (count - n) / edge) * SOFT * 32767 for n in range(count))
    turn = 2 * math.pi * HERTZ / RATE
    return struct.pack(f"<{count}h", *(int(size * math.sin(n * turn)) for n, size in enumerate(loud)))
