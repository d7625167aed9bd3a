"""Pictures from the call engine to the screen through shared memory: newest only, never a queue.

A file in /dev/shm, mapped by both; its name goes through `call_screen`. One writer, any number of readers, no lock:
each slot carries a number that is odd while it is written (a seqlock). A reader that was overtaken looks again.

    header, 64 bytes   "LLF1" | slot u32 | slots u32 | slot bytes u32 | count u64
    slot               number u64 | width u32 | height u32 | at_ns u64 | reserved u64 | I420: Y, U, V without padding
"""

from __future__ import annotations

import contextlib
import mmap
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Self

MAGIC = b"LLF1"
SLOTS = 3
MAX_WIDTH, MAX_HEIGHT = 1920, 1440
"""Enough for a still of a paper; a call has 640 by 480."""

_HEADER = struct.Struct("<4sIII Q")
_SLOT = struct.Struct("<QIIQQ")
HEADER, SLOT_HEADER = 64, _SLOT.size


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture: I420 planes one after the other. `count` rises by one with each frame written."""

    width: int
    height: int
    at_ns: int
    count: int
    planes: bytes


def size_of(width: int, height: int) -> int:
    """Bytes of an I420 picture. Raises ValueError for odd, empty or absurd sizes."""
    if width % 2 or height % 2 or not (0 < width <= MAX_WIDTH and 0 < height <= MAX_HEIGHT):
        raise ValueError(f"a frame of {width} by {height} pixels cannot be shown")
    return width * height * 3 // 2


class FrameWriter:
    """Owns the file: makes it for its user alone, removes it with `close`. Raises OSError when memory is short."""

    def __init__(self, path: Path, width: int, height: int) -> None:
        self.path = path
        self._bytes = SLOT_HEADER + size_of(width, height)
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o640)
        try:
            os.posix_fallocate(handle, 0, HEADER + SLOTS * self._bytes)
            self._map = mmap.mmap(handle, HEADER + SLOTS * self._bytes)
        finally:
            os.close(handle)
        self._count = 0
        self._map[: _HEADER.size] = _HEADER.pack(MAGIC, 0, SLOTS, self._bytes, 0)

    def write(self, width: int, height: int, planes: bytes | memoryview, at_ns: int) -> None:
        """Show this frame from now on. Raises ValueError when it is larger than the file was made for."""
        size = size_of(width, height)
        if len(planes) != size or SLOT_HEADER + size > self._bytes:
            raise ValueError(f"{len(planes)} bytes are no frame of {width} by {height} for this file")
        self._count += 1
        slot = self._count % SLOTS
        at = HEADER + slot * self._bytes
        self._map[at : at + SLOT_HEADER] = _SLOT.pack(self._count * 2 - 1, width, height, at_ns, 0)
        self._map[at + SLOT_HEADER : at + SLOT_HEADER + size] = bytes(planes)
        self._map[at : at + 8] = struct.pack("<Q", self._count * 2)
        self._map[: _HEADER.size] = _HEADER.pack(MAGIC, slot, SLOTS, self._bytes, self._count)

    def close(self) -> None:
        """Readers keep what they mapped; nobody else finds it."""
        self.path.unlink(missing_ok=True)
        self._map.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class FrameReader:
    """Looks at the newest frame. Raises OSError when the file is gone, ValueError when it is not one of ours."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if len(self._map) < HEADER or self._map[:4] != MAGIC:
            self._map.close()
            raise ValueError("not a file of frames")
        _, _, slots, self._bytes, _ = _HEADER.unpack(self._map[: _HEADER.size])
        if slots < 1 or self._bytes < SLOT_HEADER or len(self._map) < HEADER + slots * self._bytes:
            self._map.close()
            raise ValueError("a file of frames that was cut")
        self._slots = slots

    def newest(self, after: int = 0) -> Frame | None:
        """The newest frame, if it is newer than number `after`."""
        for _ in range(4):  # overtaken three times in a row would mean a writer faster than memory
            _, slot, _, _, count = _HEADER.unpack(self._map[: _HEADER.size])
            if count <= after or slot >= self._slots:
                return None
            frame = self._read(HEADER + slot * self._bytes)
            if frame is not None and frame.count > after:
                return frame
        return None

    def _read(self, at: int) -> Frame | None:
        number, width, height, at_ns, _ = _SLOT.unpack(self._map[at : at + SLOT_HEADER])
        with contextlib.suppress(ValueError):
            size = size_of(width, height)
            if number % 2 == 0 and SLOT_HEADER + size <= self._bytes:
                planes = self._map[at + SLOT_HEADER : at + SLOT_HEADER + size]
                if self._map[at : at + 8] == struct.pack("<Q", number):
                    return Frame(width, height, at_ns, number // 2, planes)
        return None

    def close(self) -> None:
        """Let the memory go."""
        self._map.close()
