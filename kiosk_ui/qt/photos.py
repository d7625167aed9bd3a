"""Pictures of content: `image://content/<sha256>`, fetched on Qt's own threads, in a cache with a bound.

A picture that cannot be read, or is absurdly large, is none: the words beside it stand alone.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtQml import QQmlImageProviderBase
from PySide6.QtQuick import QQuickImageProvider

Fetch = Callable[[str], bytes | None]
"""The bytes of that hash; None: there are none. Called on any thread."""

MOST_BYTES = 48 << 20
"""Of all pictures that are kept, as they are drawn."""
MOST_MB = 64
"""Of one while it is decoded: 16 million pixels."""
LARGEST = QSize(1600, 1600)


class Photos(QQuickImageProvider):
    """`fetch` may be exchanged while it is used."""

    def __init__(self, fetch: Fetch | None = None) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image, QQmlImageProviderBase.Flag.ForceAsynchronousImageLoading)
        self.fetch: Fetch = fetch or (lambda _name: None)
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int, int], QImage] = OrderedDict()
        self.bytes = 0

    def requestImage(self, name: str, size: QSize, requested: QSize) -> QImage:  # noqa: N802 - Qt's name
        """Scaled to what is asked for while it is read, so that a large one takes no more room than a small one."""
        key = (name, requested.width(), requested.height())
        with self._lock:
            image = self._kept.get(key)
            if image is not None:
                self._kept.move_to_end(key)
        if image is None:
            image = self._read(name, requested)
            self._keep(key, image)
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image

    def _read(self, name: str, requested: QSize) -> QImage:
        content = self.fetch(name)
        if not content:
            return QImage()
        data = QByteArray(content)
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        reader = QImageReader(buffer)
        reader.setAutoTransform(True)
        there = reader.size()
        if not there.isValid() or there.width() * there.height() * 4 > MOST_MB << 20:
            return QImage()
        wanted = requested if requested.width() > 0 and requested.height() > 0 else LARGEST
        fitting = there.scaled(wanted.boundedTo(LARGEST), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        if fitting.width() < there.width():
            reader.setScaledSize(fitting.boundedTo(LARGEST * 2))
        return reader.read()

    def _keep(self, key: tuple[str, int, int], image: QImage) -> None:
        if image.isNull():
            return
        with self._lock:
            if key not in self._kept:
                self._kept[key] = image
                self.bytes += image.sizeInBytes()
            while self.bytes > MOST_BYTES and self._kept:
                _, gone = self._kept.popitem(last=False)
                self.bytes -= gone.sizeInBytes()
