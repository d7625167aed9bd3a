"""A kiosk in a shop beside everything behind it, started once for many stories.

Each begins at home and ends at the desk. Gateway, broker, receiver, desk and call engine are real programs; between
gateway and centre stand two relays that can be cut. The screen is the real program in this process, touched by a hand
that moves its clock, so that nobody waits for an idle minute or for a second tap. Printer and reader are the box's: a
folder, and a serial line.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import tty
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from edge.api.client import Client as Local
from edge.demo.broker_files import free_ports
from edge.demo.kiosk import BOX
from edge.demo.line import CuttableLine
from edge.demo.stage import Stage
from kiosk_ui.log_tail import LogTail
from kiosk_ui.program import Options
from kiosk_ui.qt.app import Program
from kiosk_ui.sound_files import Sound
from kiosk_ui.speaking import Espeak, Speaker
from kiosk_ui.speaking_sinks import RecordingSink
from kiosk_ui.theme import Glass
from tests.office.desk.calling import Clerk
from tests.office.desk.house import Client, until
from tests.stories.standing import FAKES, SOON_S, Standing, screen_application
from tests.stories.street import PASSWORD

T = TypeVar("T")
JOINER = "\u2060"
POLL_S = 0.03
HALF = Glass(540, 960)
"""Every layout is that of the usual glass; a quarter of its dots are drawn."""


class Voice(Espeak):
    """The engine of the box; what it was given to say is written down."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def sound(self, text: str, language: str) -> Sound:
        """See `Espeak`."""
        self.said.append(text)
        return super().sound(text, language)

    @property
    def words(self) -> str:
        """All of it, without what only makes pauses."""
        return bare("".join(self.said))


class Clock:
    """Goes as the wall's, or more slowly, and is moved ahead."""

    def __init__(self) -> None:
        self._at = self._last = time.monotonic()
        self.pace = 1.0

    def __call__(self) -> float:
        now = time.monotonic()
        self._at += (now - self._last) * self.pace
        self._last = now
        return self._at

    def ahead(self, seconds: float) -> None:
        """At once."""
        self._at += seconds


class Unhurried(Standing):
    """A hand whose time is moved, at a program whose neighbours live in real time."""

    def __init__(self, options: Options) -> None:
        self.clock = Clock()
        self.voice, self.sink = Voice(), RecordingSink(sleep=lambda _: None)
        program = Program(
            options,
            LogTail(),
            self.clock,
            lambda told: Speaker(self.voice, lambda: self.sink, told),
        )
        program.parts.speech.able = True  # whatever plays on the machine of this test
        super().__init__(program)

    def later(self, seconds: float) -> None:
        """Time passes at the screen alone."""
        self.clock.ahead(seconds)
        self.screen.bridge.tick()
        self.settle()
        self.drawn()

    async def taps(self, control: str, argument: str = "") -> None:
        """One tap as soon as the control is there."""
        await self.sees(lambda: self.ready(control, argument), f"a control {control} {argument}")
        self.tap(control, argument)

    def ready(self, control: str, argument: str = "") -> bool:
        """It is there, and a touch would do something."""
        return self.has(control, argument) and self.find(control, argument).isEnabled()

    async def types(self, digits: str, control: str = "digit") -> None:
        """Key by key."""
        for digit in digits:
            await self.taps(control, digit)

    async def rests_on(self, control: str, true: Callable[[], Any], what: str) -> None:
        """A finger stays on it until this is so."""
        await self.sees(lambda: self.has(control), f"a control {control}")
        point = self.centre(self.find(control))
        self.down(point)
        await self.sees(true, what)
        self.up(point)

    async def turns_to(self, control: str, argument: str = "") -> None:
        """Leaf through a list until it is there, and tap it."""
        await self.sees(lambda: self.has(control, argument) or self.has("turn"), f"a list with {control} {argument}")
        while not self.has(control, argument):
            await self.taps("turn", str(self.kiosk.flow.session.page + 1))
        await self.taps(control, argument)

    async def stands_at(self, screen: str) -> None:
        """That screen is in front."""
        await self.sees(lambda: self.place == screen, f"the screen {screen}")

    def glass(self) -> str:
        """Every word on it."""
        return bare("".join(self.texts()))


