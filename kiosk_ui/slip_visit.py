"""What became of the slip: part of the session, and gone with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class SlipVisit:
    """Thrown away with the session, never cleaned field by field."""

    said: str = ""
    """The key of the words: printing, printed, or why not."""
    of: str = ""
    """The number it is about."""
