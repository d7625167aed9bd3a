"""Sonoff RF Bridge with original or Portisch firmware on a serial line, 19200 8N1 (`protocols.md` 8).

    AA A4 | sync 2 | low 2 | high 2 | code 3 | 55        received; widths in us
    AA A3 | same                                         learned
    AA A6 | length 1 | protocol 1 | data ... | 55        advanced sniffing; length = data + 1
    AA B1 | n 1 | n x width 2 | nibbles ... | 55         raw: each nibble is the number of a width
    AA A0 | 55                                           acknowledgement; the host answers a code with it

A raw frame becomes a code only where it plainly is EV1527: 24 pairs of 1:3 and a sync of about 31. In each nibble
bit 3 marks a high level on newer firmware; older ones leave it clear and simply alternate. The sync is first or last.
"""

from __future__ import annotations

from drivers.code24 import Code24Settings, Presses
from drivers.decoder import Known
from drivers.model import Command, Heard, Instant, Note, Refused, Scalar, Struct

START, END = 0xAA, 0x55
ACK = bytes((START, 0xA0, END))
FIXED = {0xA0: 3, 0xA2: 3, 0xA3: 12, 0xA4: 12}
"""Whole length by command: acknowledgement, learning timed out, learned, received."""

SNIFFED, RAW = 0xA6, 0xB1
MAX_SNIFFED = 33
"""Longest A6 payload believed: with a whole byte a false start would hold back 250 bytes of real frames."""

MAX_RAW = 128
STALE_S = 0.25
"""A frame takes at most 75 ms on the line; what has not ended after this never will."""

BITS = 24


class Cut(Struct, frozen=True):
    """A frame found at the start of the buffer; `size` 0: more bytes are needed, -1: no frame begins here."""

    size: int
    code: int | None = None
    details: dict[str, Scalar] = {}

    @property
    def carries_code(self) -> bool:
        """It was heard on the air, so the bridge waits for an acknowledgement."""
        return self.code is not None or bool(self.details)


MORE, NONE = Cut(0), Cut(-1)


class RfBridgeDecoder:
    """One bridge, and whatever presses in its reach."""

    def __init__(self, settings: Code24Settings, known: Known) -> None:
        self._presses = Presses(settings, known)
        self._buffer = bytearray()
        self._heard_s = 0.0

    @property
    def held(self) -> int:
        """Bytes kept while waiting for the rest of a frame."""
        return len(self._buffer)

    def feed(self, data: bytes, at: Instant) -> list[Heard]:
        """Take bytes of any length."""
        self._heard_s = at.monotonic_s
        self._buffer += data
        return self._cut(at, patient=True)

    def tick(self, at: Instant) -> list[Heard]:
        """Give up a beginning that has no end, and look at what came behind it."""
        due = self.due()
        return self._cut(at, patient=False) if due is not None and at.monotonic_s >= due else []

    def due(self) -> float | None:
        """A timer runs while the buffer holds a beginning."""
        return self._heard_s + STALE_S if self._buffer else None

    def say(self, command: Command, at: Instant) -> bytes | Refused:  # noqa: ARG002 - the contract's signature
        """A pendant or magnet has no receiver."""
        return Refused(f"{command.device} can send only, not receive")

    def _cut(self, at: Instant, *, patient: bool) -> list[Heard]:
        heard: list[Heard] = []
        buffer, position, skipped = self._buffer, 0, 0
        while position < len(buffer):
            start = buffer.find(START, position)
            if start < 0:
                skipped += len(buffer) - position
                position = len(buffer)
                break
            skipped += start - position
            position = start
            cut = cut_frame(buffer, start)
            if cut.size > 0:
                position += cut.size
                heard += self._hear(cut, at)
            elif cut.size == 0 and patient:
                break
            else:
                skipped, position = skipped + 1, position + 1
        del buffer[:position]
        return [*heard, Heard(note=Note("noise", f"{skipped} bytes"))] if skipped else heard

    def _hear(self, cut: Cut, at: Instant) -> list[Heard]:
        if cut.code is None:
            return [Heard(reply=ACK, note=Note("unsupported radio protocol"))] if cut.carries_code else []
        event = self._presses.hear(cut.code, at, cut.details)
        if event is None:
            return [Heard(reply=ACK)]
        return [Heard(events=(event,), reply=ACK, device=event.device)]


def cut_frame(buffer: bytearray, start: int) -> Cut:
    """The frame that begins at `start`, where an AA stands."""
    if len(buffer) < start + 3:
        return MORE
    command = buffer[start + 1]
    if command in FIXED:
        return _fixed(buffer, start, FIXED[command])
    if command == SNIFFED:
        return _sniffed(buffer, start)
    return _raw(buffer, start) if command == RAW else NONE


def _ends(buffer: bytearray, start: int, size: int) -> bool | None:
    """Whether a frame of this size ends right; None: it has not all come."""
    return buffer[start + size - 1] == END if len(buffer) >= start + size else None


def _fixed(buffer: bytearray, start: int, size: int) -> Cut:
    ends = _ends(buffer, start, size)
    if not ends:
        return MORE if ends is None else NONE
    if size < 12:
        return Cut(size)
    sync, low, high = (int.from_bytes(buffer[start + at : start + at + 2]) for at in (2, 4, 6))
    code = int.from_bytes(buffer[start + 8 : start + 11])
    return Cut(size, code, {"sync_us": sync, "low_us": low, "high_us": high})


def _sniffed(buffer: bytearray, start: int) -> Cut:
    length = buffer[start + 2]
    if not 2 <= length <= MAX_SNIFFED:
        return NONE
    size = length + 4
    ends = _ends(buffer, start, size)
    if not ends:
        return MORE if ends is None else NONE
    code = int.from_bytes(buffer[start + 4 : start + 7]) if length == 4 else None
    return Cut(size, code, {"protocol_index": buffer[start + 3]})


def _raw(buffer: bytearray, start: int) -> Cut:
    count = buffer[start + 2]
    if not 1 <= count <= 8:
        return NONE
    data_at = start + 3 + 2 * count
    end = buffer.find(END, data_at, data_at + MAX_RAW)
    if end < 0:
        return NONE if len(buffer) >= data_at + MAX_RAW else MORE
    widths = [int.from_bytes(buffer[at : at + 2]) for at in range(start + 3, data_at, 2)]
    nibbles = [part for byte in buffer[data_at:end] for part in (byte >> 4, byte & 15)]
    if not nibbles or any(nibble & 7 >= count for nibble in nibbles):
        return NONE
    return Cut(end + 1 - start, ev1527([widths[nibble & 7] for nibble in nibbles]), {"raw": True})


def ev1527(widths_us: list[int]) -> int | None:
    """The code in a train of alternating widths, if it plainly is EV1527: sync, then 24 pairs high and low."""
    sync = max(widths_us)
    if widths_us[0] == sync:
        widths_us = widths_us[1:]
    pairs, rest = widths_us[: 2 * BITS], widths_us[2 * BITS :]
    if len(pairs) < 2 * BITS or len(rest) > 2:
        return None
    unit = min(pairs)
    if not unit or not 20 <= sync / unit <= 45 or sync in pairs:
        return None
    code = 0
    for high, low in zip(pairs[::2], pairs[1::2], strict=True):
        if not 2 <= max(high, low) / min(high, low) <= 4.5:
            return None
        code = code << 1 | (high > low)
    return code
