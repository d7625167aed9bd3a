"""A whole call on a line that can be bad: kiosk, office and relay are hosts of a test network, every program is real.

    kiosk   gateway, call engine          office   broker, receiver, desk, Chromium          relay   coturn

What the screen would do is done at its socket: a wish is a tap, and a face is there when the engine's last line names
its memory and a picture is in it. The clerk is a script that answers as soon as the button is on the page.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playwright.async_api import Browser, Error, Page, Playwright, async_playwright

from edge.demo.authority import LOOPBACK
from edge.demo.stage import Stage
from sync.contract.call_screen import MAX_LINE
from sync.contract.frames import FrameReader
from tests.bench.rig import RigError
from tests.net.net import Host, Net
from tests.net.turn import Coturn
from tests.office.desk.browser import ARGUMENTS, CHROMIUM, FAKES, person, signed_in
from tests.office.desk.call_office import takes_calls

PASSWORD = "seven lamps on a quiet street"
DEPARTMENT = "general"
LOOK_S = 0.002
SETTLED_S = 1.0
"""A box that was just switched on is not what is measured."""
SOON_S = 20.0
NOBODYS = "10.77.0.99"
"""An address of the test network behind which nobody is: a relay that died."""
FAKE_DEVICES = ("--camera", "fake", "--microphone", "fake", "--speaker", "null")
ENGINE = (sys.executable, "-m", "edge.call", *FAKE_DEVICES)

CLERK = """() => {
    const painted = (video) => {
        window.clerk.face = Date.now();
        window.clerk.first ||= window.clerk.face;
        video.requestVideoFrameCallback(() => painted(video));
    };
    window.clerk = {answered: 0, first: 0, face: 0, bound: null};
    new MutationObserver(() => {
        const button = document.querySelector('#call-bar .bar.call button.main');
        if (button && !window.clerk.answered) { window.clerk.answered = Date.now(); button.click(); }
        const video = document.querySelector('.stage > video');
        if (video && video !== window.clerk.bound) {
            window.clerk.bound = video;
            video.requestVideoFrameCallback(() => painted(video));
        }
    }).observe(document.body, {subtree: true, childList: true});
}"""
"""Answers what rings, and remembers when it painted the kiosk's last picture."""


