"""Taking what a gateway sent into the tables: events once, alarms at once, places counted, the rest in quarantine.

Runs on the writing thread inside a transaction. Repeating it changes nothing: an event is known by its id and by its
place, an alarm by the event that raised it. What it returns may be said to the gateway after the commit.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

from office import alarms, arrivals, quarantine
from office.arrivals import Stream
from office.parcel import EPOCH, LARGEST, Run, Spoiled, read, understand
from sync.contract.envelope import CloudEvent, ContractError
from sync.contract.lanes import Lane
from sync.contract.messages import ALARM, ALARM_UPDATE, LOSS, DeviceEvent, GatewayState, Loss, Receipt
from sync.store.rows import rows_at_once

_INSERT = """INSERT OR IGNORE INTO events(
    stream, seq, id, device, type, time, received, subject, clock, boot, mono, data) VALUES """

_SPECIAL = frozenset({ALARM, ALARM_UPDATE, LOSS})
_PICTURE = re.compile(r'"picture":\s*"([0-9a-f]{64})"')
_LANES = frozenset(lane.label for lane in Lane)


class Intake:
    """Takes parcels. Remembers only the ids of devices, which never change; `forget` after a roll-back."""

    def __init__(self) -> None:
        self._devices: dict[tuple[str, str], int] = {}

    def forget(self) -> None:
        """A transaction was rolled back: what was made in it does not exist."""
        self._devices.clear()

    def take(self, conn: sqlite3.Connection, gateway: str, topic: str, payload: bytes, at: int) -> list[Receipt]:
        """Store one message of `up/alarm` or `up/events`; the receipts that are true after the commit."""
        parcel = read(payload)
        said: dict[tuple[str, str], Receipt] = {}
        for run in parcel.runs:
            stream = self._store(conn, gateway, topic, run, at)
            said[run.epoch, run.lane] = stream.receipt
            for event in run.events:
                if event.type in _SPECIAL:
                    self._special(conn, gateway, topic, event, at, said)
        for piece in parcel.spoiled:
            self._isolate(conn, gateway, topic, piece, at, said)
        return list(said.values())

    def _store(self, conn: sqlite3.Connection, gateway: str, topic: str, run: Run, at: int) -> Stream:
        stream = arrivals.stream_of(conn, gateway, run.epoch, run.lane, at)
        device = self._device_ids(conn, gateway, run.events, at)
        rows = [
            (
                stream.id,
                n,
                e.id,
                device[e.source],
                e.type,
                int(e.time.timestamp() * 1000),
                at,
                e.subject,
                e.clock,
                e.boot,
                e.mono,
                str(e.data, "utf-8"),
            )
            for n, e in zip(run.sequences, run.events, strict=True)
        ]
        if rows_at_once(conn, _INSERT, rows) < len(rows):
            self._sort_out(conn, gateway, topic, stream, run, at)
        for row in rows:
            if '"picture"' in row[-1]:
                _note_pictures(conn, gateway, row[2], row[-1], at)
        return arrivals.arrive(conn, stream, arrivals.spans_of(run.sequences), at)

    def _device_ids(
        self, conn: sqlite3.Connection, gateway: str, events: Sequence[CloudEvent], at: int
    ) -> dict[str, int]:
        ids: dict[str, int] = {}
        for event in events:
            source = event.source
            if source not in ids:
                key = (gateway, source)
                ids[source] = self._devices.get(key) or self._device(conn, key, event, at)
        return ids

    def _device(self, conn: sqlite3.Connection, key: tuple[str, str], event: CloudEvent, at: int) -> int:
        """Find or make the row of a source; what it is called stands in the event's data."""
        row = conn.execute("SELECT id, device FROM devices WHERE gateway=? AND source=?", key).fetchone()
        known = DeviceEvent(device="") if row and row["device"] else _named(event)
        if row is None or known.device:
            conn.execute(
                """INSERT INTO devices(gateway, source, device, profile, registered, first_at) VALUES (?,?,?,?,?,?)
                   ON CONFLICT(gateway, source) DO UPDATE SET
                       device=excluded.device, profile=excluded.profile, registered=excluded.registered""",
                (*key, known.device, known.profile, known.registered and bool(known.device), at),
            )
            row = conn.execute("SELECT id, device FROM devices WHERE gateway=? AND source=?", key).fetchone()
        if row["device"]:
            self._devices[key] = row["id"]
        return int(row["id"])

    def _sort_out(self, conn: sqlite3.Connection, gateway: str, topic: str, stream: Stream, run: Run, at: int) -> None:
        """Some rows were there already: repeats, unless a place or an id was used for something else."""
        there = dict(
            conn.execute(
                "SELECT seq, id FROM events WHERE stream=? AND seq BETWEEN ? AND ?",
                (stream.id, min(run.sequences), max(run.sequences)),
            )
        )
        for n, event in zip(run.sequences, run.events, strict=True):
            held = there.get(n)
            if held == event.id or (held is None and _owner(conn, event.id) == gateway):
                continue
            what = f"the place is held by event {held}" if held else "the id is another gateway's"
            place = f"{run.epoch}/{run.lane}/{n}"
            digest = quarantine.isolate(conn, gateway, topic, bytes(event.data), f"{event.id}: {what}", at, place)
            alarms.raise_own(conn, f"reused-{digest}", gateway, alarms.SEQUENCE_REUSED, at, f"{place}: {what}")

    def _special(
        self,
        conn: sqlite3.Connection,
        gateway: str,
        topic: str,
        event: CloudEvent,
        at: int,
        said: dict[tuple[str, str], Receipt],
    ) -> None:
        try:
            if event.type == LOSS:
                _lose(conn, gateway, event, at, said)
                return
            data = understand(bytes(event.data), DeviceEvent)
        except ContractError as error:
            quarantine.isolate(conn, gateway, topic, bytes(event.data), f"{event.id}: data: {error}", at)
            if event.type == ALARM:
                alarms.raise_unreadable(conn, gateway, event, at)
            return
        if event.type == ALARM:
            alarms.raise_from(conn, gateway, event, data, at)
        else:
            alarms.update_from(conn, gateway, event, data, at)

    def _isolate(
        self,
        conn: sqlite3.Connection,
        gateway: str,
        topic: str,
        piece: Spoiled,
        at: int,
        said: dict[tuple[str, str], Receipt],
    ) -> None:
        """Into quarantine; its places count as arrived. On the alarm topic a person has to look."""
        places = ", ".join(f"{epoch}/{lane}/{n}" for epoch, lane, n in piece.places[:20])
        digest = quarantine.isolate(conn, gateway, topic, piece.payload, piece.reason, at, places)
        for epoch, lane, n in piece.places:
            stream = arrivals.stream_of(conn, gateway, epoch, lane, at)
            said[epoch, lane] = arrivals.arrive(conn, stream, [(n, n)], at).receipt
        if topic.endswith("/up/alarm") or any(lane == Lane.ALARM.label for _, lane, _ in piece.places):
            alarms.raise_own(conn, f"unreadable-{digest}", gateway, alarms.UNREADABLE, at, piece.reason[:200])


