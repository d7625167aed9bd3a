"""Alarms at the centre: raised by an event or by the centre itself, then what people did about them.

Functions over a connection. The stages and steps are the contract's; a stage never goes back, so repeats and late
steps are harmless, and of two people who take an alarm at once exactly one is told that it is theirs.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from office import downward
from office.parcel import ID
from sync.contract import topics
from sync.contract.alarm import Stage, Step, advance, step_of
from sync.contract.envelope import CloudEvent, encode, replaced
from sync.contract.messages import AlarmStep, DeviceEvent

UNREADABLE = "unreadableAlarm"
GATEWAY_SILENT = "gatewaySilent"
BROKER_LOST = "brokerLost"
DATA_MISSING = "centreDataMissing"
SEQUENCE_REUSED = "sequenceReused"

CENTRE = "centre"
"""Who did it, when no person did."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a person's step: `changed` is false when someone was there before, named in `by` and `actor`."""

    alarm: str
    stage: Stage
    changed: bool
    by: str
    actor: str = ""


def milliseconds(moment: datetime) -> int:
    """As the tables keep it."""
    return int(moment.timestamp() * 1000)


def raise_from(conn: sqlite3.Connection, gateway: str, event: CloudEvent, data: DeviceEvent, at: int) -> None:
    """An alarm event. The same event again changes nothing; an update that overtook it had made the row."""
    conn.execute(
        """INSERT INTO alarms(id, origin, gateway, device, cause, severity, stage, test, presses, raised_at, clock,
                              received_at, data)
           VALUES (?,'gateway',?,?,?,?,?,?,?,?,?,?,?)
           ON CONFLICT(id) DO UPDATE SET cause=excluded.cause, severity=excluded.severity, test=excluded.test,
               raised_at=excluded.raised_at, clock=excluded.clock, data=excluded.data WHERE data='{}'""",
        (
            event.id,
            gateway,
            data.device,
            data.alarm or "alarm",
            data.severity or "",
            Stage.RECEIVED,
            data.test,
            data.count or 1,
            milliseconds(event.time),
            event.clock,
            at,
            bytes(event.data).decode(),
        ),
    )


def update_from(conn: sqlite3.Connection, gateway: str, event: CloudEvent, data: DeviceEvent, at: int) -> None:
    """News of an alarm that is open: another press, or how far the gateway says it knows (`attributes.stage`)."""
    named = event.subject if event.subject and ID.fullmatch(event.subject) else None
    alarm = named or _open_of(conn, gateway, data)
    if alarm is None:
        raise_from(conn, gateway, event, data, at)
        return
    conn.execute(
        """INSERT OR IGNORE INTO alarms(id, origin, gateway, device, cause, severity, stage, test, raised_at, clock,
                                        received_at) VALUES (?,'gateway',?,?,?,?,?,?,?,?,?)""",
        (
            alarm,
            gateway,
            data.device,
            data.alarm or "alarm",
            data.severity or "",
            Stage.RECEIVED,
            data.test,
            milliseconds(event.time),
            event.clock,
            at,
        ),
    )
    _raise_again(conn, gateway, event, data, alarm, at)
    changed = conn.execute(
        "UPDATE alarms SET presses=max(presses, ?), echoed=max(echoed, ?) WHERE id=? AND gateway=?",
        (data.count or 1, _stage_named(data.attributes.get("stage")), alarm, gateway),
    ).rowcount
    if changed:
        conn.execute(
            "INSERT OR IGNORE INTO alarm_updates(id, alarm, at, data) VALUES (?,?,?,?)",
            (event.id, alarm, at, bytes(event.data).decode()),
        )


def _raise_again(
    conn: sqlite3.Connection, gateway: str, event: CloudEvent, data: DeviceEvent, alarm: str, at: int
) -> None:
    """A press that crossed the closing of its alarm on the way: nobody has seen it, so it is a new alarm."""
    row = conn.execute("SELECT stage, presses FROM alarms WHERE id=? AND gateway=?", (alarm, gateway)).fetchone()
    if row is not None and row["stage"] >= Stage.CLOSED and (data.count or 0) > row["presses"]:
        raise_from(conn, gateway, event, replaced(data, count=1), at)


def raise_unreadable(conn: sqlite3.Connection, gateway: str, event: CloudEvent, at: int) -> None:
    """An alarm whose data cannot be read is still an alarm."""
    raise_from(conn, gateway, event, DeviceEvent(device=event.source, alarm=UNREADABLE, severity="emergency"), at)


def raise_own(conn: sqlite3.Connection, alarm: str, gateway: str, cause: str, at: int, text: str = "") -> None:
    """An alarm of the centre itself about a gateway. The same id again changes nothing."""
    conn.execute(
        """INSERT OR IGNORE INTO alarms(id, origin, gateway, device, cause, severity, stage, raised_at, clock,
                                        received_at, reason) VALUES (?,'centre',?,'',?,'trouble',?,?,'trusted',?,?)""",
        (alarm, gateway, cause, Stage.RECEIVED, at, at, text),
    )


