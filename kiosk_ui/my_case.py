"""My case: by number or by a scanned slip; where it stands, said aloud; one tap rings the same clerk. No Qt.

    case = MyCase(kiosk, sending, asking, printing, call)
    case.scanned("https://desk/p/case#482109376/...", at)

Five numbers that are no case lock the look-up of this box for ten minutes, here as at the centre.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kiosk_ui import my_case_view
from kiosk_ui.asked import Reply
from kiosk_ui.asking import Asking
from kiosk_ui.box import RECEPTION
from kiosk_ui.code import Lock
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.leads import Place, Screen
from kiosk_ui.my_case_view import FACES, WHY
from kiosk_ui.my_case_visit import CaseVisit
from kiosk_ui.outgoing import Letter
from kiosk_ui.scene import Scene
from kiosk_ui.screens import Shows
from kiosk_ui.sending import Sending
from kiosk_ui.slip import Printing, slip
from kiosk_ui.view import View
from kiosk_ui.words import Words
from sync.contract import case_number
from sync.contract.slip import Slip

KIND = "evaluation"
SCANNED = "scanned"
LONGEST_CODE = 400
DIGITS = re.compile(r"(?<!\d)\d{4}-?\d{4}-?\d(?!\d)")
Call = Callable[[str, float, str], None]
"""Ring the department of that id about that case."""


class MyCase:
    """Registers the screens of one's own case and what their controls do."""

    def __init__(self, kiosk: Kiosk, sending: Sending, asking: Asking, printing: Printing, call: Call) -> None:
        self._kiosk, self._flow = kiosk, kiosk.flow
        self._sending, self._asking, self._call_about = sending, asking, call
        self._lock = Lock()
        kiosk.screens |= {
            Screen.CASE: Shows("KeysPad", self._ask_view),
            Screen.CASE_FOUND: Shows("MyCaseFound", lambda scene: my_case_view.found(scene, self._visit)),
            Screen.CASE_WHICH: Shows("Choices", lambda scene: my_case_view.which(scene, self._visit)),
            Screen.CASE_JUDGE: Shows("Choices", lambda scene: my_case_view.judge(scene, self._visit)),
        }
        self._flow.deeds |= {
            "case-digit": self._digit,
            "case-erase": self._erase,
            "case-look": self._look,
            "case-which": self._which,
            "case-call": self._call,
            "case-face": self._face,
            "case-solved": self._solved,
            "case-why": self._why,
        }
        kiosk.hears[SCANNED] = self._heard_scan
        self._flow.on_show.append(self._shown)
        printing.offer(Screen.CASE_FOUND, self._slip)

    @property
    def _visit(self) -> CaseVisit:
        return self._flow.session.case

    def _ask_view(self, scene: Scene) -> View:
        return my_case_view.ask(scene, self._visit, self._lock.left_s(scene.at))

    def _shown(self, place: Place, _at: float) -> None:
        if place.screen is Screen.CASE and not self._visit.asking:
            self._flow.session.case = CaseVisit()
        elif place.screen is Screen.CASE_JUDGE and self._visit.letter is None:
            self._visit.stars, self._visit.solved = 0, None

    # --- the number

    def scanned(self, text: str, at: float) -> bool:
        """A slip before the reader, by its plain number or its link. False: it is none of ours."""
        numbers = (case_number.check(one) for one in DIGITS.findall(text[:LONGEST_CODE]))
        number = next((one for one in numbers if one is not None), None)
        busy = self._flow.has(Screen.CALL) or self._flow.has(Screen.SOS) or self._flow.has(Screen.EMERGENCY)
        if number is None or busy or self._visit.asking:
            return False
        self._flow.at = at
        self._flow.touched(at)
        self._flow.home()
        self._flow.show(Place(Screen.CASE))
        self._visit.typed = number
        self._look("", at)
        return True

    def _heard_scan(self, news: object, at: float) -> None:
        if isinstance(news, str):
            self.scanned(news, at)

    def _digit(self, digit: str, _at: float) -> None:
        visit = self._visit
        if len(digit) == 1 and digit.isascii() and digit.isdecimal() and not visit.asking:
            visit.typed = (visit.typed + digit)[: case_number.DIGITS]
            visit.said = visit.reason = ""

    def _erase(self, _argument: str, _at: float) -> None:
        visit = self._visit
        if not visit.asking:
            visit.typed, visit.said, visit.reason = visit.typed[:-1], "", ""

    def _look(self, _argument: str, at: float) -> None:
        visit = self._visit
        visit.reason = ""
        if visit.asking or self._lock.left_s(at):
            return
        number = case_number.check(visit.typed)
        if number is None:  # a slip of the finger: the check digit says so, and it does not count
            visit.said = "case.misread"
            return
        if not self._kiosk.box.online:
            visit.said = "case.offline"
            return
        visit.number, visit.which = number, 0
        self._ask()

    def _which(self, which: str, _at: float) -> None:
        if which.isascii() and which.isdecimal() and not self._visit.asking:
            self._visit.which = int(which[:2])
            self._ask()

    def _ask(self) -> None:
        visit = self._visit
        visit.asking, visit.said = True, ""
        arguments: dict[str, str | int] = {"number": visit.number}
        if visit.which:
            arguments["which"] = visit.which
        self._asking.ask("my-case", dict(arguments), self._answered)

    def _answered(self, reply: Reply, at: float) -> None:
        visit = self._visit
        visit.asking = False
        if reply.away:
            visit.said = "case.away"
        elif not reply.done:
            if reply.why == "none":
                self._lock.tried(at, right=False)
            visit.said = {"none": "case.none", "locked": "case.locked_there"}.get(reply.why, "case.away")
            visit.reason = reply.reason if reply.why == "" and self._flow.session.language == "zh" else ""
        else:
            self._lock.tried(at, right=True)
            visit.found = reply
            if self._flow.place.screen in (Screen.CASE, Screen.CASE_WHICH):
                self._flow.at = at
                self._flow.show(Place(Screen.CASE_WHICH if reply.result.get("cases") else Screen.CASE_FOUND))

    # --- what one can do then

    def _call(self, _argument: str, at: float) -> None:
        """The department that has it; the desk finds the same clerk by the case."""
        named = self._visit.found.text("department") if self._visit.found is not None else ""
        known = self._kiosk.box.department(named) is not None
        self._call_about(named if known else RECEPTION, at, self._visit.number)

    def _face(self, face: str, _at: float) -> None:
        self._visit.stars = FACES.get(face, 0)
        self._turned()

    def _solved(self, answer: str, _at: float) -> None:
        if self._visit.stars and answer in ("yes", "no"):
            self._visit.solved = answer == "yes"
            self._turned()

    def _turned(self) -> None:
        """Another question on the same screen is another visit: a late tap does not answer it."""
        self._flow.visit += 1

    def _why(self, why: str, at: float) -> None:
        visit = self._visit
        if visit.letter is not None or visit.solved is None:
            return
        known = {one for words in WHY.values() for one in words}
        words = Words("zh").say(f"case.why_{why}") if why in known else ""
        form = {"number": visit.number, "stars": visit.stars, "solved": visit.solved, "words": words}
        if visit.which:
            form["which"] = visit.which
        visit.letter = Letter(KIND, dict(form))
        self._turned()
        self._sending.send(visit.letter, at, lambda _letter, _at: None)

    def _slip(self, words: Words) -> Slip | None:
        visit = self._visit
        if visit.found is None or not visit.number:
            return None
        step = visit.found.said("step", words.language)
        lines = [words.say("slip.step", step=step) if step else "", words.say("slip.ask_here")]
        return slip(words.say("slip.head_report"), case_number.shown(visit.number), lines, my_case_view.code(visit))
