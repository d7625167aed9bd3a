"""Everything that happens to an alarm after it is on disk, in one place.

    raised, pressed      -> deadlines, lamp
    broker, centre       -> stage in the store, lamp
    a person's step      -> (stored and echoed by `alarm_steps`) the device is told, lamp, buzzer off
    nobody in time       -> kept, buzzer, kiosk, second path
    nobody on duty       -> the same at once, and the device is told

What is decided stands in `care`, `feedback` and `second_path`; this carries it out. Nothing here waits for a disk: an
escalation is carried out even when it cannot be written.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from datetime import timedelta

from drivers.model import Instant
from edge import care
from edge.alarm_book import Alarm, AlarmBook, Drill, mark_stage, press_received, saver
from edge.attendance import Attendance
from edge.care import Care, Escalation, Patience, Reason
from edge.config_shape import Alarms
from edge.feedback import Board, Feedback, Signals
from edge.second_path import SecondWay
from sync.contract.alarm import Stage, Step
from sync.contract.envelope import CloudEvent, ContractError, decode
from sync.contract.kiosk import Presence
from sync.contract.messages import AlarmStep
from sync.store import Store, Write

log = logging.getLogger("linli.alarms")

MIGRATIONS: list[tuple[str, str]] = [
    *care.MIGRATIONS,
    (
        "0021-told",
        "CREATE TABLE told (alarm TEXT PRIMARY KEY, at TEXT NOT NULL, refusals TEXT NOT NULL) WITHOUT ROWID;",
    ),
]

LONGEST_WAIT_S = 15.0
TELL_EVERY_S = 2.0
"""How often it is looked whether a device that is to be told something is at the line."""

TEST_LASTS_S = 60.0
"""A test alarm stays open for at least so long, so that the installer sees it go the whole way."""

OURSELVES = "gateway"
"""Who closed it, when no person did."""

Told = Callable[[str, Alarm, str], None]
"""(what happened, to which alarm, detail): raised, pressed, at_broker, received, acknowledge, on_the_way, close,
escalated, second_path, told (the device, with what it refused)."""


class AlarmWatch:
    """Called on the loop. `second` None: there is no second path, an escalation stays in the house."""

    def __init__(
        self,
        book: AlarmBook,
        store: Store,
        now: Callable[[], Instant],
        settings: Alarms,
        feedback: Feedback,
        signals: Signals,
        second: SecondWay | None = None,
    ) -> None:
        self.book, self.second = book, second
        self.listeners: list[Told] = []
        self.is_testing: Callable[[str], bool] = lambda _device: False
        self.on_second_path: Callable[[str | None], None] = lambda _reason: None
        self.attendance = Attendance()
        self.settings = settings
        self.care = Care(Patience(settings.escalate_after_s, settings.acknowledge_after_s))
        self._store, self._now = store, now
        self._feedback, self._board = feedback, Board(signals)
        self._told: dict[str, str] = {}
        self._acting: Alarm | None = None
        self._wake = asyncio.Event()
        feedback.on_told = self._device_told
        if second is not None:
            second.on_delivered = self._delivered
            second.on_state = self._second_state

    def load(self, conn: sqlite3.Connection) -> None:
        """Go on with what was open before the restart: what is overdue escalates at once."""
        at = self._now()
        told = {alarm for (alarm,) in conn.execute("SELECT alarm FROM told")}
        for alarm in self.book.open.values():
            rows = care.escalated(conn, alarm.id)
            self.care.take(alarm, at, [(reason, n) for reason, n, _ in rows])
            self._show(alarm)
            if alarm.stage is Stage.ACKNOWLEDGED:
                self._told[alarm.id] = alarm.text
                if alarm.id not in told and alarm.drill is not Drill.QUIET:
                    self._feedback.acted(alarm, Step.ACKNOWLEDGE, alarm.text, at, first=True)
            if not alarm.quiet:
                self._resume(alarm, [Escalation(alarm, reason, n) for reason, n, sent in rows if not sent], at)
        self._wake.set()

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as group:
            if self.second is not None:
                group.create_task(self.second.run(), name="second path")
            group.create_task(self._run(), name="escalation")

    # --- what happens to an alarm

    def raised(self, alarm: Alarm) -> None:
        """It is on disk (or, without a disk, in memory)."""
        self.care.take(alarm, self._now())
        self._shown("raised", alarm)

    def pressed(self, alarm: Alarm) -> None:
        """Somebody pressed again."""
        self.care.pressed(alarm, self._now())
        self._shown("pressed", alarm)

    def at_broker(self, era: int, seqs: range) -> None:
        """A broker has these of the alarm lane."""
        self._stepped([a for a in self.book.at(era, seqs[-1]) if a.seq in seqs], Step.PUBACK, [])

    def received(self, era: int, n: int) -> None:
        """The centre has 1..n of the alarm lane. What was refused is there as a loss only."""
        ours = [a for a in self.book.open.values() if a.era == era and not self.care.refused(a)]
        presses: list[Write] = []
        for alarm in ours:
            if (write := press_received(alarm, n)) is not None:
                presses.append(write)
                self._board.show(alarm)
        self._stepped([a for a in ours if 0 < a.seq <= n], Step.RECEIPT, presses)

    def refused(self, body: bytes) -> Alarm | None:
        """The broker will never take this message of the alarm lane: whose alarm has only the second path now."""
        try:
            event = decode(body, CloudEvent)
        except ContractError:
            return None
        alarm = self.book.open.get(event.subject or event.id)
        if alarm is not None:
            self.care.refuse(alarm)
            self.tick(self._now())
        return alarm

    def stepped(self, alarm: Alarm, step: Step, by: str = "") -> None:
        """A person's step is on disk: the elder is told, once, and in the newest words."""
        before = self._told.get(alarm.id)
        text = "" if alarm.text == before else alarm.text
        self._told[alarm.id] = alarm.text
        self._acting = alarm
        if alarm.drill is not Drill.QUIET:
            self._feedback.acted(alarm, step, text, self._now(), first=before is None)
        self._ended(alarm, step, by)

    def presence(self, word: Presence | None) -> None:
        """The centre says how many are on duty."""
        self.attendance.heard(word, self._now().monotonic_s)
        self._wake.set()

    def silence(self, alarm_id: str = "") -> bool:
        """Somebody in the house has heard the buzzer (of this alarm, or of all); whether it sounded."""
        return self._board.silence(alarm_id)

    # --- time

    def tick(self, at: Instant) -> float:
        """Do what is due; seconds until there may be something again."""
        self._attend(at)
        for escalation in self.care.due(at.monotonic_s):
            self._escalate(escalation, at)
        self._board.tick(at.monotonic_s)
        self._feedback.tick(at)
        self._end_tests(at)
        if self.second is not None and self.second.overflowed and len(self.second) == 0:
            self._refill()
        times = [t for t in (self.care.next_s(), self._board.next_s(), self._word_ends_s()) if t is not None]
        longest = TELL_EVERY_S if self._feedback.owes() else LONGEST_WAIT_S
        return min(longest, *(max(0.0, t - at.monotonic_s) for t in times)) if times else longest

    def oldest_waiting_s(self, now_s: float) -> float | None:
        """How long the oldest open alarm has been without the centre's receipt."""
        return max((self.care.age_s(a, now_s) for a in self.book.open.values() if not a.at_centre()), default=None)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            wait_s = self.tick(self._now())
            try:
                async with asyncio.timeout(wait_s):  # wait_for of Python 3.11 may swallow a cancellation
                    await self._wake.wait()
            except TimeoutError:
                continue

    # --- inside

    def _show(self, alarm: Alarm) -> None:
        """On the lamp. The elder did not press for a drill."""
        if alarm.drill is not Drill.QUIET:
            self._board.show(alarm)

    def _attend(self, at: Instant) -> None:
        """Whether anyone is on duty: on a change every alarm that no person has taken looks different."""
        alone = self.settings.unattended_at_once and self.attendance.unattended(at.monotonic_s)
        if alone is self.care.unattended:
            return
        log.warning("nobody is on duty at the centre" if alone else "somebody is on duty at the centre again")
        self.care.attend(unattended=alone)
        self._board.alone = alone
        for alarm in self.book.open.values():
            self._show(alarm)

    def _word_ends_s(self) -> float | None:
        return None if self.care.unattended else self.attendance.next_s()

    def _stepped(self, alarms: list[Alarm], step: Step, writes: list[Write]) -> None:
        at = self._now().utc.isoformat()
        changed = [a for a in alarms if mark_stage(a, step, at)]
        if changed or writes:
            # A restart before that finds it again: what is not noted as receipted is sent again.
            self._store.append([], None, [*writes, *(saver(a) for a in changed)], later=True)
        for alarm in changed:
            self._shown("at_broker" if step is Step.PUBACK else "received", alarm)

    def _ended(self, alarm: Alarm, step: Step, by: str) -> None:
        if alarm.stage is Stage.CLOSED:
            self.care.let_go(alarm)
            self._told.pop(alarm.id, None)
        if self.second is not None:
            self.second.look()
        self._shown(step.label, alarm, by or alarm.closed_by or alarm.acknowledged_by or "")

    def _shown(self, what: str, alarm: Alarm, detail: str = "") -> None:
        self._show(alarm)
        for listener in self.listeners:
            listener(what, alarm, detail)
        self._wake.set()

    def _escalate(self, escalation: Escalation, at: Instant) -> None:
        alarm, reason = escalation.alarm, escalation.reason
        alarm.escalated_at, alarm.escalation = at.utc.isoformat(), reason.value
        mark = " (test or drill: nobody is called)" if alarm.quiet else ""
        log.error("alarm %s of %s escalates: %s%s", alarm.id, alarm.device, reason.value, mark)
        self._store.append([], None, [care.noter(escalation, alarm.escalated_at), saver(alarm)])
        if not alarm.quiet:
            self._board.sound(alarm, at.monotonic_s)
            if reason is Reason.UNATTENDED:
                self._feedback.alone(alarm, self.settings.unattended_says, at)
            if self.second is not None:
                self.second.go(escalation)
        self._shown("escalated", alarm, reason.value)

    def _resume(self, alarm: Alarm, undelivered: list[Escalation], at: Instant) -> None:
        if self.second is not None:
            for escalation in undelivered:
                self.second.go(escalation)
        if alarm.escalated_at is not None and (alarm.stage < Stage.ACKNOWLEDGED or alarm.press_seq):
            age = at.utc - alarm.raised().fromisoformat(alarm.escalated_at)
            self._board.sound(alarm, at.monotonic_s - max(0.0, age.total_seconds()))

    def _refill(self) -> None:
        """There was no room for all errands; take up those that stayed in the table."""
        assert self.second is not None
        self.second.overflowed = False
        conn = self._store.reader()
        try:
            for alarm in self.book.open.values():
                for reason, n, sent in care.escalated(conn, alarm.id) if not alarm.quiet else ():
                    if not sent:
                        self.second.go(Escalation(alarm, reason, n))
        finally:
            conn.close()

    def _second_state(self, reason: str | None) -> None:
        self.on_second_path(reason)

    def _delivered(self, escalation: Escalation) -> None:
        at = self._now().utc.isoformat()
        escalation.alarm.second_path_at = at
        self._store.append([], None, [care.deliverer(escalation, at)])
        for listener in self.listeners:
            listener("second_path", escalation.alarm, escalation.reason.value)

    def _device_told(self, alarm: str, refusals: list[str]) -> None:
        for refusal in refusals:
            log.info("alarm %s: %s", alarm, refusal)
        row = (alarm, self._now().utc.isoformat(), "; ".join(refusals))
        self._store.append(
            [],
            None,
            [lambda conn: conn.execute("INSERT OR REPLACE INTO told (alarm, at, refusals) VALUES (?, ?, ?)", row)],
        )
        told = self.book.open.get(alarm) or self._acting  # what was just closed is no longer among the open ones
        if told is not None and told.id == alarm:
            for listener in self.listeners:
                listener("told", told, row[2])

    def _end_tests(self, at: Instant) -> None:
        """A test that went the whole way, and whose window is over, leaves nothing behind here.

        The device is told nothing: "a person has seen it" is never said when none has.
        """
        over = at.utc - timedelta(seconds=TEST_LASTS_S)
        for alarm in [a for a in self.book.open.values() if a.test]:
            if alarm.at_centre() and alarm.raised() <= over and not self.is_testing(alarm.device):
                end = AlarmStep(alarm=alarm.id, step=Step.CLOSE.label, by=OURSELVES, at=at.utc, reason="test is over")
                self.book.step(end, Step.CLOSE)
                self._store.append([], None, [saver(alarm)])
                self._ended(alarm, Step.CLOSE, OURSELVES)
