"""Telling other systems what happens: alarms and cases as CloudEvents, signed, in order, until they have it.

    POST <url>     Content-Type: application/cloudevents-batch+json (CloudEvents 1.0.2, JSON format, section 4)

A stream has a cursor and no queue: what is not yet told stands in the alarms and cases themselves. Who takes a batch
and does not say so gets it again, with the same ids. No names and no words of people are in it: whoever may read those
has an account.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from office.desk.desk import Desk
from office.desk.follower import newest
from office.desk.part import Part
from office.desk.people.vault import WrongKey
from office.desk.webhook import NotTakenError, RefusedError, Webhook
from sync.contract.alarm import Stage
from sync.contract.envelope import BATCH, Struct, encode

log = logging.getLogger("linli.office.streams")

MOST = 100
LOOK_S = 1.0
PAUSES_MS = (2_000, 10_000, 60_000, 300_000, 900_000)
ALARM = "linli.office.alarm.v1"
CASE = "linli.office.case.v1"


class Happened(Struct, frozen=True):
    """One CloudEvent of ours to another system."""

    id: str
    source: str
    type: str
    time: datetime
    subject: str
    data: dict[str, Any]
    specversion: str = "1.0"
    datacontenttype: str = "application/json"


class Streams(Part):
    """Tells every stream, each at its own pace."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.webhook = Webhook  # tests trust their own authority

    async def run(self) -> None:
        """See `Part`."""
        while True:
            for row in await self.desk.look(partial(_due, now=self.desk.now())):
                await self.tell(row)
            await asyncio.sleep(LOOK_S)

    async def tell(self, stream: sqlite3.Row) -> int:
        """One batch of one stream; how many were taken."""
        batch, alarm_news, case_step = await self.desk.look(partial(_batch, stream=stream, source=self._source()))
        if not batch:
            return 0
        try:
            secret = self.desk.vault.open(stream["secret"], f"stream:{stream['id']}")
            webhook = self.webhook(stream["url"], secret.encode())
            await webhook.post(f"{stream['id']}-{alarm_news}-{case_step}", encode(batch), BATCH)
        except (NotTakenError, WrongKey, ValueError) as error:
            await self._failed(stream, str(error), for_good=isinstance(error, RefusedError | WrongKey | ValueError))
            return 0
        at = self.desk.now()

        def told(conn: sqlite3.Connection) -> None:
            conn.execute(
                """UPDATE streams_out SET alarm_news=?, case_step=?, tries=0, next_at=0, fault='', told_at=?
                   WHERE id=?""",
                (alarm_news, case_step, at, stream["id"]),
            )

        await self.desk.change(told)
        return len(batch)

    async def _failed(self, stream: sqlite3.Row, fault: str, *, for_good: bool) -> None:
        """Wait longer each time; a refusal waits as long as it gets: somebody has to look."""
        tries = min(stream["tries"] + 1, len(PAUSES_MS))
        pause = PAUSES_MS[-1] if for_good else PAUSES_MS[tries - 1]
        until = self.desk.now() + pause
        if not stream["fault"]:
            log.warning("stream %s: %s", stream["name"], fault)

        def failed(conn: sqlite3.Connection) -> None:
            conn.execute(
                "UPDATE streams_out SET tries=?, next_at=?, fault=? WHERE id=?",
                (tries, until, fault[:200], stream["id"]),
            )

        await self.desk.change(failed)

    def _source(self) -> str:
        return self.desk.door.url or "/linli/office"


def _due(conn: sqlite3.Connection, now: int) -> list[sqlite3.Row]:
    return conn.execute("SELECT * FROM streams_out WHERE active=1 AND next_at<=?", (now,)).fetchall()


def _batch(conn: sqlite3.Connection, stream: sqlite3.Row, source: str) -> tuple[list[Happened], int, int]:
    """What comes next for it, and where its cursors stand then."""
    alarms = _alarms(conn, _mark(conn, stream["alarm_news"]), source) if stream["alarms"] else []
    cases = _cases(conn, stream["case_step"], source) if stream["cases"] else []
    alarm_news = alarms[-1][0] if alarms else stream["alarm_news"]
    case_step = cases[-1][0] if cases else stream["case_step"]
    return [told for _, told in (*alarms, *cases)], alarm_news, case_step


def _mark(conn: sqlite3.Connection, told: int) -> int:
    """Up to where it was told; from the beginning when the receiver's file is an older one that was brought back."""
    return told if told <= newest(conn) else 0


def _alarms(conn: sqlite3.Connection, after: int, source: str) -> Sequence[tuple[int, Happened]]:
    rows = conn.execute(
        """SELECT w.n, a.* FROM centre.alarm_news w JOIN centre.alarms a ON a.id=w.alarm
           WHERE w.n>? ORDER BY w.n LIMIT ?""",
        (after, MOST),
    )
    return [(row["n"], _alarm(row, source)) for row in rows]


def _alarm(row: sqlite3.Row, source: str) -> Happened:
    last = max(filter(None, (row["received_at"], row["acknowledged_at"], row["on_the_way_at"], row["closed_at"])))
    data = {
        **{name: row[name] for name in ("gateway", "device", "cause", "severity", "presses", "reason")},
        "stage": Stage(row["stage"]).label,
        "test": bool(row["test"]),
        **{name: _time(row[name]) for name in ("raised_at", "received_at", "acknowledged_at", "closed_at")},
    }
    return Happened(f"{row['id']}-{row['n']}", source, ALARM, _moment(last), row["id"], data)


def _cases(conn: sqlite3.Connection, after: int, source: str) -> Sequence[tuple[int, Happened]]:
    rows = conn.execute(
        """SELECT h.n, h.number, h.at, h.action, h.step, h.department, c.kind, c.district_number, c.outcome
           FROM case_history h JOIN cases c ON c.number=h.number WHERE h.n>? ORDER BY h.n LIMIT ?""",
        (after, MOST),
    )
    return [(row["n"], _case(row, source)) for row in rows]


def _case(row: sqlite3.Row, source: str) -> Happened:
    names = ("action", "step", "department", "kind", "district_number", "outcome")
    data = {name: row[name] for name in names}
    return Happened(f"case-{row['n']}", source, CASE, _moment(row["at"]), row["number"], data)


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _time(at: int | None) -> datetime | None:
    return None if at is None else _moment(at)
