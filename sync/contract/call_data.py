"""What page and kiosk tell each other inside a call, on its data channel `linli` (RFC 8831).

Encrypted from end to end, never at the office's server, never stored.

Texts as JSON frames, the still as binary frames after its `StillBegin`. Everything is bounded; what is not understood
is dropped. Positions are shares of width and height, from the upper left.
"""

from __future__ import annotations

from sync.contract.envelope import Struct

CHANNEL = "linli"
CHUNK = 16 * 1024
"""Bytes of one binary frame."""
MAX_STILL = 2 * 1024 * 1024
MAX_TEXT = 500
MAX_POINTS = 64
MAX_MARKS = 20


class Text(Struct, frozen=True, omit_defaults=True, tag="text"):
    """Words in big letters, for who hears badly; from the kiosk: a phrase that was tapped.

    `n`: words that come again under their number, because the leg they went by died, are the same words.
    """

    text: str
    n: int = 0


class Show(Struct, frozen=True, omit_defaults=True, tag="show"):
    """The kiosk shall show this guide or form, one card of it; an empty id: nothing more."""

    guide: str = ""
    card: int = 0


class StillAsk(Struct, frozen=True, tag="still-ask"):
    """One still of what lies under the kiosk's camera. The screen shows that it is taken, and the resident sees it."""


class StillBegin(Struct, frozen=True, tag="still-begin"):
    """A JPEG of so many bytes follows."""

    still: str
    width: int
    height: int
    bytes: int
    sha256: str


class StillEnd(Struct, frozen=True, tag="still-end"):
    """Both put it away; neither keeps it."""


class Mark(Struct, frozen=True, omit_defaults=True, tag="mark"):
    """A line around where to sign: [x, y] shares. The same id again replaces it."""

    mark: int
    points: list[tuple[float, float]]


class Unmark(Struct, frozen=True, tag="unmark"):
    """Take the marks away."""


class Cannot(Struct, frozen=True, omit_defaults=True, tag="cannot"):
    """What was asked for cannot be: `camera`, `guide`, `busy`."""

    what: str


FromPage = Text | Show | StillAsk | StillEnd | Mark | Unmark
FromKiosk = Text | StillBegin | StillEnd | Cannot
