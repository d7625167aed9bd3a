"""Who waits for which department, at whom it rings, and how long it may take. Pure: no sockets, no clock.

As many calls ring as can be taken at once: each ringing call has a clerk of its own who could take it, though it rings
at everyone who could. The rest wait in the order: SOS, then what was handed over or came back, then first come first
served. A call of which nothing is heard keeps its place and does not ring.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from sync.contract.call import Reason

SAME_CLERK_S = 10.0
"""So long a call is offered to the clerk who had it before, alone."""
KNOWN = 20
"""The expected wait comes from so many handling times, the newest."""
FEWEST = 5
"""With fewer of them it is unknown."""
MOST_WAITING = 10
"""In one department, where nothing else is set."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One call that nobody has. Times are monotonic seconds."""

    call: str
    department: str
    since_s: float
    alarm: bool = False
    first: bool = False
    """It was handed over, or came back: before the others of its department."""
    only: str = ""
    """For this clerk alone."""
    again: str = ""
    """The clerk who had it before."""
    again_until_s: float = 0.0
    declined: frozenset[str] = frozenset()
    """Clerks who do not want it now."""
    heard: bool = True
    """Its kiosk is there."""


@dataclass(frozen=True, slots=True)
class Clerk:
    """Somebody who takes calls now. `duty`: every SOS rings there too."""

    account: str
    departments: frozenset[str]
    free: bool = True
    duty: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a call is: at whom it rings, or (nobody) its place from 1."""

    call: str
    rings: tuple[str, ...] = ()
    place: int = 0


def arrange(waiting: Iterable[Waiting], clerks: Sequence[Clerk], now_s: float) -> list[Standing]:
    """All of them in their order."""
    ordered = sorted(waiting, key=lambda one: (not one.alarm, not one.first, one.since_s, one.call))
    all_free = [clerk for clerk in clerks if clerk.free]
    may = {one.call: _candidates(one, all_free, now_s) for one in ordered}
    taken: dict[str, str] = {}
    placed: Counter[str] = Counter()
    found = []
    for one in ordered:
        if _match(one.call, may, taken, set()):
            found.append(Standing(one.call, may[one.call]))
        else:
            placed[one.department] += 1
            found.append(Standing(one.call, place=placed[one.department]))
    return found


def _candidates(one: Waiting, free: Sequence[Clerk], now_s: float) -> tuple[str, ...]:
    if not one.heard:
        return ()
    free = [clerk for clerk in free if clerk.account not in one.declined]
    if one.only:
        return tuple(clerk.account for clerk in free if clerk.account == one.only)
    if one.again and now_s < one.again_until_s and any(clerk.account == one.again for clerk in free):
        return (one.again,)
    return tuple(sorted(clerk.account for clerk in free if serves(clerk, one.department, alarm=one.alarm)))


def serves(clerk: Clerk, department: str, *, alarm: bool) -> bool:
    """Whether such a call is one of this clerk's."""
    return department in clerk.departments or (alarm and clerk.duty)


def _match(call: str, may: dict[str, tuple[str, ...]], taken: dict[str, str], tried: set[str]) -> bool:
    """Give the call a clerk of its own, if need be by giving an earlier call another (Kuhn's augmenting path).

    Who had a clerk keeps one.
    """
    for account in may[call]:
        if account in tried:
            continue
        tried.add(account)
        holder = taken.get(account)
        if holder is None or _match(holder, may, taken, tried):
            taken[account] = call
            return True
    return False


def expected_wait(handled_s: Sequence[float], place: int, there: int) -> float | None:
    """Seconds until it is the turn of that place; None: unknown. `handled_s` in the order in which they ended."""
    newest = handled_s[-KNOWN:]
    if len(newest) < FEWEST or not there:
        return None
    return round(median(newest) * place / there, 1)


def turned_away(*, is_open: bool, there: int, free: int, waiting: int, most: int) -> Reason | None:
    """Why a new call is not let into the queue; None: it is. An SOS is never asked this."""
    if not is_open:
        return Reason.CLOSED
    if not there:
        return Reason.ABSENT
    if not free and waiting >= most:
        return Reason.BUSY
    return None
