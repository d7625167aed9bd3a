"""Files of this gateway, named by what they are (SHA-256): pictures on their way to the centre, content from there.

    <folder>/parts/<sha256>        a download on its way, appended to; or a file being written
    <folder>/whole/<aa>/<sha256>   whole, its hash checked, synced, renamed into place

Bounded: beyond the bound the file longest unused goes, but never one that is guarded - a picture the centre has not
got, content in force. Used on the loop; file work runs in threads. Knows no network.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from sync.blobs import is_name

ABANDONED_S = 7 * 24 * 3600.0
"""A part nobody goes on with."""


class BlobsFull(OSError):  # noqa: N818 - reads as the state it is
    """There is no room, and nothing that may go."""


class BlobStore:
    """Keeps blobs. `open` first. `guards` give the names that must stay."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.used = 0
        self.guards: list[Callable[[], Iterable[str]]] = []
        self._parts, self._whole = folder / "parts", folder / "whole"
        self._sizes: dict[str, int] = {}
        self._last_used: dict[str, float] = {}
        self._unwanted: set[str] = set()

    def open(self) -> None:
        """Make the folders, see what is there. Raises OSError."""
        self._parts.mkdir(parents=True, exist_ok=True)
        self._whole.mkdir(parents=True, exist_ok=True)
        for path in self._parts.iterdir():
            if not is_name(path.name) or time.time() - path.stat().st_mtime > ABANDONED_S:
                path.unlink()
        for path in self._whole.glob("??/*"):
            if is_name(path.name):
                stat = path.stat()
                self._sizes[path.name], self._last_used[path.name] = stat.st_size, stat.st_mtime
        self.used = sum(self._sizes.values())

    def has(self, sha256: str) -> bool:
        """Whether it is here, whole."""
        return sha256 in self._sizes

    def size(self, sha256: str) -> int | None:
        """Its size, when it is here."""
        return self._sizes.get(sha256)

    def path(self, sha256: str) -> Path:
        """Where it lies; asking counts as use. Raises KeyError when it is not here, whatever the text is."""
        if sha256 not in self._sizes:
            raise KeyError(sha256)
        path = self._where(sha256)
        self._last_used[sha256] = time.time()
        os.utime(path)
        return path

    async def keep(self, data: bytes) -> str:
        """On disk when this returns; the name. Raises BlobsFull, OSError."""
        sha256 = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        self._unwanted.discard(sha256)
        if not self.has(sha256):
            self.make_room(len(data))
            part = self._parts / f"{sha256}.new"
            await asyncio.to_thread(_write, part, data)
            await self._into_place(part, sha256)
        return sha256

    def part(self, sha256: str) -> Path:
        """Where a download of it grows."""
        assert is_name(sha256), sha256
        return self._parts / sha256

    async def take_part(self, sha256: str) -> bool:
        """The download is complete: check it and make it visible; False (and removed) when the hash is another."""
        part = self.part(sha256)
        if await asyncio.to_thread(_hash, part) != sha256:
            await asyncio.to_thread(part.unlink)
            return False
        if not self.has(sha256):
            self.make_room(await asyncio.to_thread(lambda: part.stat().st_size))
            await self._into_place(part, sha256)
        return True

    def make_room(self, size: int) -> None:
        """Let the longest unused go until so much fits. Raises BlobsFull, and lets nothing go then."""
        over = self.used + size - self.max_bytes
        if over <= 0:
            return
        guarded = {name for names in self.guards for name in names()}
        free = sorted((at, name) for name, at in self._last_used.items() if name not in guarded)
        go: list[str] = []
        for _, name in free:
            if over <= 0:
                break
            go.append(name)
            over -= self._sizes[name]
        if over > 0:
            raise BlobsFull(f"blobs: no room for {size} bytes beside what must stay ({self.max_bytes} bytes in all)")
        for name in go:
            self.remove(name)

    def remove(self, sha256: str) -> None:
        """It is wanted no longer."""
        self._where(sha256).unlink(missing_ok=True)
        self.used -= self._sizes.pop(sha256, 0)
        self._last_used.pop(sha256, None)

    def let_go(self, sha256: str) -> None:
        """Whoever kept it wants it no more: it goes now, or (`tidy`) when nothing guards it any longer."""
        if self.has(sha256):
            self._unwanted.add(sha256)
            self.tidy()

    def tidy(self) -> None:
        """Remove what nobody wants and nothing guards any more."""
        if not self._unwanted:
            return
        guarded = {name for names in self.guards for name in names()}
        for name in self._unwanted - guarded:
            self._unwanted.discard(name)
            self.remove(name)

    async def _into_place(self, part: Path, sha256: str) -> None:
        size = await asyncio.to_thread(_move, part, self._where(sha256))
        self.used += size - self._sizes.get(sha256, 0)
        self._sizes[sha256], self._last_used[sha256] = size, time.time()

    def _where(self, sha256: str) -> Path:
        assert is_name(sha256), sha256
        return self._whole / sha256[:2] / sha256


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
        return found


def _move(part: Path, whole: Path) -> int:
    """Into place for good: the name is on disk when this returns its size."""
    whole.parent.mkdir(exist_ok=True)
    size = part.stat().st_size
    part.rename(whole)
    for folder in (whole.parent, whole.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return size
