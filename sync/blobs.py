"""The blob door: how files (pictures, voice notes, content) go between a gateway and the centre.

HTTPS with client certificates on both sides; the common name of the client's certificate is the gateway's name.
A blob is named by what it is, the SHA-256 of its bytes in 64 lower case hex digits:

    HEAD /blob/<sha256>     how far are you?
        200                 all of it is there; Content-Length is its size
        404 Upload-Offset   not there; that many bytes of *our* upload are kept (0: nothing)
    PUT  /blob/<sha256>     Content-Length is required
        whole:              no Content-Range, or `Content-Range: bytes 0-99/100`
        the rest:           `Content-Range: bytes 60-99/100`; first must be the Upload-Offset
        200                 it was there already; the body is not read
        201                 it is whole, its hash is right, it is on disk
        202 Upload-Offset   this part is on disk, more is needed
        409 Upload-Offset   the part does not begin where we are, or another upload of it runs; go on from there
        422                 the bytes do not have this hash; everything was removed, begin anew
        413, 507            larger than allowed; quota of this gateway or of the door used up
        400, 411            the range is nonsense; no length
    GET  /blob/<sha256>     whole (200) or `Range: bytes=a-b` (206, Content-Range; 416)
        404                 not there, or not for this gateway

An error carries `{"error": "..."}`. A blob is visible only whole, checked and synced. Whoever uploaded a blob may
read it, and everyone what the office has published. A gateway publishes the event that names a blob only after its
200 or 201, and keeps the file until that event's receipt: so the receipt covers both.

This file is pure and shared by both ends: names and ranges, no network and no files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PATH = "/blob/"
OFFSET = "Upload-Offset"
SHA256 = re.compile(r"[0-9a-f]{64}")

_CONTENT_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class RangeError(ValueError):
    """A range header that cannot be followed; the text says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes first..last (both included) of a blob of `total` bytes."""

    first: int
    last: int
    total: int

    @property
    def length(self) -> int:
        """How many bytes that are."""
        return self.last - self.first + 1

    @property
    def ends(self) -> bool:
        """Nothing comes after it."""
        return self.last + 1 == self.total


def is_name(text: str) -> bool:
    """Whether that is a blob's name; nothing else may ever reach a path."""
    return SHA256.fullmatch(text) is not None


def path_of(sha256: str) -> str:
    """The path of the URL."""
    return PATH + sha256


def content_range(part: Part) -> str:
    """The Content-Range header of a part (RFC 9110, 14.4)."""
    return f"bytes {part.first}-{part.last}/{part.total}"


def read_content_range(header: str | None, length: int) -> Part:
    """The part a PUT carries; without a header it is the whole. Raises RangeError."""
    if header is None:
        return Part(0, length - 1, length)
    match = _CONTENT_RANGE.fullmatch(header.strip())
    if match is None:
        raise RangeError(f"Content-Range must read `bytes first-last/total`, not {header[:80]!r}")
    first, last, total = (int(text) for text in match.groups())
    if not first <= last < total:
        raise RangeError(f"bytes {first}-{last} do not lie in {total} bytes")
    if last - first + 1 != length:
        raise RangeError(f"the range has {last - first + 1} bytes, the body {length}")
    return Part(first, last, total)


def read_range(header: str | None, total: int) -> Part | None:
    """The part a GET asks for; None: all of it (RFC 9110, 14.2: several ranges may be ignored). Raises RangeError."""
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        part = Part(max(0, total - int(last)), total - 1, total)
    else:
        part = Part(int(first), min(int(last), total - 1) if last else total - 1, total)
    if not 0 <= part.first <= part.last:
        raise RangeError(f"no such range in {total} bytes")
    return part


def what_is_left(offset: int, total: int) -> Part | None:
    """The part to send when the other side has `offset` bytes; None: nothing, ask again whether it is whole."""
    return Part(offset, total - 1, total) if 0 <= offset < total else None
