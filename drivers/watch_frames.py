"""Cutting a watch's byte stream into frames (`protocols.md` 4).

    [ <maker 2> * <id> * [<index 4 hex> *] <length 4 hex> * <content> ]
    [ <MD5 32 hex> <maker 2> * ...                                      signed dialect

The length is right on most watches, wrong on some, and a network's name may hold a bracket. So a frame ends at the `]`
that its length points to, or at the first `]` that closes no bracket of its own content. The head of another frame
ends it too: a lost `]`, or a head made of noise, never holds back the next frame.
Every byte is looked at a bounded number of times, and never more than one frame's content is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivers.model import Struct

MAX_TEXT = 8 * 1024
"""The longest report (32 access points) has 2 KB; what is longer is no text of a watch."""

MAX_HEAD = 96
CLOSING = ord("]")
MEDIA = (b"TK,", b"JXTK,", b"IMG,")
"""Voice and pictures: up to 64 KB of which nothing is kept, so nothing is held."""

_HEAD = re.compile(
    rb"\[(?:[0-9A-Fa-f]{32}\*?)?([0-9A-Za-z]{2})\*([0-9A-Za-z]{4,20})\*(?:([0-9A-Fa-f]{1,8})\*)?([0-9A-Fa-f]{1,5})\*"
)
_MAY_BE_LENGTH = re.compile(rb"[0-9A-Fa-f]{0,5}")
_BRACKET = re.compile(rb"[\[\]]")
_ESCAPED = re.compile(rb"\x7d([\x01-\x05])")
_ESCAPES = {b"\x01": b"}", b"\x02": b"[", b"\x03": b"]", b"\x04": b",", b"\x05": b"*"}
_BETWEEN = b"\r\n\t \0"


class Head(Struct, frozen=True):
    """Who sent a frame; an answer repeats it. `index` is empty on watches that use none."""

    maker: str
    id: str
    index: str
    length: int


class Frame(Struct, frozen=True):
    """One frame. `cut`: its end never came, so its last field may be cut too."""

    head: Head
    content: bytes
    cut: bool = False

    def fields(self) -> list[str]:
        """Keyword and fields, escapes undone."""
        parts = self.content.split(b",")
        if self.cut:
            parts = parts[:-1] or parts
        return [_ESCAPED.sub(lambda m: _ESCAPES[m[1]], part).decode("latin-1") for part in parts]


class Frames:
    """The stream of one connection: bytes in, frames out."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._head: Head | None = None
        self._body = bytearray()
        self._length = 0
        self._depth = 0
        self.skipped = 0

    @property
    def pending(self) -> bytes:
        """The content so far of a frame that has begun; empty when none has."""
        return bytes(self._body[:16]) if self._head is not None else b""

    @property
    def held(self) -> int:
        """Bytes kept."""
        return len(self._held) + len(self._body)

    def push(self, data: bytes) -> Iterator[Frame]:
        """Take what arrived; yield the frames that are complete."""
        self._held += data
        while self._held:
            waiting, frame = self._seek() if self._head is None else self._read()
            if frame is not None:
                yield frame
            if waiting:
                return

    def give_up(self) -> Frame | None:
        """End the frame that has begun, as if its line had gone."""
        if self._head is None:
            return None
        self._body += self._held[: max(0, MAX_TEXT - len(self._body))]
        self._held.clear()
        return self._end(cut=True)

    def take_skipped(self) -> int:
        """How many bytes belonged to no frame since this was last asked."""
        count, self.skipped = self.skipped, 0
        return count

    def _seek(self) -> tuple[bool, Frame | None]:
        """Outside a frame: drop everything up to a head."""
        start = self._held.find(b"[")
        self._skip(len(self._held) if start < 0 else start)
        if not self._held:
            return True, None
        head = _HEAD.match(self._held)
        if self._undecided(head):
            return True, None
        if head is not None:
            self._begin(head)
        else:
            self._skip(1)
        return False, None

    def _read(self) -> tuple[bool, Frame | None]:
        """Inside a frame: take content up to the next bracket and judge that bracket."""
        bracket = _BRACKET.search(self._held)
        self._take(len(self._held) if bracket is None else bracket.start())
        if self._length > MAX_TEXT and not self._is_media():
            return False, self._end(cut=True)
        if bracket is None:
            return True, None
        if self._held[0] == CLOSING:
            return False, self._close()
        return self._open()

    def _close(self) -> Frame | None:
        assert self._head is not None
        if self._depth == 0 or self._length >= self._head.length:
            del self._held[:1]
            return self._end(cut=False)
        self._depth -= 1
        self._take(1)
        return None

    def _open(self) -> tuple[bool, Frame | None]:
        head = _HEAD.match(self._held)
        if self._undecided(head):
            return True, None
        if head is not None:
            frame = self._end(cut=True)
            self._begin(head)
            return False, frame
        self._depth += 1
        self._take(1)
        return False, None

    def _undecided(self, head: re.Match[bytes] | None) -> bool:
        """A `[` whose head has not come whole: no other bracket yet, or what looks like the length may be an index."""
        if head is None:
            return len(self._held) < MAX_HEAD and _BRACKET.search(self._held, 1) is None
        return head[3] is None and _MAY_BE_LENGTH.fullmatch(self._held, head.end()) is not None

    def _begin(self, head: re.Match[bytes]) -> None:
        maker, id_, index, length = (part.decode() if part else "" for part in head.groups())
        self._head = Head(maker, id_, index, int(length, 16))
        del self._held[: head.end()]

    def _take(self, count: int) -> None:
        self._length += count
        room = MAX_HEAD if self._is_media() else MAX_TEXT
        if len(self._body) < room:
            self._body += self._held[: min(count, room - len(self._body))]
        del self._held[:count]

    def _is_media(self) -> bool:
        return self._body[:5].upper().startswith(MEDIA)

    def _end(self, *, cut: bool) -> Frame | None:
        head, content = self._head, bytes(self._body)
        self._head, self._length, self._depth = None, 0, 0
        self._body.clear()
        return Frame(head, content, cut) if head is not None and content else None

    def _skip(self, count: int) -> None:
        if count:
            self.skipped += len(self._held[:count].strip(_BETWEEN))
            del self._held[:count]


def write_frame(head: Head, content: bytes) -> bytes:
    """A frame to the same watch: same maker, id and index."""
    index = f"{head.index}*" if head.index else ""
    return b"[%s*%s*%s%04X*%s]" % (head.maker.encode(), head.id.encode(), index.encode(), len(content), content)
