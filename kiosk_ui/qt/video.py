"""Pictures of the call on the glass: the newest frame of shared memory, never a queue.

Two ways to paint, chosen in `CallVideo.qml`. Where there is a GPU a `FrameSource` fills the QVideoFrames of a
VideoOutput, whose shader makes colours of them (0.4 ms a frame here). The software scene graph draws nothing of a
VideoOutput; there a `FramePicture` paints. Both look for a new frame by a timer: frames sent through signals were
measured to freeze the window. An empty path lets the memory go at once.
"""

from __future__ import annotations

import contextlib
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Property, QLoggingCategory, QObject, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtQml import qmlRegisterType
from PySide6.QtQuick import QQuickItem, QQuickPaintedItem

from sync.contract.frames import Frame, FrameReader

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame

MODULE = "kiosk_ui.qml.video"
LOOK_MS = 15
"""A frame of 25 a second waits 7 ms on average; a look costs microseconds."""
MARK_WIDE = 0.008
"""Width of a line over a still, in shares of its width."""
STALE_S = 1.0
"""Without a new frame for so long the file is looked for anew: an engine that began again has made another."""


def register() -> None:
    """Make the types known to QML."""
    QLoggingCategory.setFilterRules("qt.multimedia.symbolsresolver=false")  # says that PipeWire is not installed
    qmlRegisterType(FramePicture, MODULE, 1, 0, "FramePicture")  # type: ignore[call-overload]
    qmlRegisterType(FrameSource, MODULE, 1, 0, "FrameSource")  # type: ignore[call-overload]


class Newest:
    """The newest frame of a file that may not be there yet, may vanish, and may be made anew."""

    def __init__(self) -> None:
        self.path = ""
        self._reader: FrameReader | None = None
        self._count = 0
        self._since = 0.0

    def open(self, path: str, *_: object) -> None:
        """Look at this file from now on; empty: at none, and nothing of the last one is held."""
        self.path, self._since = path, 0.0
        self._close()

    def take(self) -> Frame | None:
        """A frame that was not taken before."""
        now = time.monotonic()
        if self._reader is None or now - self._since > STALE_S:
            self._open(now)
        if self._reader is None:
            return None
        frame = self._reader.newest(self._count)
        if frame is not None:
            self._count, self._since = frame.count, now
        return frame

    def _open(self, now: float) -> None:
        if not self.path or now - self._since < STALE_S / 10:
            return
        self._since = now
        count = self._count if self._reader is not None else 0
        self._close()
        with contextlib.suppress(OSError, ValueError):
            self._reader = FrameReader(Path(self.path))
            newest = self._reader.newest()
            self._count = count if newest is not None and newest.count >= count else 0

    def _close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader, self._count = None, 0


