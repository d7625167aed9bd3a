"""433 MHz receivers on a serial line (`protocols.md` 8); what their codes mean is in `code24`.

    framing fd:      FD | code 3 | pulse width 1 | DF        fixed length: the bytes between may equal FD or DF
    framing lc:      a line of text that `pattern` finds a code in, `LC:` and six hexadecimal digits
    framing bridge:  Sonoff RF Bridge, in `rfbridge`

One driver for all: a pendant is the same device whichever receiver hears it. The page of the FD module documents
start and end of a frame and that the pulse width wanders, not where the fields are, so the offsets are settings. The
pulse width is no part of a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal, Protocol, cast

from drivers.code24 import Code24Settings, Presses
from drivers.decoder import Decoder, Driver, Known
from drivers.model import Command, Heard, Instant, Meta, Note, Refused, Scalar, Struct
from drivers.rfbridge import RfBridgeDecoder

MAX_FRAME = 64
MAX_LINE = 128
"""Bytes of a line that are looked at; the longest known one has nine."""


Byte = Annotated[int, Meta(ge=0, le=0xFF)]


class Rf433Settings(Code24Settings, frozen=True, kw_only=True):
    """`length`, `start`, `end`, `code_at`, `pulse_at` (0: none) are of framing fd; `pattern` is of framing lc.

    The pattern's first group is the code.
    """

    framing: Literal["fd", "lc", "bridge"] = "fd"
    length: Annotated[int, Meta(ge=5, le=MAX_FRAME)] = 6
    start: Byte = 0xFD
    end: Byte = 0xDF
    code_at: Annotated[int, Meta(ge=1, le=MAX_FRAME - 4)] = 1
    pulse_at: Annotated[int, Meta(ge=0, le=MAX_FRAME - 2)] = 4
    pattern: str = r"LC:([0-9A-Fa-f]{6})$"

    def __post_init__(self) -> None:
        if self.code_at > self.length - 4:
            raise ValueError(f"code_at: {self.code_at}; 1 to {self.length - 4}, between start and end")
        if self.pulse_at > self.length - 2:
            raise ValueError(f"pulse_at: {self.pulse_at}; 1 to {self.length - 2}, or 0 for none")
        try:
            groups = re.compile(self.pattern).groups
        except re.error as error:
            raise ValueError(f"pattern: {self.pattern!r} is no regular expression: {error}") from None
        if groups < 1:
            raise ValueError(f"pattern: {self.pattern!r} has no group for the code; ( ) around its digits")


class Framing(Protocol):
    """Bytes in, codes out with what else the frame says."""

    skipped: int

    @property
    def held(self) -> int:
        """Bytes kept while waiting for more."""

    def push(self, data: bytes) -> Iterator[tuple[int, dict[str, Scalar]]]:
        """Take what arrived; yield every code that is complete."""


class FixedFrames:
    """Start, end and a length, at every place where they fit.

    A code with DF FD in it fits in two places while its frames repeat; after noise nobody can tell which is meant. So
    both are heard: a code too many for the one in 30,000 that is made like this, and never an SOS lost.
    """

    def __init__(self, settings: Rf433Settings) -> None:
        self._settings = settings
        self._buffer = bytearray()
        self._framed = 0
        self.skipped = 0

    @property
    def held(self) -> int:
        """Bytes kept while waiting for more."""
        return len(self._buffer)

    def push(self, data: bytes) -> Iterator[tuple[int, dict[str, Scalar]]]:
        """Take what arrived; yield every code that is complete."""
        settings, buffer = self._settings, self._buffer
        buffer += data
        position = 0
        while (start := buffer.find(settings.start, position)) >= 0:
            position = self._pass(position, start)
            end = start + settings.length
            if end > len(buffer):
                break
            if buffer[end - 1] == settings.end:
                self._framed = end
                yield self._read(buffer[start:end])
            position = self._pass(position, start + 1)
        else:
            position = self._pass(position, len(buffer))
        del buffer[:position]
        self._framed = max(0, self._framed - position)

    def _pass(self, position: int, to: int) -> int:
        """Go on, and count what belongs to no frame."""
        self.skipped += max(0, to - max(position, self._framed))
        return to

    def _read(self, frame: bytearray) -> tuple[int, dict[str, Scalar]]:
        settings = self._settings
        code = int.from_bytes(frame[settings.code_at : settings.code_at + 3])
        return code, {"pulse": frame[settings.pulse_at]} if settings.pulse_at else {}


class TextLines:
    """Lines ending with CR, LF or both; a pattern finds the code."""

    def __init__(self, settings: Rf433Settings) -> None:
        self._pattern = re.compile(settings.pattern)
        self._line = bytearray()
        self.skipped = 0

    @property
    def held(self) -> int:
        """Bytes kept while waiting for more."""
        return len(self._line)

    def push(self, data: bytes) -> Iterator[tuple[int, dict[str, Scalar]]]:
        """Take what arrived; yield every code that is complete."""
        *whole, rest = data.replace(b"\n", b"\r").split(b"\r")
        for part in whole:
            self._keep(part)
            if self._line:
                yield from self._read(bytes(self._line))
            self._line.clear()
        self._keep(rest)

    def _keep(self, part: bytes) -> None:
        """Of a line that is too long the end is kept: noise comes before a frame, not after it."""
        self._line += part[-MAX_LINE:]
        del self._line[:-MAX_LINE]

    def _read(self, line: bytes) -> Iterator[tuple[int, dict[str, Scalar]]]:
        found = self._pattern.search(line.decode("latin-1"))
        try:
            code = int(found[1], 16) if found and found[1] else -1
        except ValueError:
            code = -1
        if 0 <= code <= 0xFFFFFF:
            yield code, {}
        else:
            self.skipped += len(line)


class Rf433Decoder:
    """One receiver module, and whatever presses in its reach."""

    def __init__(self, settings: Rf433Settings, known: Known) -> None:
        self._framing: Framing = FixedFrames(settings) if settings.framing == "fd" else TextLines(settings)
        self._presses = Presses(settings, known)

    @property
    def held(self) -> int:
        """Bytes kept while waiting for the rest of a frame."""
        return self._framing.held

    def feed(self, data: bytes, at: Instant) -> list[Heard]:
        """Take bytes of any length."""
        events = [self._presses.hear(code, at, details) for code, details in self._framing.push(data)]
        heard = [Heard(events=(event,), device=event.device) for event in events if event is not None]
        if skipped := self._framing.skipped:
            self._framing.skipped = 0
            heard.append(Heard(note=Note("noise", f"{skipped} bytes")))
        return heard

    def tick(self, at: Instant) -> list[Heard]:  # noqa: ARG002 - the contract's signature
        """Nothing becomes due."""
        return []

    def due(self) -> float | None:
        """No timer runs: a press ends by itself."""
        return None

    def say(self, command: Command, at: Instant) -> bytes | Refused:  # noqa: ARG002 - the contract's signature
        """A receiver only listens."""
        return Refused(f"{command.device} is heard by a receiver that cannot send")


def _make(settings: Struct, known: Known) -> Decoder[object]:
    assert isinstance(settings, Rf433Settings)
    make = RfBridgeDecoder if settings.framing == "bridge" else Rf433Decoder
    return cast("Decoder[object]", make(settings, known))


DRIVER = Driver("rf433", ("serial", "tcp", "memory"), Rf433Settings, _make)