def bare(text: str) -> str:
    """Without what helps to break lines, and what makes pauses."""
    return "".join(sign for sign in text if sign not in f"{JOINER}，。,. \n\t")


@dataclass
class Corner:
    """What a story needs."""

    stage: Stage
    kiosk: Unhurried
    lines: tuple[CuttableLine, ...]
    reader: int
    _stack: AsyncExitStack
    _people: dict[str, Client] = field(default_factory=dict)

    @property
    def gateway(self) -> Local:
        """As another screen of the same box asks."""
        return Local(self.stage.api_socket)

    async def asking(self, login: str) -> Client:
        """Somebody of the office, signed in once."""
        if login not in self._people:
            client = await self.stranger()
            self._people[login] = await client.sign_in(login, PASSWORD)
        return self._people[login]

    async def stranger(self) -> Client:
        """Somebody with a browser and no account."""
        jar = aiohttp.CookieJar(unsafe=True)
        http = await self._stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        return Client(http, f"https://127.0.0.1:{self.stage.desk_port}")

    @asynccontextmanager
    async def taking_calls(self, login: str) -> AsyncIterator[Clerk]:
        """That person's page, which rings."""
        client = await self.asking(login)
        async with client.live() as socket:
            clerk = await Clerk(client, socket).take_calls()
            yield clerk
            await clerk.leave()

    async def until(self, ask: Callable[[], Awaitable[T | None]], what: str) -> T:
        """The first answer that is something; the kiosk lives on meanwhile."""
        deadline = time.monotonic() + SOON_S
        while not (answer := await ask()):
            assert time.monotonic() < deadline, f"not within {SOON_S} s: {what}; the glass says {self.kiosk.texts()}"
            await self.kiosk.rests(POLL_S)
        return answer

    async def case(self, number: str) -> dict[str, Any]:
        """It stands at the desk."""
        clerk, digits = await self.asking("duty1"), number.replace("-", "")

        async def look() -> dict[str, Any] | None:
            answer = await clerk.ask("GET", f"/v1/cases/{digits}")
            return answer.json if answer.status == 200 else None

        return await self.until(look, f"the case {number} at the desk")

    async def cut(self) -> None:
        """Nothing of the centre is reached any more, and the kiosk says so."""
        for line in self.lines:
            await line.cut()
        await self.kiosk.sees(lambda: not self.kiosk.kiosk.box.online, "the line is down")

    async def mend(self) -> None:
        """The line is back."""
        for line in self.lines:
            await line.mend()
        await self.kiosk.sees(lambda: self.kiosk.kiosk.box.online, "the line is up")

    def scans(self, code: bytes) -> None:
        """Somebody holds it before the reader."""
        os.write(self.reader, code + b"\r\n")

    @property
    def slips(self) -> Path:
        """What came out of the printer lies here."""
        return self.stage.gateway_data / "slips"

    async def printed(self) -> dict[str, Any]:
        """The one slip that somebody takes out of the printer now."""
        await self.kiosk.sees(lambda: list(self.slips.glob("slip-*")), "a slip")
        (file,) = self.slips.glob("slip-*")
        slip: dict[str, Any] = json.loads(file.read_bytes())
        file.unlink()
        return slip

    @contextmanager
    def out_of_paper(self) -> Iterator[None]:
        """The roll is used up."""
        (self.slips / "paper").touch()
        yield
        (self.slips / "paper").unlink()

    async def plays(self, story: Callable[[Corner], Awaitable[None]]) -> None:
        """One story, and the person goes."""
        with _logs_with_a_failure(self.stage):
            try:
                await story(self)
            finally:
                await self._home()
        assert not self.kiosk.said, self.kiosk.said

    async def _home(self) -> None:
        """The person has gone, and the next one finds the home screen, also after a story that failed."""
        for line in self.lines:
            await line.mend()
        self.kiosk.clock.pace = 1.0
        self.kiosk.kiosk.flow.end()
        self.kiosk.later(1.0)


