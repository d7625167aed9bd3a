"""A slip: what a receipt printer puts on paper, or what a QR code on the screen says instead.

A line of text has one size; the printer breaks it. Payload of `POST /v1/print` of the local API.
"""

from __future__ import annotations

from enum import StrEnum

from sync.contract.envelope import Struct

MOST_LINES = 60
MOST_TEXT = 200
MOST_QR = 300
"""Characters: more makes a code that telephones of old people do not read."""


class Size(StrEnum):
    """Of letters: as usual, or twice as high and wide."""

    NORMAL = "normal"
    BIG = "big"


class Line(Struct, frozen=True, omit_defaults=True):
    """One line of text."""

    text: str
    size: Size = Size.NORMAL
    centred: bool = False


class Slip(Struct, frozen=True, omit_defaults=True):
    """Lines from above, then the code."""

    lines: list[Line]
    qr: str = ""


class Trouble(StrEnum):
    """Why nothing was printed."""

    NONE = "none"
    """There is no printer at this box."""
    AWAY = "away"
    """It does not answer: unplugged, switched off."""
    PAPER = "paper"
    """No paper, or its door is open."""
    TOO_MUCH = "too-much"
    """More than a slip holds."""


def fits(slip: Slip) -> bool:
    """Whether it is a slip at all: bounded, and without control characters."""
    texts = [line.text for line in slip.lines]
    return (
        0 < len(texts) <= MOST_LINES
        and all(len(text) <= MOST_TEXT and text.isprintable() for text in texts)
        and len(slip.qr) <= MOST_QR
    )
