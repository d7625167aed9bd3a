"""What one person did about calls: part of the session, and gone with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class CallVisit:
    """Thrown away with the session, never cleaned field by field."""

    leaving: bool = False
    """They pressed home or back inside a call and are asked whether they mean it."""
    phrase: str = ""
    """The phrase they tapped last."""
    phrases: bool = False
    """The phrases are in front, where there is no room for them beside the other buttons."""
    page: int = 0
    """Of what the clerk wrote, where it is long."""
    page_of: str = ""
    face: str = ""
    """How the call was; empty until they say so."""
    word: str = ""
    judged: str = ""
    """The call that was judged, or shall not be asked about any more."""
    asked_at: float | None = None
    """Since when they are asked how it was."""
    callback: str = ""
    """What became of the wish to be called back: sending, kept, failed."""
    phone: str = ""
    """What was left, until it is kept."""
    callback_key: str = ""
    callback_department: str = ""
