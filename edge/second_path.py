"""The second way out for an alarm that the first did not bring to a person.

`SecondPath` is what a path must keep (SIA DC-09, a dialler, a text message); `MemoryPath` is one in memory, for demos
and tests. `SecondWay` carries errands over one: it tries again with growing pauses until the path says that the other
end has it, or a person has acknowledged the alarm. Nothing waits for it. What is under way is in the `escalation`
table too, so a restart goes on with it: the other end may hear of an alarm twice, never not at all.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from edge.alarm_book import Alarm
from edge.care import Escalation, Reason
from sync.contract.alarm import Stage

log = logging.getLogger("linli.second")

TIMEOUT_S = 30.0
"""A send that takes longer is cut off and counts as failed."""

PAUSES_S = (2.0, 5.0, 10.0, 30.0, 60.0)
AT_ONCE = 4
MAX_ERRANDS = 1000
"""More stay in the table only, and are taken up as others are done."""


class SecondPath(Protocol):
    """Another line to somebody who acts. It never touches the first line, its broker or its certificates."""

    name: str
    """For people: `SIA DC-09 to 203.0.113.5`."""

    async def send(self, alarm: Alarm, reason: str) -> bool:
        """Bring one alarm over. True: the other end has confirmed it, and only then.

        May take long, is cancelled after TIMEOUT_S, and is called again for the same alarm when it failed (False or
        OSError), when the reason is another, and after a restart: `alarm.id` with `reason` tells repeats apart.
        """


class MemoryPath:
    """A path whose other end is a list. `works` False: it fails; `hangs` True: it never answers."""

    def __init__(self, name: str = "memory") -> None:
        self.name = name
        self.works = True
        self.hangs = False
        self.tries = 0
        self.received: list[tuple[str, str]] = []

    async def send(self, alarm: Alarm, reason: str) -> bool:
        """SecondPath: (alarm id, reason) is what the other end sees."""
        self.tries += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.works:
            self.received.append((alarm.id, reason))
        return self.works


@dataclass(slots=True)
class _Errand:
    escalation: Escalation
    due_s: float
    tries: int = 0
    task: asyncio.Task[bool] | None = None
    cut_s: float = 0.0


class SecondWay:
    """Errands over one path. `random()` spreads repeats; `on_delivered` is called once for each."""

    def __init__(self, path: SecondPath, now_s: Callable[[], float], random: Callable[[], float]) -> None:
        self.path = path
        self.on_delivered: Callable[[Escalation], None] = lambda _escalation: None
        self.on_state: Callable[[str | None], None] = lambda _reason: None
        self.overflowed = False
        self._now_s, self._random = now_s, random
        self._errands: dict[tuple[str, Reason], _Errand] = {}
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        return len(self._errands)

    def go(self, escalation: Escalation) -> bool:
        """Bring this over; a newer round replaces an older one. False: no room now, it stays in the table."""
        key = (escalation.alarm.id, escalation.reason)
        if key not in self._errands and len(self._errands) >= MAX_ERRANDS:
            self.overflowed = True
            return False
        old = self._errands.get(key)
        if old is not None:
            self._end(old)
        self._errands[key] = _Errand(escalation, self._now_s())
        self._wake.set()
        return True

    def look(self) -> None:
        """An alarm was acknowledged or closed: look whether its errand is still needed."""
        self._wake.set()

    async def run(self) -> None:
        """Serve until cancelled."""
        try:
            while True:
                self._wake.clear()
                next_s = self.step(self._now_s())
                wait_s = None if next_s is None else max(0.0, next_s - self._now_s())
                try:
                    async with asyncio.timeout(wait_s):  # wait_for of Python 3.11 may swallow a cancellation
                        await self._wake.wait()
                except TimeoutError:
                    continue
        finally:
            for errand in self._errands.values():
                self._end(errand)

    def step(self, now_s: float) -> float | None:
        """Start what is due, cut what hangs, drop what nobody needs; when to be asked again."""
        for key, errand in list(self._errands.items()):
            if not _needed(errand.escalation):
                self._end(errand)
                del self._errands[key]
            elif errand.task is not None and now_s >= errand.cut_s:
                self._failed(errand, now_s, f"no answer in {TIMEOUT_S:g} s")
        waiting = sorted((e for e in self._errands.values() if e.task is None), key=lambda e: e.due_s)
        free = AT_ONCE - (len(self._errands) - len(waiting))
        for errand in waiting[:free]:
            if errand.due_s <= now_s:
                self._start(errand, now_s)
                free -= 1
        # with no place free only an end (which wakes) or a cut brings anything on
        times = [e.cut_s if e.task is not None else e.due_s for e in self._errands.values() if e.task or free]
        return min(times, default=None)

    def _start(self, errand: _Errand, now_s: float) -> None:
        escalation = errand.escalation
        errand.tries += 1
        errand.cut_s = now_s + TIMEOUT_S
        errand.task = asyncio.create_task(self._send(escalation), name=f"second path {escalation.alarm.id}")
        errand.task.add_done_callback(lambda task: self._done(errand, task))

    async def _send(self, escalation: Escalation) -> bool:
        try:
            return await self.path.send(escalation.alarm, escalation.reason.value)
        except Exception:  # a path is a plug-in at the edge of the program: its fault must not end the gateway
            log.exception("second path %s: alarm %s", self.path.name, escalation.alarm.id)
            return False

    def _done(self, errand: _Errand, task: asyncio.Task[bool]) -> None:
        if errand.task is not task or task.cancelled():
            return
        self._wake.set()
        if not task.result():
            self._failed(errand, self._now_s(), "not taken")
            return
        escalation = errand.escalation
        errand.task = None
        self._errands.pop((escalation.alarm.id, escalation.reason), None)
        log.warning("second path %s has alarm %s (%s)", self.path.name, escalation.alarm.id, escalation.reason)
        self.on_state(None)
        self.on_delivered(escalation)

    def _failed(self, errand: _Errand, now_s: float, reason: str) -> None:
        self._end(errand)
        pause_s = PAUSES_S[min(errand.tries, len(PAUSES_S)) - 1]
        errand.due_s = now_s + pause_s * (0.5 + 0.5 * self._random())
        self.on_state(f"{self.path.name}: {reason}")

    @staticmethod
    def _end(errand: _Errand) -> None:
        task, errand.task = errand.task, None
        if task is not None:
            task.cancel()


def _needed(escalation: Escalation) -> bool:
    """Nobody has acknowledged it; or it was pressed again after that, and the centre does not know."""
    alarm = escalation.alarm
    if alarm.stage is Stage.CLOSED:
        return False
    return alarm.stage < Stage.ACKNOWLEDGED or (
        escalation.reason is not Reason.NOT_ACKNOWLEDGED and alarm.press_seq > 0
    )
