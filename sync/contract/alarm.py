"""The life of an alarm: raised, at a broker, received by the centre, acknowledged by a person, closed.

Pure: an enum, a table and one function. The gateway persists the stage with the event that caused it; the
centre uses the same words. A stage never goes back: a late PUBACK after the receipt changes nothing.
"""

from __future__ import annotations

from enum import IntEnum


class Stage(IntEnum):
    """How far an alarm has come; a larger number is further."""

    RAISED = 1
    AT_BROKER = 2
    RECEIVED = 3
    ACKNOWLEDGED = 4
    CLOSED = 5

    @property
    def label(self) -> str:
        """The name on the wire and for people: `raised`, `at_broker`, ..."""
        return self.name.lower()


class Step(IntEnum):
    """What can happen to an alarm after it was raised."""

    PUBACK = 2
    RECEIPT = 3
    ACKNOWLEDGE = 4
    ON_THE_WAY = 14
    CLOSE = 5

    @property
    def label(self) -> str:
        """The name on the wire: `acknowledge`, `on_the_way`, `close`, ..."""
        return self.name.lower()


_LEADS_TO = {
    Step.PUBACK: Stage.AT_BROKER,
    Step.RECEIPT: Stage.RECEIVED,
    Step.ACKNOWLEDGE: Stage.ACKNOWLEDGED,
    Step.ON_THE_WAY: Stage.ACKNOWLEDGED,
    Step.CLOSE: Stage.CLOSED,
}


def advance(stage: Stage, step: Step) -> Stage:
    """The stage after a step: the further of the two, so that repeats and late steps are harmless."""
    return max(stage, _LEADS_TO[step])


def step_of(label: str) -> Step:
    """The step a message names; raises KeyError for any other text."""
    return Step[label.upper()]
