"""docs/kiosk.md names every setting and shows every screen it speaks of, in both looks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk_ui.leads import EVERYWHERE, Screen
from kiosk_ui.theme import LARGE, LARGE_WITH_LITTLE_ROOM, TALL_MM
from sync.contract.kiosk_box import Glass, KioskBox
from tests.kiosk.pictures import screen_of

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "kiosk.md").read_text("utf-8")


@pytest.mark.parametrize("name", [*Glass.__struct_fields__, "hotlines", "installer_code"])
def test_every_setting_of_the_screen_is_explained(name: str) -> None:
    assert f"{name}`" in PAGE
    assert {"screen", "hotlines", "installer_code"} <= set(KioskBox.__struct_fields__)


def test_every_screen_there_is_stands_in_a_picture() -> None:
    drawn = set(re.findall(r"\(kiosk/([\w-]+)\.png\)", PAGE))
    assert {screen_of(name) for name in drawn if not name.endswith("-contrast")} >= set(Screen)


def test_every_picture_stands_in_both_looks() -> None:
    pictures = set(re.findall(r"\(kiosk/([\w-]+)\.png\)", PAGE))
    normal = {name for name in pictures if not name.endswith("-contrast")}
    assert len(normal) > 5
    assert {f"{name}-contrast" for name in normal} <= pictures


def test_no_picture_lies_about_that_nobody_shows() -> None:
    shown = set(re.findall(r"\(kiosk/([\w-]+\.png)\)", "".join(page.read_text("utf-8") for page in DOCS.glob("*.md"))))
    assert {path.name for path in (DOCS / "kiosk").glob("*.png")} <= shown


def test_the_numbers_are_those_of_the_code() -> None:
    for number in (f"{LARGE:g} times", f"{LARGE_WITH_LITTLE_ROOM:g} where", f"{TALL_MM:g} mm"):
        assert number in PAGE
    assert {"back", "home", "large", "contrast", "low", "language", "help"} <= EVERYWHERE.keys()
