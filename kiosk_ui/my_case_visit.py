"""Which case one person looks at: part of the session, and gone with it."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk_ui.asked import Reply
from kiosk_ui.outgoing import Letter


@dataclass(slots=True)
class CaseVisit:
    """Thrown away with the session, never cleaned field by field."""

    typed: str = ""
    number: str = ""
    """Nine digits, as they were looked up."""
    said: str = ""
    """The key of the words that answer the last look-up."""
    reason: str = ""
    """The centre's own words where ours do not fit."""
    asking: bool = False
    found: Reply | None = None
    which: int = 0
    stars: int = 0
    solved: bool | None = None
    letter: Letter | None = None