def reconcile(conn: sqlite3.Connection, gateway: str, state: GatewayState, alarm: str, at: int) -> list[Receipt]:
    """Answer a gateway's state with the watermarks of its epoch.

    It holds receipts for more than is here when this database was lost or restored: those events exist nowhere any
    more. That is noted as a loss of ours and is an alarm; else the gateway would wait for ever for a receipt.
    """
    for lane, n in state.receipted.items():
        if lane not in _LANES or not 0 < n <= LARGEST:
            continue
        stream = arrivals.stream_of(conn, gateway, state.epoch, lane, at)
        missing = arrivals.missing_below(conn, stream, n)
        for span in missing:
            stream = arrivals.lose(conn, stream, span, "receipted before, and not in this database", alarm, at)
        if missing:
            text = f"{state.epoch}/{lane}: " + ", ".join(f"{first}-{last}" for first, last in missing[:20])
            alarms.raise_own(conn, alarm, gateway, alarms.DATA_MISSING, at, text)
    return arrivals.receipts(conn, gateway, state.epoch)


def _lose(
    conn: sqlite3.Connection, gateway: str, event: CloudEvent, at: int, said: dict[tuple[str, str], Receipt]
) -> None:
    """What the gateway gave up on purpose counts as arrived, all of it or, when one range is nonsense, nothing."""
    loss = understand(bytes(event.data), Loss)
    if not EPOCH.fullmatch(loss.epoch):
        raise ContractError(f"no such epoch: {loss.epoch[:64]!r}")
    for span in loss.ranges:
        if span.lane not in _LANES or not 0 < span.first <= span.last <= LARGEST:
            raise ContractError(f"no such range: {span.lane} {span.first}-{span.last}")
    for span in loss.ranges:
        stream = arrivals.stream_of(conn, gateway, loss.epoch, span.lane, at)
        stream = arrivals.lose(conn, stream, (span.first, span.last), loss.reason, event.id, at)
        said[loss.epoch, span.lane] = stream.receipt


def _named(event: CloudEvent) -> DeviceEvent:
    try:
        return understand(bytes(event.data), DeviceEvent)
    except ContractError:
        return DeviceEvent(device="")


def _owner(conn: sqlite3.Connection, event_id: str) -> str | None:
    row = conn.execute(
        "SELECT s.gateway FROM events e JOIN streams s ON s.id = e.stream WHERE e.id=?", (event_id,)
    ).fetchone()
    return row["gateway"] if row else None


def _note_pictures(conn: sqlite3.Connection, gateway: str, event: str, data: str, at: int) -> None:
    """A picture the event names and that is not here is noted, until it comes."""
    for name in _PICTURE.findall(data):
        conn.execute(
            """INSERT OR IGNORE INTO blob_waits(sha256, event, gateway, at)
               SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM blobs WHERE sha256=?1)""",
            (name, event, gateway, at),
        )
