"""What people and programs may see of the tables: frozen shapes and the queries that fill them.

Functions over a reading connection. Lists are paged by key (`before` or `after` the last one seen), never by offset.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from office import arrivals
from sync.contract.alarm import Stage
from sync.contract.envelope import Raw, Struct

LIMIT = 200


class StepView(Struct, frozen=True):
    """What someone did about an alarm."""

    step: str
    by: str
    at: datetime
    text: str
    reason: str
    actor: str = ""


class AlarmView(Struct, frozen=True, kw_only=True):
    """An alarm and the times of its life. `delay_s`: from the gateway's raising it to our disk."""

    id: str
    origin: str
    gateway: str
    device: str
    cause: str
    severity: str
    stage: str
    test: bool
    presses: int
    updates: int
    clock: str
    raised_at: datetime
    received_at: datetime
    delay_s: float
    echoed: str | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    on_the_way_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    reason: str = ""
    data: Raw = Raw(b"{}")
    steps: list[StepView] = []


class DeviceView(Struct, frozen=True, kw_only=True):
    """A device and its last word."""

    n: int
    gateway: str
    device: str
    source: str
    profile: str
    registered: bool
    first_at: datetime
    last_type: str | None = None
    last_time: datetime | None = None
    last_received: datetime | None = None
    last_data: Raw = Raw(b"null")


class GatewayView(Struct, frozen=True, kw_only=True):
    """A gateway, how it says it is, and how far each lane has come."""

    gateway: str
    online: bool
    silent: bool
    first_at: datetime
    heard_at: datetime
    epoch: str
    lanes: dict[str, int]
    missing: int
    state: Raw


class GapView(Struct, frozen=True, kw_only=True):
    """Sequences that have not come while later ones have."""

    gateway: str
    epoch: str
    lane: str
    first: int
    last: int
    since: datetime


class LossView(Struct, frozen=True, kw_only=True):
    """Sequences that were given up on purpose."""

    n: int
    gateway: str
    epoch: str
    lane: str
    first: int
    last: int
    reason: str
    said_by: str
    at: datetime


class QuarantineView(Struct, frozen=True, kw_only=True):
    """A message that broke the contract; `text` is its beginning."""

    n: int
    gateway: str
    topic: str
    reason: str
    place: str
    size: int
    times: int
    at: datetime
    last_at: datetime
    text: str


class EventView(Struct, frozen=True, kw_only=True):
    """An event as it was stored; `n` is its number in the order of arrival."""

    n: int
    id: str
    gateway: str
    source: str
    type: str
    time: datetime
    received: datetime
    epoch: str
    lane: str
    sequence: int
    clock: str
    subject: str | None
    data: Raw


class OrderView(Struct, frozen=True, kw_only=True):
    """An order and what became of it; `outcome` is empty while it waits, `sent` whether a broker has it."""

    id: str
    gateway: str
    command: str
    device: str
    by: str
    made_at: datetime
    expires_at: datetime
    sent: bool
    outcome: str | None
    reason: str
    arguments: Raw
    result: Raw
    answered_at: datetime | None = None


class PresenceView(Struct, frozen=True, kw_only=True):
    """How many people of a department are there, and how many wait for them."""

    department: str
    there: int
    waiting: int
    at: datetime


class AwaitedView(Struct, frozen=True, kw_only=True):
    """A file an event names and that has not come."""

    sha256: str
    gateway: str
    event: str
    at: datetime


def alarm(conn: sqlite3.Connection, alarm_id: str) -> AlarmView | None:
    """One alarm with its steps."""
    row = conn.execute(_ALARMS + "WHERE id=?", (alarm_id,)).fetchone()
    if row is None:
        return None
    taken = "SELECT step, by, at, text, reason, actor FROM alarm_steps WHERE alarm=? ORDER BY n"
    steps = conn.execute(taken, (alarm_id,))
    return _alarm(row, [StepView(**{**dict(step), "at": _time(step["at"])}) for step in steps])


def alarms(
    conn: sqlite3.Connection,
    *,
    only_open: bool = False,
    gateway: str | None = None,
    before: int | None = None,
    limit: int = LIMIT,
) -> list[AlarmView]:
    """Newest first; `before` is a `received_at` in milliseconds."""
    which = "stage<5 AND" if only_open else ""  # literally as in the index of the open ones
    rows = conn.execute(
        _ALARMS
        + f"WHERE {which} (?1 IS NULL OR gateway=?1) AND received_at<?2 ORDER BY received_at DESC, id DESC LIMIT ?3",
        (gateway, _EVER if before is None else before, limit),
    )
    return [_alarm(row, []) for row in rows]


