"""Content of the kiosk: what the centre wants shown, and what is in force here because every file of it is here.

A version is in force whole or not at all; until the next is complete, the last stays. Manifests arrive retained on
`content/<name>`, files come through the blob door.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial

from edge.blob_carrier import Wanted
from edge.blobs import BlobStore
from sync.blobs import is_name
from sync.contract.envelope import ContractError, Struct, decode, encode
from sync.contract.kiosk import CONTENT_NAME, ContentFile, Manifest
from sync.contract.topics import ROOT
from sync.store import Store

log = logging.getLogger("linli.content")

MIGRATIONS: list[tuple[str, str]] = [
    (
        "0043-content",
        "CREATE TABLE content (name TEXT PRIMARY KEY, in_force BLOB, wanted BLOB) WITHOUT ROWID;",
    ),
]

PREFIX = f"{ROOT}/content/"
MAX_CONTENTS = 100
MAX_FILES = 2_000
KEPT_FREE = 16
"""One part of so many stays free of content: for pictures that are on their way up."""
_FILE_NAME = re.compile(r"[\w][\w.-]{0,99}(/[\w][\w.-]{0,99}){0,7}")


class ContentSeen(Struct, frozen=True):
    """One content: the version in force, and how far the wanted one has come when it is another."""

    name: str
    version: str | None
    files: list[ContentFile]
    wanted: str | None = None
    missing: int = 0
    reason: str = ""


class _Content(Struct):
    in_force: Manifest | None = None
    wanted: Manifest | None = None
    reason: str = ""


class ContentBook:
    """On the loop; `open` first."""

    def __init__(self, blobs: BlobStore, store: Store) -> None:
        self.on_change: Callable[[str], None] = lambda _name: None
        self._blobs, self._store = blobs, store
        self._by_name: dict[str, _Content] = {}
        blobs.guards.append(self._names)

    def open(self) -> None:
        """Read what is in force and wanted."""
        with closing(self._store.reader()) as conn:
            rows = conn.execute("SELECT name, in_force, wanted FROM content").fetchall()
        for name, in_force, wanted in rows:
            self._by_name[name] = _Content(
                decode(in_force, Manifest) if in_force else None, decode(wanted, Manifest) if wanted else None
            )
            self._promote(name)

    def take(self, topic: str, payload: bytes) -> str:
        """A manifest from the centre. Raises ContractError when it cannot be followed; all stays as it was then."""
        name = topic.removeprefix(PREFIX)
        if not CONTENT_NAME.fullmatch(name):
            raise ContractError(f"content of the name {name[:60]!r} cannot be")
        if not payload:
            self._by_name.pop(name, None)
            self._save(name)
            return name
        manifest = self._checked(decode(payload, Manifest), name)
        if name not in self._by_name and len(self._by_name) >= MAX_CONTENTS:
            raise ContractError(f"more than {MAX_CONTENTS} contents")
        content = self._by_name.setdefault(name, _Content())
        if manifest not in (content.in_force, content.wanted):
            content.wanted, content.reason = manifest, ""
            self._save(name)
            self._promote(name)
        return name

    def missing(self) -> list[Wanted]:
        """Files to fetch, also those in force that are gone from the disk."""
        wanted = {
            file.sha256: file.size
            for content in self._by_name.values()
            for manifest in (content.wanted, content.in_force)
            if manifest is not None
            for file in manifest.files
            if not self._blobs.has(file.sha256)
        }
        return [Wanted(name, size) for name, size in wanted.items()]

    def fetched(self, sha256: str, reason: str | None) -> None:
        """A file came, or (with the reason) cannot come."""
        for name, content in list(self._by_name.items()):
            if content.wanted is None or all(file.sha256 != sha256 for file in content.wanted.files):
                continue
            content.reason = reason or ""
            self._promote(name)

    def seen(self) -> list[ContentSeen]:
        """All of it, by name."""
        return [self._seen(name, content) for name, content in sorted(self._by_name.items())]

    def of(self, name: str) -> ContentSeen | None:
        """One content."""
        content = self._by_name.get(name)
        return None if content is None else self._seen(name, content)

    def file(self, name: str, file_name: str) -> ContentFile | None:
        """A file of the version in force, by its name there."""
        content = self._by_name.get(name)
        files = content.in_force.files if content is not None and content.in_force is not None else []
        return next((file for file in files if file.name == file_name), None)

    def type_of(self, sha256: str) -> str | None:
        """What kind of file that is, when it belongs to content in force."""
        manifests = [c.in_force for c in self._by_name.values() if c.in_force is not None]
        return next((file.type for m in manifests for file in m.files if file.sha256 == sha256), None)

    def _checked(self, manifest: Manifest, name: str) -> Manifest:
        if len(manifest.files) > MAX_FILES or len(manifest.version) > 100:
            raise ContractError(f"a version has at most {MAX_FILES} files and a name of 100 characters")
        for file in manifest.files:
            if not is_name(file.sha256) or not _FILE_NAME.fullmatch(file.name) or file.size < 0:
                raise ContractError(f"the file {file.name[:60]!r} needs a plain name, a hash and a size")
        self._fits(manifest, name)
        return manifest

    def _fits(self, manifest: Manifest, name: str) -> None:
        """Beside everything in force: the old version stays until the new one is whole."""
        others = [m for n, c in self._by_name.items() for m in ((c.in_force,) if n == name else (c.in_force, c.wanted))]
        kept = {file.sha256: file.size for other in others if other is not None for file in other.files}
        new = {file.sha256: file.size for file in manifest.files if file.sha256 not in kept}
        room = self._blobs.max_bytes - self._blobs.max_bytes // KEPT_FREE
        if sum(kept.values()) + sum(new.values()) > room:
            raise ContractError(
                f"version {manifest.version} does not fit: {_mb(new)} MB are new, {_mb(kept)} MB in use must stay, and"
                f" content may have {room >> 20} MB (storage.max_blobs_mb is {self._blobs.max_bytes >> 20})"
            )

    def _promote(self, name: str) -> None:
        """In force now, if nothing is missing."""
        content = self._by_name[name]
        if content.wanted is None or any(not self._blobs.has(file.sha256) for file in content.wanted.files):
            return
        content.in_force, content.wanted, content.reason = content.wanted, None, ""
        log.info("content %s %s is in force", name, content.in_force.version)
        self._save(name)
        self.on_change(name)

    def _save(self, name: str) -> None:
        content = self._by_name.get(name)
        if content is None:
            self._store.append([], None, [partial(_drop, name=name)])
            return
        stored = [None if m is None else encode(m) for m in (content.in_force, content.wanted)]
        self._store.append([], None, [partial(_write, name=name, in_force=stored[0], wanted=stored[1])])

    def _names(self) -> list[str]:
        manifests = [m for c in self._by_name.values() for m in (c.in_force, c.wanted) if m is not None]
        return [file.sha256 for manifest in manifests for file in manifest.files]

    def _seen(self, name: str, content: _Content) -> ContentSeen:
        wanted = content.wanted.files if content.wanted else []
        return ContentSeen(
            name,
            content.in_force.version if content.in_force else None,
            content.in_force.files if content.in_force else [],
            content.wanted.version if content.wanted else None,
            sum(not self._blobs.has(file.sha256) for file in wanted),
            content.reason,
        )


def _mb(sizes: dict[str, int]) -> int:
    """Rounded up: what does not fit must not look as if it did."""
    return -(-sum(sizes.values()) >> 20)


def _write(conn: sqlite3.Connection, name: str, in_force: bytes | None, wanted: bytes | None) -> None:
    conn.execute(
        """INSERT INTO content (name, in_force, wanted) VALUES (?, ?, ?)
           ON CONFLICT (name) DO UPDATE SET in_force = excluded.in_force, wanted = excluded.wanted""",
        (name, in_force, wanted),
    )


def _drop(conn: sqlite3.Connection, name: str) -> None:
    conn.execute("DELETE FROM content WHERE name = ?", (name,))
