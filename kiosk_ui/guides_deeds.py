"""What one can do with a guide besides reading it: ask its department, with the guide attached to the call."""

from __future__ import annotations

from kiosk_ui import guides_form
from kiosk_ui.flow import Place, Screen
from kiosk_ui.guides import slip
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.slip import Printing
from kiosk_ui.words import Words
from sync.contract.slip import Slip


class GuideDeeds:
    """Registers them at a kiosk."""

    def __init__(self, kiosk: Kiosk, printing: Printing | None = None) -> None:
        self._kiosk, self._flow = kiosk, kiosk.flow
        if printing is not None:
            for screen in (Screen.GUIDE, Screen.GUIDE_TAKE):
                printing.offer(screen, self._slip)
            printing.offer(Screen.GUIDE_FORM, self._form_slip)
        self._flow.deeds |= {"guide-ask": self._ask, "guide-help": self._help}
        kiosk.ticks.append(self._tick)
        self._flow.on_show.append(self._shown)

    def _ask(self, guide: str, _at: float) -> None:
        found = self._kiosk.box.contents.at(self._flow.visit, resting=False).guides.get(guide)
        if found is not None:
            self._call(guide, found.department)

    def _help(self, _argument: str, _at: float) -> None:
        self._call(self._flow.place.subject, "reception")

    def _call(self, guide: str, department: str) -> None:
        self._flow.session.attached = guide
        self._flow.show(Place(Screen.CALL, department))

    def _slip(self, words: Words) -> Slip | None:
        found = self._kiosk.box.contents.newest.guides.get(self._flow.place.subject)
        return slip(found, words) if found is not None else None

    def _form_slip(self, words: Words) -> Slip | None:
        found = self._kiosk.box.contents.newest.guides.get(self._flow.place.subject)
        return guides_form.slip(found, words) if found is not None else None

    def _tick(self, _at: float) -> None:
        """Who went home speaks of something else next time."""
        if self._flow.at_home:
            self._flow.session.attached = ""

    def _shown(self, place: Place, _at: float) -> None:
        """What was said of the slip before was of another."""
        if place.screen in (Screen.GUIDE, Screen.GUIDE_TAKE, Screen.GUIDE_FORM):
            self._flow.session.slip.said = ""
