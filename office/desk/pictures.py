"""Pictures from people, taken apart and made anew: only pixels go on, nothing else that came in the file.

A picture is decoded and encoded again as a plain JPEG: turned upright as its EXIF said, without EXIF, place, comment,
colour profile or anything appended. Blocking and heavy: callers run it on a thread. The only door to Pillow.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST = 10 << 20
MOST_PIXELS = 40_000_000
LONGEST_EDGE = 2000
QUALITY = 82

MOST_SCANS = 100
"""Of a progressive JPEG. Sixty bytes of scan make the decoder walk every block: ten megabytes of them take hours."""

FORMATS = ("JPEG", "PNG", "WEBP")
_START_OF_SCAN = b"\xff\xda"


class NotAPicture(ValueError):  # noqa: N818 - reads as what it is
    """It cannot be kept as a picture; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG of ours."""

    content: bytes
    width: int
    height: int


def is_picture(content: bytes) -> bool:
    """Whether it begins like one of the formats we read."""
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    )


def renewed(content: bytes) -> Picture:
    """The picture made anew; the same bytes give the same picture. Raises NotAPicture."""
    if len(content) > LARGEST:
        raise NotAPicture(f"图片超过 {LARGEST >> 20} MB", f"the picture is larger than {LARGEST >> 20} MB")
    if not is_picture(content):
        raise NotAPicture("只接受 JPEG、PNG 或 WebP 图片", "only JPEG, PNG and WebP pictures are taken")
    if content.count(_START_OF_SCAN) > MOST_SCANS and content.startswith(b"\xff\xd8"):
        raise NotAPicture("图片的编码方式不接受", "the picture has too many scans")
    try:
        return _decoded(content)
    except NotAPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error) as error:
        raise NotAPicture("图片已损坏或不完整", f"the picture is broken or not whole: {type(error).__name__}") from None


def _decoded(content: bytes) -> Picture:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise _too_many()
        image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # a JPEG is decoded no larger than needed
        image.load()
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS)
        clean = _on_white(upright)
    written = io.BytesIO()
    clean.save(written, "JPEG", quality=QUALITY, optimize=True)
    return Picture(written.getvalue(), clean.width, clean.height)


def _on_white(image: Image.Image) -> Image.Image:
    """A new image with the pixels alone."""
    seen = image.convert("RGBA")
    clean = Image.new("RGB", image.size, "white")
    clean.paste(seen, mask=seen.getchannel("A"))
    return clean


def _too_many() -> NotAPicture:
    most = MOST_PIXELS // 1_000_000
    return NotAPicture(f"图片超过 {most} 百万像素", f"the picture has more than {most} million pixels")