class FramePicture(QQuickPaintedItem):
    """Paints the newest frame, whole, in the middle, and lines over it. `shows` says whether there is one.

    `marks`: a text for each line, `x,y x,y ...` in shares of width and height.
    """

    pathChanged = Signal()  # noqa: N815 - QML hears `on<Property>Changed`
    mirroredChanged = Signal()  # noqa: N815
    marksChanged = Signal()  # noqa: N815
    showsChanged = Signal()  # noqa: N815

    def __init__(self, parent: QQuickItem | None = None) -> None:
        super().__init__(parent)
        self._newest = Newest()
        self.destroyed.connect(partial(self._newest.open, ""))  # Python's own turn to clean up may come much later
        self._image: QImage | None = None
        self._mirrored = False
        self._marks: list[str] = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def look(self) -> None:
        """Paint a newer frame, if there is one."""
        frame = self._newest.take()
        if frame is not None:
            first, self._image = self._image is None, image(frame)
            self.update()
            if first:
                self.showsChanged.emit()

    def paint(self, painter: QPainter) -> None:
        """Qt's name: called on the scene graph's turn."""
        picture = self._image
        if picture is None:
            return
        size = QSize(picture.size()).scaled(self.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._mirrored:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        where = QRectF(left, top, size.width(), size.height())
        painter.drawImage(where, picture)
        self._draw_marks(painter, where)

    def _draw_marks(self, painter: QPainter, where: QRectF) -> None:
        """Red within white, so that they are seen on any paper."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for mark in self._marks:
            line = points(mark, where)
            for colour, share in ((Qt.GlobalColor.white, MARK_WIDE * 2), (QColor("#D00000"), MARK_WIDE)):
                pen = QPen(colour, where.width() * share)
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setPen(pen)
                painter.drawPolyline(line)

    def _path(self) -> str:
        return self._newest.path

    def _set_path(self, path: str) -> None:
        if path == self._newest.path:
            return
        self._newest.open(path)
        showed, self._image = self._image is not None, None
        self._timer.start(LOOK_MS) if path else self._timer.stop()
        self.update()
        self.pathChanged.emit()
        if showed:
            self.showsChanged.emit()

    def _is_mirrored(self) -> bool:
        return self._mirrored

    def _set_mirrored(self, mirrored: bool) -> None:  # noqa: FBT001 - a property's setter
        self._mirrored = mirrored
        self.update()
        self.mirroredChanged.emit()

    def _get_marks(self) -> list[str]:
        return self._marks

    def _set_marks(self, marks: list[str]) -> None:
        self._marks = list(marks)
        self.update()
        self.marksChanged.emit()

    def _shows(self) -> bool:
        return self._image is not None

    path = Property(str, _path, _set_path, notify=pathChanged)
    mirrored = Property(bool, _is_mirrored, _set_mirrored, notify=mirroredChanged)
    marks = Property("QStringList", _get_marks, _set_marks, notify=marksChanged)  # type: ignore[arg-type]
    shows = Property(bool, _shows, notify=showsChanged)


def points(mark: str, where: QRectF) -> list[QPointF]:
    """A line of shares on that rectangle; what is no point is left out."""
    found = []
    for pair in mark.split():
        x, _, y = pair.partition(",")
        with contextlib.suppress(ValueError):
            found.append(QPointF(where.x() + float(x) * where.width(), where.y() + float(y) * where.height()))
    return found


class FrameSource(QObject):
    """Puts the newest frame into the sink of a VideoOutput."""

    pathChanged = Signal()  # noqa: N815
    sinkChanged = Signal()  # noqa: N815
    showsChanged = Signal()  # noqa: N815

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = Newest()
        self.destroyed.connect(partial(self._newest.open, ""))
        # Loaded before the sink comes, which would come as a mere QObject; and only where there is a GPU.
        import PySide6.QtMultimedia  # noqa: F401, PLC0415

        self._sink: Any = None
        self._has_shown = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def look(self) -> None:
        """Hand a newer frame on, if there is one."""
        frame = self._newest.take()
        if frame is None or self._sink is None:
            return
        self._sink.setVideoFrame(video_frame(frame))
        if not self._has_shown:
            self._has_shown = True
            self.showsChanged.emit()

    def _path(self) -> str:
        return self._newest.path

    def _set_path(self, path: str) -> None:
        if path == self._newest.path:
            return
        self._newest.open(path)
        showed, self._has_shown = self._has_shown, False
        self._timer.start(LOOK_MS) if path else self._timer.stop()
        if not path and self._sink is not None:
            from PySide6.QtMultimedia import QVideoFrame  # noqa: PLC0415 - loaded by the VideoOutput already

            self._sink.setVideoFrame(QVideoFrame())
        self.pathChanged.emit()
        if showed:
            self.showsChanged.emit()

    def _get_sink(self) -> QObject | None:
        sink: QObject | None = self._sink
        return sink

    def _set_sink(self, sink: QObject | None) -> None:
        self._sink = sink
        self.sinkChanged.emit()

    def _shows(self) -> bool:
        return self._has_shown

    path = Property(str, _path, _set_path, notify=pathChanged)
    sink = Property(QObject, _get_sink, _set_sink, notify=sinkChanged)
    shows = Property(bool, _shows, notify=showsChanged)


def video_frame(frame: Frame) -> QVideoFrame:
    """The planes as they are; colours are made where it is drawn."""
    from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat  # noqa: PLC0415 - only where there is a GPU

    size = QSize(frame.width, frame.height)
    made = QVideoFrame(QVideoFrameFormat(size, QVideoFrameFormat.PixelFormat.Format_YUV420P))
    if not made.map(QVideoFrame.MapMode.WriteOnly):
        return QVideoFrame()
    try:
        at = 0
        for plane in range(3):
            half = 1 if plane == 0 else 2
            at = _fill(made.bits(plane), made.bytesPerLine(plane), frame.planes, at, size / half)
    finally:
        made.unmap()
    return made


def _fill(into: Any, stride: int, planes: bytes, at: int, size: QSize) -> int:
    """One plane, line by line where Qt pads its lines; where the next plane begins."""
    width, height = size.width(), size.height()
    if stride == width:
        into[: width * height] = planes[at : at + width * height]
    else:
        for line in range(height):
            begin = at + line * width
            into[line * stride : line * stride + width] = planes[begin : begin + width]
    return at + width * height


def image(frame: Frame) -> QImage:
    """Colours on the processor: BT.601, the range of video (ITU-R BT.601-7, 2.5.1)."""
    import numpy as np  # noqa: PLC0415 - half of a start; only who has no GPU pays, at the first frame

    width, height = frame.width, frame.height
    half = (height // 2, width // 2)
    flat = np.frombuffer(frame.planes, np.uint8)
    luma = (flat[: width * height].reshape(height, width).astype(np.int32) - 16) * 298 + 128
    chroma = flat[width * height :].reshape(2, *half).astype(np.int32) - 128
    blue_, red_ = chroma[0], chroma[1]
    pixels = np.empty((height, width, 4), np.uint8)
    for place, share in enumerate((516 * blue_, -100 * blue_ - 208 * red_, 409 * red_)):
        full = share.repeat(2, axis=0).repeat(2, axis=1)
        pixels[:, :, place] = np.clip((luma + full) >> 8, 0, 255)
    pixels[:, :, 3] = 255
    return QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()
