"""The kiosk of the demo: its screen and its call engine as the programs of a box, and a call without a finger.

The screen is a window where there is a display, and unseen where there is none. Camera and microphone are the engine's
fakes, so that a call holds on any machine; the clerk sees a moving picture with a clock in its top row.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from edge.api.client import Client, Declined, NotRunning
from edge.demo.stage import Program, Stage
from sync.contract.call import State
from sync.contract.call_screen import MAX_LINE, Accept, CallSeen, HangUp, Start, Wish
from sync.contract.envelope import ContractError, decode, encode

RECEPTION = "general"
AGAIN_S = 0.5
API_PATIENCE_S = 1.0
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where the engine shows its pictures
WINDOW = ("--window", "--size", "540x960", "--mm", "268x476", "--distance-mm", "600")
"""A 21.5-inch portrait screen at half its pixels, so that it fits beside a browser."""

BOX: dict[str, Any] = {
    "kiosk": {
        "place": "幸福路演示超市",
        "pole": "YS-0017",
        "hotlines": [{"name": {"zh": "街道总机", "en": "Street office"}, "number": "12345"}],
    },
    "peripherals": {"printer": "fake"},
}
"""Of the gateway's configuration."""

ENGINE_NEEDS, SCREEN_NEEDS = ("aiortc", "av", "numpy"), ("PySide6-Essentials", "PySide6-Addons", "segno")


class KioskCorner:
    """`open` starts what can run here; `caller` is the hand that calls where no finger can."""

    def __init__(self, stage: Stage, language: str) -> None:
        self.engine_lacks = [name for name in ENGINE_NEEDS if not _installed(name)]
        self.screen_lacks = [name for name in SCREEN_NEEDS if not _installed(name)]
        self.window = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
        self.caller = Caller(stage.directory / "call.sock", stage.api_socket, language)
        self._stage, self._language = stage, language
        self._calling: asyncio.Task[None] | None = None
        self.engine: Program | None = None
        self.screen: Program | None = None

    async def open(self) -> None:
        """Neither program is waited for: both look for the gateway and for each other by themselves."""
        sockets = ("--api", str(self._stage.api_socket))
        if not self.engine_lacks:
            fakes = ("--camera", "fake", "--microphone", "fake", "--speaker", "null")
            own = ("--socket", str(self.caller.socket))
            self.engine = self._stage.start_of_kiosk("call", "edge.call", *sockets, *own, *fakes, environ={})
            self._calling = asyncio.create_task(self.caller.run(), name="caller")
        if not self.screen_lacks:
            unseen = {} if self.window else {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
            shown = (*WINDOW, "--language", self._language, "--call", str(self.caller.socket))
            self.screen = self._stage.start_of_kiosk("kiosk", "kiosk_ui", *sockets, *shown, environ=unseen)

    @property
    def fallen(self) -> Program | None:
        """One that was started and has ended, with the reason in its log."""
        return next((one for one in (self.screen, self.engine) if one is not None and not one.running), None)

    async def close(self) -> None:
        """End both, and leave no picture in shared memory whatever became of the engine."""
        if self._calling is not None:
            self._calling.cancel()
            await asyncio.gather(self._calling, return_exceptions=True)
        pid = self.engine.pid if self.engine is not None and self.engine.process is not None else 0
        for program in (self.screen, self.engine):
            if program is not None:
                await asyncio.to_thread(program.stop)
        _sweep(pid)


class Caller:
    """Stands at the engine's socket beside the screen: hears how the call is, and calls as a tap would."""

    def __init__(self, socket: Path, api: Path, language: str) -> None:
        self.socket, self.seen = socket, CallSeen(n=0)
        self._api, self._language = api, language
        self._out: asyncio.StreamWriter | None = None

    @property
    def living(self) -> bool:
        """Whether there is a call."""
        return self.seen.state not in {State.IDLE, State.ENDED}

    async def run(self) -> None:
        """Until cancelled: connect, hear, and connect again."""
        while True:
            with suppress(OSError, ValueError, ContractError):
                await self._hear()
            self._out, self.seen = None, CallSeen(n=0)
            await asyncio.sleep(AGAIN_S)

    async def _hear(self) -> None:
        heard, self._out = await asyncio.open_unix_connection(str(self.socket), limit=MAX_LINE)
        try:
            while line := await heard.readline():
                self.seen = decode(line, CallSeen)
        finally:
            self._out.close()

    def press(self) -> None:
        """One key for everything: call the reception, take the office's call, or hang up."""
        if self.seen.incoming:
            self._wish(Accept())
        elif self.living:
            self._wish(HangUp())
        else:
            self._wish(Start(department=RECEPTION, language=self._language))

    async def call_when_somebody_is_there(self) -> None:
        """As soon as a clerk takes calls, once."""
        while self._out is None or not await asyncio.to_thread(self._somebody):  # noqa: ASYNC110 - nobody says when
            await asyncio.sleep(AGAIN_S)
        if not self.living:
            self.press()

    def _somebody(self) -> bool:
        try:
            found = Client(self._api, timeout_s=API_PATIENCE_S).get(f"presence/{RECEPTION}")
        except (NotRunning, Declined):
            return False
        return bool(found.get("fresh")) and int(found.get("free", 0)) > 0

    def _wish(self, wish: Wish) -> None:
        if self._out is not None and not self._out.is_closing():
            self._out.write(encode(wish) + b"\n")


def _sweep(pid: int) -> None:
    """What an engine that had to be killed could not remove."""
    for picture in SHARED_MEMORY.glob(f"linli-*-{pid}-*"):
        picture.unlink(missing_ok=True)


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
