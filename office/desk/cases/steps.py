"""The steps of a case and what leads from one to the next. A table, and one function that reads it.

    received -> dispatch -> handle -> verify -> reply -> close -> ended
    登记         派遣        处理      核查      回复     结案     (办结)
                   ^          ^ |       |                  |
                   +- return -+ +<------+ send back        |
                              +<---------------------------+ not solved

A case stands *in* the step that is being worked. In 结案 (close) the resident has the answer and is asked; their word,
a clerk or the time set for it ends the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from office.desk.people.roles import Permission


class Step(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    DISPATCH = "dispatch"
    HANDLE = "handle"
    VERIFY = "verify"
    REPLY = "reply"
    CLOSE = "close"
    ENDED = "ended"

    @property
    def titles(self) -> dict[str, str]:
        """As people say it."""
        zh, en = _TITLES[self]
        return {"zh": zh, "en": en}


LINE = (Step.DISPATCH, Step.HANDLE, Step.VERIFY, Step.REPLY, Step.CLOSE)
"""The five that residents see."""

TIMED = (Step.RECEIVED, *LINE)
"""Those that have a deadline."""


class Action(StrEnum):
    """What somebody does to a case."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    DISPATCH = "dispatch"
    RETURN = "return"
    HAND_OVER = "hand-over"
    DONE = "done"
    SEND_BACK = "send-back"
    VERIFIED = "verified"
    REPLY = "reply"
    END = "end"
    REOPEN = "reopen"
    HOLD = "hold"
    RESUME = "resume"
    NOTE = "note"
    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Rule:
    """From which steps, to which (None: it stays), who may, and whether words must be given."""

    start: tuple[Step, ...]
    to: Step | None
    may: Permission
    words: bool = False


LEAD, WORK = Permission.CASES_LEAD, Permission.CASES_WORK

OPEN = (*TIMED,)

RULES: dict[Action, Rule] = {
    Action.ACCEPT: Rule((Step.RECEIVED,), Step.DISPATCH, LEAD),
    Action.REFUSE: Rule((Step.RECEIVED, Step.DISPATCH), Step.CLOSE, LEAD, words=True),
    Action.DISPATCH: Rule((Step.RECEIVED, Step.DISPATCH), Step.HANDLE, LEAD),
    Action.RETURN: Rule((Step.HANDLE,), Step.DISPATCH, WORK, words=True),
    Action.HAND_OVER: Rule((Step.HANDLE,), None, WORK),
    Action.DONE: Rule((Step.HANDLE,), Step.VERIFY, WORK, words=True),
    Action.SEND_BACK: Rule((Step.VERIFY,), Step.HANDLE, LEAD, words=True),
    Action.VERIFIED: Rule((Step.VERIFY,), Step.REPLY, LEAD),
    Action.REPLY: Rule((Step.REPLY,), Step.CLOSE, WORK, words=True),
    Action.END: Rule((Step.CLOSE,), Step.ENDED, LEAD),
    Action.REOPEN: Rule((Step.CLOSE, Step.ENDED), Step.HANDLE, LEAD, words=True),
    Action.HOLD: Rule(OPEN, None, WORK, words=True),
    Action.RESUME: Rule(OPEN, None, WORK),
    Action.NOTE: Rule(tuple(Step), None, WORK, words=True),
    Action.MERGE: Rule(OPEN, None, LEAD),
    Action.SPLIT: Rule(tuple(Step), None, LEAD),
}


class NotNow(ValueError):  # noqa: N818 - reads as what it is
    """This action does not fit the step the case stands in."""


def after(step: Step, action: Action) -> Step:
    """Where the case stands after that. Raises NotNow."""
    rule = RULES[action]
    if step not in rule.start:
        raise NotNow(f"{action} is not possible in {step}")
    return step if rule.to is None else rule.to


def possible(step: Step, may: frozenset[Permission], *, held: bool, merged: bool) -> list[Action]:
    """What somebody with these permissions can do now, in the order in which it is offered."""
    return [
        action
        for action, rule in RULES.items()
        if step in rule.start and rule.may in may and fits(action, held=held, merged=merged)
    ]


def fits(action: Action, *, held: bool, merged: bool) -> bool:
    """Whether the action fits a case on hold, or one that follows another."""
    if merged:
        return action in (Action.SPLIT, Action.NOTE)
    if action is Action.SPLIT:
        return False
    return action is not Action.HOLD if held else action is not Action.RESUME


_TITLES = {
    Step.RECEIVED: ("登记", "Received"),
    Step.DISPATCH: ("派遣", "Dispatch"),
    Step.HANDLE: ("处理", "Handle"),
    Step.VERIFY: ("核查", "Verify"),
    Step.REPLY: ("回复", "Reply"),
    Step.CLOSE: ("结案", "Close"),
    Step.ENDED: ("已办结", "Ended"),
}
