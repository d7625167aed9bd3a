"""QR codes: `image://qr/<text in UTF-8, as hex>`. What they hold is drawn when it is asked for and never kept."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickImageProvider

from kiosk_ui.qr import modules

QUIET = 4
"""Light modules around it (ISO/IEC 18004)."""


class Codes(QQuickImageProvider):
    """Each module comes out as a whole number of pixels, so that all are equally wide."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)

    def requestImage(self, text: str, size: QSize, requested: QSize) -> QImage:  # noqa: N802 - Qt's name
        """As large as it may be."""
        rows = modules(bytes.fromhex(text).decode())
        wide = len(rows) + 2 * QUIET
        image = QImage(wide, wide, QImage.Format.Format_Grayscale8)
        image.fill(Qt.GlobalColor.white)
        for y, row in enumerate(rows, QUIET):
            for x, dark in enumerate(row, QUIET):
                if dark:
                    image.setPixelColor(x, y, Qt.GlobalColor.black)
        times = max(1, min(requested.width(), requested.height()) // wide)
        drawn = image.scaled(wide * times, wide * times)
        size.setWidth(drawn.width())
        size.setHeight(drawn.height())
        return drawn
