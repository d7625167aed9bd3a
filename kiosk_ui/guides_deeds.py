"""What one can do with a guide besides reading it: ask its department, with the guide attached to the call."""

from __future__ import annotations

from kiosk_ui.flow import Place, Screen
from kiosk_ui.kiosk import Kiosk


class GuideDeeds:
    """Registers them at a kiosk."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk, self._flow = kiosk, kiosk.flow
        self._flow.deeds |= {"guide-ask": self._ask, "guide-help": self._help}
        kiosk.ticks.append(self._tick)

    def _ask(self, guide: str, _at: float) -> None:
        found = self._kiosk.box.contents.at(self._flow.visit, resting=False).guides.get(guide)
        if found is not None:
            self._call(guide, found.department)

    def _help(self, _argument: str, _at: float) -> None:
        self._call(self._flow.place.subject, "reception")

    def _call(self, guide: str, department: str) -> None:
        self._flow.session.attached = guide
        self._flow.show(Place(Screen.CALL, department))

    def _tick(self, _at: float) -> None:
        """Who went home speaks of something else next time."""
        if self._flow.at_home:
            self._flow.session.attached = ""
