"""Whoever wants to be a grid warden leaves a name and a number, and is called. No Qt.

    WardenApply(kiosk, keys, sending)

Nothing more is asked: what an applicant has to tell, they tell the person who calls. Sealed at the desk.
"""

from __future__ import annotations

from kiosk_ui.choices import own_phone
from kiosk_ui.content import told
from kiosk_ui.keys import Keys
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.leads import Place, Screen
from kiosk_ui.outgoing import Letter, State
from kiosk_ui.scene import Scene
from kiosk_ui.screens import Shows
from kiosk_ui.sending import Sending
from kiosk_ui.view import Row, Value, View
from kiosk_ui.wardens_visit import WardenVisit
from sync.contract.services import Warden

KIND = "warden-application"
NAME = "warden-name"
"""What is written, by its name in `keys`."""
MOST_NAME, MOST_WHERE = 40, 80
SHORTEST, LONGEST = 7, 12


class WardenApply:
    """Registers the screens of an application and what their controls do."""

    def __init__(self, kiosk: Kiosk, keys: Keys, sending: Sending) -> None:
        self._kiosk, self._flow = kiosk, kiosk.flow
        self._keys, self._sending = keys, sending
        keys.purpose(NAME, "nearby.apply_name", self._named, most=MOST_NAME)
        kiosk.screens |= {
            Screen.WARDEN_PHONE: Shows("KeysPad", lambda scene: phone(scene, self._visit)),
            Screen.WARDEN_SENT: Shows("SlipPage", lambda scene: sent(scene, self._visit)),
        }
        self._flow.deeds |= {
            "warden-apply": self._apply,
            "warden-digit": self._digit,
            "warden-erase": self._erase,
            "warden-send": self._send,
        }

    @property
    def _visit(self) -> WardenVisit:
        return self._flow.session.warden

    def _of(self, area: str) -> Warden | None:
        found = self._kiosk.box.contents.newest.wardens
        return next((one for one in found if one.area == area), None)

    def _apply(self, area: str, _at: float) -> None:
        if self._visit.area != area or self._visit.letter is not None:
            self._flow.session.warden = WardenVisit(area=area, phone=self._visit.phone)
        self._flow.show(Place(Screen.WRITE, NAME))

    def _named(self, _at: float) -> None:
        if self._keys.text(NAME):
            self._flow.show(Place(Screen.WARDEN_PHONE))

    def _digit(self, digit: str, _at: float) -> None:
        if len(digit) == 1 and digit.isascii() and digit.isdecimal():
            self._visit.phone, self._visit.said = (self._visit.phone + digit)[:LONGEST], ""

    def _erase(self, _argument: str, _at: float) -> None:
        self._visit.phone, self._visit.said = self._visit.phone[:-1], ""

    def _send(self, _argument: str, at: float) -> None:
        visit, known = self._visit, self._of(self._visit.area)
        if len(visit.phone) < SHORTEST:
            visit.said = "nearby.apply_short"
            return
        if visit.letter is None or visit.letter.state is State.REFUSED:
            where = known.area_name.zh[:MOST_WHERE] if known is not None else ""
            visit.letter = Letter(KIND, {"name": self._keys.text(NAME), "phone": visit.phone, "where": where})
        self._flow.show(Place(Screen.WARDEN_SENT))
        self._sending.send(visit.letter, at, self._kept)

    def _kept(self, letter: Letter, _at: float) -> None:
        """Name and number have gone with it."""
        if self._visit.letter is letter and letter.state is State.KEPT:
            self._visit.phone = ""
            self._keys.forget(NAME)


def phone(scene: Scene, visit: WardenVisit) -> View:
    """Who decides about it calls this number."""
    say = scene.words.say
    trouble = say(visit.said) if visit.said else ""
    return own_phone(say("nearby.apply_phone"), visit.phone, say("nearby.apply_send"), say("nearby.apply_ask"), trouble)


def sent(scene: Scene, visit: WardenVisit) -> View:
    """Kept, or not yet. There is no number to remember: the office calls."""
    say = scene.words.say
    state = visit.letter.state if visit.letter is not None else State.SENDING
    kept = state is State.KEPT
    texts: dict[str, Value] = {
        "strip": "",
        "number": "",
        "line": say(f"nearby.apply_{state}"),
        "detail": say("nearby.apply_detail") if kept else "",
        "code": "",
        "codeSaid": "",
        "slip": "",
        "tone": "good" if kept else "" if state is State.SENDING else "warn",
    }
    rows = (Row("done", "", say("slip.done"), art="home", tone="good"),) if kept else ()
    found = next((one for one in scene.services.wardens if one.area == visit.area), None)
    title = told(found.area_name, scene.words.language) if found is not None else say("nearby.warden_apply")
    return View(title, texts, rows)
