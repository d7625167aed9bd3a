"""Files from people: pictures and voice notes, made anew or checked, kept by their hash, shown only to who may.

    <data>/desk-files/new/<random>         being written
    <data>/desk-files/<aa>/<sha256>        whole, synced, renamed into place; then its row

A file that belongs to nothing goes after a day. What belongs to what, stands in `office.desk.file_rows`.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from office.desk import file_rows, pictures, sounds
from office.desk.desk import Desk
from office.desk.door import Access, Door, Visit
from office.desk.file_rows import FileRef
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people.accounts import Person
from office.desk.people.roles import Permission
from office.web import FilePart, Reply, said
from sync.blobs import Part as BytePart
from sync.blobs import RangeError, content_range, is_name, read_range

BRINGERS = frozenset({Permission.CASES_WORK, Permission.ROUND, Permission.ALARMS_WORK, Permission.CONTENT_EDIT})
"""Whose work has pictures."""

SWEEP_S = 3600.0
AT_ONCE = 1
"""Decoding of a picture takes a core and up to 200 MB for a second."""

OCTETS = "application/octet-stream"
BRING = "Bring a picture (JPEG, PNG, WebP) or a voice note (WAV, Ogg Opus) as it is; what is kept is made anew"
SHOW = "A kept file, to who may see what it belongs to"
PICTURE = "image/jpeg"

MaySee = Callable[[sqlite3.Connection, Person, str], bool]


class Files(Part):
    """Keeps and serves them. `rules` say for each kind of `about` who may see; other parts may put theirs in."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.folder = desk.config.desk_database.parent / "desk-files"
        self._blobs = desk.config.database.parent / "blobs" / "whole"
        self._decoding = asyncio.Semaphore(AT_ONCE)
        self._moving = asyncio.Lock()
        self.rules: dict[str, MaySee] = {
            "account": lambda _, who, id_: who.id == id_,
            "case": needs(Permission.CASES_SEE),
            "alarm": needs(Permission.ALARMS_SEE),
            "errand": needs(Permission.ALARMS_SEE),
        }

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        return (
            Door("PUT", "/v1/files", self.put, Access.SIGNED_IN, BRING, asks=OCTETS, answers=FileRef),
            Door("GET", "/v1/files/{sha256}", self.get, Access.SIGNED_IN, SHOW, answers=OCTETS),
        )

    async def run(self) -> None:
        """See `Part`."""
        await self.tidy()
        while True:
            await self.sweep()
            await asyncio.sleep(SWEEP_S)

    async def keep(self, content: bytes, by: str = "") -> FileRef:
        """A picture or a voice note, by what it begins with. `by` is the account that brings it. Raises Mistake."""
        if sounds.is_sound(content):
            return await self.keep_sound(content, by)
        return await self.keep_picture(content, by)

    async def keep_picture(self, content: bytes, by: str = "", blob: str = "") -> FileRef:
        """Made anew, without what else came in its file. On disk when this returns. Raises Mistake."""
        async with self._decoding:
            try:
                picture = await asyncio.to_thread(pictures.renewed, content)
            except pictures.NotAPicture as reason:
                raise Mistake(reason.zh, reason.en, 415) from None
        return await self._keep(picture.content, PICTURE, picture.width, picture.height, by, blob)

    async def keep_sound(self, content: bytes, by: str = "", blob: str = "") -> FileRef:
        """Its container checked. On disk when this returns. Raises Mistake."""
        async with self._decoding:
            try:
                sound = await asyncio.to_thread(sounds.checked, content)
            except sounds.NotASound as reason:
                raise Mistake(reason.zh, reason.en, 415) from None
        return await self._keep(sound.content, sound.type, 0, 0, by, blob)

    async def from_blob(self, sha256: str) -> FileRef | None:
        """What a kiosk sent to the receiver, taken over; None while it is not there. Raises Mistake when it is bad."""
        if not is_name(sha256):
            raise Mistake("文件名不对", "this is not the name of a file", 400)
        if (known := await self.desk.look(partial(file_rows.made_of, blob=sha256))) is not None:
            return known
        try:
            content = await asyncio.to_thread(_read, self._blobs / sha256[:2] / sha256, pictures.LARGEST)
        except FileNotFoundError:
            return None
        if sounds.is_sound(content):
            return await self.keep_sound(content, blob=sha256)
        return await self.keep_picture(content, blob=sha256)

    def path(self, sha256: str) -> Path:
        """Where it lies."""
        assert is_name(sha256)
        return self.folder / sha256[:2] / sha256

    async def sweep(self) -> int:
        """Remove what belonged to nothing for a day; how many."""
        async with self._moving:
            gone = await self.desk.change(partial(file_rows.sweep, at=self.desk.now()))
            for sha256 in gone:
                await asyncio.to_thread(self.path(sha256).unlink, missing_ok=True)
        return len(gone)

    async def tidy(self) -> None:
        """Remove what a stop left half written, and whole files whose row was never written."""
        async with self._moving:
            known = await self.desk.look(file_rows.names)
            await asyncio.to_thread(_tidy, self.folder, known)

    async def put(self, visit: Visit) -> Reply:
        """Keep what is brought."""
        if not visit.who.may & BRINGERS:
            raise Mistake("您没有上传的权限", "you may not bring files", 403, code="may-not")
        content = await visit.ask.content(most=pictures.LARGEST)
        return said(await self.keep(content, visit.who.id))

    async def get(self, visit: Visit) -> Reply:
        """Serve it; who may not see it learns no more than that it is not there."""
        sha256 = visit.name("sha256")
        file = await self.desk.look(partial(self._seen, visit.who, sha256)) if is_name(sha256) else None
        if file is None:
            raise missing("文件", "file")
        shown = "inline" if file.type == PICTURE else "attachment"
        name = f"{file.sha256[:12]}.{file.type.rpartition('/')[2]}"
        headers = {
            "Content-Disposition": f'{shown}; filename="{name}"',
            "Accept-Ranges": "bytes",
            "ETag": f'"{file.sha256}"',
            "Cross-Origin-Resource-Policy": "same-origin",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        try:
            part = read_range(visit.ask.headers.get("Range"), file.size)  # a player that seeks in a voice note asks so
        except RangeError as reason:
            raise Mistake("没有这一段", str(reason), 416) from None
        whole = part or BytePart(0, file.size - 1, file.size)
        headers |= {"Content-Range": content_range(part)} if part else {}
        content = FilePart(self.path(sha256), whole.first, whole.length)
        return Reply(206 if part else 200, headers=headers, file=content, content_type=file.type)

    def _seen(self, who: Person, sha256: str, conn: sqlite3.Connection) -> FileRef | None:
        for about in file_rows.abouts(conn, sha256):
            kind, _, id_ = about.partition(":")
            rule = self.rules.get(kind)
            if rule is not None and rule(conn, who, id_):
                return file_rows.ref(conn, sha256)
        return None

    async def _keep(self, content: bytes, type_: str, width: int, height: int, by: str, blob: str) -> FileRef:
        file = FileRef(hashlib.sha256(content).hexdigest(), type_, len(content), width, height)
        async with self._moving:
            await asyncio.to_thread(_write, self.folder / "new", self.path(file.sha256), content)
            at = self.desk.now()
            await self.desk.change(partial(file_rows.keep, at=at, file=file, by=by, blob=blob))
        return file


def needs(permission: Permission) -> MaySee:
    """Everyone with that permission."""
    return lambda _conn, who, _id: permission in who.may


def _write(new: Path, whole: Path, content: bytes) -> None:
    """Into place for good: content and name are on disk when this returns."""
    if whole.exists() and whole.stat().st_size == len(content):
        return
    new.mkdir(parents=True, exist_ok=True)
    whole.parent.mkdir(exist_ok=True)
    part = new / secrets.token_hex(8)
    with part.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(whole)
    for folder in (whole.parent, whole.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _read(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        return file.read(most + 1)


def _tidy(folder: Path, known: frozenset[str]) -> None:
    for path in folder.glob("*/*"):
        if path.parent.name == "new" or (is_name(path.name) and path.name not in known):
            path.unlink()
