"""What a view function may look at: the flow, the box's settings, what the gateway says, the texts, the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk_ui.box import Box
from kiosk_ui.content import Services
from kiosk_ui.flow import Flow
from kiosk_ui.theme import Theme
from kiosk_ui.words import Words


@dataclass(frozen=True, slots=True)
class Scene:
    """Made for one look and thrown away."""

    flow: Flow
    words: Words
    box: Box
    theme: Theme
    now: datetime
    """Local time of the wall."""
    at: float
    """Monotonic seconds."""

    @property
    def subject(self) -> str:
        """What the screen in front is about."""
        return self.flow.place.subject

    @property
    def services(self) -> Services:
        """What the office publishes; the same version as long as this screen stays in front of somebody."""
        return self.box.contents.at(self.flow.visit, resting=not self.flow.session.touched)
