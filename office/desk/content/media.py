"""Pictures, sound and video for kiosks: streamed to the disk, named by what they are, kept while something names them.

<data>/desk-media/new/<random>         being written
<data>/desk-media/<aa>/<sha256>        whole, synced, renamed into place; then its row
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import sqlite3
from collections.abc import AsyncIterator
from io import FileIO
from pathlib import Path

from office.desk.mistake import Mistake
from office.desk.people import audit
from sync.contract.envelope import Struct

LARGEST = 512 << 20
TOTAL = 20 << 30

KINDS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (4, b"ftyp", "video/mp4", "mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm", "webm"),
    (0, b"OggS", "audio/ogg", "ogg"),
    (0, b"ID3", "audio/mpeg", "mp3"),
    (0, b"\xff\xfb", "audio/mpeg", "mp3"),
    (8, b"WAVE", "audio/wav", "wav"),
    (0, b"%PDF-", "application/pdf", "pdf"),
)
"""By what a file begins with, not by what somebody calls it."""


class Media(Struct, frozen=True):
    """A file that items can name."""

    name: str
    type: str
    size: int


class MediaFolder:
    """The files; rows are the caller's, through `keep`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Where it lies."""
        return self._folder / sha256[:2] / sha256

    async def take(self, body: AsyncIterator[bytes]) -> tuple[str, Media]:
        """Hash and what it is; on disk when this returns. Raises Mistake, and then nothing is kept."""
        new = self._folder / "new" / secrets.token_hex(16)
        await asyncio.to_thread(new.parent.mkdir, parents=True, exist_ok=True)
        digest, size, first = hashlib.sha256(), 0, b""
        file = await asyncio.to_thread(new.open, "xb", 0)
        try:
            async for chunk in body:
                size += len(chunk)
                if size > LARGEST:
                    raise Mistake(f"文件最大 {LARGEST >> 20} MB", f"a file has at most {LARGEST >> 20} MB", 413)
                first = first or bytes(chunk[:16])
                digest.update(chunk)
                await asyncio.to_thread(_write, file, chunk)
            kind = next((k for k in KINDS if first[k[0] : k[0] + len(k[1])] == k[1]), None)
            if kind is None:
                zh = "只能是 JPEG、PNG、MP4、WebM、Ogg、MP3、WAV 或 PDF"
                raise Mistake(zh, "JPEG, PNG, MP4, WebM, Ogg, MP3, WAV or PDF only", 415)
            await asyncio.to_thread(os.fsync, file.fileno())
            sha256 = digest.hexdigest()
            await asyncio.to_thread(_move, new, self.path(sha256))
        finally:
            file.close()
            await asyncio.to_thread(new.unlink, missing_ok=True)
        return sha256, Media(f"m/{sha256[:16]}.{kind[3]}", kind[2], size)

    def sweep(self, kept: set[str]) -> int:
        """Remove what nothing names, and what was never finished. On a thread."""
        gone = 0
        for path in self._folder.glob("??/*"):
            if path.name not in kept:
                path.unlink(missing_ok=True)
                gone += 1
        return gone


def keep(conn: sqlite3.Connection, at: int, actor: str, sha256: str, media: Media) -> None:
    """Its row. Raises Mistake when there is no room for more."""
    total = conn.execute("SELECT coalesce(sum(size), 0) FROM content_media").fetchone()[0]
    if total + media.size > TOTAL:
        raise Mistake("媒体空间已满,请先删掉不用的", "there is no room for more media", 507)
    row = (media.name, sha256, media.type, media.size, at, actor)
    if conn.execute("INSERT OR IGNORE INTO content_media VALUES (?,?,?,?,?,?)", row).rowcount:
        audit.note(conn, at, actor, "content.media", media.name, size=media.size)


def row(conn: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    """A file by the name that items give."""
    found: sqlite3.Row | None = conn.execute("SELECT * FROM content_media WHERE name=?", (name,)).fetchone()
    return found


def _write(file: FileIO, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[file.write(view) or 0 :]


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)
    for folder in (target.parent, target.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
