"""Drawings in the colour of the look: `image://art/<name>/<colour without #>` from kiosk_ui/art/<name>.svg."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtQuick import QQuickImageProvider
from PySide6.QtSvg import QSvgRenderer

KEPT, MOST_BYTES = 1_000, 6 << 20
"""Of a dozen pages; drawing one takes a millisecond, and a page has twenty."""


class Art(QQuickImageProvider):
    """Every drawing is one SVG whose lines are `currentColor`."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._drawn: dict[tuple[str, int, int], QImage] = {}
        self._bytes = 0
        self._nothing = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)  # for a place that has no size yet
        self._nothing.fill(Qt.GlobalColor.transparent)
        self._folder = Path(__file__).parents[1] / "art"

    def requestImage(self, name: str, size: QSize, requested: QSize) -> QImage:  # noqa: N802 - Qt's name
        """Drawn at the size that is asked for."""
        if requested.width() <= 0 or requested.height() <= 0:
            return self._nothing
        size.setWidth(requested.width())
        size.setHeight(requested.height())
        key = (name, requested.width(), requested.height())
        image = self._drawn.pop(key, None)
        if image is None:
            image = self._draw(name, requested)
            self._bytes += image.sizeInBytes()
        self._drawn[key] = image  # the newest last
        while len(self._drawn) > KEPT or self._bytes > MOST_BYTES:
            self._bytes -= self._drawn.pop(next(iter(self._drawn))).sizeInBytes()
        return image

    def _draw(self, name: str, wanted: QSize) -> QImage:
        drawing, _, colour = name.partition("/")
        text = (self._folder / f"{drawing}.svg").read_text("utf-8").replace("currentColor", f"#{colour}")
        image = QImage(wanted, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(0, 0, wanted.width(), wanted.height()))
        painter.end()
        return image
