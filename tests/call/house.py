"""An engine whole, with a peer of ours as the office's page: for tests of everything around the media."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from edge.call.clock_picture import ClockPicture
from edge.call.engine import Engine
from edge.call.fake_sound import Beeps, FakeMicrophone, NullSpeaker
from edge.call.media import Parts
from edge.call.peer import AiortcPeer, hush
from edge.call.program import new_id
from edge.call.sound import NoProcessing
from sync.contract.call import State
from sync.contract.call_screen import CallSeen, Start, Wish
from sync.contract.envelope import decode, encode
from tests.call.office import Office
from tests.call.pair import Page, until

SOON_S = 30.0
"""So long a machine may take that has other things to do."""


class BrokenCard:
    """A microphone, or a loudspeaker, that cannot be opened."""

    def open(self, _: object) -> None:
        raise OSError("busy")

    def close(self) -> None:
        pass


@dataclass
class House:
    engine: Engine
    office: Office
    page: Page
    camera: ClockPicture
    socket: Path
    work: asyncio.Task[None]
    screens: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def seen(self) -> CallSeen:
        return self.engine.screens._last

    @property
    def state(self) -> State:
        return self.seen.state

    async def screen(self) -> Screen:
        reader, writer = await asyncio.open_unix_connection(str(self.socket))
        self.screens.append(writer)
        return Screen(reader, writer)

    async def connect(self, screen: Screen) -> None:
        screen.wish(Start(department="civil"))
        await screen.until(lambda seen: seen.state is State.CONNECTED and bool(seen.remote_frames))


@dataclass
class Screen:
    """A screen at the socket."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    seen: CallSeen = field(default_factory=lambda: CallSeen(n=0))

    def wish(self, wish: Wish) -> None:
        self.writer.write(encode(wish) + b"\n")

    async def until(self, condition: Callable[[CallSeen], bool], timeout_s: float = SOON_S) -> CallSeen:
        async with asyncio.timeout(timeout_s):
            while not condition(self.seen):
                line = await self.reader.readline()
                assert line, "the engine let the screen go"
                self.seen = decode(line, CallSeen)
        return self.seen

    def vanish(self) -> None:
        self.writer.transport.abort()


@asynccontextmanager
async def house(tmp: Path, **changes: object) -> AsyncIterator[House]:
    hush()
    page = Page()
    office = Office(page.answer)
    await office.open(tmp / "api.sock")
    camera = ClockPicture()
    parts = Parts(camera, FakeMicrophone(Beeps()), NullSpeaker(), NoProcessing, AiortcPeer)
    parts = replace(parts, **changes)  # type: ignore[arg-type]
    engine = Engine(parts, tmp / "api.sock", tmp / "call.sock", new_id, lambda: frozenset({"192.0.2.2"}))
    work = asyncio.create_task(engine.run())
    await until(lambda: bool(office._ears and office._events), timeout_s=SOON_S, what="the engine at its gateway")
    one = House(engine, office, page, camera, tmp / "call.sock", work)
    try:
        yield one
    finally:
        for writer in one.screens:
            writer.close()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await page.close()
        await office.close()


def run(tmp: Path, test: Callable[[House], Awaitable[None]], **changes: object) -> None:
    async def all_of_it() -> None:
        async with house(tmp, **changes) as one:
            await test(one)

    asyncio.run(all_of_it())
