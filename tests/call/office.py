"""What stands behind the engine in its tests: a gateway's local API, and an office that grants at once.

The office's page is a real Chromium (`page.html`) or another peer of ours; signals are those of the contract.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from sync.contract.call import Reason
from sync.contract.call_signals import (
    Accept,
    Alive,
    Answer,
    Bye,
    Down,
    Granted,
    Heard,
    IceServer,
    Offer,
    Ringing,
    Start,
    Up,
    write,
)
from sync.contract.envelope import replaced

AnswerTo = Callable[[Offer], Awaitable[str]]


@dataclass
class Office:
    """`answer` makes the page's description of an offer. `online` is the line; `grants` whether somebody is there."""

    answer: AnswerTo
    ice: list[IceServer] = field(default_factory=list)
    relay_only: bool = False
    online: bool = True
    grants: bool = True
    heard: list[tuple[str, Up]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    kept: list[bytes] = field(default_factory=list)
    thrown: list[str] = field(default_factory=list)
    held: asyncio.Event | None = None
    """Until it is set, the gateway takes its time to keep a file."""
    deaf: int = 0
    """So many times it does not take the word to throw one away."""

    def __post_init__(self) -> None:
        self._ears: set[asyncio.Queue[bytes]] = set()
        self._events: set[asyncio.Queue[bytes]] = set()
        self._n: dict[str, int] = {}
        self._readers: dict[str, Heard] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self.offers: dict[str, Offer] = {}
        self.granted: set[str] = set()
        self.ended: dict[str, Reason] = {}

    async def open(self, socket: Path) -> None:
        app = web.Application(client_max_size=8 << 20)
        app.router.add_post("/v1/calls/{id}", self._post)
        app.router.add_get("/v1/calls", self._stream)
        app.router.add_get("/v1/events", self._event_stream)
        app.router.add_get("/v1/status", self._status)
        app.router.add_get("/v1/kiosk", self._kiosk)
        app.router.add_put("/v1/blob", self._keep)
        app.router.add_delete("/v1/blob/{name}", self._throw)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.UnixSite(self._runner, str(socket)).start()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        assert self._runner is not None
        await self._runner.cleanup()

    # --- what the office says

    def say(self, call: str, signal: Down) -> None:
        self._n[call] = self._n.get(call, 0) + 1
        self.raw(call, write(replaced(signal, n=self._n[call])))

    def raw(self, call: str, payload: bytes) -> None:
        self.bodies.append(payload)
        for ear in self._ears:
            ear.put_nowait(b'{"call":%b,"signal":%b}\n' % (json.dumps(call).encode(), payload))

    def line(self, *, up: bool) -> None:
        self.online = up
        self._happen("line", {"up": up, "reason": ""})

    def alarm(self, alarm: str, device: str, what: str = "raised") -> None:
        self._happen(f"alarm.{what}", {"id": alarm, "device": device, "cause": "sos", "test": False})

    def signals(self, kind: type[Any]) -> list[Any]:
        return [signal for _, signal in self.heard if isinstance(signal, kind)]

    def _happen(self, kind: str, data: dict[str, Any]) -> None:
        told = json.dumps({"at": "2026-03-01T08:00:00Z", "data": data})
        for ear in self._events:
            ear.put_nowait(f"id: x-1\nevent: {kind}\ndata: {told}\n\n".encode())

    # --- what it hears

    def _take(self, call: str, signal: Up) -> None:
        self.heard.append((call, signal))
        match signal:
            case Start():
                if self.grants:
                    self.say(call, Ringing(n=0, department=signal.department, ice=self.ice, relay_only=self.relay_only))
            case Offer():
                self.offers[call] = signal
                if self.grants:
                    self.grant(call)
            case Accept():
                self.granted.add(call)
            case Bye():
                self.ended[call] = signal.reason
            case _:
                pass

    def grant(self, call: str) -> None:
        """Somebody takes it, and their page answers."""
        if call not in self.granted:
            self.granted.add(call)
            self.say(call, Granted(n=0, department="civil", by="desk 3"))
        task = asyncio.create_task(self._answer(call, self.offers[call]))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, call: str, offer: Offer) -> None:
        sdp = await self.answer(offer)
        self.say(call, Answer(n=0, leg=offer.leg, sdp=sdp))

    def alive(self, call: str, **more: Any) -> None:
        self.say(call, Alive(n=0, **more))

    # --- HTTP

    async def _post(self, request: web.Request) -> web.Response:
        if not self.online:
            return web.json_response({"error": "offline"}, status=503)
        call = request.match_info["id"]
        signal = self._readers.setdefault(call, Heard()).up(await request.read())
        assert signal is not None, "the kiosk repeated itself"
        self._take(call, signal)
        return web.Response(status=202)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        return await self._flow(request, self._ears, "application/x-ndjson", b"\n")

    async def _event_stream(self, request: web.Request) -> web.StreamResponse:
        return await self._flow(request, self._events, "text/event-stream", b": linli\n\n")

    async def _flow(
        self, request: web.Request, ears: set[asyncio.Queue[bytes]], kind: str, beat: bytes
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": kind})
        await response.prepare(request)
        ear: asyncio.Queue[bytes] = asyncio.Queue()
        ears.add(ear)
        try:
            while True:
                await response.write(beat)
                with suppress(TimeoutError):
                    async with asyncio.timeout(5):
                        while True:
                            await response.write(await ear.get())
        except (ConnectionError, asyncio.CancelledError):
            return response
        finally:
            ears.discard(ear)

    async def _status(self, _: web.Request) -> web.Response:
        return web.json_response({"line": {"up": self.online}})

    async def _keep(self, request: web.Request) -> web.Response:
        self.kept.append(await request.read())
        if self.held is not None:
            await self.held.wait()
        name = hashlib.sha256(self.kept[-1]).hexdigest()
        return web.json_response({"sha256": name, "size": len(self.kept[-1])}, status=201)

    async def _throw(self, request: web.Request) -> web.Response:
        if self.deaf:
            self.deaf -= 1
            return web.Response(status=503)
        self.thrown.append(request.match_info["name"])
        return web.Response(status=204)

    async def _kiosk(self, _: web.Request) -> web.Response:
        return web.json_response({"sos_devices": ["kiosk-sos"], "sos_department": "general"})