class Screen:
    """Stands at the engine's socket where the kiosk's screen stands."""

    def __init__(self, prefix: list[str], api: Path, folder: Path, program: Sequence[str] = ENGINE) -> None:
        self.seen: dict[str, Any] = {}
        self._command = [*prefix, *program, "--api", str(api)]
        self._socket, self._log = folder / "call.sock", folder / "call.log"
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._wishes: asyncio.StreamWriter | None = None
        self._reader: tuple[str, FrameReader] | None = None
        self.newest = 0
        """The number of the last picture that was looked at."""

    @property
    def pid(self) -> int:
        """The engine's."""
        assert self._process is not None
        return self._process.pid

    async def __aenter__(self) -> Self:
        command = [*self._command, "--socket", str(self._socket)]
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
        shown, self._wishes = await self._connected()
        await asyncio.sleep(SETTLED_S)
        self._listening = asyncio.create_task(self._listen(shown))
        return self

    async def __aexit__(self, k: type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        if self._listening is not None and self._wishes is not None:
            self._listening.cancel()
            self._wishes.close()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            await self._process.wait()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The socket's file is there a moment before anybody listens at it."""
        end_s = time.monotonic() + SOON_S
        while True:
            try:
                return await asyncio.open_unix_connection(str(self._socket), limit=MAX_LINE)
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > end_s:
                    raise RigError(f"not within {SOON_S:g} s: the engine's socket") from None
                await asyncio.sleep(LOOK_S)

    async def _listen(self, shown: asyncio.StreamReader) -> None:
        async for line in shown:
            if line.strip():
                self.seen = json.loads(line)

    @property
    def state(self) -> str:
        """Of the call."""
        return str(self.seen.get("state", "idle"))

    @property
    def good(self) -> str:
        """The line in a word."""
        return str(self.seen.get("good", "good"))

    @property
    def over(self) -> bool:
        """There is no call."""
        return self.state in ("ended", "idle")

    def wish(self, kind: str, **more: Any) -> float:
        """A tap; when it was, in seconds of Unix time."""
        assert self._wishes is not None
        at_s = time.time()
        self._wishes.write(json.dumps({"type": kind, **more}).encode() + b"\n")
        return at_s

    @property
    def pictures(self) -> int:
        """How many pictures of the office the screen could have shown, in the file it is told of now."""
        path = str(self.seen.get("remote_frames", ""))
        if not path:
            return 0
        if self._reader is None or self._reader[0] != path:
            with suppress(OSError, ValueError):
                self._reader = (path, FrameReader(Path(path)))
        if self._reader is None or self._reader[0] != path:
            return 0
        frame = self._reader[1].newest()
        self.newest = 0 if frame is None else frame.count
        return self.newest

    def forget(self) -> None:
        """The file of a call that ended has its name again in the next."""
        if self._reader is not None:
            self._reader[1].close()
            self._reader = None
        self.newest = 0


class Whole:
    """An async context: everything runs, and one clerk takes calls."""

    def __init__(self, directory: Path, *, relay_only: bool = False, dead_turn: bool = False) -> None:
        self.directory = directory
        self._relay_only, self._dead_turn = relay_only, dead_turn
        self._stack = AsyncExitStack()
        self.net: Net
        self.kiosk: Host
        self.office: Host
        self.stage: Stage
        self.screen: Screen
        self.browser: Browser
        self.page: Page
        self._playwright: Playwright

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, k: type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        await self._stack.aclose()

    async def _open(self) -> None:
        self.net = self._stack.enter_context(Net())
        self.kiosk, self.office, relay = (self.net.host(name) for name in ("kiosk", "office", "relay"))
        stage = self.stage = self._stack.enter_context(Stage(self.directory, [], desk=True))
        calls: Mapping[str, Any] = {}
        if self._relay_only:
            coturn = self._stack.enter_context(Coturn(self.directory / "turn", stage.authority, relay))
            calls = {"turn": {"urls": list(coturn.urls[:2]), "secret": str(coturn.secret)}, "relay_only": True}
        elif self._dead_turn:
            secret = self.directory / "turn.secret"
            secret.write_text("5ec2e7f0a1b2c3d4e5f60718293a4b5c\n", encoding="ascii")
            urls = [f"turn:{NOBODYS}:3478", f"turn:{NOBODYS}:3478?transport=tcp"]
            calls = {"turn": {"urls": urls, "secret": str(secret)}}
        self._move_to_hosts(calls)
        await asyncio.to_thread(self._start)
        await self.new_engine()
        self._stack.push_async_callback(self._no_engine)
        self._playwright = await self._stack.enter_async_context(async_playwright())
        self._stack.push_async_callback(self._no_page)
        await self.new_page()

    def _move_to_hosts(self, calls: Mapping[str, Any]) -> None:
        """The stage is laid out for loopback: the gateway shall reach its broker over the line."""
        stage, address = self.stage, self.office.address
        stage.authority.server("broker", (address, *LOOPBACK))
        conf = stage.directory / "mosquitto.conf"
        own = f"\nlistener {stage.broker_port} "
        conf.write_text(conf.read_text("utf-8").replace(f"{own}127.0.0.1\n", f"{own}0.0.0.0\n"), encoding="utf-8")
        gateway = json.loads(stage.gateway_file.read_text("utf-8"))
        gateway["centre"]["host"] = address
        stage.gateway_file.write_text(json.dumps(gateway), encoding="utf-8")
        office = json.loads(stage.office_file.read_text("utf-8"))
        if calls:
            office["calls"] = calls
        stage.office_file.write_text(json.dumps(office), encoding="utf-8")

    def _start(self) -> None:
        self.office.call(self.stage.start_broker)
        self.office.call(self.stage.start_receiver)
        self.office.call(self.stage.open_desk, PASSWORD, [])
        self.kiosk.call(self.stage.start_gateway)

    async def new_engine(self) -> None:
        """Instead of the one there is."""
        await self._no_engine()
        self.screen = await Screen(self.kiosk.prefix, self.stage.api_socket, self.directory).__aenter__()

    async def _no_engine(self) -> None:
        if hasattr(self, "screen"):
            await self.screen.__aexit__(None, None, None)

    async def new_page(self) -> None:
        """A browser in the office, and the clerk at its page, who takes calls."""
        program = self.directory / "chromium-there"
        program.write_text(f'#!/bin/sh\nexec {" ".join(self.office.prefix)} {CHROMIUM} "$@"\n', encoding="ascii")
        program.chmod(0o700)
        self.browser = await self._playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS, *FAKES])
        base = f"https://127.0.0.1:{self.stage.desk_port}"
        self.page = await signed_in(await person(self.browser), base, "duty1", PASSWORD)
        await self.page.wait_for_selector(".line.up")
        await takes_calls(self.page)
        await self.page.evaluate(CLERK)

    async def _no_page(self) -> None:
        if hasattr(self, "browser"):
            with suppress(Error):
                await self.browser.close()

    async def crash(self) -> None:
        """The browser is gone from one moment to the next."""
        gone = self.browser
        session = await gone.new_browser_cdp_session()
        with suppress(Error):
            await session.send("Browser.crash")

    # --- a call

    async def clerk(self) -> dict[str, Any]:
        """What the script at the page has seen."""
        return dict(await self.page.evaluate("({...window.clerk, bound: null})"))

    async def dial(self) -> float:
        """From the tap until both faces are painted, in seconds."""
        await self.page.evaluate("Object.assign(window.clerk, {answered: 0, face: 0, first: 0})")
        self.screen.forget()
        tapped_s = self.screen.wish("start", department=DEPARTMENT)
        try:
            await until(lambda: self.screen.pictures > 0 and not self.screen.over, "a face at the kiosk")
        except RigError as error:
            seen = {name: self.screen.seen.get(name) for name in ("state", "state_s", "reason", "good", "place")}
            raise RigError(f"{error}; {seen}; the clerk {await self.clerk()}") from None
        here_s = time.time()
        clerk = await self.clerk()
        while not clerk["face"]:
            if time.time() - tapped_s > SOON_S:
                raise RigError(f"no face at the desk; the kiosk is {self.screen.state}")
            await asyncio.sleep(0.01)
            clerk = await self.clerk()
        return max(here_s, float(clerk["first"]) / 1000) - tapped_s

    async def hang_up(self) -> None:
        """The call ends at the kiosk, and the clerk is free again."""
        self.screen.wish("hang-up")
        await until(lambda: self.screen.over, "the end at the kiosk")
        end_s = time.monotonic() + SOON_S
        while not await self.page.evaluate("!!document.querySelector('.after')"):
            if time.monotonic() > end_s:
                raise RigError("the page did not hear of the end")
            await asyncio.sleep(0.02)


async def until(condition: Any, what: str, timeout_s: float = SOON_S) -> None:
    """Look every other millisecond, at most so long."""
    end_s = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end_s:
            raise RigError(f"not within {timeout_s:g} s: {what}")
        await asyncio.sleep(LOOK_S)


def load() -> float:
    """Of the machine, in the last minute: programs that want to run."""
    return os.getloadavg()[0]
