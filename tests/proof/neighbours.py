"""Devices that keep a ledger: what each said, and what it saw answered, whoever is killed meanwhile.

A device sends over TCP, holds what is not answered, and after every break sends it again, the same bytes in the same
order, before it says anything new. They run in a thread of their own, so that a test can kill programs meanwhile.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self

from edge.neighbourhood import gt06
from edge.neighbourhood.gt06 import Gt06Device
from edge.neighbourhood.jt808 import Jt808Device

ANSWER_S = 3.0
"""So long a device waits for an answer before it dials again."""

POSITION, SOS = "position", "sos"
LON = 121.5
Key = tuple[int, int]


def latitude(n: int) -> float:
    """Every message says its number where the centre can read it: in its place."""
    return 20 + n / 10_000


def number(lat: float) -> int:
    """The other way."""
    return round((lat - 20) * 10_000)


class Speech(Protocol):
    """One protocol."""

    device: str

    def connect(self) -> tuple[bytes, Key]:
        """What is said first on a new connection, and how its answer is known."""

    def say(self, what: str, n: int) -> tuple[bytes, Key]:
        """Message number `n`."""

    def answers(self, data: bytes) -> list[Key]:
        """The positive answers these bytes complete."""


class Gt06Speech:
    """A GT06 tracker with a button."""

    def __init__(self, imei: str, began: datetime) -> None:
        self.device = imei
        self._began, self._peer = began, Gt06Device(imei)

    def connect(self) -> tuple[bytes, Key]:
        self._peer.connected()
        return self._peer.login(), (gt06.LOGIN, self._peer.serial)

    def say(self, what: str, n: int) -> tuple[bytes, Key]:
        at = self._began + timedelta(seconds=n)
        if what == SOS:
            return self._peer.alarm("sos", at, latitude(n), LON), (gt06.ALARM, self._peer.serial)
        return self._peer.position(at, latitude(n), LON), (gt06.POSITION, self._peer.serial)

    def answers(self, data: bytes) -> list[Key]:
        return self._peer.answered(data)


class Jt808Speech:
    """A JT/T 808 terminal; its emergency bit is clear again in the next position."""

    def __init__(self, phone: str, began: datetime) -> None:
        self.device = phone
        self._began, self._phone = began, phone
        self._peer = Jt808Device(phone)

    def connect(self) -> tuple[bytes, Key]:
        serial = self._peer.next_serial
        return self._peer.authenticate("code"), (0x0102, serial)

    def say(self, what: str, n: int) -> tuple[bytes, Key]:
        serial = self._peer.next_serial
        at = self._began + timedelta(seconds=n)
        say = self._peer.sos if what == SOS else self._peer.position
        return say(at, latitude(n), LON), (0x0200, serial)

    def answers(self, data: bytes) -> list[Key]:
        return [(a.msg_id, a.serial) for a in self._peer.answered(data) if a.result in (0, 4)]


@dataclass(slots=True)
class Word:
    """One message."""

    n: int
    what: str
    data: bytes
    key: Key
    answered: bool = False


@dataclass(slots=True)
class Neighbour:
    """One device on one gateway's port. Every `sos_every`-th message is an SOS, and so are the next `press` ones."""

    speech: Speech
    port: int
    sos_every: int = 4
    window: int = 3
    pause_s: float = 0.01
    host: str = "127.0.0.1"
    said: list[Word] = field(default_factory=list)
    stopping: bool = False
    quiet: bool = False
    press: int = 0
    done: bool = False
    dialled: int = 0
    _waiting: deque[Word] = field(default_factory=deque)

    @property
    def answered(self) -> list[Word]:
        """What it saw answered."""
        return [w for w in self.said if w.answered]

    async def live(self) -> None:
        """Until it was told to stop and everything it said is answered."""
        while not self._finished():
            try:
                reader, writer = await asyncio.wait_for(asyncio.open_connection(self.host, self.port), ANSWER_S)
            except (OSError, TimeoutError):
                await asyncio.sleep(0.02)
                continue
            self.dialled += 1
            try:
                with suppress(OSError, TimeoutError):
                    await self._talk(reader, writer)
            finally:
                writer.transport.abort()
        self.done = True

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello, key = self.speech.connect()
        writer.write(hello)
        while key not in await self._hear(reader):
            pass
        for word in self._waiting:
            writer.write(word.data)
        next_at = 0.0
        while not self._finished():
            now = time.monotonic()
            talks = self.press or not (self.stopping or self.quiet)
            if talks and len(self._waiting) < self.window and now >= next_at:
                self._say(writer)
                next_at = now + self.pause_s
            elif self._waiting:
                self._heard(await self._hear(reader))
            else:
                await asyncio.sleep(self.pause_s)
                if reader.at_eof():
                    return

    def _finished(self) -> bool:
        return self.stopping and not self._waiting and not self.press

    def _say(self, writer: asyncio.StreamWriter) -> None:
        n = len(self.said) + 1
        what = SOS if self.press or n % self.sos_every == 2 else POSITION
        self.press = max(0, self.press - 1)
        word = Word(n, what, *self.speech.say(what, n))
        self.said.append(word)
        self._waiting.append(word)
        writer.write(word.data)

    async def _hear(self, reader: asyncio.StreamReader) -> list[Key]:
        data = await asyncio.wait_for(reader.read(4096), ANSWER_S)
        if not data:
            raise ConnectionResetError
        return self.speech.answers(data)

    def _heard(self, keys: Iterable[Key]) -> None:
        for key in keys:
            for word in self._waiting:
                if word.key == key:
                    word.answered = True
                    self._waiting.remove(word)
                    break


