"""The fixed story: the line is cut, events and five SOS come all the same, the gateway is killed twice, line back.

warm up      everybody has said something and the centre has it
cut          from here on only the gateway's disk holds what happens
events       from every kind of device, at a steady pace, whatever the gateway does; five SOS at fixed points
kill -9      once right after an SOS went out, once while the devices send again what the first one cost them
mend         when every device has seen everything answered
drain        until the gateway's outbox is empty
judge        the ledger against the receiver's database
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from edge.demo import ledger
from edge.demo.failure import DemoError
from edge.demo.judge import Verdict, judge
from edge.demo.neighbourhood import STREET
from edge.demo.pins import Door
from edge.demo.radio import Magnet
from edge.demo.sabotage import Sabotage, spoil
from edge.demo.theatre import Theatre
from edge.demo.voices import Gt06Voice, Jt808Voice, WatchVoice

PER_TICK, TICK_S = 60, 0.02
"""3,000 events a second."""

WARM_UP = 100
PATIENCE_S = 60.0
UNANSWERED_EVERY = 40
"""So often a door moves that nothing answers for: 433 MHz and the wired contact."""


class StoryError(DemoError):
    """The story did not come to its end."""


@dataclass(slots=True)
class Outcome:
    """What is printed."""

    verdict: Verdict
    kills: int = 0
    line_back_s: float = 0.0
    drain_s: float = 0.0
    alarm_receipt_ms: list[int] = field(default_factory=list)
    seconds: float = 0.0
    sabotage: str = ""

    def document(self) -> dict[str, Any]:
        """As one JSON object."""
        v = self.verdict
        return {
            "ok": v.ok,
            "events": v.said,
            "answered": v.answered,
            "arrived": v.arrived,
            "unanswered_arrived": v.unanswered_arrived,
            "alarms": v.alarms,
            "lost": v.lost,
            "doubled": v.doubled,
            "out_of_order": v.out_of_order,
            "invented": v.invented,
            "alarms_wrong": v.alarms_wrong,
            "kills": self.kills,
            "line_back_s": round(self.line_back_s, 3),
            "drain_s": round(self.drain_s, 3),
            "alarm_receipt_ms": self.alarm_receipt_ms,
            "seconds": round(self.seconds, 1),
            "sabotage": self.sabotage,
            "examples": v.examples,
        }


class Story:
    """One run. `tell` takes a line of progress."""

    def __init__(self, directory: Path, seed: int, events: int, tell: Callable[[str], None]) -> None:
        self._seed, self._events, self._tell = seed, events, tell
        start = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=events // 10)
        self.theatre = Theatre(directory, STREET, seed, lambda: start)
        self._kills = 0
        self._killer: asyncio.Task[None] | None = None

    async def play(self, sabotage: Sabotage | None) -> Outcome:
        """From the first program to the verdict. Raises StoryError and StageError."""
        began = time.monotonic()
        async with self.theatre as theatre:
            await self._warm_up()
            self._tell(f"line cut; {self._events} events, five SOS among them, two kill -9 of the gateway")
            await theatre.line.cut()
            await self._happen()
            self._tell(f"every device has its answers; {self.theatre.outbox()} wait on the gateway's disk; line mended")
            mended, mended_ms = time.monotonic(), time.time() * 1000
            await theatre.line.mend()
            if not await theatre.drained(PATIENCE_S):
                raise StoryError(f"{theatre.outbox()} events are still in the outbox after {PATIENCE_S:.0f} s")
            back_s = (theatre.line.up_at or mended) - mended
            outcome = Outcome(Verdict(), self._kills, back_s, self._drained_s(mended_ms))
            outcome.alarm_receipt_ms = self._alarm_receipts(mended_ms + back_s * 1000)
        database, records = self.theatre.centre, list(ledger.read(self.theatre.ledger.path))
        if sabotage is not None:
            copy = self.theatre.directory / "spoilt.sqlite"
            outcome.sabotage = spoil(database, copy, sabotage, records, self._seed)
            self._tell(f"sabotage: {outcome.sabotage}")
            database = copy
        outcome.verdict = judge(records, database)
        outcome.seconds = time.monotonic() - began
        return outcome

    async def _warm_up(self) -> None:
        theatre = self.theatre
        theatre.neighbourhood.door.stand()
        for _ in range(WARM_UP):
            theatre.neighbourhood.something()
        await self._until(lambda: theatre.neighbourhood.waiting == 0, "the first answers")
        await self._until(
            lambda: self.theatre.outbox() == 0 and theatre.ask_centre("SELECT count(*) FROM events") > 0,
            "the first receipts",
        )

    async def _happen(self) -> None:
        """`events` events at a steady pace, whatever becomes of the gateway."""
        hood = self.theatre.neighbourhood
        sos: dict[int, Callable[[], str]] = {
            self._events * 15 // 100: lambda: hood.sos_of(Gt06Voice),
            self._events * 35 // 100: lambda: hood.sos_of(Jt808Voice),
            self._events * 55 // 100: lambda: hood.sos_of(WatchVoice),
            self._events * 75 // 100: hood.zigbee_sos,
            self._events * 90 // 100: hood.wired_sos,
        }
        kill_after = self._events * 35 // 100
        for number in range(self._events):
            raise_it = sos.get(number)
            if raise_it is not None:
                self._tell(f"event {number}: SOS of {raise_it()}")
            elif number % UNANSWERED_EVERY == 0:
                self._unanswered(number)
            else:
                hood.something()
            if number == kill_after:
                self._killer = asyncio.create_task(self._kill_twice(), name="kill -9")
            if number % PER_TICK == 0:
                await asyncio.sleep(TICK_S)
        if self._killer is not None:
            await self._killer
        await self._until(lambda: hood.waiting == 0, "every answer")

    def _unanswered(self, number: int) -> None:
        hood = self.theatre.neighbourhood
        doors: list[Magnet | Door] = [*hood.magnets, hood.door]
        doors[number // UNANSWERED_EVERY % len(doors)].move()

    async def _kill_twice(self) -> None:
        """First right after an SOS went out, then in the middle of what the devices send again."""
        await asyncio.sleep(self.theatre.neighbourhood.dice.uniform(0.0, 0.01))
        await self._kill()
        book, hood = self.theatre.ledger, self.theatre.neighbourhood
        answered = book.answered_by_gateway
        await self._until(lambda: book.answered_by_gateway > answered + 50 or not hood.waiting, "answers after a kill")
        await self._kill()

    async def _kill(self) -> None:
        stage, book = self.theatre.stage, self.theatre.ledger
        await asyncio.to_thread(stage.gateway.kill)
        self._kills += 1
        self._tell(f"kill -9 of the gateway: {book.said_count} said, {book.answered_count} answered")
        await asyncio.to_thread(stage.start_gateway, wait=False)

    def _drained_s(self, mended_ms: float) -> float:
        return max(0.0, (self.theatre.ask_centre("SELECT max(received) FROM events") - mended_ms) / 1000)

    def _alarm_receipts(self, up_ms: float) -> list[int]:
        """From the line's first connection to the centre's disk, for each alarm."""
        with closing(sqlite3.connect(f"file:{self.theatre.centre}?mode=ro", uri=True)) as conn:
            rows = conn.execute("SELECT received_at FROM alarms WHERE origin = 'gateway' ORDER BY received_at")
            return [round(at - up_ms) for (at,) in rows]

    async def _until(self, reached: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not reached():
            self.theatre.check()
            for program in (self.theatre.stage.gateway, self.theatre.stage.receiver):
                if self._killer is None and not program.running:
                    raise StoryError(f"the {program.name} ended by itself:\n{program.tail()}")
            if time.monotonic() > deadline:
                waiting = ", ".join(self.theatre.neighbourhood.who_waits()) or "nobody"
                tail = self.theatre.stage.gateway.tail()
                raise StoryError(f"waited {PATIENCE_S:.0f} s for {what}; waiting: {waiting}\n{tail}")
            await asyncio.sleep(0.02)