def written(slip: dict[str, Any]) -> str:
    """Everything that can be read on a slip."""
    return bare("".join(line["text"] for line in slip["lines"]))


@asynccontextmanager
async def corner(folder: Path) -> AsyncIterator[Corner]:
    """Everything runs, every department is open, and the kiosk has all content."""
    async with AsyncExitStack() as stack:
        app = screen_application()
        ours, reader = os.openpty()
        tty.setraw(reader)
        stack.callback(os.close, ours)
        stack.callback(os.close, reader)
        broker_line, blob_line = free_ports(2)
        box = {**BOX, "peripherals": {"printer": "fake", "reader": os.ttyname(reader)}}
        stage = stack.enter_context(Stage(folder / "s", [], config=box, line_port=broker_line, desk=True))
        lines = CuttableLine(broker_line, stage.broker_port), CuttableLine(blob_line, stage.blob_port)
        _blobs_through(stage.gateway_file, blob_line)
        stack.push_async_callback(_quiet)
        for line in lines:
            await line.mend()
            stack.push_async_callback(line.cut)
        engine = folder / "call.sock"
        command = ["-m", "edge.call", "--api", str(stage.api_socket), "--socket", str(engine), *FAKES]
        await asyncio.gather(
            asyncio.to_thread(stage.open_desk, PASSWORD, []),
            asyncio.to_thread(stage.start),
            asyncio.to_thread(stage.start_other, "call engine", [sys.executable, *command], engine.exists),
        )
        (folder / "keep").mkdir()
        kiosk = Unhurried(
            Options(stage.api_socket, engine, Glass(), fullscreen=False, language="zh", keep=folder / "keep")
        )
        stack.callback(_ended, kiosk, app)
        kiosk.program.start()
        made = Corner(stage, kiosk, lines, ours, stack)
        await _opened(made)
        yield made


async def _opened(here: Corner) -> None:
    """Kiosk and office know of each other, and nobody is turned away because it is Sunday."""
    admin, kiosk = await here.asking("admin"), here.kiosk
    seen = await admin.get("/v1/departments")
    for one in seen["departments"]:
        one["department"] |= {"hours": [], "closed_on": [], "open_on": []}
    await admin.put("/v1/departments", {"version": seen["version"], "departments": seen["departments"]})
    box = kiosk.kiosk.box
    await kiosk.sees(lambda: box.online, "the kiosk is on the line")
    await kiosk.sees(lambda: box.contents.newest.guides and box.poles.by_number, "the kiosk has its content")
    await kiosk.sees(lambda: box.department("family") and not box.department("family").hours, "departments")  # type: ignore[union-attr]
    await kiosk.sees(lambda: kiosk.program.parts.calls.calls.seen.there, "the call engine")
    await kiosk.sees(lambda: kiosk.program.parts.keys.ready, "the keyboards' tables")


def _blobs_through(file: Path, port: int) -> None:
    """The gateway brings files by the relay too."""
    document = json.loads(file.read_text("utf-8"))
    document["centre"]["blob_url"] = f"https://127.0.0.1:{port}"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


async def _quiet() -> None:
    """What the relays carried has ended by itself."""
    await until(lambda: len(asyncio.all_tasks()) == 1, "the end of what was relayed")


def _ended(kiosk: Unhurried, app: Any) -> None:
    kiosk.program.speaker.close()
    kiosk.program.call_engine.close()
    kiosk.program.scans.stop()
    kiosk.program.local.stop()
    kiosk.close()
    app.processEvents()


@contextmanager
def _logs_with_a_failure(stage: Stage) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        for program in (stage.gateway, stage.receiver, stage.desk, *stage.others):
            error.add_note(f"--- {program.name}\n{program.tail()}")
        raise
