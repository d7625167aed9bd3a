"""What an elder is shown and told: through the device's own protocol, and by a lamp and a buzzer of the gateway.

    raised                        lamp blinks fast
    a broker or the centre has it lamp blinks
    a person has acknowledged it  lamp on; the device is told by CONFIRM and SAY (JT/T 808: 0x8203, 0x8300)
    closed                        lamp off
    escalated                     buzzer, until a person acknowledges, five minutes at most
    nobody is on duty             lamp flashes twice and again; the device is told that others are being called

"Handled" is never said while nobody looked. Tests show on the lamp and never sound. Knows no port and no storage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from drivers.model import Command, Instant, Refused, Verb
from edge.alarm_book import Alarm
from edge.intake import Place
from sync.contract.alarm import Stage, Step

BUZZ_S = 300.0
SAY_WITHIN_S = 600.0
"""A sentence that could not be said is not said later: by then it is wrong. The confirmation still is."""

MAX_PENDING = 1000

AGAIN_S = 1800.0
"""Outputs end by themselves after an hour, so that whoever forgets one does not leave it on; a lamp is renewed."""

SENTENCES: Mapping[str, Mapping[Step, str]] = {
    "zh": {Step.ACKNOWLEDGE: "您的求助已有人接到，请放心。", Step.ON_THE_WAY: "有人正在赶来，请稍候。"},
    "en": {
        Step.ACKNOWLEDGE: "Your call has been received by a person.",
        Step.ON_THE_WAY: "Somebody is on the way to you.",
    },
}
"""Said when the person who acknowledged gave no words of their own."""

ALONE: Mapping[str, str] = {
    "zh": "值班台暂时无人值守，正在联系他人，请稍候。",
    "en": "Nobody is at the desk now. Others are being called.",
}
"""Said when an alarm finds nobody on duty, unless the configuration has other words."""


class Look(IntEnum):
    """What the lamp shows; of several alarms the largest."""

    OFF = 0
    STEADY = 1
    SLOW = 2
    FAST = 3
    ALONE = 4


class Signals(Protocol):
    """Lamp and buzzer of the gateway itself. Either may be missing; then nothing happens."""

    def lamp(self, look: Look) -> None:
        """Show this until told otherwise."""

    def buzzer(self, *, on: bool) -> None:
        """Sound until told otherwise, BUZZ_S at most."""


class MemorySignals:
    """Signals that remember: what a board without lamp and buzzer has, and what tests look at."""

    def __init__(self) -> None:
        self.look = Look.OFF
        self.sounds = False
        self.history: list[str] = []

    def lamp(self, look: Look) -> None:
        """Signals: kept in `look`."""
        self.look = look
        self._note(f"lamp {look.name.lower()}")

    def buzzer(self, *, on: bool) -> None:
        """Signals: kept in `sounds`."""
        self.sounds = on
        self._note(f"buzzer {'on' if on else 'off'}")

    def _note(self, what: str) -> None:
        self.history = [*self.history[-99:], what]


def look_of(alarm: Alarm, *, alone: bool = False) -> Look:
    """What the lamp shows for one alarm; `alone`: nobody is on duty."""
    if alarm.stage is Stage.CLOSED:
        return Look.OFF
    if alarm.stage >= Stage.ACKNOWLEDGED:
        return Look.FAST if alarm.press_seq else Look.STEADY
    if alone and not alarm.test:
        return Look.ALONE
    return Look.FAST if alarm.stage is Stage.RAISED else Look.SLOW


class Board:
    """Puts all open alarms on one lamp and one buzzer; orders them only when something changes."""

    def __init__(self, signals: Signals) -> None:
        self.alone = False
        self._signals = signals
        self._looks: dict[str, Look] = {}
        self._count: Counter[Look] = Counter()
        self._sounding: dict[str, float] = {}
        self._shown, self._sounds, self._renewed_s = Look.OFF, False, 0.0

    def show(self, alarm: Alarm) -> None:
        """This alarm is new or has changed."""
        look = look_of(alarm, alone=self.alone)
        before = self._looks.pop(alarm.id, Look.OFF)
        self._count[before] -= 1
        self._count[look] += 1
        if look is not Look.OFF:
            self._looks[alarm.id] = look
        if alarm.stage >= Stage.ACKNOWLEDGED and not alarm.press_seq:
            self._sounding.pop(alarm.id, None)
        self._order()

    def sound(self, alarm: Alarm, since_s: float) -> None:
        """It has escalated."""
        self._sounding[alarm.id] = since_s + BUZZ_S
        self._order()

    def silence(self, alarm_id: str) -> bool:
        """Sound no more for this alarm, for none when it is empty; whether anything sounded."""
        ended = [a for a in self._sounding if alarm_id in ("", a)]
        for alarm in ended:
            del self._sounding[alarm]
        self._order()
        return bool(ended)

    def tick(self, now_s: float) -> None:
        """End what has sounded long enough."""
        for alarm_id in [a for a, until_s in self._sounding.items() if now_s >= until_s]:
            del self._sounding[alarm_id]
        if now_s - self._renewed_s > AGAIN_S:
            self._renewed_s = now_s
            self._signals.lamp(self._shown)
        self._order()

    def next_s(self) -> float | None:
        """When `tick` wants to be called."""
        return min(self._sounding.values(), default=None)

    def _order(self) -> None:
        look = next((look for look in reversed(Look) if look and self._count[look]), Look.OFF)
        if look is not self._shown:
            self._shown = look
            self._signals.lamp(look)
        if bool(self._sounding) is not self._sounds:
            self._sounds = bool(self._sounding)
            self._signals.buzzer(on=self._sounds)


def commands(alarm: Alarm, step: Step, text: str, language: str, *, first: bool) -> Iterator[Command]:
    """What the device is told after a person's step; `first`: no person had done anything before."""
    if first:
        yield Command(Verb.CONFIRM, alarm.address, alarm=alarm.cause)
    words = text.strip() or SENTENCES.get(language, SENTENCES["en"]).get(step, "")
    if words:
        yield Command(Verb.SAY, alarm.address, text=words)


