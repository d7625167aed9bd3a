"""The alarms of this gateway: their rows, kept in the transaction that stores the event that changed them.

Functions over a connection run on the storage thread; `AlarmBook` is the loop's picture of what is open. The life
cycle itself is `sync.contract.alarm`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from sync.contract.alarm import Stage, Step, advance
from sync.contract.messages import AlarmStep

MIGRATIONS: list[tuple[str, str]] = [
    (
        "0010-alarms",
        """
        CREATE TABLE alarm (
            id TEXT PRIMARY KEY, device TEXT NOT NULL, address TEXT NOT NULL, driver TEXT NOT NULL, cause TEXT NOT NULL,
            era INTEGER NOT NULL, seq INTEGER NOT NULL, stage INTEGER NOT NULL, test INTEGER NOT NULL DEFAULT 0,
            count INTEGER NOT NULL DEFAULT 1, raised_at TEXT NOT NULL, broker_at TEXT, received_at TEXT,
            acknowledged_at TEXT, closed_at TEXT, acknowledged_by TEXT, closed_by TEXT, reason TEXT NOT NULL DEFAULT '',
            text TEXT NOT NULL DEFAULT '', escalated_at TEXT, escalation TEXT NOT NULL DEFAULT ''
        ) WITHOUT ROWID;
        CREATE INDEX alarm_place ON alarm (era, seq);
        CREATE INDEX alarm_open ON alarm (stage) WHERE stage < 5;
        CREATE TABLE level (driver TEXT NOT NULL, address TEXT NOT NULL, causes TEXT NOT NULL,
            PRIMARY KEY (driver, address)) WITHOUT ROWID;
        """,
    ),
    ("0031-alarm-on-the-way", "ALTER TABLE alarm ADD COLUMN on_the_way_at TEXT;"),
    (
        "0032-alarm-presses",
        """ALTER TABLE alarm ADD COLUMN pressed_at TEXT;
           ALTER TABLE alarm ADD COLUMN press_seq INTEGER NOT NULL DEFAULT 0;""",
    ),
    ("0033-alarm-drill", "ALTER TABLE alarm ADD COLUMN drill INTEGER NOT NULL DEFAULT 0;"),
    ("0034-alarm-fine", "ALTER TABLE alarm ADD COLUMN fine_at TEXT;"),
]


class Drill(IntEnum):
    """Whether the centre ordered it as a drill, and how far it may go."""

    NO = 0
    QUIET = 1
    WHOLE_WAY = 2


_COLUMNS = """id, device, address, driver, cause, era, seq, stage, test, count, raised_at, broker_at, received_at,
    acknowledged_at, closed_at, acknowledged_by, closed_by, reason, text, escalated_at, escalation, on_the_way_at,
    pressed_at, press_seq, drill, fine_at"""


@dataclass(slots=True)
class Alarm:
    """One alarm. Times are ISO 8601 text as stored; `seq` 0 until the store gave it a place.

    `press_seq` is the place of the last press that the centre has not receipted, 0 when it has all.
    """

    id: str
    device: str
    address: str
    driver: str
    cause: str
    era: int = 0
    seq: int = 0
    stage: Stage = Stage.RAISED
    test: bool = False
    count: int = 1
    raised_at: str = ""
    broker_at: str | None = None
    received_at: str | None = None
    acknowledged_at: str | None = None
    closed_at: str | None = None
    acknowledged_by: str | None = None
    closed_by: str | None = None
    reason: str = ""
    text: str = ""
    escalated_at: str | None = None
    escalation: str = ""
    on_the_way_at: str | None = None
    pressed_at: str | None = None
    press_seq: int = 0
    drill: Drill = Drill.NO
    fine_at: str | None = None
    """When whoever pressed said that they are fine; nobody has pressed since."""
    stranger: bool = False
    """Raised by a device nobody registered; known only in this run."""
    second_path_at: str | None = None
    """When the second path delivered it; known only in this run."""

    def raised(self) -> datetime:
        """When it was raised."""
        return datetime.fromisoformat(self.raised_at)

    def last_press(self) -> datetime:
        """When somebody last pressed for it."""
        return datetime.fromisoformat(self.pressed_at or self.raised_at)

    @property
    def quiet(self) -> bool:
        """Nobody in the house or on the second path is to be disturbed by it."""
        return self.test or self.drill is Drill.QUIET

    def at_centre(self) -> bool:
        """Whether the centre has it, and every press for it."""
        return self.stage >= Stage.RECEIVED and not self.press_seq


def inserter(alarm: Alarm, era: int) -> Callable[[sqlite3.Connection, int], None]:
    """What stores the alarm together with its event."""

    def insert(conn: sqlite3.Connection, seq: int) -> None:
        alarm.era, alarm.seq = era, seq
        conn.execute(
            """INSERT INTO alarm (id, device, address, driver, cause, era, seq, stage, test, raised_at, drill)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                *(alarm.id, alarm.device, alarm.address, alarm.driver, alarm.cause, era, seq),
                *(int(alarm.stage), alarm.test, alarm.raised_at, int(alarm.drill)),
            ),
        )

    return insert


