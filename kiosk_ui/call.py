"""What a call looks like to who stands there: the engine's newest word and what was asked, made into one phase.

Pure: no Qt, no socket, no clock. `Calls` remembers only what the engine cannot know: whom the resident has just asked
for, and which call they have left. Everything else is looked at anew with each snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from kiosk_ui.engine import Seen
from sync.contract.call import Reason, State
from sync.contract.call_screen import CallSeen, Good
from sync.contract.envelope import replaced

ENGINE_S = 4.0
"""An engine that says nothing of what was asked for so long is as good as away."""

REFUSED_S = 1.0
"""An engine that still speaks of the call before, so long after a new one was asked for, keeps to it."""

QUEUE_IDLE_S = 180.0
"""Who waits in a queue and has not touched the glass for so long is asked whether they are still there."""

MAX_DB, STEP_DB = 18.0, 6.0
"""EN 301 549, 8.2.1: 18 dB louder than normal."""

LIVING = frozenset(State) - {State.IDLE, State.ENDED}
TALKING = frozenset({State.CONNECTING, State.CONNECTED, State.ON_HOLD})


class Phase(StrEnum):
    """What the call's screen shows."""

    NONE = "none"
    NO_ENGINE = "no-engine"
    CALLING = "calling"
    QUEUED = "queued"
    RINGING = "ringing"
    INCOMING = "incoming"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    ON_HOLD = "on-hold"
    TRANSFERRED = "transferred"
    RECONNECTING = "reconnecting"
    ENDED = "ended"


OF_STATE = {
    State.IDLE: Phase.NONE,
    State.CALLING: Phase.CALLING,
    State.QUEUED: Phase.QUEUED,
    State.RINGING: Phase.RINGING,
    State.CONNECTING: Phase.CONNECTING,
    State.CONNECTED: Phase.CONNECTED,
    State.ON_HOLD: Phase.ON_HOLD,
    State.TRANSFERRED: Phase.TRANSFERRED,
    State.ENDED: Phase.ENDED,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish to call that the engine has not spoken of yet. `before` is the call it had spoken of until then."""

    department: str
    at: float
    before: str
    sent: bool
    alarm: str = ""


@dataclass(slots=True)
class Calls:
    """All there is to know of calls. `left` is the call whose end the resident has seen."""

    seen: Seen = field(default_factory=Seen)
    asked: Asked | None = None
    left: str = ""
    broke: str = ""
    """The department of a call that ended with its engine."""
    talked: frozenset[str] = frozenset()
    """Calls (at most the last) in which the two met: only these are judged afterwards."""

    def heard(self, seen: Seen) -> None:
        """The engine's newest word."""
        before = self.seen
        if before.there and before.call.state in LIVING and not _goes_on(before.call, seen):
            self.broke = before.call.department or "?"
        if seen.there and self.asked is not None and _answers(self.asked, seen):
            self.asked, self.left = None, ""
        if seen.there and seen.call.state in LIVING:
            self.broke = ""
        if seen.call.state is State.CONNECTED:
            self.talked = frozenset({seen.call.call})
        self.seen = seen

    def ask(self, department: str, at: float, *, sent: bool, alarm: str = "") -> None:
        """The resident wants that department."""
        self.asked = Asked(department, at, self.seen.call.call, sent, alarm)
        self.broke = ""

    def leave(self) -> None:
        """Whoever was here has seen how it ended; nothing of it is shown to the next one."""
        self.left, self.asked, self.broke = self.seen.call.call, None, ""
        self.seen = replace(self.seen, call=replaced(self.seen.call, texts=[], still=None, guide="", card=0))

    @property
    def call(self) -> CallSeen:
        """The engine's newest word of the call."""
        return self.seen.call

    @property
    def lives(self) -> bool:
        """There is a call: asked for, waiting or held."""
        return self.asked is not None or (self.goes_on and self.call.call != self.left)

    @property
    def goes_on(self) -> bool:
        """The engine holds one, also when whoever wanted it has gone."""
        return self.seen.there and self.call.state in LIVING

    @property
    def department(self) -> str:
        """Whom it is with."""
        return self.asked.department if self.asked is not None else self.call.department or self.broke.strip("?")

    @property
    def alarm(self) -> str:
        """The emergency it belongs to."""
        return self.asked.alarm if self.asked is not None else self.call.alarm

    def since_s(self, at: float) -> float:
        """Seconds in this state."""
        return max(0.0, self.call.state_s + at - self.seen.at)

    def away_s(self, at: float) -> float:
        """Seconds without a line inside this call; 0: there is one."""
        away = self.call.away_s > 0 or self.call.good is Good.AWAY
        return self.call.away_s + at - self.seen.at if away else 0.0

    def phase(self, at: float) -> Phase:
        """What is shown."""
        if self.asked is not None:
            late = not self.asked.sent or at - self.asked.at > ENGINE_S
            return Phase.NO_ENGINE if late or not self.seen.there else Phase.CALLING
        if self.broke:
            return Phase.ENDED if self.seen.there else Phase.NO_ENGINE
        if not self.seen.there or (self.call.call == self.left and self.left):
            return Phase.NONE
        return self._phase_of_state(at)

    def _phase_of_state(self, at: float) -> Phase:
        if self.call.incoming and self.call.state is State.RINGING:
            return Phase.INCOMING
        if self.call.state in TALKING and self.away_s(at) > 0:
            return Phase.RECONNECTING
        return OF_STATE[self.call.state]

    def reason(self) -> Reason:
        """Why it ended."""
        return Reason.ENGINE if self.broke else self.call.reason or Reason.LOST

    @property
    def can_be_judged(self) -> bool:
        """The two spoke, and one of them ended it."""
        ended = not self.broke and self.call.state is State.ENDED
        return ended and self.call.call in self.talked and self.call.reason in (Reason.RESIDENT, Reason.OFFICE)


def _goes_on(call: CallSeen, seen: Seen) -> bool:
    """An engine that began anew knows nothing of the call it had; one that has another gave this one up for it."""
    if not seen.there:
        return False
    return seen.call.state in LIVING or (seen.call.call == call.call and seen.call.state is State.ENDED)


def _answers(asked: Asked, seen: Seen) -> bool:
    """Another call than before; or still the one before, which the engine does not give up for this."""
    call = seen.call
    if call.call not in ("", asked.before):
        return True
    return call.state in LIVING and seen.at - asked.at > REFUSED_S


def louder(db: float) -> float:
    """One step up."""
    return min(MAX_DB, db + STEP_DB)


def softer(db: float) -> float:
    """One step down, not below normal."""
    return max(0.0, db - STEP_DB)
