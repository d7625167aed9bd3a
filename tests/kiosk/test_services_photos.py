"""Pictures and codes on the glass: bounded, harmless when they are broken, and readable by a telephone."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QGuiApplication, QImage

from kiosk_ui.flow import Place, Screen
from kiosk_ui.guides_take import carried
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.qt.photos import MOST_BYTES, Photos
from kiosk_ui.theme import Glass
from tests.kiosk.hand import Hand
from tests.kiosk.services import example


def png(width: int, height: int) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0xFF8800)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(content.data())


def claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is that large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10))) + chunk(b"IEND", b"")


def asked(photos: Photos, name: str, width: int = 200, height: int = 200) -> QImage:
    return photos.requestImage(name, QSize(), QSize(width, height))


def test_a_picture_is_fetched_once_and_kept_no_larger_than_it_is_shown(qapp: QGuiApplication) -> None:
    assert qapp is not None
    fetched: list[str] = []
    content = png(3000, 2000)

    def fetch(name: str) -> bytes:
        fetched.append(name)
        return content

    photos = Photos(fetch)
    for _ in range(3):
        image = asked(photos, "a")
        assert (image.height(), image.isNull()) == (200, False)
    assert fetched == ["a"]


@pytest.mark.parametrize("content", [None, b"", b"GIF89a", png(40, 40)[:60], claims(60_000, 60_000)])
def test_what_is_no_picture_or_absurdly_large_is_none(qapp: QGuiApplication, content: bytes | None) -> None:
    assert qapp is not None
    photos = Photos(lambda _name: content)
    assert asked(photos, "a").isNull() or content == png(40, 40)[:60]
    assert photos.bytes < 1 << 20


def test_all_pictures_together_keep_to_their_bound(qapp: QGuiApplication) -> None:
    assert qapp is not None
    content = png(1600, 1600)
    photos = Photos(lambda _name: content)
    for n in range(12):
        asked(photos, f"{n}", 1600, 1600)
        assert photos.bytes <= MOST_BYTES


@pytest.mark.parametrize("glass", [Glass(), Glass(800, 1280, 136.0, 217.0, 450.0, 1000.0)], ids=["tall", "short"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_telephone_reads_from_the_glass_what_the_guide_s_code_carries(
    hands: Callable[[Kiosk], Hand], glass: Glass, language: str, tmp_path: Path
) -> None:
    kiosk = Kiosk(glass, language)
    kiosk.heard("services", example(), 0.0)
    hand = hands(kiosk)
    kiosk.flow.touched(hand.at)
    kiosk.flow.show(Place(Screen.GUIDE_TAKE, "birth-register"))
    hand.later(0.1)
    hand.photograph(tmp_path / "glass.png")
    glass_read = cv2.imread(str(tmp_path / "glass.png"))
    assert glass_read is not None
    read, *_ = cv2.QRCodeDetector().detectAndDecode(glass_read)
    guide, words = example().guides["birth-register"], kiosk.texts()["guides"]
    assert read == carried(guide, language, lambda name: words[name])
