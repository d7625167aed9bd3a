"""Is this press in an announced window a test, or real? Pure.

A test closes by itself, so the rule leans to real: only the first press of a named device by its button, at a time
that can be believed, is a test. Whoever presses again within two minutes means it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

AGAIN_MS = 2 * 60 * 1000
BUTTON = "sos"
TRUSTED = "trusted"


class Verdict(StrEnum):
    """Test, or why it is real."""

    TEST = "test"
    OUTSIDE = "outside"
    OTHER_DEVICE = "other-device"
    OTHER_CAUSE = "other-cause"
    AGAIN = "again"
    CLOCK = "clock"
    """It cannot be said when it was pressed."""


@dataclass(frozen=True, slots=True)
class Window:
    """From (included) to (not included), for these communities and devices (`gateway/device`)."""

    id: str
    begins_at: int
    ends_at: int
    communities: frozenset[str]
    devices: frozenset[str]


@dataclass(frozen=True, slots=True)
class Press:
    """What is known of an alarm.

    `others`: when other alarms of this device were raised; `open_before`: one of them is still open.
    """

    device: str
    community: str
    cause: str
    at: int
    clock: str
    presses: int = 1
    others: Sequence[int] = ()
    open_before: bool = False


def judge(press: Press, window: Window) -> Verdict:
    """What it is."""
    if not (press.device in window.devices or (press.community and press.community in window.communities)):
        return Verdict.OTHER_DEVICE
    if press.cause != BUTTON:
        return Verdict.OTHER_CAUSE
    if press.clock != TRUSTED:
        return Verdict.CLOCK
    if not window.begins_at <= press.at < window.ends_at:
        return Verdict.OUTSIDE
    again = press.presses > 1 or press.open_before
    if again or any(abs(press.at - other) < AGAIN_MS for other in press.others):
        return Verdict.AGAIN
    return Verdict.TEST
