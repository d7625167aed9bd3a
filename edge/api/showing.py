"""What a kiosk shows: presence of the departments, content in force, and its files."""

from __future__ import annotations

from edge.api import shapes
from edge.api.parts import Parts
from edge.api.refusal import Refused, Words, nothing
from edge.api.web import Ask, FilePart, Reply, said
from sync.blobs import Part, RangeError, content_range, is_name, read_range
from sync.contract.envelope import ContractError, decode
from sync.contract.kiosk import Presence

_BYTES = "application/octet-stream"


class ShowingApi:
    """Handlers."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._gateway = parts, parts.gateway

    async def kiosk(self, _: Ask) -> Reply:
        """The box's own settings for its screen: section `kiosk` of the configuration."""
        if self._gateway.config.kiosk is None:
            raise nothing("screen of this box", "屏幕设置")
        return said(self._gateway.config.kiosk)

    async def presences(self, _: Ask) -> Reply:
        """All departments."""
        return said(shapes.Presences(self._presences(), self._fresh()))

    async def presence(self, ask: Ask) -> Reply:
        """One department."""
        found = next((p for p in self._presences() if p.department == ask.names["department"]), None)
        if found is None:
            raise nothing("department the centre has spoken of", "科室，或中心尚未发布其状态")
        return said(found)

    async def contents(self, _: Ask) -> Reply:
        """All content, and how far a new version has come."""
        return said(shapes.Contents(self._parts.files.content.seen()))

    async def content(self, ask: Ask) -> Reply:
        """One content, by its name (which may have slashes)."""
        found = self._parts.files.content.of(ask.names["name"])
        if found is None:
            raise nothing("content", "内容")
        return said(found)

    async def content_file(self, ask: Ask) -> Reply:
        """A file of the version in force: `name` in the path, `file` in the query."""
        file = self._parts.files.content.file(ask.names["name"], ask.query.get("file", ""))
        if file is None:
            raise nothing("file of this content", "文件")
        return self._serve(file.sha256, file.type, ask)

    async def blob(self, ask: Ask) -> Reply:
        """A verified file, whole or a Range of it."""
        name = ask.names["sha256"]
        if not is_name(name):
            raise nothing("blob", "文件")
        return self._serve(name, self._parts.files.content.type_of(name) or _BYTES, ask)

    def _serve(self, sha256: str, kind: str, ask: Ask) -> Reply:
        blobs = self._parts.files.store
        size = blobs.size(sha256)
        if size is None:
            raise nothing("blob here (yet)", "文件，或尚未下载完成")
        try:
            part = read_range(ask.headers.get("Range"), size) if size else None
        except RangeError as error:
            raise Refused(416, "range", Words(str(error))) from None
        whole = part or Part(0, size - 1, size)
        headers = {
            "Accept-Ranges": "bytes",
            "ETag": f'"{sha256}"',
            "Cache-Control": "private, immutable",
            "Content-Security-Policy": "sandbox",
            **({"Content-Range": content_range(part)} if part else {}),
        }
        file = FilePart(blobs.path(sha256), whole.first, whole.length)
        return Reply(206 if part else 200, headers=headers, file=file, content_type=kind)

    def _fresh(self) -> bool:
        return self._gateway.link.connection.online

    def _presences(self) -> list[shapes.PresenceSeen]:
        found = []
        for department, payload in sorted(self._gateway.down.retained.under("presence/").items()):
            try:
                presence = decode(payload, Presence)
            except ContractError:  # of a newer centre; the screen shows what it can
                continue
            found.append(
                shapes.PresenceSeen(
                    department,
                    presence.there,
                    presence.waiting,
                    self._fresh(),
                    presence.free,
                    presence.wait_s,
                    presence.open,
                    presence.opens_at,
                )
            )
        return found
