"""The live show: a small neighbourhood goes about its day, and whoever watches cuts, kills, presses and acknowledges.

On a terminal a screen of tables and keys; elsewhere plain lines. On `q` the line comes back, the centre catches up and
the judge says what became of everything that was answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sqlite3
import sys
from collections.abc import Callable, Coroutine
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge.demo import ledger
from edge.demo.diary import Diary
from edge.demo.judge import judge
from edge.demo.keys import Keys
from edge.demo.kiosk_words import invitation, state
from edge.demo.neighbourhood import Size
from edge.demo.picture import Picture, look
from edge.demo.plain import PlainShow
from edge.demo.screen import screen
from edge.demo.theatre import PASSWORD, Theatre
from edge.demo.words import Words
from edge.terminal import Console, Live
from sync.contract.alarm import Stage

LOOK_EVERY_S = 0.3
PLAIN_EVERY_S = 1.0
BACK_AFTER_S = 3.0
"""When systemd would have started a killed gateway again."""

DIES_AFTER_S = 20.0
ENDING_S = 8.0
MOVES_EVERY_S = (0.1, 0.5)
DOORS_EVERY_S = (4.0, 7.0)
ELDERS_EVERY_S = (15.0, 40.0)
"""Slow enough for one person at the desk to take them all."""


class Show:
    """One live show. `play` returns whether what was judged was in order."""

    def __init__(self, directory: Path, seed: int, say: Words, *, kiosk: str = "", call: bool = False) -> None:
        """`kiosk`: the language of its screen; empty: none. `call`: it calls as soon as somebody takes calls."""
        self._say = say
        self.theatre = Theatre(directory, Size(dies=True), seed, lambda: datetime.now(UTC), desk=True, kiosk=kiosk)
        self._calls_by_itself = call
        self.diary = Diary()
        self.theatre.ledger.on_note = self.diary.note
        self._ended = asyncio.Event()
        self._kills = 0
        self._deeds: set[asyncio.Task[None]] = set()
        self._deed_of: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "c": self.theatre.line.cut,
            "b": self.theatre.line.mend,
            "k": self._kill,
            "p": self._press,
            "a": self._acknowledge,
            "v": self._call,
        }

    async def play(self, seconds: float | None) -> bool:
        """Until `q`, SIGTERM or the given time."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._ended.set)
        async with self.theatre as theatre:
            theatre.neighbourhood.door.stand()
            await theatre.desk_opened()
            parts = (self._days(), self._elders(), self._death(), self._call_by_itself())
            life = [asyncio.create_task(part, name="life") for part in parts]
            with Keys(self._pressed):
                watching = asyncio.create_task(self._watch(), name="screen")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._ended.wait(), seconds)
                await _stop([watching, *life])
                return await self._end()

    # --- what people at the keyboard do

    def _pressed(self, key: str) -> None:
        if key in {"q", "\x04"}:
            self._ended.set()
        elif (deed := self._deed_of.get(key)) is not None:
            task = asyncio.create_task(deed(), name=f"key {key}")
            self._deeds.add(task)
            task.add_done_callback(self._deeds.discard)

    async def _kill(self) -> None:
        gateway = self.theatre.stage.gateway
        if gateway.running:
            self._kills += 1
            await asyncio.to_thread(gateway.kill)
            await asyncio.sleep(BACK_AFTER_S)
            await self._start_gateway()

    async def _start_gateway(self) -> None:
        if not self.theatre.stage.gateway.running:
            await asyncio.to_thread(self.theatre.stage.start_gateway, wait=False)

    async def _press(self) -> None:
        self.theatre.neighbourhood.press_any()

    async def _call(self) -> None:
        """Call from the kiosk, take the office's call, or hang up."""
        if self.theatre.kiosk is not None:
            self.theatre.kiosk.caller.press()

    async def _call_by_itself(self) -> None:
        if self._calls_by_itself and self.theatre.kiosk is not None:
            await self.theatre.kiosk.caller.call_when_somebody_is_there()

    async def _acknowledge(self) -> None:
        """As the office does it: take the oldest alarm that nobody took; if there is none, close the oldest taken."""
        found = self._oldest(Stage.RECEIVED) or self._oldest(Stage.ACKNOWLEDGED)
        if found is None:
            return
        alarm, stage = found
        what = ["ack", alarm] if stage == Stage.RECEIVED else ["close", alarm, "--reason", "drill"]
        command = [sys.executable, "-m", "edge.cli", "office", *what, "--by", "duty"]
        process = await asyncio.create_subprocess_exec(
            *command, "--config", str(self.theatre.stage.office_file), stdout=asyncio.subprocess.DEVNULL
        )
        await process.wait()

    def _oldest(self, stage: Stage) -> tuple[str, int] | None:
        query = """SELECT id, stage FROM alarms WHERE origin = 'gateway' AND stage = ? ORDER BY received_at LIMIT 1"""
        with closing(sqlite3.connect(f"file:{self.theatre.centre}?mode=ro", uri=True)) as conn:
            row = conn.execute(query, (int(stage),)).fetchone()
        return (str(row[0]), int(row[1])) if row else None

    # --- the day

    async def _days(self) -> None:
        hood, dice = self.theatre.neighbourhood, self.theatre.neighbourhood.dice
        next_door_s = asyncio.get_running_loop().time()
        while True:
            hood.something()
            if asyncio.get_running_loop().time() >= next_door_s:
                next_door_s = asyncio.get_running_loop().time() + dice.uniform(*DOORS_EVERY_S)
                dice.choice([d.move for d in hood.magnets] + [hood.door.move])()
            await asyncio.sleep(dice.uniform(*MOVES_EVERY_S))

    async def _elders(self) -> None:
        hood = self.theatre.neighbourhood
        while True:
            await asyncio.sleep(hood.dice.uniform(*ELDERS_EVERY_S))
            hood.press_any()

    async def _death(self) -> None:
        """One watch reports often, until its battery is empty; the gateway notices the silence."""
        hood, loop = self.theatre.neighbourhood, asyncio.get_running_loop()
        watch, until_s = hood.mortal, loop.time() + DIES_AFTER_S
        assert watch is not None
        while loop.time() < until_s:
            hood.keep_alive(watch)
            await asyncio.sleep(2.0)
        watch.die()

    # --- what is shown

    def _invitation(self) -> list[str]:
        """Where the desk is, who can sign in, and why the browser asks about its certificate."""
        theatre, say = self.theatre, self._say
        logins = " ".join(one["login"] for one in theatre.people)
        return [
            say["desk"].format(theatre.desk_url),
            say["accounts"].format(logins, PASSWORD),
            say["certificate"].format(theatre.stage.authority.ca),
            *(invitation(theatre.kiosk, say) if theatre.kiosk is not None else ()),
        ]

    async def _watch(self) -> None:
        if sys.stdout.isatty():
            await self._screen()
        else:
            await self._lines()

    async def _screen(self) -> None:
        console, invitation = Console(), self._invitation()
        for line in invitation:
            _write(line)
        with Live(console=console, screen=True, auto_refresh=False) as live:
            while True:
                live.update(screen(await self._look(), self._say, console.height, invitation), refresh=True)
                await asyncio.sleep(LOOK_EVERY_S)

    async def _lines(self) -> None:
        for line in (self._say["title"], *self._invitation()):
            _write(line)
        show = PlainShow(self._say)
        while True:
            for line in show.lines(await self._look()):
                _write(line)
            await asyncio.sleep(PLAIN_EVERY_S)

    async def _look(self) -> Picture:
        picture = await look(self.theatre, self.diary)
        picture.kills = self._kills
        if self.theatre.kiosk is not None:
            picture.kiosk = state(self.theatre.kiosk, self._say)
        return picture

    # --- the end

    async def _end(self) -> bool:
        """Bring the line back, let the centre catch up, and judge."""
        _write(self._say["judging"])
        await self.theatre.line.mend()
        await _stop(list(self._deeds))
        await self._start_gateway()
        if not await self.theatre.drained(ENDING_S):
            _write(self._say["undrained"])
            return True
        self.theatre.ledger.flush()
        verdict = judge(ledger.read(self.theatre.ledger.path), self.theatre.centre)
        counts = (verdict.said, verdict.answered, verdict.lost, verdict.doubled, verdict.out_of_order, verdict.alarms)
        _write(self._say["verdict"].format(*counts))
        for rule, examples in verdict.examples.items():
            _write(f"{rule}: {'; '.join(examples)}")
        return verdict.ok


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            raise result


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
