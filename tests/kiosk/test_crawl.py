"""A part of the crawl in every run of the tests; `python -m tests.kiosk.crawl` is the whole of it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QGuiApplication

from kiosk_ui.theme import Glass, Look
from tests.kiosk.crawl import SHORT, TALL, Crawl, Report, scenes
from tests.kiosk.crawl_checks import Check, contrast_of
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