def devices(
    conn: sqlite3.Connection, *, gateway: str | None = None, after: int = 0, limit: int = LIMIT
) -> list[DeviceView]:
    """Every device that ever spoke, each with its newest event."""
    rows = conn.execute(
        """SELECT d.id AS n, d.gateway, d.device, d.source, d.profile, d.registered, d.first_at,
                  e.type, e.time, e.received, e.data
           FROM devices d LEFT JOIN events e ON e.n = (SELECT max(n) FROM events WHERE device=d.id)
           WHERE d.id>?1 AND (?2 IS NULL OR d.gateway=?2) ORDER BY d.id LIMIT ?3""",
        (after, gateway, limit),
    )
    return [
        DeviceView(
            n=row["n"],
            gateway=row["gateway"],
            device=row["device"],
            source=row["source"],
            profile=row["profile"],
            registered=bool(row["registered"]),
            first_at=_time(row["first_at"]),
            last_type=row["type"],
            last_time=_time_or_none(row["time"]),
            last_received=_time_or_none(row["received"]),
            last_data=Raw((row["data"] or "null").encode()),
        )
        for row in rows
    ]


def gateways(conn: sqlite3.Connection) -> list[GatewayView]:
    """All gateways by name, each with the watermarks of its present epoch."""
    missing: dict[str, int] = {}
    for gap in arrivals.gaps(conn):
        missing[gap.gateway] = missing.get(gap.gateway, 0) + gap.last - gap.first + 1
    return [
        GatewayView(
            gateway=row["gateway"],
            online=bool(row["online"]),
            silent=row["silent_alarm"] is not None,
            first_at=_time(row["first_at"]),
            heard_at=_time(row["heard_at"]),
            epoch=row["epoch"],
            lanes={r.lane: r.n for r in arrivals.receipts(conn, row["gateway"], row["epoch"])},
            missing=missing.get(row["gateway"], 0),
            state=Raw(row["state"].encode()),
        )
        for row in conn.execute("SELECT * FROM gateways ORDER BY gateway")
    ]


def gaps(conn: sqlite3.Connection, gateway: str | None = None) -> list[GapView]:
    """What is missing, longest known first."""
    return [
        GapView(gateway=g.gateway, epoch=g.epoch, lane=g.lane, first=g.first, last=g.last, since=_time(g.since))
        for g in arrivals.gaps(conn, gateway)
    ]


def losses(conn: sqlite3.Connection, gateway: str | None = None, limit: int = LIMIT) -> list[LossView]:
    """What was given up on purpose, newest first."""
    rows = conn.execute(
        """SELECT l.n, s.gateway, s.epoch, s.lane, l.first, l.last, l.reason, l.said_by, l.at
           FROM losses l JOIN streams s ON s.id = l.stream
           WHERE ?1 IS NULL OR s.gateway=?1 ORDER BY l.n DESC LIMIT ?2""",
        (gateway, limit),
    )
    return [LossView(**{**dict(row), "at": _time(row["at"])}) for row in rows]


def quarantined(conn: sqlite3.Connection, *, before: int | None = None, limit: int = LIMIT) -> list[QuarantineView]:
    """Newest first."""
    rows = conn.execute(
        """SELECT n, gateway, topic, reason, place, size, times, at, last_at, substr(payload, 1, 400) AS head
           FROM quarantine WHERE ?1 IS NULL OR n<?1 ORDER BY n DESC LIMIT ?2""",
        (before, limit),
    )
    return [
        QuarantineView(
            n=row["n"],
            gateway=row["gateway"],
            topic=row["topic"],
            reason=row["reason"],
            place=row["place"],
            size=row["size"],
            times=row["times"],
            at=_time(row["at"]),
            last_at=_time(row["last_at"]),
            text=bytes(row["head"]).decode("utf-8", "backslashreplace"),
        )
        for row in rows
    ]


