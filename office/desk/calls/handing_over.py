"""To whom a call may be handed over: somebody who is there and free, or a department that would take it in."""

from __future__ import annotations

from collections.abc import Sequence

from office.desk.calls import queue
from office.desk.calls.line import Line
from office.desk.calls.queue import Clerk
from office.desk.mistake import Mistake
from sync.contract.call import Reason
from sync.contract.kiosk import Presence

_WORDS = {
    Reason.CLOSED: ("该科室已下班", "this department is closed"),
    Reason.ABSENT: ("该科室现在无人", "nobody of this department is there"),
    Reason.BUSY: ("该科室排队已满", "too many wait for this department"),
}


def to_clerk(line: Line, clerk: str, clerks: Sequence[Clerk]) -> str:
    """The department in which that clerk takes it. Raises Mistake: not there, or busy."""
    found = next((one for one in clerks if one.account == clerk), None)
    if found is None or clerk == line.clerk:
        raise Mistake("对方不在", "this person takes no calls now", 409, code="absent")
    if not found.free:
        raise Mistake("对方正在通话", "this person has a call", 409, code="busy")
    mine = line.department if line.department in found.departments else ""
    return mine or min(found.departments, default=line.department)


def check_department(line: Line, department: str, presence: Presence, clerks: Sequence[Clerk], most: int) -> None:
    """Raises Mistake: nobody else there, closed, busy."""
    others = presence.there - (department == line.department and line.clerk in {c.account for c in clerks})
    reason = queue.turned_away(
        is_open=presence.open, there=others, free=presence.free, waiting=presence.waiting, most=most
    )
    if reason is not None:
        raise Mistake(*_WORDS[reason], 409, code=str(reason))
