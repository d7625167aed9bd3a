"""The real window, touched: what fingers, palms and keyboards can do to it, and what they cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtTest import QTest

from kiosk_ui.flow import COUNTDOWN_S, IDLE_S, TAP_GAP_S
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.theme import Glass
from tests.kiosk.hand import Hand

SHORT = Glass(800, 1280, 135, 216, 400)


def test_a_tap_on_a_tile_leads_to_its_screen_and_home_leads_back(hand: Hand) -> None:
    hand.tap("departments")
    assert hand.place == "departments"
    hand.tap("home")
    assert hand.place == "home"


def test_a_press_is_seen_at_once_before_the_finger_is_lifted(hand: Hand) -> None:
    tile = hand.find("departments")
    before = hand.colour(tile)
    hand.down(hand.centre(tile))
    assert hand.colour(tile) != before
    assert hand.place == "home"
    hand.up(hand.centre(tile))
    assert hand.place == "departments"


def test_a_finger_that_rests_long_or_trembles_still_means_it(hand: Hand) -> None:
    tile = hand.find("departments")
    centre = hand.centre(tile)
    hand.down(centre)
    for step in range(12):
        hand.move(centre + QPoint(step * 3, -step * 2))
    QTest.qWait(900)
    hand.up(centre + QPoint(36, -24))
    assert hand.place == "departments"


def test_a_finger_that_slides_off_has_changed_its_mind(hand: Hand) -> None:
    hand.down(hand.centre(hand.find("departments")))
    hand.move(QPoint(540, 5))
    hand.up(QPoint(540, 5))
    assert hand.place == "home"


def test_a_double_tap_is_one_tap_also_where_the_next_screen_has_a_control(hand: Hand) -> None:
    spot = hand.centre(hand.find("departments"))
    hand.tap_at(spot)
    assert hand.place == "departments"
    hand.at += TAP_GAP_S * 0.8
    hand.tap_at(spot)
    assert hand.place == "departments"


def test_ten_fingers_at_once_are_one_tap(hand: Hand) -> None:
    spots = [hand.centre(item) for item in hand.controls()][:10]
    before = hand.kiosk.flow.visit
    for finger, spot in enumerate(spots):
        hand.down(spot, finger)
    for finger, spot in enumerate(spots):
        hand.up(spot, finger)
    assert hand.kiosk.flow.visit <= before + 1


def test_a_palm_on_the_glass_changes_nothing_and_does_not_stop_a_finger(hand: Hand) -> None:
    palm = [QPoint(500 + 15 * n, 40 + 9 * n) for n in range(5)]
    for finger, spot in enumerate(palm, 1):
        hand.down(spot, finger)
    assert hand.place == "home"
    hand.tap("departments")
    assert hand.place == "departments"
    for finger, spot in enumerate(palm, 1):
        hand.up(spot, finger)
    assert hand.place == "departments"


@pytest.mark.parametrize(
    ("key", "with_key"),
    [
        (Qt.Key.Key_F4, Qt.KeyboardModifier.AltModifier),
        (Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F11, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Back, Qt.KeyboardModifier.NoModifier),
    ],
)
def test_no_key_leads_anywhere(hand: Hand, key: Qt.Key, with_key: Qt.KeyboardModifier) -> None:
    hand.tap("departments")
    before = hand.kiosk.flow.visit
    QTest.keyClick(hand.window, key, with_key)
    hand.settle()
    assert (hand.kiosk.flow.visit, hand.window.isVisible()) == (before, True)


def test_the_window_does_not_close(hand: Hand) -> None:
    event = QCloseEvent()
    QGuiApplication.sendEvent(hand.window, event)
    assert not event.isAccepted()
    hand.window.close()
    hand.settle()
    assert hand.window.isVisible()


def test_every_control_keeps_its_place_on_every_screen(hand: Hand) -> None:
    names = ("back", "home", "large", "contrast", "low", "language", "help", "sos-hold")
    before = {name: hand.centre(hand.find(name)) for name in names}
    for control, argument in (("departments", ""), ("home", ""), ("guides", "")):
        hand.tap(control, argument)
        assert {name: hand.centre(hand.find(name)) for name in names} == before


@pytest.mark.parametrize("control", ["large", "contrast", "low", "language"])
def test_each_look_shows_and_is_taken_back_by_the_same_control(hand: Hand, control: str) -> None:
    before = hand.picture()
    hand.tap(control)
    assert hand.picture() != before
    hand.tap(control)
    assert hand.place == "home"


def test_in_the_low_position_nothing_to_touch_is_in_the_upper_half(hand: Hand) -> None:
    hand.tap("low")
    for control in ("departments", "home"):
        hand.tap(control)
        tops = [item.mapToScene(item.boundingRect().topLeft()).y() for item in hand.controls()]
        assert min(tops) >= hand.window.height() / 2


def test_a_short_screen_keeps_its_looks_behind_one_control(hands: Callable[[Kiosk], Hand]) -> None:
    hand = hands(Kiosk(SHORT))
    hand.tap("looks")
    before = hand.kiosk.show(hand.at, hand.screen.bridge.wall()).theme
    hand.tap("large")
    hand.tap("contrast")
    after = hand.kiosk.show(hand.at, hand.screen.bridge.wall()).theme
    assert after.contrast
    assert after.body > before.body


def test_the_language_changes_every_word(hand: Hand) -> None:
    hand.tap("departments")
    chinese = set(hand.texts())
    hand.tap("language")
    english = set(hand.texts())
    assert not chinese & english
    assert not any("\u4e00" <= letter <= "\u9fff" for text in english - {"中文"} for letter in text)


def test_whoever_leaves_is_asked_and_any_touch_says_i_am_here(hand: Hand) -> None:
    hand.tap("departments")
    hand.later(IDLE_S + 1)
    still = hand.find("still-here")
    assert still.height() >= hand.window.height() / 3
    hand.tap("still-here")
    assert hand.place == "departments"
    assert not hand.shows("still-here")


def test_who_has_gone_leaves_nothing_behind(hand: Hand) -> None:
    hand.tap("contrast")
    hand.tap("language")
    hand.tap("departments")
    hand.later(IDLE_S)
    hand.later(COUNTDOWN_S)
    assert hand.place == "home"
    assert (hand.kiosk.flow.session.language, hand.kiosk.flow.session.look.contrast) == ("zh", False)
    assert not hand.shows("still-here")


def test_during_the_countdown_nothing_under_it_can_be_touched(hand: Hand) -> None:
    spot = hand.centre(hand.find("guides"))
    hand.tap("large")
    hand.later(IDLE_S + 1)
    hand.tap_at(spot)
    assert hand.place == "home"


def test_a_picture_of_the_glass_can_be_taken(hand: Hand, tmp_path: Path) -> None:
    hand.photograph(tmp_path / "home.png")
    assert (tmp_path / "home.png").stat().st_size > 10_000