@dataclass(slots=True)
class _Owed:
    place: Place
    commands: list[Command]
    say_until_s: float
    person: bool


class Feedback:
    """Tells devices, at once or when they are next at the line; `say` and `at_line` are the intake's.

    `on_told(alarm, refusals)`: the device was told what a person did. That nobody is there is not such a word.
    """

    def __init__(
        self,
        say: Callable[[Place, Command, Instant], Refused | None],
        at_line: Callable[[Place], bool],
        language: str,
    ) -> None:
        self.on_told: Callable[[str, list[str]], None] = lambda _alarm, _refusals: None
        self._say, self._at_line, self._language = say, at_line, language
        self._owed: dict[str, _Owed] = {}

    def acted(self, alarm: Alarm, step: Step, text: str, at: Instant, *, first: bool) -> None:
        """A person did something about it. Newer words replace older ones, a confirmation that is owed stays owed."""
        said = list(commands(alarm, step, text, self._language, first=first))
        before = self._owed.pop(alarm.id, None)
        if before is not None and not any(c.verb is Verb.CONFIRM for c in said):
            said = [c for c in before.commands if c.verb is Verb.CONFIRM] + said
        if said:
            self._owe(alarm, said, at, person=True)

    def alone(self, alarm: Alarm, text: str | None, at: Instant) -> None:
        """It found nobody on duty. `text` None: our own words; empty: nothing is said."""
        words = ALONE.get(self._language, ALONE["en"]) if text is None else text.strip()
        if words:
            self._owe(alarm, [Command(Verb.SAY, alarm.address, text=words)], at, person=False)

    def owes(self) -> bool:
        """Whether somebody is to be told who was not at the line."""
        return bool(self._owed)

    def _owe(self, alarm: Alarm, said: list[Command], at: Instant, *, person: bool) -> None:
        if len(self._owed) >= MAX_PENDING:
            del self._owed[next(iter(self._owed))]
        place = (alarm.driver, alarm.address)
        self._owed[alarm.id] = _Owed(place, said, at.monotonic_s + SAY_WITHIN_S, person)
        self.tick(at)

    def tick(self, at: Instant) -> None:
        """Tell whoever is at the line now."""
        for alarm_id, owed in list(self._owed.items()):
            if at.monotonic_s >= owed.say_until_s:
                owed.commands = [c for c in owed.commands if c.verb is not Verb.SAY]
            if owed.commands and not self._at_line(owed.place):
                continue
            del self._owed[alarm_id]
            refusals = [self._say(owed.place, command, at) for command in owed.commands]
            if owed.person:
                self.on_told(alarm_id, [refused.reason for refused in refusals if refused is not None])