def events(
    conn: sqlite3.Connection, *, after: int = 0, device: int | None = None, limit: int = LIMIT
) -> list[EventView]:
    """In the order of arrival after number `after`, of all devices or of one."""
    of_device = "AND e.device=?2" if device is not None else ""
    rows = conn.execute(
        f"""SELECT e.n, e.id, d.gateway, d.source, e.type, e.time, e.received, s.epoch, s.lane, e.seq AS sequence,
                   e.clock, e.subject, e.data
            FROM events e JOIN streams s ON s.id = e.stream JOIN devices d ON d.id = e.device
            WHERE e.n>?1 {of_device} ORDER BY e.n LIMIT ?3""",  # noqa: S608 - both texts are ours
        (after, device, limit),
    )
    times = ("time", "received")
    return [
        EventView(**{**dict(row), **{k: _time(row[k]) for k in times}, "data": Raw(row["data"].encode())})
        for row in rows
    ]


def order(conn: sqlite3.Connection, order_id: str) -> OrderView | None:
    """One order."""
    row = conn.execute(
        """SELECT o.*, EXISTS(SELECT 1 FROM sendings WHERE about=o.id AND confirmed_at IS NOT NULL) AS sent
           FROM orders o WHERE id=?""",
        (order_id,),
    ).fetchone()
    if row is None:
        return None
    return OrderView(
        id=row["id"],
        gateway=row["gateway"],
        command=row["command"],
        device=row["device"],
        by=row["by"],
        made_at=_time(row["made_at"]),
        expires_at=_time(row["expires_at"]),
        sent=bool(row["sent"]),
        outcome=row["outcome"],
        reason=row["reason"],
        arguments=Raw(row["arguments"].encode()),
        result=Raw(row["result"].encode()),
        answered_at=_time_or_none(row["answered_at"]),
    )


def presence(conn: sqlite3.Connection) -> list[PresenceView]:
    """All departments by name."""
    rows = conn.execute("SELECT department, there, waiting, at FROM presence ORDER BY department")
    return [PresenceView(department=r[0], there=r[1], waiting=r[2], at=_time(r[3])) for r in rows]


def awaited(conn: sqlite3.Connection, gateway: str | None = None, limit: int = LIMIT) -> list[AwaitedView]:
    """Files that are awaited, longest first."""
    rows = conn.execute(
        "SELECT sha256, gateway, event, at FROM blob_waits WHERE ?1 IS NULL OR gateway=?1 ORDER BY at LIMIT ?2",
        (gateway, limit),
    )
    return [AwaitedView(sha256=r[0], gateway=r[1], event=r[2], at=_time(r[3])) for r in rows]


def counts(conn: sqlite3.Connection) -> dict[str, int]:
    """A few figures for status and logs."""
    row = conn.execute(
        """SELECT (SELECT coalesce(max(n), 0) FROM events) AS newest_event,
                  (SELECT count(*) FROM alarms WHERE stage<5) AS open_alarms,
                  (SELECT count(*) FROM gateways) AS gateways,
                  (SELECT count(*) FROM gateways WHERE silent_alarm IS NOT NULL) AS silent_gateways,
                  (SELECT count(*) FROM arrived) AS gaps,
                  (SELECT count(*) FROM quarantine) AS quarantine,
                  (SELECT count(*) FROM sendings WHERE confirmed_at IS NULL) AS on_the_way_down,
                  (SELECT count(*) FROM blob_waits) AS awaited_blobs"""
    ).fetchone()
    return dict(row)


_EVER = 2**62

_ALARMS = "SELECT *, (SELECT count(*) FROM alarm_updates WHERE alarm=alarms.id) AS updates FROM alarms "


def _alarm(row: sqlite3.Row, steps: list[StepView]) -> AlarmView:
    return AlarmView(
        id=row["id"],
        origin=row["origin"],
        gateway=row["gateway"],
        device=row["device"],
        cause=row["cause"],
        severity=row["severity"],
        stage=Stage(row["stage"]).label,
        test=bool(row["test"]),
        presses=row["presses"],
        updates=row["updates"],
        clock=row["clock"],
        raised_at=_time(row["raised_at"]),
        received_at=_time(row["received_at"]),
        delay_s=(row["received_at"] - row["raised_at"]) / 1000,
        echoed=Stage(row["echoed"]).label if row["echoed"] else None,
        acknowledged_at=_time_or_none(row["acknowledged_at"]),
        acknowledged_by=row["acknowledged_by"],
        on_the_way_at=_time_or_none(row["on_the_way_at"]),
        closed_at=_time_or_none(row["closed_at"]),
        closed_by=row["closed_by"],
        reason=row["reason"],
        data=Raw(row["data"].encode()),
        steps=steps,
    )


def _time(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _time_or_none(at: int | None) -> datetime | None:
    return None if at is None else _time(at)
