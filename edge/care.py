"""What an open alarm still needs, and until when: pure, time is an argument.

    refused by the broker for good        at once         buzzer, second path
    no receipt of the centre              10 s            buzzer, second path
    nobody is on duty at the centre       at once         buzzer, second path
    no person acknowledged it             60 s            buzzer, second path again, with this reason

Each reason counts once in a round; a new press starts a new round (of an alarm that a person has acknowledged only the
receipt of that press is still owed). Rounds are known by the number of presses, so what was escalated before a
restart is not escalated again. Intervals are monotonic. Over a restart they are counted from the wall clock; where that
stood before the press (no battery clock), from the start: an alarm can then be late by one interval, never lost.

Tests have the same deadlines, marked as tests: they are logged and shown, and ring neither buzzer nor second path.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from drivers.model import Instant
from edge.alarm_book import Alarm
from sync.contract.alarm import Stage

MIGRATIONS: list[tuple[str, str]] = [
    (
        "0020-escalations",
        """
        CREATE TABLE escalation (
            alarm TEXT NOT NULL, reason TEXT NOT NULL, round INTEGER NOT NULL, at TEXT NOT NULL, delivered_at TEXT,
            PRIMARY KEY (alarm, reason, round)
        ) WITHOUT ROWID;
        """,
    ),
]


class Reason(StrEnum):
    """Why an alarm escalates."""

    REFUSED = "refused"
    NO_RECEIPT = "no_receipt"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    UNATTENDED = "unattended"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the centre, and a person, may take."""

    receipt_s: float = 10.0
    acknowledge_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Escalation:
    """One alarm that did not get what it needed. `round` is the number of presses it stands for."""

    alarm: Alarm
    reason: Reason
    round: int


@dataclass(slots=True)
class _Watched:
    alarm: Alarm
    since_s: float
    round: int
    refused: bool = False
    done: set[tuple[Reason, int]] = field(default_factory=set)


class Care:
    """All open alarms with their deadlines."""

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self.unattended = False
        self._watched: dict[str, _Watched] = {}
        self._queue: list[tuple[float, str]] = []

    def take(self, alarm: Alarm, at: Instant, done: Iterable[tuple[Reason, int]] = ()) -> None:
        """Watch an alarm: a new one, or one from before a restart with what was escalated for it then."""
        age_s = max(0.0, (at.utc - alarm.last_press()).total_seconds())
        watched = _Watched(alarm, at.monotonic_s - age_s, alarm.count, done=set(done))
        watched.refused = any(reason is Reason.REFUSED for reason, _ in watched.done)
        self._watched[alarm.id] = watched
        self._plan(watched)

    def pressed(self, alarm: Alarm, at: Instant) -> None:
        """Somebody pressed again: a new round."""
        alarm.pressed_at = at.utc.isoformat()
        watched = self._watched.get(alarm.id)
        if watched is None:
            self.take(alarm, at)
            return
        watched.round, watched.since_s = alarm.count, at.monotonic_s
        self._plan(watched)

    def attend(self, *, unattended: bool) -> None:
        """Nobody at the centre would see an alarm; or somebody would again."""
        self.unattended = unattended
        for watched in self._watched.values() if unattended else ():
            self._plan(watched)

    def refuse(self, alarm: Alarm) -> None:
        """The broker will never take it: nobody but the second path can."""
        watched = self._watched.get(alarm.id)
        if watched is not None:
            watched.refused = True
            self._plan(watched)

    def refused(self, alarm: Alarm) -> bool:
        """Whether a receipt of its sequence says nothing, because what was receipted was the loss."""
        watched = self._watched.get(alarm.id)
        return watched is not None and watched.refused

    def let_go(self, alarm: Alarm) -> None:
        """Closed."""
        self._watched.pop(alarm.id, None)

    def age_s(self, alarm: Alarm, now_s: float) -> float:
        """Since when it has waited in this round."""
        watched = self._watched.get(alarm.id)
        return now_s - watched.since_s if watched else 0.0

    def next_s(self) -> float | None:
        """The monotonic second at which `due` wants to be asked."""
        return self._queue[0][0] if self._queue else None

    def due(self, now_s: float) -> list[Escalation]:
        """What escalates now. Each is named once."""
        found: list[Escalation] = []
        while self._queue and self._queue[0][0] <= now_s:
            _, alarm_id = heapq.heappop(self._queue)
            watched = self._watched.get(alarm_id)
            if watched is None:
                continue
            for at_s, reason in list(self._needs(watched)):
                if at_s <= now_s:
                    watched.done.add((reason, watched.round))
                    found.append(Escalation(watched.alarm, reason, watched.round))
            self._plan(watched)
        return found

    def _needs(self, watched: _Watched) -> Iterator[tuple[float, Reason]]:
        alarm, patience = watched.alarm, self.patience
        needed: list[tuple[float, Reason]] = []
        if watched.refused:
            needed.append((watched.since_s, Reason.REFUSED))
        elif not alarm.at_centre():
            needed.append((watched.since_s + patience.receipt_s, Reason.NO_RECEIPT))
        if alarm.stage < Stage.ACKNOWLEDGED and self.unattended:
            needed.append((watched.since_s, Reason.UNATTENDED))
        if alarm.stage < Stage.ACKNOWLEDGED:
            needed.append((watched.since_s + patience.acknowledge_s, Reason.NOT_ACKNOWLEDGED))
        for at_s, reason in needed:
            if alarm.stage < Stage.CLOSED and (reason, watched.round) not in watched.done:
                yield at_s, reason

    def _plan(self, watched: _Watched) -> None:
        """Ask again at the earliest deadline; one entry too many is only a question too many."""
        times = [at_s for at_s, _ in self._needs(watched)]
        if times:
            heapq.heappush(self._queue, (min(times), watched.alarm.id))


def noter(escalation: Escalation, at: str) -> Callable[[sqlite3.Connection], None]:
    """What keeps that this was escalated."""
    place = (escalation.alarm.id, escalation.reason.value, escalation.round, at)

    def note(conn: sqlite3.Connection) -> None:
        conn.execute("INSERT OR IGNORE INTO escalation (alarm, reason, round, at) VALUES (?, ?, ?, ?)", place)

    return note


def deliverer(escalation: Escalation, at: str) -> Callable[[sqlite3.Connection], None]:
    """What keeps that the second path has it; it stands for the rounds before, too."""
    place = (at, escalation.alarm.id, escalation.reason.value, escalation.round)

    def note(conn: sqlite3.Connection) -> None:
        conn.execute(
            """UPDATE escalation SET delivered_at = ?
               WHERE alarm = ? AND reason = ? AND round <= ? AND delivered_at IS NULL""",
            place,
        )

    return note


def escalated(conn: sqlite3.Connection, alarm_id: str) -> list[tuple[Reason, int, bool]]:
    """What was escalated for an alarm: reason, round, and whether the second path has it."""
    rows = conn.execute("SELECT reason, round, delivered_at FROM escalation WHERE alarm = ? ORDER BY at", (alarm_id,))
    return [(Reason(reason), int(n), delivered is not None) for reason, n, delivered in rows]
