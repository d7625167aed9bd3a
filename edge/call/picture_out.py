"""The picture on its way out: the camera's newest, onto the own screen, scaled, encoded, to the peer. One thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from edge.call.adapt import Rung
from edge.call.camera import Camera
from edge.call.lips import picture_timestamp
from edge.call.picture import Picture
from edge.call.pictures import Encoder, scaled
from edge.call.screen import ShownFrames

log = logging.getLogger("linli.call")

WAIT_S = 0.25
JOIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be sent."""

    rung: Rung
    bit_rate: int


class PictureOut:
    """`send(data, timestamp)` and `failed()` are called from its thread; `may_send()`: the peer takes one."""

    def __init__(
        self,
        camera: Camera,
        own: ShownFrames,
        may_send: Callable[[], bool],
        send: Callable[[bytes, int], None],
        failed: Callable[[], None],
    ) -> None:
        self.wanted: Wanted | None = None
        """None: nothing is sent; the own picture is shown all the same."""
        self._camera, self._own = camera, own
        self._may_send, self._send, self._failed = may_send, send, failed
        self._key = threading.Event()
        self._ends = threading.Event()
        self._encoder: Encoder | None = None
        self._due_ns = 0
        self._thread = threading.Thread(target=self._run, name="picture out", daemon=True)
        self._thread.start()

    def key(self) -> None:
        """The next one is a key picture."""
        self._key.set()

    def end(self) -> None:
        """No more, from the next picture on: to be said before the camera is closed, which wakes who waits for one."""
        self._ends.set()

    def close(self) -> None:
        """No more; the own picture leaves the screen."""
        self.end()
        self._thread.join(JOIN_S)

    def _run(self) -> None:
        seen_ns = 0
        try:
            while not self._ends.is_set():
                picture = self._camera.newest(seen_ns, WAIT_S)
                if picture is None:
                    if not self._camera.wanted:
                        self._own.close()
                    continue
                seen_ns = picture.at_ns
                self._own.show(picture)
                self._perhaps_send(picture)
        except Exception as error:  # noqa: BLE001 - supervision of a thread that holds a codec
            log.critical("the picture going out met a fault: %s", type(error).__name__)
            self._failed()
        finally:
            self._own.close()

    def _perhaps_send(self, picture: Picture) -> None:
        wanted = self.wanted
        if wanted is None:
            self._encoder = None
            return
        if not self._may_send() or picture.at_ns < self._due_ns:
            return
        step_ns = 1_000_000_000 // wanted.rung.frames_s
        # A quarter early is in time: the camera's pace is not the rung's.
        self._due_ns = max(self._due_ns, picture.at_ns - step_ns) + step_ns - step_ns // 4
        width, height = _fitting(picture, wanted.rung)
        encoder = self._encoder
        if encoder is None or (encoder.width, encoder.height, encoder.bit_rate) != (width, height, wanted.bit_rate):
            encoder = self._encoder = Encoder(width, height, wanted.bit_rate, wanted.rung.frames_s)
        key = self._key.is_set()
        self._key.clear()
        timestamp = picture_timestamp(picture.at_ns)
        if data := encoder.encode(scaled(picture, width, height), timestamp, key=key):
            self._send(data, timestamp)


def _fitting(picture: Picture, rung: Rung) -> tuple[int, int]:
    """The rung's size in the shape of the camera."""
    share = min(rung.width / picture.width, rung.height / picture.height, 1.0)
    return int(picture.width * share) // 2 * 2, int(picture.height * share) // 2 * 2
