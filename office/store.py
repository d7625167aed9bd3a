"""The one door to what the centre keeps. Behind it: one SQLite file today, PostgreSQL when there are several hosts.

Whoever holds a `Store` knows no SQL and no threads. What a method returns, or `done` is told, is on disk. Several
receivers may share one file: nothing that changes is remembered between transactions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from office import alarms, arrivals, blob_rows, contents, downward, gateways, intake, presence, quarantine, views
from office.alarms import Taken
from office.database import Database, Done
from office.downward import Sending
from sync.contract.alarm import Step
from sync.contract.identity import Uuid7
from sync.contract.kiosk import Manifest
from sync.contract.messages import AlarmStep, Answer, GatewayState, Notice, Receipt, Scalar

T = TypeVar("T")

EVENT_BYTES = 400
"""To weigh a batch without reading it; a position has about that."""


class Store:
    """Everything the centre keeps. `clock` gives seconds since 1970 UTC."""

    def __init__(self, path: Path, clock: Callable[[], float], ids: Uuid7 | None = None) -> None:
        self._intake = intake.Intake()
        self._db = Database(path, self._intake.forget)
        self._clock = clock
        self._ids = ids or Uuid7()
        self.blobs = BlobRows(self._db, self.now)

    def open(self) -> None:
        """Make or open the file; raises StoreError. Belongs to the running loop."""
        self._db.open()

    async def close(self) -> None:
        """Finish what is waiting."""
        await self._db.close()

    def now(self) -> int:
        """Milliseconds, as the tables keep them."""
        return int(self._clock() * 1000)

    # --- what comes up; `done` gets the result after the commit, on the loop, in order

    def take(self, gateway: str, topic: str, payload: bytes, done: Done, *, urgent: bool) -> None:
        """Events or an alarm. Result: list[Receipt]."""
        work = partial(self._intake.take, gateway=gateway, topic=topic, payload=payload, at=self.now())
        self._db.submit(work, done, urgent=urgent, weight=1 + len(payload) // EVENT_BYTES)

    def take_state(self, gateway: str, state: GatewayState, done: Done, *, alive: bool) -> None:
        """A gateway's state. Result: (birth, list[Receipt])."""
        at = self.now()
        alarm = self._ids(at / 1000)

        def work(conn: sqlite3.Connection) -> tuple[bool, list[Receipt]]:
            birth = gateways.keep_state(conn, gateway, state, at, alive=alive)
            receipts = intake.reconcile(conn, gateway, state, alarm, at) if state.online and state.epoch else []
            if birth:
                downward.again_at_birth(conn, gateway, at)
            return birth, receipts

        self._db.submit(work, done, urgent=True)

    def take_answer(self, gateway: str, answer: Answer, done: Done) -> None:
        """A gateway's answer to an order. Result: whether anyone asked."""
        self._db.submit(partial(downward.answered, gateway=gateway, answer=answer, at=self.now()), done, urgent=True)

    def isolate(self, gateway: str, topic: str, payload: bytes, reason: str, done: Done) -> None:
        """A message of another kind that breaks the contract."""
        at = self.now()
        of_alarm = topic.endswith("/up/alarm")

        def work(conn: sqlite3.Connection) -> None:
            digest = quarantine.isolate(conn, gateway, topic, payload, reason, at)
            if of_alarm:
                alarms.raise_own(conn, f"unreadable-{digest}", gateway, alarms.UNREADABLE, at, reason[:200])

        self._db.submit(work, done, urgent=of_alarm)

    # --- gateways

    async def known_gateways(self) -> list[str]:
        """Their names."""
        return await self._db.read(gateways.known)

    async def silence(self, heard_ms: Mapping[str, int], silent: list[str], *, broker_lost: bool | None) -> None:
        """Keep who spoke since the last time, raise who fell silent, and our own line's loss (None: as before)."""
        at = self.now()

        def work(conn: sqlite3.Connection) -> None:
            gateways.spoke(conn, heard_ms)
            for gateway in silent:
                gateways.fell_silent(conn, gateway, at)
            if broker_lost is not None:
                alarms.own_line(conn, at, lost=broker_lost)

        await self._db.write(work, urgent=True)

    # --- what goes down

    async def step(
        self, alarm: str, step: Step, by: str, text: str = "", reason: str = "", actor: str = ""
    ) -> Taken | None:
        """A person's step. None: no such alarm."""
        at = self.now()
        moment = datetime.fromtimestamp(at / 1000, UTC)
        word = AlarmStep(alarm=alarm, step=step.label, by=by, at=moment, text=text, reason=reason)
        return await self._db.write(partial(alarms.take_step, word=word, at=at, actor=actor), urgent=True)

    async def order(
        self,
        gateway: str,
        command: str,
        device: str,
        arguments: Mapping[str, Scalar],
        by: str,
        valid_s: float,
        order_id: str = "",
    ) -> str:
        """An order; its id (that of whoever gives it, if they keep one). It is sent by whoever publishes `pending`."""
        at = self.now()
        order_id = order_id or self._ids(at / 1000)
        work = partial(
            downward.order,
            order_id=order_id,
            gateway=gateway,
            command=command,
            device=device,
            arguments=arguments,
            by=by,
            at=at,
            expires_at=at + int(valid_s * 1000),
        )
        await self._db.write(work, urgent=True)
        return order_id

    async def want(self, gateway: str, version: int, config: dict[str, Any]) -> bool:
        """A wanted configuration; false when a newer one is wanted already."""
        work = partial(downward.want, gateway=gateway, version=version, config=config, at=self.now())
        return await self._db.write(work, urgent=True)

    async def notice(self, gateways_: list[str], word: Notice) -> int:
        """An emergency notice to these gateways, or its withdrawal; to how many."""
        return await self._db.write(partial(downward.notice, gateways=gateways_, word=word, at=self.now()), urgent=True)

    async def pending(self, after: int = 0) -> list[Sending]:
        """What no broker has confirmed."""
        return await self._db.read(partial(downward.pending, after=after, now=self.now()))

    def confirm(self, numbers: list[int], done: Done) -> None:
        """A broker has these."""
        self._db.submit(partial(downward.confirm, numbers=numbers, at=self.now()), done, urgent=True)

    async def expire_orders(self) -> int:
        """Close orders whose time is over."""
        return await self._db.write(partial(downward.expire, now=self.now()))

    async def set_presence(self, department: str, there: int, waiting: int, valid_s: float = 0.0) -> None:
        """How many people of a department are there, and how many wait; for so long, 0 until the next word."""
        await self.keep_presence(presence.Word(department, there, waiting, valid_s))

    async def keep_presence(self, word: presence.Word) -> None:
        """As `set_presence`, with everything there is to say."""
        await self._db.write(partial(presence.keep, word=word, at=self.now()), urgent=word.valid_s > 0)

    async def lapse_presence(self) -> list[presence.Word]:
        """Take back what nobody renewed; what gateways are to be told."""
        return await self._db.write(partial(presence.lapse, at=self.now()))

    async def presence_leased(self) -> bool:
        """Whether a word has run out."""
        at = self.now()
        found = "SELECT 1 FROM presence WHERE until<=? LIMIT 1"
        return await self._db.read(lambda conn: conn.execute(found, (at,)).fetchone() is not None)

    async def presence_words(self) -> list[presence.Word]:
        """What gateways are told of every department."""
        return await self._db.read(partial(presence.words, at=self.now()))

    async def set_content(self, name: str, manifest: Manifest | None) -> list[str]:
        """What every kiosk shall have under that name; None ends it. Hashes of files whose bytes may go."""
        return await self._db.write(partial(contents.put, at=self.now(), name=name, manifest=manifest))

    async def give_up(self, gateway: str, reason: str) -> int:
        """A person decides that what is missing of a gateway will never come; how many sequences."""
        at = self.now()

        def work(conn: sqlite3.Connection) -> int:
            count = 0
            for gap in arrivals.gaps(conn, gateway):
                stream = arrivals.stream_of(conn, gateway, gap.epoch, gap.lane, at)
                arrivals.lose(conn, stream, (gap.first, gap.last), reason, alarms.CENTRE, at)
                count += gap.last - gap.first + 1
            return count

        return await self._db.write(work)

    # --- what may be seen

    async def look(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run one of the queries of `views` (with its arguments bound by `partial`)."""
        return await self._db.read(query)

    async def receipts(self, gateway: str, epoch: str) -> list[Receipt]:
        """The watermarks of one epoch."""
        return await self._db.read(partial(arrivals.receipts, gateway=gateway, epoch=epoch))

    async def alarm(self, alarm: str) -> views.AlarmView | None:
        """One alarm with its steps."""
        return await self._db.read(partial(views.alarm, alarm_id=alarm))

    async def check(self) -> None:
        """One round through the writing thread, for the watchdog."""
        await self._db.write(lambda conn: conn.execute("SELECT 1").fetchone())


class BlobRows:
    """The part of the store that knows which blobs there are."""

    def __init__(self, db: Database, now: Callable[[], int]) -> None:
        self._db = db
        self._now = now

    async def is_there(self, sha256: str) -> bool:
        """Whether anyone has uploaded it."""
        return await self._db.read(partial(blob_rows.is_there, sha256=sha256))

    async def size_for(self, sha256: str, gateway: str) -> int | None:
        """Its size, when this gateway may read it."""
        return await self._db.read(partial(blob_rows.size_for, sha256=sha256, gateway=gateway))

    async def add(self, sha256: str, size: int, reader: str) -> None:
        """It is whole and on disk."""
        await self._db.write(partial(blob_rows.add, sha256=sha256, size=size, reader=reader, at=self._now()))

    async def used(self, gateway: str) -> tuple[int, int]:
        """Bytes of this gateway, and of all."""
        return await self._db.read(partial(blob_rows.used, gateway=gateway))
