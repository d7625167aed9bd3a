"""The camera of a call: opened when a call wants it, newest picture only, let go at the end with its light.

One thread reads, because a driver may hang. What hangs or was pulled out is said as trouble; the call goes on with
sound, and the camera is tried again for as long as it is wanted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from edge.call.picture import CameraError, Picture

Connect = Callable[[int, int, int], Iterator[Picture]]
"""(width, height, frames a second) -> pictures; raises CameraError at once or later. Closing the iterator lets go."""

WIDTH, HEIGHT, FRAMES_S = 640, 480, 25
STILL_WIDTH, STILL_HEIGHT = 1600, 1200
STILL_SKIP = 4
"""A camera that was just opened is still finding out how bright it is."""
AGAIN_S = 2.0
HUNG_S = 3.0
JOIN_S = 0.3


class Camera:
    """`changed(open, trouble)` is called from the camera's thread."""

    def __init__(self, connect: Connect, changed: Callable[[bool, bool], None]) -> None:
        self._connect, self._changed = connect, changed
        self._news = threading.Condition()
        self._newest: Picture | None = None
        self._thread: _Reading | None = None

    @property
    def wanted(self) -> bool:
        """It was asked for."""
        return self._thread is not None

    def open(self) -> None:
        """From now on pictures come, if they can."""
        if self._thread is None:
            self._thread = _Reading(self, self._connect)
            self._thread.start()

    def close(self) -> None:
        """The light goes out. Returns within JOIN_S, also when the driver hangs."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.ends.set()
            with self._news:
                self._newest = None
                self._news.notify_all()
            thread.join(JOIN_S)

    def newest(self, after_ns: int, timeout_s: float) -> Picture | None:
        """The newest picture that is later than this, waited for."""
        with self._news:
            if self._newest is None or self._newest.at_ns <= after_ns:
                self._news.wait(timeout_s)
            picture = self._newest
        return picture if picture is not None and picture.at_ns > after_ns else None

    def still(self, timeout_s: float = 4.0) -> Picture:
        """One picture in full size. Blocks; pictures of the call pause meanwhile. Raises CameraError."""
        thread = self._thread
        if thread is None:
            raise CameraError("the camera is not open")
        return thread.still(timeout_s)

    def said(self, reading: _Reading, *, is_open: bool, trouble: bool) -> None:
        """From a reading thread; one that was let go has nothing to say any more."""
        if reading is self._thread:
            self._changed(is_open, trouble)

    def show(self, picture: Picture) -> None:
        """From the reading thread."""
        with self._news:
            self._newest = picture
            self._news.notify_all()


class _Reading(threading.Thread):
    """From opening to letting go, once and again."""

    def __init__(self, camera: Camera, connect: Connect) -> None:
        super().__init__(name="camera", daemon=True)
        self.ends = threading.Event()
        self._camera, self._connect = camera, connect
        self._still_wanted = threading.Event()
        self._still_there = threading.Event()
        self._stills: list[Picture] = []

    def run(self) -> None:
        """Until it ends."""
        while not self.ends.is_set():
            try:
                if self._still_wanted.is_set():
                    self._take_still()
                self._look()
            except CameraError:
                self._camera.said(self, is_open=False, trouble=True)
                self.ends.wait(AGAIN_S)

    def still(self, timeout_s: float) -> Picture:
        """From another thread."""
        self._stills.clear()
        self._still_there.clear()
        self._still_wanted.set()
        self._still_there.wait(timeout_s)
        self._still_wanted.clear()
        if not self._stills:
            raise CameraError("no still could be taken")
        return self._stills.pop()

    def _look(self) -> None:
        pictures = self._connect(WIDTH, HEIGHT, FRAMES_S)
        try:
            first = True
            for picture in pictures:
                if self.ends.is_set() or self._still_wanted.is_set():
                    return
                if first:
                    first = False
                    self._camera.said(self, is_open=True, trouble=False)
                self._camera.show(picture)
        finally:
            _close(pictures)

    def _take_still(self) -> None:
        pictures = self._connect(STILL_WIDTH, STILL_HEIGHT, FRAMES_S)
        try:
            until_s = time.monotonic() + HUNG_S
            for count, picture in enumerate(pictures):
                if count >= STILL_SKIP or time.monotonic() > until_s:
                    self._stills.append(picture)
                    break
        finally:
            _close(pictures)
            self._still_wanted.clear()
            self._still_there.set()


def _close(pictures: Iterator[Picture]) -> None:
    close = getattr(pictures, "close", None)
    if close is not None:
        close()
