"""The office's end of the blob door: parts and whole files in a folder, who holds what, quotas. No HTTP here.

    <folder>/parts/<gateway>.<sha256>      an upload on its way, appended to
    <folder>/whole/<aa>/<sha256>           whole, its hash checked, synced, renamed into place

Names reach a path only after `is_name` and the pattern of gateways. File work runs in threads, one upload of a
file by a gateway at a time. The protocol is described in `sync/blobs.py`.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum
from hashlib import file_digest
from io import FileIO
from pathlib import Path

from office.store import Store
from sync.blobs import Part, is_name
from sync.contract.topics import GATEWAY_NAME

ABANDONED_S = 3 * 24 * 3600.0
"""A part nobody goes on with is removed after three days."""


class Put(Enum):
    """What became of a PUT."""

    THERE = 200
    WHOLE = 201
    PART = 202
    ELSEWHERE = 409
    TOO_LARGE = 413
    WRONG_HASH = 422
    NO_ROOM = 507


@dataclass(frozen=True, slots=True)
class Quota:
    """Bytes."""

    largest: int = 64 << 20
    of_gateway: int = 2 << 30
    total: int = 50 << 30


class Blobs:
    """Takes and gives blobs. `open` first."""

    def __init__(self, folder: Path, store: Store, quota: Quota) -> None:
        self._parts = folder / "parts"
        self._whole = folder / "whole"
        self._store = store
        self._quota = quota
        self._busy: set[Path] = set()
        self._publishing = asyncio.Lock()  # one part in the office's name: two who bring the same would write into it

    async def open(self) -> None:
        """Make the folders and remove what was abandoned."""
        await asyncio.to_thread(self._tidy)

    async def size_for(self, sha256: str, gateway: str) -> int | None:
        """Its size, when it is here and this gateway may read it."""
        return await self._store.blobs.size_for(sha256, gateway) if is_name(sha256) else None

    def path(self, sha256: str) -> Path:
        """Where it lies when it is whole."""
        return whole_at(self._whole.parent, sha256)

    def offset(self, sha256: str, gateway: str) -> int:
        """How much of this gateway's upload is kept."""
        try:
            return self._part(sha256, gateway).stat().st_size
        except FileNotFoundError:
            return 0

    async def there(self, sha256: str) -> bool:
        """Whether anyone has uploaded it."""
        return await self._store.blobs.is_there(sha256)

    async def put(self, sha256: str, gateway: str, part: Part, body: AsyncIterator[bytes]) -> Put:
        """Append a part; when it is the last, check the whole and make it visible."""
        if await self.there(sha256):
            return Put.THERE
        if part.total > self._quota.largest:
            return Put.TOO_LARGE
        path = self._part(sha256, gateway)
        if path in self._busy or part.first > self.offset(sha256, gateway):
            return Put.ELSEWHERE
        self._busy.add(path)
        try:
            if not await self._room(gateway, part, sha256):
                return Put.NO_ROOM
            return await self._append(sha256, gateway, part, body)
        finally:
            self._busy.discard(path)

    async def publish(self, source: Path, sha256: str) -> None:
        """A file of the office's own, for every gateway. Raises ValueError when the hash is another."""
        async with self._publishing:
            await asyncio.to_thread(_copy, source, self._part(sha256, "office"))
            if not await self._finish(sha256, "office", "*"):
                raise ValueError(f"{source} does not have the hash {sha256}")

    async def _append(self, sha256: str, gateway: str, part: Part, body: AsyncIterator[bytes]) -> Put:
        path = self._part(sha256, gateway)
        if part.first < self.offset(sha256, gateway):
            await asyncio.to_thread(os.truncate, path, part.first)
        file = await asyncio.to_thread(path.open, "ab", 0)
        try:
            async for chunk in body:
                await asyncio.to_thread(_write_all, file, chunk)
        finally:
            await asyncio.to_thread(_sync_and_close, file)
        size = self.offset(sha256, gateway)
        if size < part.total:
            return Put.PART
        if size == part.total and await self._finish(sha256, gateway, gateway):
            return Put.WHOLE
        await asyncio.to_thread(path.unlink, missing_ok=True)
        return Put.WRONG_HASH

    async def _finish(self, sha256: str, uploader: str, reader: str) -> bool:
        path = self._part(sha256, uploader)
        if await asyncio.to_thread(_hash, path) != sha256:
            return False
        size = path.stat().st_size
        await asyncio.to_thread(_move, path, self.path(sha256))
        await self._store.blobs.add(sha256, size, reader)
        return True

    async def _room(self, gateway: str, part: Part, sha256: str) -> bool:
        own, total = await self._store.blobs.used(gateway)
        waiting = await asyncio.to_thread(self._waiting, self._part(sha256, gateway).name)
        of_own = sum(size for name, size in waiting.items() if name.startswith(f"{gateway}."))
        return (
            own + of_own + part.total <= self._quota.of_gateway
            and total + sum(waiting.values()) + part.total <= self._quota.total
        )

    def _waiting(self, but: str) -> dict[str, int]:
        with os.scandir(self._parts) as entries:
            return {entry.name: entry.stat().st_size for entry in entries if entry.name != but}

    def _part(self, sha256: str, gateway: str) -> Path:
        assert is_name(sha256), sha256
        assert GATEWAY_NAME.fullmatch(gateway), gateway
        return self._parts / f"{gateway}.{sha256}"

    def _tidy(self) -> None:
        self._parts.mkdir(parents=True, exist_ok=True)
        self._whole.mkdir(parents=True, exist_ok=True)
        for path in self._parts.iterdir():
            if time.time() - path.stat().st_mtime > ABANDONED_S:
                path.unlink()


def whole_at(folder: Path, sha256: str) -> Path:
    """Where a whole blob lies in the folder of blobs."""
    assert is_name(sha256)
    return folder / "whole" / sha256[:2] / sha256


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _write_all(file: FileIO, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[file.write(view) :]


def _sync_and_close(file: FileIO) -> None:
    try:
        os.fsync(file.fileno())
    finally:
        file.close()


def _copy(source: Path, part: Path) -> None:
    with source.open("rb") as read, part.open("wb") as write:
        while chunk := read.read(1 << 20):
            write.write(chunk)
        write.flush()
        os.fsync(write.fileno())


def _move(part: Path, whole: Path) -> None:
    """Into place for good: the name is on disk when this returns."""
    whole.parent.mkdir(exist_ok=True)
    part.rename(whole)
    for folder in (whole.parent, whole.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
