"""Frames of JT/T 808: flags, escapes, check byte, and cutting a byte stream into frames.

    7E | header | body | XOR(1) | 7E

The XOR runs from the first byte of the header to the last of the body. Escapes are made after adding it, over
everything between the flags: 7E -> 7D 02, 7D -> 7D 01 (JT/T 808-2013 4.4.2). One 7E may close one frame and
open the next. A variant seen in the field uses the flag E7 with E6 -> E6 01, E7 -> E6 02, 3E -> 3E 01, 3D -> 3E
02 and a 7-byte id.

Knows nothing of headers and messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import xor as _xor

MAX_FRAME = 4096
"""Bytes between two flags. The largest legal frame has 21 + 1023 + 1 bytes, twice that if all are escaped."""


@dataclass(frozen=True, slots=True, eq=False)
class Framing:
    """One way to delimit frames. `escapes` in the order of making; `phone_size` before edition 2019."""

    flag: bytes
    escapes: tuple[tuple[bytes, bytes], ...]
    phone_size: int

    def wrap(self, content: bytes) -> bytes:
        """The bytes on the wire for a header and body: check byte, escapes, flags."""
        data = content + bytes((xor(content),))
        for plain, escaped in self.escapes:
            data = data.replace(plain, escaped)
        return self.flag + data + self.flag

    def unwrap(self, between: bytes) -> bytes | None:
        """Header and body from what stood between two flags; None when the check byte is wrong."""
        data = between
        for plain, escaped in reversed(self.escapes):
            data = data.replace(escaped, plain)
        return data[:-1] if xor(data) == 0 else None


STANDARD = Framing(b"\x7e", ((b"\x7d", b"\x7d\x01"), (b"\x7e", b"\x7d\x02")), 6)
VARIANT = Framing(
    b"\xe7",
    ((b"\xe6", b"\xe6\x01"), (b"\xe7", b"\xe6\x02"), (b"\x3e", b"\x3e\x01"), (b"\x3d", b"\x3e\x02")),
    7,
)


def xor(data: bytes) -> int:
    """All bytes combined by exclusive or."""
    return reduce(_xor, data, 0)


class Cutter:
    """Cuts a stream at one kind of flag. Holds back at most MAX_FRAME bytes; every byte is looked at once."""

    def __init__(self, flag: bytes) -> None:
        self._flag = flag
        self._held = bytearray()
        self._open = False

    def feed(self, data: bytes) -> list[bytes]:
        """What stood between two flags, in order; nothing empty, nothing longer than a frame can be."""
        pieces = data.split(self._flag)
        self._hold(pieces[0])
        if len(pieces) == 1:
            return []
        pieces[0] = bytes(self._held)
        last = pieces.pop()
        self._held.clear()
        self._open = True
        self._hold(last)
        return [piece for piece in pieces if 0 < len(piece) <= MAX_FRAME]

    def _hold(self, piece: bytes) -> None:
        if not self._open:
            return
        self._held += piece
        if len(self._held) > MAX_FRAME:
            self._held.clear()
            self._open = False
