"""Every page of the desk is shown in docs/desk.md, by a picture that the tool takes."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT
from tests.office.desk.screenshots import SHOTS

FOLDER = ROOT / "docs" / "desk"
PATH = re.compile(r"\bpath: '([^']*)', may")
MOST_BYTES = 3_000_000


def test_every_page_of_the_navigation_has_a_picture() -> None:
    pages = {
        found for file in (ROOT / "office/page/pages").glob("*.js") for found in PATH.findall(file.read_text("utf-8"))
    }
    shown = {shot.where.partition("/")[0] for shot in SHOTS if not shot.where.startswith(("/", "@"))}
    assert len(pages) > 15
    assert pages - shown == set()


def test_every_picture_stands_in_the_page_and_the_page_names_no_other() -> None:
    named = set(re.findall(r"\(desk/([\w-]+)\.png\)", (ROOT / "docs/desk.md").read_text("utf-8")))
    taken = {shot.name for shot in SHOTS}
    assert named == taken == {path.stem for path in FOLDER.glob("*.png")}


def test_the_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.png")) < MOST_BYTES
