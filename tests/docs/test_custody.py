"""The page about custody names every place at which a message can be orphaned."""

from __future__ import annotations

import re

from sync.failpoint import POINTS
from tests.docs.pages import ROOT

TEXT = (ROOT / "docs" / "custody.md").read_text(encoding="utf-8")


def test_every_arrow_with_a_failpoint_is_explained_and_no_other() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| [^|]+ \|$", TEXT, re.MULTILINE)

    assert sorted(rows) == sorted(POINTS)
