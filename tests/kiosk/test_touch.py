"""The real window, touched."""

from __future__ import annotations

from tests.kiosk.hand import Hand


def test_a_tap_on_a_tile_leads_to_its_screen_and_home_leads_back(hand: Hand) -> None:
    hand.tap("departments")
    assert hand.place == "departments"
    hand.tap("home")
    assert hand.place == "home"
