"""The wish to be called back: a number on the pad, kept by the gateway on disk, also without a line.

The digits live in the session. Until the gateway has them it is asked again; when the session ends first, they are
gone, and the screen never said they were kept.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from kiosk_ui.call_offices import Offices
from kiosk_ui.call_visit import CallVisit
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.local import Failed
from sync.unix_http import Answer

ANSWER = "call-callback"
KIND = "callback"
SHORTEST, LONGEST = 7, 12
"""A number of the city without its code; a mobile number has 11, one with an area code 12."""
AGAIN_S = 2.0


class CallbackWish:
    """Registers the pad's last key and the gateway's answer at a kiosk."""

    def __init__(self, kiosk: Kiosk, offices: Offices, ask: Callable[[str, str, str, object, str], None]) -> None:
        self._flow, self._offices, self._ask = kiosk.flow, offices, ask
        self._again_at: float | None = None
        self._about = ""
        kiosk.flow.deeds["call-callback"] = self._send
        kiosk.hears[ANSWER] = self._answered

    @property
    def _visit(self) -> CallVisit:
        return self._flow.session.call

    def begin(self, department: str, about: str) -> None:
        """The pad is in front. `about`: the call that did not come about."""
        visit = self._visit
        visit.callback, visit.phone, visit.callback_key = "", "", uuid4().hex
        visit.callback_department = self._offices.id(department)
        self._about, self._again_at = about, None

    def _send(self, _argument: str, _at: float) -> None:
        visit, session = self._visit, self._flow.session
        if visit.callback in ("sending", "kept", "failed"):
            return
        if not SHORTEST <= len(session.typed) <= LONGEST:
            visit.callback = "short"
            return
        visit.phone = session.typed
        self._ask_gateway()

    def _ask_gateway(self) -> None:
        visit, session = self._visit, self._flow.session
        visit.callback = "failed" if visit.callback == "failed" else "sending"
        form = {
            "department": visit.callback_department,
            "phone": visit.phone,
            "language": session.language,
            "call": self._about,
        }
        self._ask(ANSWER, "POST", "events", {"kind": KIND, "form": form}, visit.callback_key)

    def _answered(self, news: object, at: float) -> None:
        """The gateway has it on disk, or could not be asked. An answer to somebody who has gone is nobody's."""
        visit = self._visit
        if not visit.phone:
            return
        if isinstance(news, Answer) and news.status == 201:
            visit.callback, visit.phone, self._flow.session.typed = "kept", "", ""
        elif isinstance(news, Answer | Failed):
            visit.callback, self._again_at = "failed", at + AGAIN_S

    def tick(self, at: float) -> None:
        """Ask again."""
        if self._again_at is not None and at >= self._again_at:
            self._again_at = None
            if self._visit.phone:
                self._ask_gateway()
