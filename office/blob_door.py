"""The blob door over HTTPS, as `sync/blobs.py` describes it. A gateway comes in under its certificate's name."""

from __future__ import annotations

from http import HTTPStatus

from office.blobs import Blobs, Put
from office.web import Ask, FilePart, Refused, Reply, Route, error
from sync.blobs import OFFSET, PATH, Part, RangeError, content_range, is_name, read_content_range, read_range
from sync.contract.topics import GATEWAY_NAME

_BYTES = "application/octet-stream"

_TEXTS = {
    Put.ELSEWHERE: "the part does not begin where we are, or another upload of it runs",
    Put.TOO_LARGE: "larger than one blob may be",
    Put.WRONG_HASH: "these bytes do not have this hash; everything was removed",
    Put.NO_ROOM: "the quota is used up",
}


def routes(blobs: Blobs) -> list[Route]:
    """HEAD, GET and PUT of a blob."""

    async def head(ask: Ask) -> Reply:
        sha256, gateway = _who(ask)
        size = await blobs.size_for(sha256, gateway)
        if size is None:
            return error(404, "not here", **{OFFSET: str(blobs.offset(sha256, gateway))})
        return Reply(200, file=FilePart(blobs.path(sha256), 0, size), headers=_headers(sha256), content_type=_BYTES)

    async def get(ask: Ask) -> Reply:
        sha256, gateway = _who(ask)
        size = await blobs.size_for(sha256, gateway)
        if size is None:
            return error(404, "not here")
        try:
            part = read_range(ask.headers.get("Range"), size)
        except RangeError as reason:
            return error(416, str(reason), Content_Range=f"bytes */{size}")
        whole = part or Part(0, size - 1, size)
        headers = _headers(sha256) | ({"Content-Range": content_range(part)} if part else {})
        file = FilePart(blobs.path(sha256), whole.first, whole.length)
        return Reply(206 if part else 200, headers=headers, file=file, content_type=_BYTES)

    async def put(ask: Ask) -> Reply:
        sha256, gateway = _who(ask)
        if ask.length is None:
            return error(411, "Content-Length is required")
        try:
            part = read_content_range(ask.headers.get("Content-Range"), ask.length)
        except RangeError as reason:
            return error(400, str(reason))
        outcome = await blobs.put(sha256, gateway, part, ask.body())
        offset = {OFFSET: str(blobs.offset(sha256, gateway))} if outcome in (Put.PART, Put.ELSEWHERE) else {}
        if outcome.value < HTTPStatus.BAD_REQUEST:
            return Reply(outcome.value, headers=offset)
        return error(outcome.value, _TEXTS[outcome], **offset)

    path = PATH + "{name}"
    return [("HEAD", path, head), ("GET", path, get), ("PUT", path, put)]


def _who(ask: Ask) -> tuple[str, str]:
    """Blob and gateway; nothing else ever becomes part of a path."""
    if not GATEWAY_NAME.fullmatch(ask.peer):
        raise Refused("the certificate's name is no gateway's", 403)
    if not is_name(ask.names["name"]):
        raise Refused("a blob is named by the 64 lower case hex digits of its SHA-256", 404)
    return ask.names["name"], ask.peer


def _headers(sha256: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{sha256}"',
        "Accept-Ranges": "bytes",
        "ETag": f'"{sha256}"',
        "Cache-Control": "private, immutable",
    }
