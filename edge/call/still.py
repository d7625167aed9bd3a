"""A still of a paper: taken in full size, onto the own screen, and to the page in pieces. Kept nowhere else."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable

from edge.call.camera import Camera
from edge.call.picture import CameraError, Picture, PictureError
from edge.call.pictures import jpeg
from edge.call.screen import ShownFrames
from sync.contract.call_data import CHUNK, MAX_STILL, StillBegin
from sync.contract.call_screen import Still
from sync.contract.envelope import encode

WAITING = 256 * 1024
"""So much may wait on the channel: a text in big letters must not queue behind two megabytes."""
PAUSE_S = 0.01
SEND_S = 30.0


class StillError(RuntimeError):
    """No still; `what` is a word of `call_data.Cannot`."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"no still: {what}")


class StillTaker:
    """One at a time; a new one replaces the one before."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._shown: ShownFrames | None = None

    async def take(self) -> tuple[Still, bytes]:
        """What the screen shows, and the JPEG for the page. Raises StillError."""
        if not self._camera.wanted:
            raise StillError("camera")
        try:
            picture = await asyncio.to_thread(self._camera.still)
            data = await asyncio.to_thread(jpeg, picture, MAX_STILL)
        except (CameraError, PictureError):
            raise StillError("camera") from None
        if not data:
            raise StillError("camera")
        return self._show(picture), data

    def drop(self) -> None:
        """Forget it."""
        shown, self._shown = self._shown, None
        if shown is not None:
            shown.close()

    def _show(self, picture: Picture) -> Still:
        self.drop()
        self._shown = ShownFrames("still")
        if not self._shown.show(picture):
            raise StillError("camera")
        return Still(self._shown.path, picture.width, picture.height)


async def send(still: Still, data: bytes, message: Callable[[bytes | str], bool], unsent: Callable[[], int]) -> bool:
    """Announce it and send it in pieces, as fast as the line takes them; whether all of it went."""
    digest = hashlib.sha256(data).hexdigest()
    begin = StillBegin(secrets.token_hex(8), still.width, still.height, len(data), digest)
    try:
        async with asyncio.timeout(SEND_S):
            if not message(encode(begin).decode()):
                return False
            for at in range(0, len(data), CHUNK):
                while unsent() > WAITING:  # noqa: ASYNC110 - the channel has no other way to say it
                    await asyncio.sleep(PAUSE_S)
                if not message(data[at : at + CHUNK]):
                    return False
    except TimeoutError:
        return False
    return True
