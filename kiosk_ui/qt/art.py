"""Drawings in the colour of the look: `image://art/<name>/<colour without #>` from kiosk_ui/art/<name>.svg."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtQuick import QQuickImageProvider
from PySide6.QtSvg import QSvgRenderer

NOT_YET = QSize(1, 1)
"""Asked for while a place has no size yet."""
KEPT = 64
"""Drawings of two or three pages; drawing one takes a millisecond, which a page feels."""


class Art(QQuickImageProvider):
    """Every drawing is one SVG whose lines are `currentColor`."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._drawn: dict[tuple[str, int, int], QImage] = {}
        self._folder = Path(__file__).parents[1] / "art"

    def requestImage(self, name: str, size: QSize, requested: QSize) -> QImage:  # noqa: N802 - Qt's name
        """Drawn at the size that is asked for."""
        wanted = requested if requested.width() > 0 and requested.height() > 0 else NOT_YET
        size.setWidth(wanted.width())
        size.setHeight(wanted.height())
        key = (name, wanted.width(), wanted.height())
        image = self._drawn.pop(key, None) or self._draw(name, wanted)
        self._drawn[key] = image  # the newest last
        if len(self._drawn) > KEPT:
            del self._drawn[next(iter(self._drawn))]
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
