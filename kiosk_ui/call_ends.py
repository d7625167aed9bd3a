"""How a call ended, in words, and what one can do now. Every reason has both.

Which ways the office offers comes with the end (`Ways`); where it could say nothing (no line, no engine) the screen
offers what works without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from kiosk_ui.call_offices import MOST_OTHERS, Offices
from kiosk_ui.view import Row
from kiosk_ui.words import Words
from sync.contract.call import Reason
from sync.contract.call_signals import Ways

AGAIN = frozenset(
    {Reason.OFFLINE, Reason.NO_ANSWER, Reason.LOST, Reason.DESK_GONE, Reason.DEVICE, Reason.ENGINE, Reason.BUSY}
    | {Reason.OFFICE, Reason.RESIDENT, Reason.ABSENT}
)
"""After these one may want to call again at once. Closed departments stay closed."""

CALLBACK = frozenset(
    {Reason.BUSY, Reason.ABSENT, Reason.CLOSED, Reason.OFFLINE, Reason.NO_ANSWER, Reason.LOST, Reason.DESK_GONE}
    | {Reason.DEVICE, Reason.ENGINE, Reason.RESIDENT}
)
"""The wish is kept in the box, so it can be left without a line as well."""

HOTLINE = CALLBACK | {Reason.REFUSED}
WITHOUT_OFFICE = frozenset({Reason.OFFLINE, Reason.ENGINE, Reason.DEVICE, Reason.LOST})
"""Nobody at the office can be called from here now, whoever is free there."""


FEW = 3


@dataclass(frozen=True, slots=True)
class End:
    """One end of a call with one department."""

    reason: Reason
    department: str
    ways: Ways | None = None


def said(end: End, offices: Offices, words: Words) -> str:
    """What happened."""
    return words.say(f"call.reason_{end.reason.value}", name=offices.name(end.department, words))


def number(end: End, offices: Offices) -> str:
    """The number to ring instead, if this end needs one."""
    if end.reason not in HOTLINE:
        return ""
    return (end.ways.hotline if end.ways is not None else "") or offices.hotline(end.department)


def ways_out(end: End, offices: Offices, words: Words, now: datetime, *, few: bool) -> tuple[Row, ...]:
    """Tiles to tap, the best first; `few`: those for which there is always room."""
    say, rows = words.say, []
    name = offices.name(end.department, words)
    if end.reason in CALLBACK or (end.ways is not None and end.ways.callback):
        rows.append(Row("callback", end.department, say("call.callback"), say("call.callback_detail")))
    if end.reason in AGAIN:
        rows.append(Row("call-again", end.department, say("call.again"), say("call.again_detail", name=name)))
    if end.reason in HOTLINE and end.reason not in WITHOUT_OFFICE:
        others = (end.ways.others if end.ways is not None else []) or offices.free(end.department, now)
        rows += [_other(other, offices, words) for other in others[:MOST_OTHERS] if other != end.department]
    if few:
        return tuple(replace(row, detail="") for row in rows[:FEW])
    return (*rows, Row("home", "", say("call.go_home")))


def _other(department: str, offices: Offices, words: Words) -> Row:
    return Row("call-other", department, offices.name(department, words), words.say("call.other_detail"))
