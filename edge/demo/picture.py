"""One look at everything, for the live show: what the gateway has on disk, what it says, what the centre has.

Alarms and backlog are read from the gateway's database, which is there also while the gateway is not; faults are asked
of its local API.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from edge import alarm_book
from edge.alarm_book import Alarm
from edge.api.client import Client, Declined, NotRunning
from edge.demo.diary import Diary, Page
from edge.demo.theatre import Theatre
from sync.contract.lanes import Lane

ALARMS = 12
API_PATIENCE_S = 1.0


@dataclass(frozen=True, slots=True)
class LaneLook:
    """`waiting` on the gateway's disk, `receipted` by the centre so far."""

    lane: str
    waiting: int
    receipted: int


@dataclass(frozen=True, slots=True)
class AlarmLook:
    """One alarm with the milliseconds of its way: to its device's answer, to a broker, to the centre's receipt."""

    at: datetime
    id: str
    device: str
    stage: str
    presses: int
    answered_ms: float | None
    broker_ms: float | None
    centre_ms: float | None
    by: str
    escalated: bool
    picture: bool


@dataclass(slots=True)
class Picture:
    """Everything a screen shows."""

    gateway_up: bool = False
    line_up: bool = False
    line_since_s: float = 0.0
    kills: int = 0
    verdict: str = ""
    faults: list[str] = field(default_factory=list)
    lanes: list[LaneLook] = field(default_factory=list)
    alarms: list[AlarmLook] = field(default_factory=list)
    devices: list[Page] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    said: int = 0
    answered: int = 0
    at_centre: int = 0
    now: float = 0.0
    kiosk: str = ""
    """What its screen and its call are doing, in words."""


async def look(theatre: Theatre, diary: Diary) -> Picture:
    """Take a picture; what cannot be read just now is left empty."""
    picture = await asyncio.to_thread(_files, theatre, diary)
    status = await asyncio.to_thread(_status, theatre.stage.api_socket) if theatre.stage.gateway.running else {}
    hood = theatre.neighbourhood
    picture.gateway_up, picture.line_up = theatre.stage.gateway.running, theatre.line.up
    picture.line_since_s = time.monotonic() - theatre.line.changed_at
    picture.verdict = str(status.get("verdict", ""))
    picture.faults = [_fault(fault) for fault in status.get("faults", [])]
    picture.dead = {talker.voice.device for talker in hood.talkers if not talker.alive}
    picture.devices = list(diary.pages.values())
    picture.said, picture.answered = theatre.ledger.said_count, theatre.ledger.answered_count
    picture.now = time.monotonic()
    return picture


def _files(theatre: Theatre, diary: Diary) -> Picture:
    picture, alarms, seen = Picture(), list[Alarm](), set[str]()
    with contextlib.suppress(sqlite3.OperationalError), closing(_open(theatre.store)) as conn:
        picture.lanes = _lanes(conn)
        alarms = alarm_book.list_alarms(conn, ALARMS)
    with contextlib.suppress(sqlite3.OperationalError), closing(_open(theatre.centre)) as conn:
        seen = {alarm for (alarm,) in conn.execute("SELECT alarm FROM alarm_updates WHERE data LIKE '%\"picture\":%'")}
        picture.at_centre = int(conn.execute("SELECT max(n) FROM events").fetchone()[0] or 0)
    picture.alarms = [_alarm(alarm, diary, picture=alarm.id in seen) for alarm in alarms]
    return picture


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0.5)


def _lanes(conn: sqlite3.Connection) -> list[LaneLook]:
    rows = conn.execute(
        """SELECT lane, sum((SELECT count(*) FROM outbox o WHERE o.era = l.era AND o.lane = l.lane)), sum(receipted)
           FROM lane l GROUP BY lane ORDER BY lane"""
    )
    return [LaneLook(Lane(lane).label, int(waiting), int(receipted)) for lane, waiting, receipted in rows]


def _alarm(alarm: Alarm, diary: Diary, *, picture: bool) -> AlarmLook:
    raised = alarm.raised()
    return AlarmLook(
        raised,
        alarm.id,
        alarm.device,
        alarm.stage.label,
        alarm.count,
        diary.sos_ms(alarm.device, raised.timestamp()),
        _ms(raised, alarm.broker_at),
        _ms(raised, alarm.received_at),
        alarm.closed_by or alarm.acknowledged_by or "",
        alarm.escalated_at is not None,
        picture,
    )


def _ms(raised: datetime, then: str | None) -> float | None:
    return None if then is None else (datetime.fromisoformat(then) - raised).total_seconds() * 1000


def _fault(fault: dict[str, Any]) -> str:
    names = ", ".join(fault.get("devices", ())) or fault["fault"]
    return f"{names}: {fault['reason']}" if fault.get("reason") else names


def _status(path: Path) -> dict[str, Any]:
    try:
        found = Client(path, timeout_s=API_PATIENCE_S).get("status")
    except (NotRunning, Declined):
        return {}
    return found if isinstance(found, dict) else {}
