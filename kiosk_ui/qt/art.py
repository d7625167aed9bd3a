"""Drawings in the colour of the look: `image://art/<name>/<colour without #>` from kiosk_ui/art/<name>.svg."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtQuick import QQuickImageProvider
from PySide6.QtSvg import QSvgRenderer

USUAL = QSize(128, 128)


class Art(QQuickImageProvider):
    """Every drawing is one SVG whose lines are `currentColor`."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._folder = files("kiosk_ui").joinpath("art")

    def requestImage(self, name: str, size: QSize, requested: QSize) -> QImage:  # noqa: N802 - Qt's name
        """Drawn at the size that is asked for."""
        drawing, _, colour = name.partition("/")
        text = self._folder.joinpath(f"{drawing}.svg").read_text("utf-8").replace("currentColor", f"#{colour}")
        wanted = requested if requested.width() > 0 and requested.height() > 0 else USUAL
        image = QImage(wanted, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(0, 0, wanted.width(), wanted.height()))
        painter.end()
        size.setWidth(wanted.width())
        size.setHeight(wanted.height())
        return image
