"""The files of the page, as they lie in `office/page`: no build step, nothing from another host.

Read once at start; a browser asks each time whether its copy is still good (ETag) and is mostly told yes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from office.desk.door import Access, Door, Visit
from office.desk.mistake import missing
from office.web import Reply

FOLDER = Path(__file__).parent.parent / "page"

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(self)",
    "Strict-Transport-Security": "max-age=31536000",
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    type: str
    mark: str


class Pages:
    """Serves what lies in the folder and nothing else: the names are known before anyone asks."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _read(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in TYPES
        }

    def doors(self) -> list[Door]:
        """The shell at `/`, everything else by its name."""
        return [
            Door("GET", "/", self._shell, Access.ANYONE, "The page", answers="text/html"),
            Door("GET", "/page/{file:.+}", self._file, Access.ANYONE, "A file of the page", answers="text/plain"),
        ]

    def names(self) -> list[str]:
        """Of every file, with `/` between folders."""
        return list(self._files)

    def content(self, name: str) -> bytes:
        """What one of these files holds."""
        return self._files[name].content

    def reply(self, name: str, visit: Visit, **headers: str) -> Reply:
        """One file, or that it has not changed. Underscores in header names stand for dashes. Raises Mistake."""
        file = self._files.get(name)
        if file is None:
            raise missing("文件", "file")
        more = {**HEADERS, "ETag": file.mark, **{key.replace("_", "-"): text for key, text in headers.items()}}
        if visit.ask.headers.get("If-None-Match") == file.mark:
            return Reply(304, b"", more, content_type=file.type)
        return Reply(200, file.content, more, content_type=file.type)

    async def _shell(self, visit: Visit) -> Reply:
        return self.reply("index.html", visit)

    async def _file(self, visit: Visit) -> Reply:
        return self.reply(visit.name("file"), visit)


def _read(path: Path) -> _File:
    content = path.read_bytes()
    return _File(content, TYPES[path.suffix], f'"{hashlib.sha256(content).hexdigest()[:20]}"')
