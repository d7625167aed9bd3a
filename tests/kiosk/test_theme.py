"""Sizes and colours are computed, and large and clear enough."""

from __future__ import annotations

from dataclasses import asdict
from itertools import product

import pytest

from kiosk_ui.theme import CONTRAST, NIGHT, NORMAL, Colours, Glass, Look, theme

TALL, SHORT = Glass(), Glass(800, 1280, 135, 216, 400)
LOOKS = [Look(*flags) for flags in product((False, True), repeat=3)]

PAIRS = (
    *(("ink", "ground"), ("muted", "ground"), ("good", "ground"), ("warn", "ground")),
    *(("tile_ink", "tile"), ("tile_muted", "tile"), ("good", "tile"), ("warn", "tile")),
    *(("tile_down_ink", "tile_down"), ("off_ink", "off"), ("bar_ink", "bar"), ("bar_on_ink", "bar_on")),
    *(("help_ink", "help"), ("sos_ink", "sos"), ("accent_ink", "accent")),
)


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", [NORMAL, CONTRAST, NIGHT], ids=["normal", "contrast", "night"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_every_text_has_seven_to_one_on_its_ground(colours: Colours, ink: str, ground: str) -> None:
    assert contrast(getattr(colours, ink), getattr(colours, ground)) >= 7


def test_nothing_by_night_gives_more_than_half_the_light() -> None:
    brightest = max(luminance(colour) for colour in asdict(CONTRAST).values())
    assert max(luminance(colour) for colour in asdict(NIGHT).values()) <= brightest / 2


@pytest.mark.parametrize("glass", [TALL, SHORT], ids=["tall", "short"])
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_type_and_targets_are_never_smaller_than_the_eye_and_the_thumb_need(glass: Glass, look: Look) -> None:
    drawn, mm = theme(glass, look), glass.px_per_mm
    assert drawn.body >= 0.021 * glass.distance_mm * mm
    assert drawn.small >= 0.8 * 0.021 * glass.distance_mm * mm
    assert drawn.label >= 0.8 * 0.021 * glass.distance_mm * mm
    assert drawn.title > drawn.body
    assert (drawn.target, drawn.key, drawn.gap) >= (24 * mm, 15 * mm, 3 * mm)


@pytest.mark.parametrize("glass", [TALL, SHORT], ids=["tall", "short"])
def test_large_is_larger(glass: Glass) -> None:
    usual, large = theme(glass, Look()), theme(glass, Look(large=True))
    assert large.body >= 1.15 * usual.body


def test_the_usual_glass_comes_out_as_the_table_says() -> None:
    drawn = theme(TALL, Look())
    assert 48 <= drawn.body <= 52
    assert drawn.small >= 40
    assert drawn.target >= 96


def test_a_further_eye_needs_larger_type() -> None:
    assert theme(Glass(distance_mm=900), Look()).body > theme(TALL, Look()).body


def test_the_low_position_is_for_a_screen_that_has_a_lower_half() -> None:
    assert theme(TALL, Look(low=True)).low
    assert not theme(SHORT, Look(low=True)).low
