"""A guide in a QR code: the desk's signed link, and behind `#` the guide in words, for where no network is.

At most 300 characters: a code of more is too fine for an old telephone at arm's length.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk_ui.content import told
from sync.contract.services import Guide

LONGEST = 300
SHOWN = ("bring", "where", "how_long", "cost", "who")
"""What one stands at home and wants to know, first."""


def carried(guide: Guide, language: str, head: Callable[[str], str]) -> str:
    """`<link>#<title> <card> <card> ...`, as many cards as fit, the last one cut."""
    start = f"{guide.link}#" if guide.link else ""
    if len(start) > LONGEST // 2:  # a desk at an address so long leaves no room for words; the link is what counts
        return guide.link[:LONGEST]
    text = start + told(guide.title, language)
    for name in SHOWN:
        said = " ".join(told(getattr(guide, name).text, language).split())
        part = f"\n{head(name)}: {said}" if language == "en" else f"\n{head(name)}：{said}"
        if len(text) + len(part) > LONGEST:
            room = LONGEST - len(text) - 1
            return text + part[:room] + "…" if room > 8 else text
        text += part
    return text
