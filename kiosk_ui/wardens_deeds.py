"""The search for a warden by the number on a pole."""

from __future__ import annotations

from kiosk_ui.flow import Place, Screen
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.wardens import of_pole


class WardenDeeds:
    """Registers the search by pole at a kiosk."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk, self._flow = kiosk, kiosk.flow
        self._flow.deeds["warden-find"] = self._find

    def _find(self, _argument: str, _at: float) -> None:
        session = self._flow.session
        found = of_pole(self._kiosk.box.contents.at(self._flow.visit, resting=False).wardens, session.typed)
        session.typed = ""
        if found is None:
            session.said = "nearby.pole_unknown"
            return
        self._flow.show(Place(Screen.WARDEN, found.area))
        self._flow.leave(Screen.WARDEN_POLE)
