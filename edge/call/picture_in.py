"""The picture of the other end: frames of VP8 in, decoded in one thread, shown newest only."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

from edge.call.picture import Picture, PictureError
from edge.call.pictures import Decoder, scaled
from edge.call.screen import LARGEST, ShownFrames

log = logging.getLogger("linli.call")

MOST_WAITING = 60
JOIN_S = 2.0
SHOWN_FOR_S = 3.0
"""A picture that stands longer is no picture of now."""


class PictureIn:
    """Called from its thread: `torn()`, `failed()`, and `held_s()`, how long after its arrival a picture is shown."""

    def __init__(
        self,
        remote: ShownFrames,
        torn: Callable[[], None],
        failed: Callable[[], None],
        held_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.count = 0
        self.width = self.height = 0
        self.newest_s = float("-inf")
        self._remote, self._torn, self._failed, self._held_s = remote, torn, failed, held_s
        self._waiting: queue.Queue[tuple[bytes, float] | None] = queue.Queue(MOST_WAITING)
        self._lagging = False
        self._thread = threading.Thread(target=self._run, name="picture in", daemon=True)
        self._thread.start()

    def frame(self, data: bytes, *, key: bool) -> None:
        """A whole frame, in order."""
        if self._lagging and not key:
            return
        try:
            self._waiting.put_nowait((data, time.monotonic()))
            self._lagging = False
        except queue.Full:
            # This machine is too slow for it; the rest makes no sense before the next key picture.
            self._lagging = True
            self._torn()

    def path(self, now_s: float) -> str:
        """Where it is shown; empty when nothing has come for a while."""
        return self._remote.path if now_s - self.newest_s < SHOWN_FOR_S else ""

    def close(self) -> None:
        """No more; the picture leaves the screen."""
        while True:
            try:
                self._waiting.put_nowait(None)
                break
            except queue.Full:
                self._waiting.get_nowait()
        self._thread.join(JOIN_S)

    def _run(self) -> None:
        decoder = Decoder()
        try:
            while (item := self._waiting.get()) is not None:
                try:
                    picture = decoder.decode(item[0])
                except PictureError:
                    self._torn()
                    continue
                if picture is not None:
                    time.sleep(max(0.0, item[1] + self._held_s() - time.monotonic()))
                    self._show(picture)
        except Exception as error:  # noqa: BLE001 - supervision of a thread that holds a codec
            log.critical("the picture coming in met a fault: %s", type(error).__name__)
            self._failed()
        finally:
            self._remote.close()

    def _show(self, picture: Picture) -> None:
        most_width, most_height = LARGEST["remote"]
        if picture.width > most_width or picture.height > most_height:
            share = min(most_width / picture.width, most_height / picture.height)
            picture = scaled(picture, int(picture.width * share) // 2 * 2, int(picture.height * share) // 2 * 2)
        if self._remote.show(picture):
            self.count += 1
            self.width, self.height = picture.width, picture.height
            self.newest_s = time.monotonic()
