"""The life of a call: one enum, one table, one function, used by the kiosk's end and by the office's.

Pure: knows no SDP, no socket and no clock. Names follow SIP's where SIP has them (RFC 3261: ringing, hold, transfer;
RFC 3725: the office stands between both ends and grants). A step that the table does not name is refused with
`WrongStepError` and changes nothing: a late, doubled or forged signal never moves a call.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    """Where a call is."""

    IDLE = "idle"
    CALLING = "calling"
    QUEUED = "queued"
    RINGING = "ringing"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    ON_HOLD = "on-hold"
    TRANSFERRED = "transferred"
    ENDED = "ended"


class Step(StrEnum):
    """What moves a call."""

    START = "start"
    """The kiosk asks for a department, or the office rings the kiosk."""
    QUEUE = "queue"
    RING = "ring"
    GRANT = "grant"
    """One person has it, by compare-and-set at the office."""
    MEDIA = "media"
    """Picture or sound flows both ways."""
    LOST = "lost"
    """No sound for `DEAD_S`, or the line is away: the same call is connected anew, by its next leg."""
    HOLD = "hold"
    RESUME = "resume"
    TRANSFER = "transfer"
    END = "end"


class Reason(StrEnum):
    """Why a call ended. Every one has its words on the screen and says what can be done next."""

    RESIDENT = "resident"
    """The resident hung up."""
    OFFICE = "office"
    """The person at the desk hung up."""
    BUSY = "busy"
    """As many wait as may wait."""
    ABSENT = "absent"
    """Open, but nobody of that department is there."""
    CLOSED = "closed"
    OFFLINE = "offline"
    """The box has no line to the office: refused at once."""
    NO_ANSWER = "no-answer"
    DECLINED = "declined"
    """The resident did not want to be called back."""
    LOST = "lost"
    """The line stayed away for longer than `KEEP_S`."""
    DESK_GONE = "desk-gone"
    """The page of whoever had it vanished, and nobody else is there."""
    DEVICE = "device"
    """Neither camera nor microphone can be opened."""
    ENGINE = "engine"
    """The media engine failed."""
    REFUSED = "refused"
    """Not a call that may be held: unknown department, a used id, no right."""
    REPLACED = "replaced"
    """An SOS took the kiosk."""
    IDLE = "idle"
    """Nobody stood at the kiosk any more."""


ANSWER_S = 10.0
"""A kiosk that hears nothing from the office for so long after it called is told that nobody answers."""
RING_S = 45.0
"""So long one department rings before the ways out are offered."""
RING_BACK_S = 30.0
"""So long a kiosk rings that staff call back: it stands in a shop."""
ALIVE_S = 1.0
"""Each end says so often that it lives."""
DEAD_S = 3.0
"""So long without anything from the other end, and it is said."""
KEEP_S = 60.0
"""So long a call whose line is away is kept, with the same person."""
HOLD_S = 600.0
"""The longest hold."""
QUEUE_S = 1800.0
"""The longest wait in a queue; the kiosk sends `Alive` meanwhile, a kiosk that stops leaves the queue."""

_LIVING = (
    State.CALLING,
    State.QUEUED,
    State.RINGING,
    State.CONNECTING,
    State.CONNECTED,
    State.ON_HOLD,
    State.TRANSFERRED,
)

_TABLE: dict[tuple[State, Step], State] = {
    (State.IDLE, Step.START): State.CALLING,
    (State.CALLING, Step.QUEUE): State.QUEUED,
    (State.CALLING, Step.RING): State.RINGING,
    (State.QUEUED, Step.QUEUE): State.QUEUED,
    (State.QUEUED, Step.RING): State.RINGING,
    (State.RINGING, Step.RING): State.RINGING,
    (State.RINGING, Step.QUEUE): State.QUEUED,
    (State.RINGING, Step.GRANT): State.CONNECTING,
    (State.CONNECTING, Step.MEDIA): State.CONNECTED,
    (State.CONNECTING, Step.LOST): State.CONNECTING,
    (State.CONNECTING, Step.TRANSFER): State.TRANSFERRED,
    (State.CONNECTED, Step.MEDIA): State.CONNECTED,
    (State.CONNECTED, Step.LOST): State.CONNECTING,
    (State.CONNECTED, Step.HOLD): State.ON_HOLD,
    (State.CONNECTED, Step.TRANSFER): State.TRANSFERRED,
    (State.ON_HOLD, Step.MEDIA): State.ON_HOLD,
    (State.ON_HOLD, Step.LOST): State.CONNECTING,
    (State.ON_HOLD, Step.HOLD): State.ON_HOLD,
    (State.ON_HOLD, Step.RESUME): State.CONNECTED,
    (State.ON_HOLD, Step.TRANSFER): State.TRANSFERRED,
    (State.TRANSFERRED, Step.QUEUE): State.QUEUED,
    (State.TRANSFERRED, Step.RING): State.RINGING,
    (State.TRANSFERRED, Step.GRANT): State.CONNECTING,
    **{(state, Step.END): State.ENDED for state in _LIVING},
}

LIMIT_S: dict[State, tuple[float, Reason]] = {
    State.CALLING: (ANSWER_S, Reason.NO_ANSWER),
    State.QUEUED: (QUEUE_S, Reason.NO_ANSWER),
    State.RINGING: (RING_S, Reason.NO_ANSWER),
    State.CONNECTING: (KEEP_S, Reason.LOST),
    State.ON_HOLD: (HOLD_S, Reason.LOST),
    State.TRANSFERRED: (RING_S, Reason.NO_ANSWER),
}
"""How long a call may stay in a state, and why it ends then. A connected call has no limit."""


class WrongStepError(ValueError):
    """This step cannot happen in this state; nothing changed."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call as a value. `since_s` is the time of the last change of state on the owner's monotonic clock."""

    id: str
    state: State = State.IDLE
    since_s: float = 0.0
    reason: Reason | None = None

    @property
    def lives(self) -> bool:
        """It has begun and has not ended."""
        return self.state in _LIVING

    def apply(self, step: Step, at_s: float, reason: Reason | None = None) -> Call:
        """The call after a step. `reason` belongs to END. Raises WrongStepError and leaves everything as it was."""
        after = _TABLE.get((self.state, step))
        if after is None:
            raise WrongStepError(f"{step} cannot happen to a call that is {self.state}")
        if (reason is not None) != (step is Step.END):
            raise WrongStepError("a reason belongs to the end of a call, and to nothing else")
        since = self.since_s if after is self.state else at_s
        return replace(self, state=after, since_s=since, reason=reason)

    def due(self) -> float | None:
        """When `tick` has to be asked next."""
        limit = LIMIT_S.get(self.state)
        return None if limit is None else self.since_s + limit[0]

    def tick(self, at_s: float) -> Call:
        """The call after time has passed: ended, when it stayed too long where it is."""
        due = self.due()
        return self if due is None or at_s < due else self.apply(Step.END, at_s, LIMIT_S[self.state][1])