def clear_own(conn: sqlite3.Connection, alarm: str, at: int, reason: str) -> None:
    """The cause is gone: closed by the centre, unless a person did already."""
    _note(conn, alarm, AlarmStep(alarm=alarm, step=Step.CLOSE.label, by=CENTRE, at=_moment(at), reason=reason), at)


def own_line(conn: sqlite3.Connection, at: int, *, lost: bool) -> None:
    """Our line to the broker, lost or there: one alarm for all the gateways we cannot hear then."""
    row = conn.execute(
        "SELECT id FROM alarms WHERE stage<? AND origin='centre' AND cause=?", (Stage.CLOSED, BROKER_LOST)
    ).fetchone()
    if lost and row is None:
        raise_own(conn, f"broker-{at}", "", BROKER_LOST, at, "the receiver has no line to the broker")
    elif not lost and row is not None:
        clear_own(conn, row["id"], at, "the line is back")


def take_step(conn: sqlite3.Connection, word: AlarmStep, at: int, actor: str = "") -> Taken | None:
    """A person's step, and the message down that tells the device. None: there is no such alarm.

    `actor` is whoever keeps accounts' name for the person; it never goes down.
    """
    row = conn.execute("SELECT gateway, origin FROM alarms WHERE id=?", (word.alarm,)).fetchone()
    if row is None:
        return None
    taken = _note(conn, word.alarm, word, at, actor)
    if taken.changed and row["origin"] == "gateway":
        topic = topics.down_alarm(row["gateway"], word.alarm)
        downward.keep(conn, row["gateway"], downward.STEP, word.alarm, topic, encode(word), at)
    return taken


def _note(conn: sqlite3.Connection, alarm: str, word: AlarmStep, at: int, actor: str = "") -> Taken:
    """Apply a step to an alarm that exists. On the way may be said by whoever took it, and again."""
    step = step_of(word.step)
    row = conn.execute("SELECT stage, acknowledged_by, closed_by FROM alarms WHERE id=?", (alarm,)).fetchone()
    before = Stage(row["stage"])
    after = advance(before, step)
    changed = after > before or (step is Step.ON_THE_WAY and before < Stage.CLOSED)
    if not changed:
        first = row["closed_by"] or row["acknowledged_by"] or ""
        return Taken(alarm, before, changed=False, by=first, actor=_first_actor(conn, alarm, before))
    conn.execute(
        "INSERT INTO alarm_steps(alarm, step, by, at, text, reason, actor) VALUES (?,?,?,?,?,?,?)",
        (alarm, word.step, word.by, at, word.text, word.reason, actor),
    )
    values = {"alarm": alarm, "stage": after, "at": at, "by": word.by, "reason": word.reason or word.text}
    conn.execute(_SETS[step], values)
    return Taken(alarm, after, changed=True, by=word.by, actor=actor)


def _first_actor(conn: sqlite3.Connection, alarm: str, stage: Stage) -> str:
    """Who brought the alarm to that stage."""
    order = "DESC" if stage is Stage.CLOSED else "ASC"  # the first step took it, the last one closed it
    row = conn.execute(
        f"SELECT actor FROM alarm_steps WHERE alarm=? ORDER BY n {order} LIMIT 1",  # noqa: S608 - our own word
        (alarm,),
    ).fetchone()
    return row["actor"] if row else ""


_SETS = {
    Step.ACKNOWLEDGE: "UPDATE alarms SET stage=:stage, acknowledged_at=:at, acknowledged_by=:by WHERE id=:alarm",
    Step.ON_THE_WAY: """UPDATE alarms SET stage=:stage, on_the_way_at=:at,
        acknowledged_at=coalesce(acknowledged_at, :at), acknowledged_by=coalesce(acknowledged_by, :by)
        WHERE id=:alarm""",
    Step.CLOSE: "UPDATE alarms SET stage=:stage, closed_at=:at, closed_by=:by, reason=:reason WHERE id=:alarm",
}


def _open_of(conn: sqlite3.Connection, gateway: str, data: DeviceEvent) -> str | None:
    """The newest open alarm of that device and cause, for an update that names none."""
    row = conn.execute(
        """SELECT id FROM alarms WHERE gateway=? AND device=? AND stage<? AND (?4 IS NULL OR cause=?4)
           ORDER BY received_at DESC LIMIT 1""",
        (gateway, data.device, Stage.CLOSED, data.alarm),
    ).fetchone()
    return row["id"] if row else None


def _stage_named(label: object) -> int:
    return Stage[label.upper()] if isinstance(label, str) and label.upper() in Stage.__members__ else 0


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
