"""The part of the receiver's own API through which content for every kiosk comes: first files, then a manifest.

PUT    /v1/blobs/<sha256>       the bytes of one file; 204
PUT    /v1/content/<name>       {"version", "files": [{"name", "sha256", "size", "type"}]}; 204, published retained
DELETE /v1/content/<name>       no kiosk shall have it any more
GET    /v1/content              what there is
"""

from __future__ import annotations

import asyncio
import secrets
from functools import partial
from pathlib import Path

from office import contents
from office.blobs import Blobs
from office.receiver import Receiver
from office.store import Store
from office.web import Ask, Refused, Reply, Route, said
from sync.blobs import is_name
from sync.contract.kiosk import CONTENT_NAME, Manifest

LARGEST = 512 << 20
MOST_FILES = 2000
"""A gateway takes no more (edge/content.py)."""


class ContentDoor:
    """The handlers; `routes` names them. `folder` is for files on their way; without `blobs` kiosks fetch none."""

    def __init__(self, store: Store, receiver: Receiver, blobs: Blobs | None, folder: Path) -> None:
        self._store, self._receiver, self._blobs, self._folder = store, receiver, blobs, folder

    def routes(self) -> list[Route]:
        """Method, path, handler."""
        return [
            ("GET", "/v1/content", self.listed),
            ("PUT", "/v1/blobs/{sha256}", self.bring),
            ("POST", "/v1/content-missing", self.missing),
            ("PUT", "/v1/content/{name:.+}", self.put),
            ("DELETE", "/v1/content/{name:.+}", self.end),
        ]

    async def listed(self, _: Ask) -> Reply:
        """All contents with what was published."""
        found = await self._store.look(contents.every)
        return said([{"name": each.name, "manifest": each.manifest, "at": each.at} for each in found])

    async def bring(self, ask: Ask) -> Reply:
        """A file for every gateway. Doing it twice is the same as once."""
        sha256, blobs = ask.names["sha256"], self._open()
        if not is_name(sha256):
            raise Refused("a blob is named by the 64 lower case hex digits of its SHA-256", 404)
        path = self._folder / f"content.{secrets.token_hex(8)}"
        try:
            await _write(path, ask)
            await blobs.publish(path, sha256)
        except ValueError:
            raise Refused("these bytes do not have this hash", 422) from None
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        return Reply(204)

    async def missing(self, ask: Ask) -> Reply:
        """Hashes of a manifest's files that are not here yet: bring these."""
        self._open()
        manifest = await ask.message(Manifest)
        return said(await self._store.look(partial(contents.missing_hashes, manifest=manifest)))

    async def put(self, ask: Ask) -> Reply:
        """Kept, then published; refused while a file of it is not here."""
        self._open()
        name, manifest = _name(ask), await ask.message(Manifest)
        if not manifest.version or len(manifest.files) > MOST_FILES:
            raise Refused(f"a manifest has a version and at most {MOST_FILES} files")
        missing = await self._store.look(partial(contents.missing, manifest=manifest))
        if missing:
            raise Refused(f"bring these files first: {', '.join(missing[:5])}", 409)
        await self._keep(name, manifest)
        return Reply(204)

    async def end(self, ask: Ask) -> Reply:
        """An empty retained message, kept until every broker has it."""
        await self._keep(_name(ask), None)
        return Reply(204)

    async def _keep(self, name: str, manifest: Manifest | None) -> None:
        gone = await self._store.set_content(name, manifest)
        self._receiver.publish_content(contents.Content(name, manifest))
        if self._blobs is not None:
            for sha256 in gone:
                await asyncio.to_thread(self._blobs.path(sha256).unlink, missing_ok=True)

    def _open(self) -> Blobs:
        if self._blobs is None:
            raise Refused(
                "the receiver has no blob door (`blobs` in office.yaml), so kiosks could not fetch files", 409
            )
        return self._blobs


async def _write(path: Path, ask: Ask) -> None:
    """Piece by piece: a video is larger than what a receiver should hold. Raises Refused."""
    size = 0
    file = await asyncio.to_thread(path.open, "wb")
    try:
        async for chunk in ask.body():
            size += len(chunk)
            if size > LARGEST:
                raise Refused(f"a file has at most {LARGEST >> 20} MB", 413)
            await asyncio.to_thread(file.write, chunk)
    finally:
        await asyncio.to_thread(file.close)


def _name(ask: Ask) -> str:
    name = ask.names["name"]
    if not CONTENT_NAME.fullmatch(name):
        raise Refused("a content is named by lower case letters, digits and dashes, in up to four parts")
    return name
