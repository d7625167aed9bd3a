"""Video frames for QML. Apart from the player, so that a start loads no multimedia."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickImageProvider


class LessonPictures(QQuickImageProvider):
    """`image://lesson/<anything new>`: the newest picture of what plays."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self.newest: Callable[[], QImage] = QImage

    def requestImage(self, _name: str, size: QSize, _requested: QSize) -> QImage:  # noqa: N802 - Qt's name
        """Empty: black."""
        image = self.newest()
        if image.isNull():
            image = QImage(16, 9, QImage.Format.Format_RGB32)
            image.fill(0)
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image
