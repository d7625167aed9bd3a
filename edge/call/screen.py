"""Pictures to the screen: shared memory, newest only, one file for each picture there is."""

from __future__ import annotations

import os
from pathlib import Path

from edge.call.picture import Picture
from sync.contract.frames import FrameWriter

FOLDER = Path("/dev/shm")  # noqa: S108 - shared memory is meant, and the contract names it
LARGEST = {"remote": (1280, 960), "own": (1280, 960), "still": (1920, 1440)}


class ShownFrames:
    """One of `LARGEST`. Written from one thread; `path` is empty while nothing is shown."""

    def __init__(self, what: str, folder: Path = FOLDER) -> None:
        self._file = folder / f"linli-{what}-{os.getpid()}-{id(self):x}"
        self._width, self._height = LARGEST[what]
        self._writer: FrameWriter | None = None
        self.shown = 0

    @property
    def path(self) -> str:
        """For the screen."""
        return str(self._file) if self._writer is not None else ""

    def show(self, picture: Picture) -> bool:
        """This one from now on; False for one that is too large or where memory is short."""
        if picture.width > self._width or picture.height > self._height:
            return False
        if self._writer is None:
            try:
                self._writer = FrameWriter(self._file, self._width, self._height)
            except OSError:
                return False
        self._writer.write(picture.width, picture.height, picture.planes, picture.at_ns)
        self.shown += 1
        return True

    def close(self) -> None:
        """Nothing is shown; the memory goes back."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()


def sweep(folder: Path = FOLDER) -> None:
    """Remove what an engine left that was killed: pictures of people."""
    for file in folder.glob("linli-*-*-*"):
        pid = file.name.split("-")[2]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            file.unlink(missing_ok=True)
