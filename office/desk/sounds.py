"""Voice notes from people: what a kiosk and a telephone's browser make, and nothing else.

There is no decoder among what the desk depends on, so the container is read and checked, and for WAV written anew:

    WAV        RIFF, one `fmt ` (PCM, 16 bit) and one `data` chunk; every other chunk is left out
    Ogg Opus   RFC 3533 pages without a gap, each with the right CRC, one stream, first `OpusHead`, then `OpusTags`
               (RFC 7845); its time is the last granule position over 48 kHz

What is kept is served as a download, never as a page.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

LARGEST = 2 << 20
LONGEST_S = 60.0
RATES = range(8000, 48001)

WAV = "audio/wav"
OGG = "audio/ogg"

_PCM = 1
_PAGE = struct.Struct("<4sBBqIIIB")
_GRANULES_IN_A_SECOND = 48_000
_END = 4


class NotASound(ValueError):  # noqa: N818 - reads as what it is
    """It cannot be kept as a voice note; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Sound:
    """A voice note that may be kept."""

    content: bytes
    type: str
    seconds: float


def is_sound(content: bytes) -> bool:
    """Whether it begins like one of the formats we read."""
    return content.startswith(b"OggS") or (content[:4] == b"RIFF" and content[8:12] == b"WAVE")


def checked(content: bytes) -> Sound:
    """The voice note as it is kept. Raises NotASound."""
    if len(content) > LARGEST:
        raise NotASound(f"录音超过 {LARGEST >> 20} MB", f"the sound is larger than {LARGEST >> 20} MB")
    if not is_sound(content):
        raise NotASound("只接受 WAV 或 Ogg Opus 录音", "only WAV and Ogg Opus are taken")
    try:
        sound = _ogg(content) if content.startswith(b"OggS") else _wav(content)
    except (struct.error, IndexError):
        raise _broken("it ends too early") from None
    if sound.seconds > LONGEST_S:
        raise NotASound(f"录音超过 {LONGEST_S:.0f} 秒", f"the sound is longer than {LONGEST_S:.0f} s")
    return sound


def _wav(content: bytes) -> Sound:
    chunks = dict(_chunks(content))
    form, data = chunks.get(b"fmt ", b""), chunks.get(b"data", b"")
    kind, channels, rate, _, align, bits = struct.unpack_from("<HHIIHH", form)
    if kind != _PCM or bits != 16 or channels not in (1, 2) or rate not in RATES or align != 2 * channels:
        raise _broken("not 16 bit PCM")
    data = data[: len(data) // align * align]
    if not data:
        raise _broken("no sound in it")
    header = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, _PCM, channels, rate,
                         rate * align, align, bits)  # fmt: skip
    kept = header + struct.pack("<4sI", b"data", len(data)) + data
    return Sound(kept, WAV, len(data) / (rate * align))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        if at + 8 + size > len(content):
            raise _broken("a chunk is longer than the file")
        yield name, content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _ogg(content: bytes) -> Sound:
    at, pages, stream, granule, last = 0, 0, 0, 0, 0
    while at < len(content):
        mark, version, last, position, serial, number, crc, segments = _PAGE.unpack_from(content, at)
        lengths = content[at + _PAGE.size : at + _PAGE.size + segments]
        body = at + _PAGE.size + segments
        end = body + sum(lengths)
        if mark != b"OggS" or version or number != pages or len(lengths) < segments or end > len(content):
            raise _broken("a page is not as expected")
        stream = serial if pages == 0 else stream
        if serial != stream or crc != _crc(content[at : at + 22] + bytes(4) + content[at + 26 : end]):
            raise _broken("a page of another stream, or changed")
        if pages < 2 and not content[body:end].startswith((b"OpusHead", b"OpusTags")[pages]):
            raise _broken("not Opus")
        granule, pages, at = max(granule, position), pages + 1, end
    if pages < 3 or not last & _END or not granule:
        raise _broken("no sound in it")
    return Sound(content, OGG, granule / _GRANULES_IN_A_SECOND)


def _table() -> tuple[int, ...]:
    """CRC-32 of RFC 3533, section 6: polynomial 0x04c11db7, neither reflected nor inverted."""
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        table.append(value & 0xFFFFFFFF)
    return tuple(table)


_TABLE = _table()


def _crc(page: bytes) -> int:
    value = 0
    for byte in page:
        value = (value << 8 & 0xFFFFFFFF) ^ _TABLE[value >> 24 ^ byte]
    return value


def _broken(en: str) -> NotASound:
    return NotASound("录音已损坏或格式不对", f"the sound is broken: {en}")
