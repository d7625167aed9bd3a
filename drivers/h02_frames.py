"""Cutting an H02 byte stream into frames, text and binary mixed.

    *<maker:2>,<id>,<type>[,<field>...]#                                                      text
    $ id 5 or 8 | hhmmss 3 | ddmmyy 3 | latitude 4 | battery 1 | longitude 4.5 | flags 0.5 ...    binary, BCD

Nothing carries a length or a checksum. A `$` may stand in the unread end of a binary frame, so that end is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

MAX_TEXT = 1024
"""A text frame has some 160 bytes, more only with many cells or a long answer."""

HEADER = 32
"""What is read of a binary frame lies in its first 32 bytes: it is told when these are here, however long it is."""

START = re.compile(rb"[$*]")
TEXT_HEAD = re.compile(rb"\*(?:[A-Za-z0-9]{0,2}\Z|[A-Za-z0-9]{2},)")
TEXT_END = re.compile(rb"[#*\x00-\x1f]")
TEXT = re.compile(rb"\*([A-Za-z0-9]{2}),([0-9]{0,20}),([A-Za-z][A-Za-z0-9]{0,9})(?:,([^#]*))?#")

DIGIT = rb"[\x00-\x09\x10-\x19\x20-\x29\x30-\x39\x40-\x49\x50-\x59\x60-\x69\x70-\x79\x80-\x89\x90-\x99]"
SIXTY = rb"[\x00-\x09\x10-\x19\x20-\x29\x30-\x39\x40-\x49\x50-\x59]"
DAY, MONTH = rb"[\x01-\x09\x10-\x19\x20-\x29\x30\x31]", rb"[\x01-\x09\x10-\x12]"
CLOCK = rb"([\x00-\x09\x10-\x19\x20-\x23]%b{2}%b%b%b|%b{3}\x00{3})" % (SIXTY, DAY, MONTH, DIGIT, DIGIT)
REST = rb"(%b{4})(.)(%b{4}[\x00-\x9f])(%b{3})(.{4})" % (DIGIT, DIGIT, DIGIT)
BINARY_10 = re.compile(rb"\$(?!\x00{5})(%b{5})" % DIGIT + CLOCK + REST, re.DOTALL)
BINARY_15 = re.compile(rb"\$(?!\x00{8})(%b{7}.)" % DIGIT + CLOCK + REST, re.DOTALL)
"""There is no checksum. A frame, not a `$` in noise, has digits where they belong, and a clock that is one or unset.

One noise is beyond that: `$` and two bytes of digits right before a frame of 45 bytes make one of 42 of it.
"""

TAILS = {TEXT: 0, BINARY_10: 45 - HEADER, BINARY_15: 42 - HEADER}

SURE = 16
"""Up to here every kind of binary frame has digits only."""

DIGITS = re.compile(DIGIT + rb"*")


class Cutter:
    """Cuts bytes into frames; no byte is looked at more than some forty times."""

    def __init__(self) -> None:
        self._held = b""
        self._seen = 0
        self._tail = 0
        self._may_begin = True
        self.noise = 0

    def feed(self, data: bytes) -> Iterator[re.Match[bytes]]:
        """Each frame that is complete; `noise` counts what was none."""
        held, at = self._held + data, 0
        while at < len(held):
            if held[at] in b"$*" and self._may_begin:
                whole = self._text(held, at) if held[at] == ord("*") else _binary(held, at)
                if whole is None:
                    break
                if whole:
                    at = self._after(whole)
                    yield whole
                    continue
            at = self._pass(held, at)
        self._held = held[at:]

    def _after(self, frame: re.Match[bytes]) -> int:
        """Where reading goes on. What follows 32 bytes is passed over unread, for a `$` may stand in it."""
        self._tail = TAILS[frame.re]
        self._may_begin = frame.re is not BINARY_15  # a frame of 45 bytes may have been one of 32
        return frame.end() if frame.re is TEXT else frame.start() + HEADER

    def _pass(self, held: bytes, at: int) -> int:
        if self._tail:
            end = min(at + self._tail, len(held))
            self._tail -= end - at
            self._may_begin = not self._tail
            return end
        following = START.search(held, at + 1)
        end = following.start() if following else len(held)
        self.noise += len(held[at:end].strip(b"\r\n"))
        return end

    def _text(self, held: bytes, at: int) -> re.Match[bytes] | Literal[False] | None:
        """The frame that begins here; False: none does; None: not yet known."""
        seen, self._seen = self._seen, 0
        if not TEXT_HEAD.match(held, at):
            return False
        end = TEXT_END.search(held, at + max(seen, 1), at + MAX_TEXT)
        if end is None and len(held) - at < MAX_TEXT:
            self._seen = len(held) - at
            return None
        return TEXT.fullmatch(held, at, end.end()) or False if end else False


def _binary(held: bytes, at: int) -> re.Match[bytes] | Literal[False] | None:
    """The frame that begins here; False: none does; None: not yet known."""
    if len(held) - at >= HEADER:
        return BINARY_15.match(held, at) or BINARY_10.match(held, at) or False
    digits = DIGITS.match(held, at + 1, at + SURE)
    return None if digits and digits.end() == min(at + SURE, len(held)) else False
