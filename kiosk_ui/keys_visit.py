"""What one person writes: part of the session, and gone with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk_ui.typing import Composer


@dataclass(slots=True)
class KeysVisit:
    """Thrown away with the session, never cleaned field by field."""

    texts: dict[str, Composer] = field(default_factory=dict)
    """By what is written."""
    method: str = ""
    """The keys this person used last."""