def counter(alarm: Alarm, at: str) -> Callable[[sqlite3.Connection, int], None]:
    """What counts another press together with its update event."""

    def count(conn: sqlite3.Connection, seq: int) -> None:
        alarm.press_seq, alarm.fine_at = seq, None
        conn.execute(
            "UPDATE alarm SET count = count + 1, pressed_at = ?, press_seq = ?, fine_at = NULL WHERE id = ?",
            (at, seq, alarm.id),
        )

    return count


def press_received(alarm: Alarm, n: int) -> Callable[[sqlite3.Connection], None] | None:
    """The centre has 1..n of the alarm lane; what notes it when the last press is among them."""
    if not 0 < alarm.press_seq <= n:
        return None
    alarm.press_seq = 0

    def note(conn: sqlite3.Connection) -> None:
        conn.execute("UPDATE alarm SET press_seq = 0 WHERE id = ? AND press_seq <= ?", (alarm.id, n))

    return note


def fine_writer(alarm_id: str, at: str) -> Callable[[sqlite3.Connection], None]:
    """What notes that they say they are fine; it changes no stage."""

    def write(conn: sqlite3.Connection) -> None:
        conn.execute("UPDATE alarm SET fine_at = ? WHERE id = ?", (at, alarm_id))

    return write


def level_writer(driver: str, address: str, causes: Iterable[str]) -> Callable[[sqlite3.Connection], None]:
    """What keeps the held alarms of a device, so that a set bit is no news after a restart."""
    text = ",".join(sorted(causes))

    def write(conn: sqlite3.Connection) -> None:
        conn.execute(
            """INSERT INTO level (driver, address, causes) VALUES (?, ?, ?)
               ON CONFLICT (driver, address) DO UPDATE SET causes = excluded.causes""",
            (driver, address, text),
        )

    return write


def levels(conn: sqlite3.Connection) -> dict[tuple[str, str], frozenset[str]]:
    """Held alarms by (driver, address)."""
    rows = conn.execute("SELECT driver, address, causes FROM level WHERE causes != ''")
    return {(driver, address): frozenset(causes.split(",")) for driver, address, causes in rows}


def open_alarms(conn: sqlite3.Connection) -> list[Alarm]:
    """Everything that is not closed, oldest first."""
    return [_row(r) for r in conn.execute(f"SELECT {_COLUMNS} FROM alarm WHERE stage < 5 ORDER BY raised_at")]  # noqa: S608


def list_alarms(conn: sqlite3.Connection, limit: int = 100, before: str = "\x7f") -> list[Alarm]:
    """The newest alarms, paged by id (`before` the last id of the page before)."""
    query = f"SELECT {_COLUMNS} FROM alarm WHERE id < ? ORDER BY id DESC LIMIT ?"  # noqa: S608
    return [_row(r) for r in conn.execute(query, (before, limit))]


def find(conn: sqlite3.Connection, alarm_id: str) -> Alarm | None:
    """One alarm, open or closed."""
    row = conn.execute(f"SELECT {_COLUMNS} FROM alarm WHERE id = ?", (alarm_id,)).fetchone()  # noqa: S608
    return _row(row) if row else None


def newest_of(conn: sqlite3.Connection, device: str, cause: str) -> Alarm | None:
    """The last alarm of a device for this cause, open or closed."""
    query = f"SELECT {_COLUMNS} FROM alarm WHERE device = ? AND cause = ? ORDER BY id DESC LIMIT 1"  # noqa: S608
    row = conn.execute(query, (device, cause)).fetchone()
    return _row(row) if row else None


