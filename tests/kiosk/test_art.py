"""Drawings: made once for each size and colour, and never without a bound."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication

from kiosk_ui.qt.art import MOST_BYTES, Art
from tests.kiosk.hand import Hand


def test_a_drawing_is_made_once_and_the_oldest_make_way(qapp: QGuiApplication) -> None:
    assert qapp is not None
    art = Art()
    first = art.requestImage("home/112233", QSize(), QSize(64, 64)).cacheKey()
    assert art.requestImage("home/112233", QSize(), QSize(64, 64)).cacheKey() == first
    side = 512
    for n in range(2 * MOST_BYTES // (side * side * 4)):
        art.requestImage(f"home/{n:06x}", QSize(), QSize(side, side))
    assert art.requestImage("home/112233", QSize(), QSize(64, 64)).cacheKey() != first


def test_a_place_without_a_size_costs_no_drawing(qapp: QGuiApplication) -> None:
    assert qapp is not None
    assert Art().requestImage("there-is-none/112233", QSize(), QSize(0, 0)).size() == QSize(1, 1)


def test_every_drawing_on_the_glass_is_as_fine_as_its_place_in_every_look(hand: Hand) -> None:
    for control in ("", "large", "low", "contrast", "guides"):
        if control:
            hand.tap(control)
        hand.later(0.3)
        drawings = [item for item in hand.items() if item.inherits("QQuickImage") and item.property("art")]
        assert drawings
        for one in drawings:
            hand.until(lambda one=one: one.property("drawn") == int(one.width()), str(one.property("art")))  # type: ignore[misc]
            assert one.property("source").toString() != ""