class Neighbourhood:
    """Runs devices in a thread. Leaving it without `finish` lets them go as they are."""

    def __init__(self, neighbours: Sequence[Neighbour]) -> None:
        self.neighbours = neighbours
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="neighbourhood", daemon=True)
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._cancel)
            self._thread.join(10)

    def say_more(self, count: int, within_s: float = 20.0) -> None:
        """Wait until every device saw `count` more answers."""
        goals = [len(n.answered) + count for n in self.neighbours]
        self.until(lambda: all(len(n.answered) >= g for n, g in zip(self.neighbours, goals, strict=True)), within_s)

    def finish(self, within_s: float = 20.0) -> None:
        """No device says anything new; wait until each saw all it said answered."""
        for neighbour in self.neighbours:
            neighbour.stopping = True
        self.until(lambda: not self._thread.is_alive(), within_s)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def until(self, true: object, within_s: float) -> None:
        """Wait, with a bound."""
        assert callable(true)
        deadline = time.monotonic() + within_s
        while not true():
            if self._error is not None:
                raise self._error
            waiting = [(n.speech.device, len(n.said), len(n.answered), n.dialled) for n in self.neighbours]
            assert time.monotonic() < deadline, f"not in {within_s} s: (device, said, answered, dialled) {waiting}"
            time.sleep(0.005)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._all())
        except asyncio.CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001 - told by `until`
            self._error = error
        finally:
            self._loop.close()

    async def _all(self) -> None:
        self._tasks = [asyncio.ensure_future(n.live()) for n in self.neighbours]
        try:
            await asyncio.gather(*self._tasks)
        finally:
            await asyncio.wait(self._tasks)
            await asyncio.sleep(0.01)  # aborted transports close their sockets one turn later

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()


_numbers = itertools.count(1)


def some(gt06_port: int, jt808_port: int | None = None, *, trackers: int = 2, terminals: int = 1) -> list[Neighbour]:
    """Devices nobody has met yet."""
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    found = [Neighbour(Gt06Speech(f"86{next(_numbers):013d}", began), gt06_port) for _ in range(trackers)]
    if jt808_port is not None:
        found += [Neighbour(Jt808Speech(f"138{next(_numbers):08d}", began), jt808_port) for _ in range(terminals)]
    return found
