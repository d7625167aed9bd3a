"""The emergency on the screen: a hold that cannot happen by mistake, then how far help has come. Pure.

`Sos` is told what happens (a finger down or up, the gateway's word of the alarm, the line) and is looked at; what must
be done about it comes back as `Act`. "At the office", "somebody has it" and "on the way" are said only when the
gateway says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil

from sync.contract.envelope import Struct

HOLD_S = 1.5
SLOW_S = 5.0
"""A help that is not at the office by then is said to be held up."""
KEEP_S = 600.0
"""So long an open alarm keeps its screen in front after the last touch or news."""
DEVICE = "kiosk"
DUTY = "duty"


class AlarmNow(Struct, frozen=True, kw_only=True):
    """The parts of an alarm of the local API that the screen shows."""

    id: str
    device: str
    stage: str
    test: bool = False
    count: int = 1
    acknowledged_by: str | None = None
    on_the_way_at: datetime | None = None
    text: str = ""
    escalated_at: datetime | None = None
    second_path_at: datetime | None = None
    fine_at: datetime | None = None

    @property
    def open(self) -> bool:
        """No person has closed it."""
        return self.stage != "closed"


class Stage(StrEnum):
    """What the screen says above everything else."""

    READY = "ready"
    """Nothing was pressed."""
    SHORT = "short"
    """Pressed, and let go too soon."""
    SENDING = "sending"
    UNKEPT = "unkept"
    """The gateway does not take it: the button and the telephone are left."""
    RAISED = "raised"
    HELD_UP = "held-up"
    """Kept in the box, which has no line."""
    AT_OFFICE = "at-office"
    TAKEN = "taken"
    COMING = "coming"
    CLOSED = "closed"


_OF = {"received": Stage.AT_OFFICE, "acknowledged": Stage.TAKEN, "closed": Stage.CLOSED}


class Act(StrEnum):
    """What is to be done now."""

    NOTHING = "nothing"
    SHOW = "show"
    PRESS = "press"


@dataclass(slots=True)
class Sos:
    """One kiosk's emergency. Nothing in here is about a person."""

    down_at: float | None = None
    short: bool = False
    sent_at: float | None = None
    """A press is on its way to the gateway."""
    unkept: bool = False
    alarm: AlarmNow | None = None
    news_at: float = 0.0
    raised_at: float = 0.0
    seen: str = ""
    """The alarm whose end somebody has looked at, or whose screen was left."""

    # --- fingers

    def down(self, at: float) -> None:
        """A finger on the button."""
        self.down_at, self.short = at, False

    def up(self, at: float) -> Act:
        """The finger is gone; too soon is no press, and opens the screen that says how."""
        if self.down_at is None:
            return Act.NOTHING
        held = at - self.down_at >= HOLD_S
        self.down_at = None
        if held:
            return Act.PRESS
        self.short = True
        return Act.SHOW

    def tick(self, at: float) -> Act:
        """Held for long enough."""
        if self.down_at is None or at - self.down_at < HOLD_S:
            return Act.NOTHING
        self.down_at = None
        return Act.PRESS

    def left(self, at: float) -> int:
        """Seconds to hold on; 0: nobody holds."""
        return 0 if self.down_at is None else max(1, ceil(HOLD_S - (at - self.down_at)))

    # --- the press

    def pressed(self, at: float) -> None:
        """It goes to the gateway now."""
        self.sent_at, self.unkept, self.short, self.news_at = at, False, False, at
        if self.alarm is None or not self.alarm.open:
            self.alarm, self.raised_at = None, at

    def not_kept(self) -> None:
        """The gateway could not be asked, or has no disk."""
        self.unkept = True

    # --- news

    def heard(self, alarm: AlarmNow | None, at: float) -> bool:
        """The gateway's word of this kiosk's alarm; whether it is one that nobody has seen here."""
        if alarm is None or self._is_past(alarm):
            return False
        before, self.alarm = self.alarm, alarm
        if alarm != before:
            self.news_at = at
        if alarm.open:
            self.sent_at, self.unkept = None, False
        fresh = alarm.open and alarm.id != self.seen and (before is None or before.id != alarm.id)
        if fresh:
            self.raised_at = at
        return fresh

    def _is_past(self, alarm: AlarmNow) -> bool:
        """The end of an earlier emergency than the one that is shown, or on its way."""
        return not alarm.open and (self.alarm is None or self.alarm.id != alarm.id)

    def leave(self) -> None:
        """Whoever stood here has gone."""
        self.down_at, self.short, self.unkept = None, False, False
        if self.alarm is not None:
            self.seen = self.alarm.id
            if not self.alarm.open:
                self.alarm = None

    # --- what is shown

    def stage(self, at: float) -> Stage:
        """How far it is."""
        if self.sent_at is not None:
            return Stage.UNKEPT if self.unkept else Stage.SENDING
        if self.alarm is None:
            return Stage.SHORT if self.short else Stage.READY
        if self.alarm.stage in ("raised", "at_broker"):
            return Stage.HELD_UP if at - self.raised_at > SLOW_S else Stage.RAISED
        if self.alarm.open and self.alarm.on_the_way_at is not None:
            return Stage.COMING
        return _OF[self.alarm.stage]

    def stays(self, last_touch: float, at: float) -> bool:
        """Whether its screen stays in front."""
        busy = self.sent_at is not None or self.down_at is not None or (self.alarm is not None and self.alarm.open)
        return busy and at - max(last_touch, self.news_at) < KEEP_S
