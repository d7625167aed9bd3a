"""Reads content from the gateway, on the thread of `local`, and keeps the last whole version for a start without it.

    loading = Loading(Path("/var/lib/linli-kiosk"))
    loading.kept()                              # Services of the last run, or None
    local.looks.append(loading.look())          # posted as "services"

Texts are fetched by the hashes of one manifest, so that a version that changes meanwhile cannot mix with another; what
has not its hash is refused. A version that cannot be read is reported once and the last one stays.
"""

from __future__ import annotations

import base64
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from kiosk_ui.content import JSON, MOST_BYTES, Contents, Services, read
from kiosk_ui.local import Api, Look
from sync.contract.envelope import ContractError, Struct, decode, encode
from sync.contract.kiosk import ContentFile
from sync.contract.services import CONTENT
from sync.unix_http import Unreachable

log = logging.getLogger("linli.kiosk")

NEWS = "services"
FILE = "services.json"
MOST_PICTURE = 12 << 20
"""Of a picture's file."""


class _Seen(Struct, frozen=True):
    """Of `GET /v1/content/services`."""

    version: str | None
    files: list[ContentFile]
    wanted: str | None = None


class _Kept(Struct, frozen=True):
    """The file on disk."""

    version: str
    files: list[ContentFile]
    texts: dict[str, str]
    """Name to base64."""


class Loading:
    """`folder` None: nothing is kept over a restart."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = folder / FILE if folder is not None else None
        self._last: Services | None = None

    def look(self) -> Look:
        """For `Local.looks`."""
        return Look(NEWS, ("content",), self.fetch)

    def fetch(self, api: Api) -> Services:
        """The version in force. Raises ContractError when it cannot be shown, and Unreachable."""
        seen = api.get(f"content/{quote(CONTENT, safe='')}", _Seen)
        if seen is None or seen.version is None:
            coming = seen is not None and seen.wanted is not None
            self._last = self._last if coming and self._last is not None else Services()
            return self._last
        if self._last is None or seen.version != self._last.version:
            texts = _texts(api, seen.files)
            self._last = read(seen.version, seen.files, texts)
            self._keep(seen.version, seen.files, texts)
        return self._last

    def kept(self) -> Services | None:
        """The last whole version of an earlier run; None if there is none that can be read."""
        if self._file is None or not self._file.exists() or self._file.stat().st_size > 2 * MOST_BYTES:
            return None
        try:
            found = decode(self._file.read_bytes(), _Kept)
            texts = {name: base64.b64decode(text) for name, text in found.texts.items()}
            _check(found.files, texts)
            return read(found.version, found.files, texts)
        except (OSError, ContractError, ValueError) as error:
            log.warning("the content that was kept cannot be read: %s", error)
            return None

    def _keep(self, version: str, files: Sequence[ContentFile], texts: Mapping[str, bytes]) -> None:
        if self._file is None:
            return
        encoded = {name: base64.b64encode(text).decode("ascii") for name, text in texts.items()}
        new = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with new.open("wb") as file:
                file.write(encode(_Kept(version, list(files), encoded)))
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._file)
        except OSError as error:
            log.warning("content cannot be kept for a start without the gateway: %s", error)


def _texts(api: Api, files: Sequence[ContentFile]) -> dict[str, bytes]:
    wanted = [file for file in files if file.name.endswith(JSON)]
    if sum(file.size for file in wanted) > MOST_BYTES:
        raise ContractError(f"content of more than {MOST_BYTES} bytes")
    found: dict[str, bytes] = {}
    for file in wanted:
        status, body = api.send("GET", f"blob/{quote(file.sha256, safe='')}")
        if status != 200:
            raise ContractError(f"{file.name}: status {status}")
        found[file.name] = body
    _check(files, found)
    return found


def _check(files: Sequence[ContentFile], texts: Mapping[str, bytes]) -> None:
    for file in files:
        text = texts.get(file.name)
        if file.name.endswith(JSON) and (text is None or _sha256(text) != file.sha256):
            raise ContractError(f"{file.name} is not the file of this version")


def folder(path: Path) -> tuple[Services, dict[str, Path]]:
    """Drafts as files in a folder, and where each picture lies by its hash. Raises ContractError and OSError."""
    texts, files, places = {}, [], {}
    for file in sorted(found for found in path.rglob("*") if found.is_file()):
        content = file.read_bytes()
        name, sha256 = file.relative_to(path).as_posix(), _sha256(content)
        files.append(ContentFile(name, sha256, len(content)))
        places[sha256] = file
        if name.endswith(JSON):
            texts[name] = content
    return read("draft", files, texts), places


def photo_fetch(api: Api, contents: Contents) -> Callable[[str], bytes | None]:
    """Gets a picture of the version that is shown, on any thread; None where there is none or it is too large."""

    def fetch(sha256: str) -> bytes | None:
        if not 0 < contents.newest.size_of(sha256) <= MOST_PICTURE:
            return None
        try:
            status, body = api.send("GET", f"blob/{quote(sha256, safe='')}")
        except Unreachable:
            return None
        return body if status == 200 else None

    return fetch


def _sha256(content: bytes) -> str:
    import hashlib  # noqa: PLC0415 - loads OpenSSL, which the first screen has no use for

    return hashlib.sha256(content).hexdigest()
