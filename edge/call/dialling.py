"""Dialling inside one call: which leg is offered to the page, what it answered, and when the next one is tried.

Pure. Knows nothing of the call's states: its session says when somebody is there, and ends the call without a leg left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from edge.call.effects import CloseLeg, OpenLeg, TakeAnswer
from edge.call.legs import ANSWER_LEG_S, Leg, Legs, fresh, patience_s
from sync.contract.call_signals import Answer, IceServer, Offer

MOVED_FOR_S = 10.0
"""So long after a change of address a silence is taken for its effect."""
MOST_PATIENCE = 3


class Dialling:
    """`do` takes what the engine shall do, `send` the offers."""

    def __init__(
        self, do: Callable[[OpenLeg | CloseLeg | TakeAnswer], None], send: Callable[[Offer], None], *, online: bool
    ) -> None:
        self.online = online
        self._do, self._send = do, send
        self._legs = Legs()
        self._ice: tuple[IceServer, ...] = ()
        self._relay_only = False
        self._moved_s = float("-inf")
        self._tries = 0

    # --- what is known

    @property
    def newest(self) -> Leg | None:
        """The leg that is offered now."""
        return self._legs.newest

    @property
    def count(self) -> int:
        """The number of the last leg."""
        return self._legs.count

    @property
    def heard_s(self) -> float | None:
        """When anything came on any leg."""
        return self._legs.heard_s

    def receives(self, now_s: float) -> bool:
        """Whether the newest leg carries."""
        return self.newest is not None and fresh(self.newest, now_s)

    # --- what happens

    def by(self, ice: Sequence[IceServer], *, relay_only: bool) -> None:
        """The servers of this call."""
        self._ice, self._relay_only = tuple(ice), relay_only

    def open(self, now_s: float) -> bool:
        """The next leg; False: no number is left."""
        if self._legs.exhausted:
            return False
        self._tries += 1
        leg, superfluous = self._legs.open(now_s)
        for number in superfluous:
            self._do(CloseLeg(number))
        self._do(OpenLeg(leg.number, self._ice, self._relay_only))
        return True

    def close(self) -> None:
        """All legs."""
        for number in self._legs.close_all():
            self._do(CloseLeg(number))

    def gathered(self, number: int, sdp: str, now_s: float) -> None:
        """The engine has gathered."""
        if number in self._legs:
            self._legs[number].sdp = sdp
            self.offer(now_s)

    def failed(self, number: int) -> None:
        """It will never carry anything."""
        if number in self._legs:
            self._legs[number].failed = True

    def unsent(self, number: int) -> None:
        """Its offer did not go out."""
        if self.newest is not None and self.newest.number == number:
            self.newest.sent_s = None

    def offer(self, now_s: float) -> None:
        """The newest leg's description, once, when there is a line."""
        leg = self.newest
        if leg is not None and leg.sdp and leg.sent_s is None and self.online:
            leg.sent_s = now_s
            self._send(Offer(n=0, leg=leg.number, sdp=leg.sdp))

    def answered(self, answer: Answer, now_s: float) -> None:
        """By the page; once for each leg."""
        leg = self.newest
        if leg is not None and leg.number == answer.leg and leg.sdp and leg.answered_s is None:
            leg.answered_s = now_s
            self._do(TakeAnswer(leg.number, answer.sdp))

    def heard(self, number: int, heard_s: float, now_s: float) -> bool:
        """Packets came on this leg, the last one then; whether it carries now."""
        if number not in self._legs:
            return False
        self._legs[number].heard_s = heard_s
        return fresh(self._legs[number], now_s)

    def carries(self) -> None:
        """The other end is there: patience begins anew."""
        self._tries = 0

    def condemned(self, number: int) -> bool:
        """The page says that this leg is dead there; whether it was the one that counts."""
        leg = self.newest
        if leg is None or leg.number != number:
            return False
        leg.condemned = True
        return True

    def moved(self, now_s: float) -> bool:
        """The machine has another address; whether the newest leg was gathered with one that may be gone."""
        self._moved_s = now_s
        return self.newest is not None and self.newest.heard_s is None

    # --- time

    def settle(self, now_s: float) -> None:
        """Close what is not needed now that one carries."""
        for number in self._legs.settle(now_s):
            self._do(CloseLeg(number))

    def wants_another(self, now_s: float, since_s: float) -> bool:
        """Nothing flows yet, though somebody is there since then: whether this leg has had its time."""
        leg = self.newest
        if leg is None:
            return True
        begun_s = max(leg.sent_s or 0.0, leg.answered_s or 0.0, since_s)
        # A page that needs longer than we wait would never get anywhere: each try waits longer.
        longest_s = ANSWER_LEG_S * min(self._tries, MOST_PATIENCE)
        unanswered = leg.sent_s is not None and self.online and now_s - begun_s >= longest_s
        return unanswered or (leg.failed and now_s - leg.opened_s >= 1.0)

    def is_dead(self, now_s: float, heard_s: float | None) -> bool:
        """Whether a call that was heard last then has to be dialled anew."""
        leg = self.newest
        is_broken = now_s - self._moved_s < MOVED_FOR_S or (leg is not None and leg.failed)
        return heard_s is not None and now_s - heard_s >= patience_s(broken=is_broken)

    def line_back(self, now_s: float, *, connecting: bool) -> bool:
        """What could not be sent is sent; whether what was sent into the dark has to be made anew."""
        leg = self.newest
        if leg is None or any(fresh(one, now_s) for one in self._legs):
            return False
        if leg.sent_s is None:
            self.offer(now_s)
            return False
        return connecting and leg.heard_s is None and leg.answered_s is None
