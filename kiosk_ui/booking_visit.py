"""What one person books: part of the session, and gone with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk_ui.outgoing import Letter


@dataclass(slots=True)
class BookingVisit:
    """Thrown away with the session, never cleaned field by field."""

    calendar: str = ""
    day: str = ""
    starts: str = ""
    phone: str = ""
    said: str = ""
    """The key of the words that answer the last press."""
    free: Mapping[str, int] = field(default_factory=dict)
    """Places by the time they begin, as the centre said last."""
    free_of: str = ""
    """The calendar they are of; empty: the centre did not say."""
    asked: bool = False
    """The centre is being asked."""
    number: str = ""
    letter: Letter | None = None
    outcome: str = ""
    """What the centre said: confirmed, full, requested; `unknown` when it said nothing in time."""
    ask_at: float | None = None
    since: float = 0.0
    """When it was kept."""
