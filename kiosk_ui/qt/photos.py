"""Pictures of content: `image://content/<count>/<sha256>`, read on a thread of our own, in a cache with a bound.

Qt's own threads are not used: they hold a lock while they wait for Python, and Python waits for that lock whenever a
picture is let go. So nothing is drawn until the picture is there; then the count rises, and every picture is asked for
again. One that cannot be read, or is absurdly large, is none: the words beside it stand alone.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtQuick import QQuickImageProvider

Fetch = Callable[[str], bytes | None]
"""The bytes of that hash; None: there are none. Called on any thread."""

MOST_BYTES = 48 << 20
"""Of all pictures that are kept, as they are drawn."""
MOST_MB = 64
"""Of one while it is decoded: 16 million pixels."""
LARGEST = QSize(1600, 1600)


MOST_WANTED = 64
"""More than that stand on no screen; the oldest of them has gone."""
Key = tuple[str, int, int]


class Photos(QQuickImageProvider):
    """`fetch` may be exchanged while it is used; `arrived` is told the count, on the thread that reads."""

    def __init__(self, fetch: Fetch | None = None) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self.fetch: Fetch = fetch or (lambda _name: None)
        self.arrived: Callable[[int], None] = lambda _count: None
        self.bytes = 0
        self._changed = threading.Condition()
        self._kept: OrderedDict[Key, QImage] = OrderedDict()
        self._wanted: OrderedDict[Key, None] = OrderedDict()
        self._reading: Key | None = None
        self._count = 0
        self._closed = False
        self._thread: threading.Thread | None = None

    @property
    def waits(self) -> bool:
        """A picture is still being read."""
        with self._changed:
            return bool(self._wanted) or self._reading is not None

    def requestImage(self, name: str, size: QSize, requested: QSize) -> QImage:  # noqa: N802 - Qt's name
        """Scaled to what is asked for while it is read, so that a large one takes no more room than a small one."""
        key = (name.rpartition("/")[2], requested.width(), requested.height())
        with self._changed:
            image = self._kept.get(key)
            if image is not None:
                self._kept.move_to_end(key)
            else:
                self._want(key)
        image = image or _nothing()
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image

    def close(self) -> None:
        """Nobody is told of anything any more."""
        with self._changed:
            self._closed = True
            self._wanted.clear()
            self._changed.notify_all()

    def _want(self, key: Key) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="photos", daemon=True)
            self._thread.start()
        if key != self._reading:
            self._wanted[key] = None
            while len(self._wanted) > MOST_WANTED:
                self._wanted.popitem(last=False)
            self._changed.notify_all()

    # --- on the thread

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self._closed)
                if self._closed:
                    return
                self._reading = key = self._wanted.popitem(last=False)[0]
            image = self._read(key[0], QSize(key[1], key[2]))
            with self._changed:
                self._reading = None
                if image.isNull() or self._closed:  # one that is none is asked for again with the next screen
                    continue
                self._keep(key, image)
                self._count += 1
                self.arrived(self._count)

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

    def _keep(self, key: Key, image: QImage) -> None:
        if key not in self._kept:
            self._kept[key] = image
            self.bytes += image.sizeInBytes()
        while self.bytes > MOST_BYTES and self._kept:
            _, gone = self._kept.popitem(last=False)
            self.bytes -= gone.sizeInBytes()


def _nothing() -> QImage:
    """Nothing is drawn, and QML has nothing to warn of."""
    image = QImage(1, 1, QImage.Format.Format_ARGB32)
    image.fill(0)
    return image
