"""Pictures and codes on the glass: bounded, harmless when they are broken, and readable by a telephone."""

from __future__ import annotations

import struct
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
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
from sync.contract.envelope import replaced
from tests.kiosk.hand import Hand
from tests.kiosk.services import example

WITHIN_S = 20.0


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
    """As QML does: once, and again when something has been read."""
    photos.requestImage(f"0/{name}", QSize(), QSize(width, height))
    until(lambda: not photos.waits)
    return photos.requestImage(f"1/{name}", QSize(), QSize(width, height))


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


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
        assert image.height() == 200
    assert fetched == ["a"]


@pytest.mark.parametrize("content", [None, b"", b"GIF89a", png(40, 40)[:60], claims(60_000, 60_000)])
def test_what_is_no_picture_or_absurdly_large_is_none(qapp: QGuiApplication, content: bytes | None) -> None:
    assert qapp is not None
    photos = Photos(lambda _name: content)
    assert asked(photos, "a").size() == QSize(1, 1) or content == png(40, 40)[:60]
    assert photos.bytes < 1 << 20


def test_all_pictures_together_keep_to_their_bound(qapp: QGuiApplication) -> None:
    assert qapp is not None
    content = png(1600, 1600)
    photos = Photos(lambda _name: content)
    for n in range(12):
        asked(photos, f"{n}", 1600, 1600)
        assert photos.bytes <= MOST_BYTES


def test_a_picture_that_is_slow_holds_up_nothing_and_is_shown_once_it_is_there(hands: Callable[[Kiosk], Hand]) -> None:
    there, asked_for = threading.Event(), threading.Event()

    def fetch(_name: str) -> bytes:
        asked_for.set()
        there.wait(WITHIN_S)
        return png(400, 300)

    kiosk = Kiosk(Glass())
    services = example()
    shops = services.merchants_of["food"]
    pictured = [replaced(shop, picture="m/b.wav") for shop in shops]  # any file: its bytes say what it is
    kiosk.heard("services", replace(services, merchants_of={"food": pictured}), 0.0)
    hand = hands(kiosk)
    hand.screen.photos.fetch = fetch
    kiosk.flow.touched(hand.at)
    kiosk.flow.show(Place(Screen.MERCHANTS, "food"))
    hand.later(0.1)
    until(asked_for.is_set)
    for look in ("large", "contrast", "low", "large"):  # whatever lets pictures go and asks for others
        hand.tap(look)
    hand.tap("home")
    kiosk.flow.show(Place(Screen.MERCHANTS, "food"))
    hand.later(0.1)
    there.set()

    def drawn() -> bool:
        hand.settle()
        found = [item for item in hand.items() if item.inherits("QQuickImage")]
        shown = [item for item in found if "image://content/" in str(item.property("source").toString())]
        return bool(shown) and all(item.property("implicitWidth") > 1 for item in shown)

    until(drawn)


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
