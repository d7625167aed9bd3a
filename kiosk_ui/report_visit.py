"""What one person reports: part of the session, and gone with it."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk_ui.outgoing import Letter


@dataclass(slots=True)
class ReportVisit:
    """Thrown away with the session, never cleaned field by field."""

    kind: str = ""
    merchant: str = ""
    """The shop somebody complains about; empty: it is a problem out there."""
    typed: str = ""
    """Digits of the pole's plate, as typed."""
    pole: str = ""
    """Its number in the register."""
    place_words: str = ""
    unplaced: bool = False
    """They do not know where; the box's own place is told instead."""
    checked: bool = False
    """They have seen the summary: whatever they change leads back to it."""
    said: str = ""
    """The key of the words that answer the last press."""
    voice: bytes = b""
    voice_s: float = 0.0
    voice_hash: str = ""
    """The gateway has it already, under this name."""
    photo: bytes = b""
    photo_hash: str = ""
    began_at: float | None = None
    """Since when it records."""
    pressed_at: float = 0.0
    latched: bool = False
    """A tap began it, so a tap ends it: not everybody can hold."""
    phone: str = ""
    number: str = ""
    letter: Letter | None = None
    link: str = ""
    """The resident's own, for the code on the slip."""
    link_tries: int = 0
    link_at: float | None = None

    @property
    def has_voice(self) -> bool:
        """Something was said."""
        return bool(self.voice or self.voice_hash)

    def drop_voice(self) -> None:
        """It is not wanted, or sent."""
        self.voice, self.voice_s, self.voice_hash = b"", 0.0, ""

    def drop_photo(self) -> None:
        """Likewise."""
        self.photo, self.photo_hash = b"", ""
