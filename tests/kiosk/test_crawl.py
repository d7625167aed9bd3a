"""A part of the crawl in every run of the tests; `python -m tests.kiosk.crawl` is the whole of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtQuick import QQuickItem

from kiosk_ui.leads import Screen
from kiosk_ui.theme import Glass, Look
from tests.kiosk.crawl import SHORT, TALL, Crawl, Report, far, scenes
from tests.kiosk.crawl_checks import Check, contrast_of, pressed
from tests.kiosk.crawl_world import FULL, How, World

WAYS = [How(Look(large, not large), language) for large in (False, True) for language in ("zh", "en")]


@pytest.mark.parametrize("name", ["home", "home-offline", "departments", "booking-phone", "emergency"])
def test_large_letters_on_a_small_glass_hold_every_limit(qapp: QGuiApplication, name: str) -> None:
    assert qapp is not None
    report = Report(None)
    scenes(report, [name], (SHORT,), lambda _glass: WAYS[2:])
    assert not list(report.lines())


def test_every_control_of_the_first_screens_leads_somewhere_and_home_again(qapp: QGuiApplication) -> None:
    assert qapp is not None
    report = Report(None)
    Crawl(report, TALL, FULL, [WAYS[0]], most=1, deepest=1).run()
    assert not list(report.lines())
    assert {
        "departments",
        "guides",
        "report",
        "case",
        "booking",
        "notices",
        "nearby",
        "neighbours",
    } <= report.depth.keys()


def test_small_type_close_targets_and_letters_outside_are_found(qapp: QGuiApplication) -> None:
    assert qapp is not None
    world = World(Glass())
    larger = Check(Glass(distance_mm=900))
    found = larger.findings(world.hand)
    tile = world.hand.find("guides")
    tile.setProperty("height", 40)
    small = {finding.check for finding in Check(Glass()).findings(world.hand)}
    assert not world.close()
    assert "type" in {finding.check for finding in found}
    assert {"target", "outside"} <= small


@pytest.mark.parametrize(("ink", "ground", "clear"), [(0, 255, True), (120, 255, False), (90, 0, False)])
def test_contrast_is_read_from_pixels(ink: int, ground: int, *, clear: bool) -> None:
    pixels = np.full((40, 120), ground * 0x10101, np.uint32)
    pixels[10:30, 10:100:8] = ink * 0x10101
    pixels[10:30, 11:100:8] = ink * 0x10101
    measured = contrast_of(pixels, QRectF(0, 0, 120, 40), QColor(ink, ink, ink))
    assert (measured >= 7) is clear


def test_over_a_picture_the_worst_place_counts() -> None:
    noise = np.random.default_rng(1).integers(0, 1 << 24, (40, 120), dtype=np.uint32)
    assert contrast_of(noise, QRectF(10, 10, 100, 20), QColor("white")) < 3


# --- a crawl that finds nothing must be one that could


def heading(world: World) -> QQuickItem:
    """The first words on the page."""
    return next(item for item in world.hand.items() if item.inherits("QQuickText") and item.property("text"))


def smaller(world: World) -> None:
    """What is read as body, shrunk below it."""
    font = heading(world).property("font")
    font.setPixelSize(51)
    heading(world).setProperty("font", font)
    heading(world).setProperty("fontSizeMode", 3)
    heading(world).setProperty("minimumPixelSize", 42)
    heading(world).setProperty("width", 300)
    heading(world).setProperty("height", 60)
    heading(world).setProperty("wrapMode", 0)


def shortened(world: World) -> None:
    heading(world).setProperty("elide", 1)
    heading(world).setProperty("maximumLineCount", 1)
    heading(world).setProperty("width", 100)


def moved(world: World) -> None:
    tile = world.hand.find("guides")
    tile.setProperty("x", tile.x() - 10)


def pushed(world: World) -> None:
    heading(world).setProperty("y", 500)


def faint(world: World) -> None:
    heading(world).setProperty("color", QColor("#9a9a90"))


@pytest.fixture(scope="module")
def crawled(qapp: QGuiApplication) -> Iterator[World]:
    assert qapp is not None
    world = World(Glass())
    yield world
    assert not world.close()


@pytest.mark.parametrize(
    ("check", "spoil"),
    [
        ("type", smaller),
        ("cut off", shortened),
        ("gap", moved),
        ("overlap", pushed),
        ("contrast", faint),
    ],
)
def test_what_is_spoilt_is_found(crawled: World, check: str, spoil: Callable[[World], None]) -> None:
    world = crawled
    world.go()
    assert not Check(Glass()).findings(world.hand)
    spoil(world)
    assert check in {finding.check for finding in Check(Glass()).findings(world.hand)}


def test_a_screen_without_a_way_home_is_found(crawled: World) -> None:
    crawled.go()
    home = crawled.hand.find("home")
    home.setProperty("opacity", 0)
    found = Check(Glass()).findings(crawled.hand)
    home.setProperty("opacity", 1)
    assert "home" in {finding.check for finding in found}


def test_a_control_that_shows_no_press_is_found(crawled: World) -> None:
    crawled.go()
    assert not pressed(crawled.hand, "guides", "")
    crawled.hand.find("guides").setProperty("enabled", 0)
    assert [finding.check for finding in pressed(crawled.hand, "guides", "")] == ["press"]


def test_words_of_the_other_language_are_found(crawled: World) -> None:
    crawled.go()
    crawled.look(How(Look(), "en"))
    assert not any(crawled.foreign(text) for text in crawled.hand.texts())
    assert crawled.foreign("Tap 这里没有翻译") == "这里没有翻译"


def test_a_screen_behind_too_many_taps_is_found() -> None:
    report = Report(None, depth={screen.value: 3 for screen in Screen} | {"poll": 4})
    del report.depth["merchant"]
    assert sorted(line.partition(":")[0] for line in far(report)) == ["merchant", "poll"]
