"""What one person says who wants to be a grid warden: part of the session, and gone with it."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk_ui.outgoing import Letter


@dataclass(slots=True)
class WardenVisit:
    """Thrown away with the session, never cleaned field by field. The name stands with what is written."""

    area: str = ""
    phone: str = ""
    said: str = ""
    """The key of the words that answer the last press."""
    letter: Letter | None = None
