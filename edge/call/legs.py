"""The media connections of one call, numbered: which one carries it, and when the next has to be tried.

The engine has no ICE restart, so a network that changed or died makes a new leg. The old one is kept until the new one
carries: a line that was only pulled for a moment comes back on the old leg, before anything was agreed anew. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sync.contract.call import DEAD_S
from sync.contract.call_signals import MAX_LEG

ANSWER_LEG_S = 4.0
"""A leg that was offered to somebody who is there, and carries nothing for so long, is tried anew."""
MOVED_S = 0.8
"""Less patience than DEAD_S: the machine has another address, or the page closed its end."""
FRESH_S = 1.0
"""What was heard so recently is alive."""


@dataclass(slots=True)
class Leg:
    """One attempt. Times are monotonic seconds; None: not yet."""

    number: int
    opened_s: float
    sdp: str = ""
    sent_s: float | None = None
    answered_s: float | None = None
    heard_s: float | None = None
    failed: bool = False
    condemned: bool = False
    """The page says that it is dead there, whatever still comes here."""


class Legs:
    """At most two at once: the newest, and the last that carried."""

    def __init__(self) -> None:
        self.count = 0
        self._legs: dict[int, Leg] = {}

    def __iter__(self) -> Iterator[Leg]:
        return iter(list(self._legs.values()))

    def __getitem__(self, number: int) -> Leg:
        return self._legs[number]

    def __contains__(self, number: int) -> bool:
        return number in self._legs

    @property
    def newest(self) -> Leg | None:
        """The one that is offered now."""
        return self._legs.get(self.count)

    @property
    def heard_s(self) -> float | None:
        """When anything came on any of them."""
        return max((leg.heard_s for leg in self._legs.values() if leg.heard_s is not None), default=None)

    @property
    def carrying(self) -> Leg | None:
        """The newest that has ever carried anything."""
        return max((leg for leg in self._legs.values() if leg.heard_s is not None), key=_number, default=None)

    @property
    def exhausted(self) -> bool:
        """No number is left."""
        return self.count >= MAX_LEG

    def open(self, at_s: float) -> tuple[Leg, list[int]]:
        """The next leg, and the numbers of those it makes superfluous."""
        kept = self.carrying
        gone = [number for number in self._legs if kept is None or number != kept.number]
        for number in gone:
            del self._legs[number]
        self.count += 1
        leg = self._legs[self.count] = Leg(self.count, at_s)
        return leg, gone

    def close(self, number: int) -> bool:
        """It is over; whether there was one."""
        return self._legs.pop(number, None) is not None

    def close_all(self) -> list[int]:
        """All over; their numbers."""
        numbers = list(self._legs)
        self._legs.clear()
        return numbers

    def settle(self, at_s: float) -> list[int]:
        """Numbers of those that are not needed now that one carries: they are closed."""
        newest, gone = self.newest, []
        for leg in self:
            older_and_replaced = leg is not newest and newest is not None and fresh(newest, at_s)
            newer_and_unwanted = leg is newest and not fresh(leg, at_s) and self._carried_by_another(leg, at_s)
            if older_and_replaced or newer_and_unwanted:
                self.close(leg.number)
                gone.append(leg.number)
        return gone

    def _carried_by_another(self, leg: Leg, at_s: float) -> bool:
        """The line came back on an older leg, and nobody will answer this one any more."""
        others = any(fresh(other, at_s) for other in self if other is not leg)
        return others and at_s - (leg.sent_s or leg.opened_s) > ANSWER_LEG_S


def fresh(leg: Leg, at_s: float) -> bool:
    """It carries."""
    return leg.heard_s is not None and not leg.condemned and at_s - leg.heard_s < FRESH_S


def patience_s(*, broken: bool) -> float:
    """So long nothing may be heard; less where the reason is known."""
    return MOVED_S if broken else DEAD_S


def _number(leg: Leg) -> int:
    return leg.number
