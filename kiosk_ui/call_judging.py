"""How the call was: three faces and a word, if somebody wants to say so. Skipped by itself, without a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk_ui.call import Calls
from kiosk_ui.call_view import FACES, JUDGE_S, WHY
from kiosk_ui.call_visit import CallVisit
from kiosk_ui.flow import Screen
from kiosk_ui.kiosk import Kiosk

ANSWER = "call-evaluation"
KIND = "evaluation"


class Judging:
    """Registers the faces and words of a kiosk. What was said is sent once, when it is complete or time is over."""

    def __init__(self, kiosk: Kiosk, calls: Calls, ask: Callable[[str, str, str, object, str], None]) -> None:
        self._flow, self._calls, self._ask = kiosk.flow, calls, ask
        kiosk.flow.deeds |= {"call-face": self._face, "call-word": self._word, "call-judged": self._skip}

    @property
    def _visit(self) -> CallVisit:
        return self._flow.session.call

    @property
    def _open(self) -> bool:
        return self._calls.can_be_judged and self._visit.judged != self._calls.call.call

    def tick(self, at: float) -> None:
        """Ask, and stop asking."""
        if not self._open or self._flow.place.screen is not Screen.CALL:
            return
        if self._visit.asked_at is None:
            self._visit.asked_at = at
        elif at - self._visit.asked_at >= JUDGE_S:
            self.done()

    def done(self) -> None:
        """Send what there is; ask no more about this call."""
        if not self._open:
            return
        visit, call = self._visit, self._calls.call
        if visit.face:
            form = {"call": call.call, "department": call.department, "face": visit.face, "word": visit.word}
            self._ask(ANSWER, "POST", "events", {"kind": KIND, "form": form}, f"{KIND}-{call.call}")
        self._flow.session.call = replace(visit, face="", word="", judged=call.call, asked_at=None)

    def _face(self, face: str, at: float) -> None:
        if self._open and face in FACES:
            self._visit.face, self._visit.asked_at = face, at

    def _word(self, word: str, _at: float) -> None:
        if self._open and word in WHY.get(self._visit.face, ()):
            self._visit.word = word
            self.done()

    def _skip(self, _argument: str, _at: float) -> None:
        self.done()
