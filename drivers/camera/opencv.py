"""Cameras on USB or CSI (V4L2) through OpenCV: the only file of the drivers that imports it.

Its own time-out of a read is ten seconds (`select` on the device); a camera that hangs the driver itself hangs this
thread, which the program notices and ends for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2

from drivers.camera.shot import SMALL_HEIGHT, SMALL_WIDTH, SourceError

QUALITIES = (90, 75, 60, 40, 20)
MIN_WIDTH = 160


class CvShot:
    """One picture, blue green red."""

    def __init__(self, picture: Any) -> None:
        self._picture = picture
        self.height, self.width = int(picture.shape[0]), int(picture.shape[1])

    def grey(self) -> bytes:
        """Scaled down by averaging."""
        small = cv2.resize(self._picture, (SMALL_WIDTH, SMALL_HEIGHT), interpolation=cv2.INTER_AREA)
        return bytes(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).tobytes())

    def jpeg(self, width: int, limit: int) -> bytes:
        """As good as fits; smaller when even the poorest does not."""
        width = min(width, self.width)
        while True:
            size = width, max(1, round(self.height * width / self.width))
            picture = self._picture
            if size[0] != self.width:
                picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            for quality in QUALITIES:
                data = bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())
                if len(data) <= limit:
                    return data
            if width <= MIN_WIDTH:
                return b""
            width //= 2


class CvSource:
    """An opened device. 1280 x 720 is asked for, as JPEG where it can; it gives what it has."""

    def __init__(self, device: str, backend: int | None = None) -> None:
        """Open. Raises SourceError."""
        self._capture: Any = cv2.VideoCapture(device, cv2.CAP_V4L2 if backend is None else backend)
        if not self._capture.isOpened():
            self._capture.release()
            raise SourceError(f"{device} cannot be opened as a camera")
        self._device = device
        fourcc = cv2.VideoWriter.fourcc(*"MJPG")
        wanted = ((cv2.CAP_PROP_FOURCC, fourcc), (cv2.CAP_PROP_FRAME_WIDTH, 1280), (cv2.CAP_PROP_FRAME_HEIGHT, 720))
        for what, value in wanted:
            self._capture.set(what, value)

    def shots(self) -> Iterator[CvShot]:
        """Pictures as they come."""
        while True:
            there, picture = self._capture.read()
            if not there:
                raise SourceError(f"{self._device} gives no picture")
            yield CvShot(picture)

    def close(self) -> None:
        """Let go of it."""
        self._capture.release()
