"""A slip to take home: on paper where there is a printer with paper, as a code on the screen everywhere.

    printing = Printing(kiosk, local.ask)
    printing.offer(lambda scene: Slip(...))     # by screen: what "slip-print" prints there

Personal words are not put on paper that may be left lying: a number, what it is about, and where to ask.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk_ui.asking import Ask
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.leads import Screen
from kiosk_ui.local import Failed
from kiosk_ui.words import Words
from sync.contract.envelope import ContractError, Struct, decode
from sync.contract.slip import MOST_QR, MOST_TEXT, Line, Size, Slip, Trouble
from sync.unix_http import Answer

NEWS = "slip"
PRINTED = 204
HOLD = "printing"
TROUBLES = {Trouble.NONE: "slip.none", Trouble.AWAY: "slip.away", Trouble.PAPER: "slip.paper"}


class _Refused(Struct, frozen=True):
    error: str = ""


class Printing:
    """Registers the control `slip-print` and the printer's answer at a kiosk."""

    def __init__(self, kiosk: Kiosk, ask: Ask) -> None:
        self._flow, self._ask = kiosk.flow, ask
        self._slips: dict[Screen, Callable[[Words], Slip | None]] = {}
        self._flow.deeds["slip-print"] = self._print
        self._flow.on_end.append(lambda: self._flow.holds.discard(HOLD))
        kiosk.hears[NEWS] = self._answered

    def offer(self, screen: Screen, slip: Callable[[Words], Slip | None]) -> None:
        """What that screen prints, in the language of whoever is here; None: nothing now."""
        self._slips[screen] = slip

    def _print(self, _argument: str, _at: float) -> None:
        session, make = self._flow.session, self._slips.get(self._flow.place.screen)
        found = make(Words(session.language)) if make is not None else None
        if found is None or HOLD in self._flow.holds:
            return
        session.slip.said = "slip.printing"
        self._flow.holds.add(HOLD)
        self._ask(NEWS, "POST", "print", found, "")

    def _answered(self, news: object, _at: float) -> None:
        if HOLD not in self._flow.holds:
            return
        self._flow.holds.discard(HOLD)
        self._flow.session.slip.said = _said(news)


def _said(news: object) -> str:
    if isinstance(news, Answer) and news.status == PRINTED:
        return "slip.printed"
    if not isinstance(news, Answer | Failed):
        return ""
    try:
        error = decode(news.content, _Refused).error if isinstance(news, Answer) else ""
    except ContractError:
        error = ""
    return TROUBLES.get(Trouble(error), "slip.away") if error in set(Trouble) else "slip.away"


def slip(head: str, number: str, lines: list[str], code: str = "") -> Slip:
    """A heading, the number as large as the paper allows, and what belongs to it."""
    body = [Line(text[:MOST_TEXT]) for text in lines if text]
    return Slip([Line(head, centred=True), Line(number, Size.BIG, centred=True), *body], code[:MOST_QR])
