"""What one person does with the neighbours: part of the session, and gone with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk_ui.outgoing import Letter


@dataclass(slots=True)
class NeighboursVisit:
    """Thrown away with the session, never cleaned field by field."""

    activity: str = ""
    """What they join; empty: they propose something."""
    kind: str = ""
    """Of the proposal."""
    people: int = 1
    phone: str = ""
    said: str = ""
    """The key of the words that answer the last press."""
    number: str = ""
    letter: Letter | None = None
    votes: dict[str, tuple[int, Letter]] = field(default_factory=dict)
    """By poll: one ballot each."""