def mark_stage(alarm: Alarm, step: Step, at: str, *, by: str = "", text: str = "", reason: str = "") -> bool:
    """Apply a step to the loop's picture; whether anything changed."""
    stage = advance(alarm.stage, step)
    sets_out = step is Step.ON_THE_WAY and alarm.on_the_way_at is None and stage is not Stage.CLOSED
    if stage == alarm.stage and not sets_out and text in ("", alarm.text):
        return False
    if sets_out:
        alarm.on_the_way_at = at
    if stage != alarm.stage:
        setattr(alarm, _TIMES[stage], at)
        if stage is Stage.ACKNOWLEDGED:
            alarm.acknowledged_by = by
        if stage is Stage.CLOSED:
            alarm.closed_by, alarm.reason = by, reason
        alarm.stage = stage
    alarm.text = text or alarm.text
    return True


_TIMES = {
    Stage.AT_BROKER: "broker_at",
    Stage.RECEIVED: "received_at",
    Stage.ACKNOWLEDGED: "acknowledged_at",
    Stage.CLOSED: "closed_at",
}


def saver(alarm: Alarm) -> Callable[[sqlite3.Connection], None]:
    """What writes the loop's picture of an alarm back."""
    values = (
        *(int(alarm.stage), alarm.broker_at, alarm.received_at, alarm.acknowledged_at, alarm.closed_at),
        *(alarm.acknowledged_by, alarm.closed_by, alarm.reason, alarm.text, alarm.escalated_at, alarm.escalation),
        *(alarm.on_the_way_at, alarm.id),
    )

    def save(conn: sqlite3.Connection) -> None:
        conn.execute(
            """UPDATE alarm SET stage = ?, broker_at = ?, received_at = ?, acknowledged_at = ?, closed_at = ?,
               acknowledged_by = ?, closed_by = ?, reason = ?, text = ?, escalated_at = ?, escalation = ?,
               on_the_way_at = ? WHERE id = ?""",
            values,
        )

    return save


def _row(row: tuple[object, ...]) -> Alarm:
    alarm = Alarm(*row)  # type: ignore[arg-type]
    alarm.stage, alarm.test, alarm.drill = Stage(alarm.stage), bool(alarm.test), Drill(alarm.drill)
    return alarm


def _key(alarm: Alarm) -> tuple[str, str, bool, bool]:
    return alarm.device, alarm.cause, alarm.test, alarm.drill is not Drill.NO


class AlarmBook:
    """What is open, by id and by (device, cause)."""

    def __init__(self, alarms: Iterable[Alarm] = ()) -> None:
        self.open: dict[str, Alarm] = {}
        self.strangers = 0
        self._by_cause: dict[tuple[str, str, bool, bool], Alarm] = {}
        for alarm in alarms:
            self.add(alarm)

    def add(self, alarm: Alarm) -> None:
        """A new alarm."""
        self.open[alarm.id] = alarm
        self.strangers += alarm.stranger
        self._by_cause[_key(alarm)] = alarm

    def drop(self, alarm: Alarm) -> None:
        """Closed, or not stored after all."""
        if self.open.pop(alarm.id, None) is not None:
            self.strangers -= alarm.stranger
        if self._by_cause.get(_key(alarm)) is alarm:
            del self._by_cause[_key(alarm)]

    def of(self, device: str, cause: str, *, test: bool) -> Alarm | None:
        """The open alarm a new press belongs to. A real press never belongs to a test, and no press to a drill."""
        return self._by_cause.get((device, cause, test, False))

    def at(self, era: int, upto: int) -> list[Alarm]:
        """Open alarms whose event is among 1..upto of the alarm lane."""
        return [a for a in self.open.values() if a.era == era and 0 < a.seq <= upto]

    def step(self, message: AlarmStep, step: Step) -> Alarm | None:
        """What a person did; the alarm it changed, or None when it is unknown or nothing changed."""
        alarm = self.open.get(message.alarm)
        if alarm is None:
            return None
        at = message.at.isoformat()
        changed = mark_stage(alarm, step, at, by=message.by, text=message.text, reason=message.reason)
        if alarm.stage is Stage.CLOSED:
            self.drop(alarm)
        return alarm if changed else None
