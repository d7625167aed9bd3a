"""The engine in one host and a Chromium in another, an office that grants at once between them, and what both measure.

Signals go past the network (Unix sockets); what is measured is the media.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from playwright.async_api import async_playwright

from edge.call.clock_picture import age_ms, read_clock
from edge.call.picture import Picture
from sync.contract.frames import FrameReader
from tests.bench.call_rig import Screen, until
from tests.bench.process import before_others
from tests.call.chrome import ARGUMENTS, CHROMIUM, HTML, OfficePage
from tests.call.office import Office
from tests.net.net import Net

EARS = """async () => {
    const source = `
        registerProcessor('beeps', class extends AudioWorkletProcessor {
            process(inputs, [[out]]) {
                const now = Date.now();
                for (let n = 0; n < out.length; n += 1) {
                    const at = now / 1000 + n / sampleRate;
                    out[n] = at % 1 < 0.2 ? 0.35 * Math.sin(2 * Math.PI * 660 * (at % 1)) : 0;
                }
                return true;
            }
        });
        `;
    const context = new AudioContext({latencyHint: 0, sampleRate: 48000});
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})));
    window.ears = {context, delays: []};
    if (window.beeping) {
        const beeps = new AudioWorkletNode(context, 'beeps'), out = context.createMediaStreamDestination();
        beeps.connect(out);
        media.getAudioTracks().forEach((track) => { media.removeTrack(track); track.stop(); });
        media.addTrack(out.stream.getAudioTracks()[0]);
    }
}"""
HEAR = """() => {
    const {track} = pc.getReceivers().find((one) => one.track.kind === 'audio');
    const heard = new MediaStreamTrackProcessor({track: track.clone()}).readable.getReader();
    let last = 0;
    const listen = async () => {
        for (;;) {
            const {value, done} = await heard.read();
            if (done) return;
            const now = Date.now(), sound = new Float32Array(value.numberOfFrames);
            value.copyTo(sound, {planeIndex: 0, format: 'f32-planar'});
            const at = sound.findIndex((one) => Math.abs(one) > 0.05), begun = now + at * 1000 / value.sampleRate;
            value.close();
            if (at >= 0) { if (begun - last > 600) window.ears.delays.push(begun % 1000); last = begun; }
        }
    };
    listen();
}"""
"""Ten milliseconds at a time, as they leave Chromium's receive buffer for the card.

An AudioWorklet behind the same track hears them 15 to 70 ms later, the more often the machine was busy the later: it
stands behind a queue that a page with an <audio> does not have.
"""


class OnLine:
    """An async context: both programs run and a call is held. `kiosk` is the host whose line can be bad."""

    def __init__(self, directory: Path, *, speech: Path | None = None, processing: bool = False) -> None:
        self._directory, self._speech, self._processing = directory, speech, processing
        self._stack = AsyncExitStack()
        self._record = directory / "played.raw"
        self._said = directory / "said.json"
        self.pictures_ms: list[tuple[float, int]] = []
        """When the kiosk had each new picture (monotonic), and how old it was."""
        self.sound_only_s: list[tuple[float, bool]] = []
        """When the screen was told of sound only, and of pictures again."""

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
        net = self._stack.enter_context(Net())
        self.kiosk, self.office_host = net.host("kiosk"), net.host("office")
        self.page = await self._page()
        self.office = Office(self.page.answer)
        api = self._directory / "api.sock"
        await self.office.open(api)
        self._stack.push_async_callback(self.office.close)
        program = [sys.executable, "-m", "tests.bench.sources.call_kiosk", "--said", str(self._said)]
        program += ["--record", str(self._record)]
        program += ["--processing"] if self._processing else []
        self.screen = Screen(self.kiosk.prefix, api, self._directory, program)
        await self.screen.__aenter__()
        self._stack.push_async_callback(self._end_engine)
        await until(lambda: bool(self.office._ears and self.office._events), "the engine at its gateway")
        self.screen.wish("start", department="civil")
        await until(lambda: self.screen.pictures > 0, "a face at the kiosk")
        await self.page.until("seen.frames > 0")
        await self.page.page.evaluate(HEAR)
        looking = asyncio.create_task(self._look())
        self._stack.callback(looking.cancel)

    async def _page(self) -> OfficePage:
        app = web.Application()
        app.router.add_get("/", _html)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        server = self.office_host.call(_bound)
        port = server.getsockname()[1]
        await web.SockSite(runner, server).start()
        playwright = await self._stack.enter_async_context(async_playwright())
        program = self._directory / "chromium-there"
        program.write_text(f'#!/bin/sh\nexec {" ".join(self.office_host.prefix)} {CHROMIUM} "$@"\n', encoding="ascii")
        program.chmod(0o700)
        speech = [f"--use-file-for-fake-audio-capture={self._speech}"] if self._speech else []
        browser = await playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS, *speech])
        self._stack.push_async_callback(browser.close)
        # Kiosk and office are two machines with nothing else to do; what else this one does is no part of the figure.
        # From before the call: what a queue has gathered while nothing got a core, it keeps.
        self._stack.enter_context(before_others())
        page = await (await browser.new_context(permissions=["microphone", "camera"])).new_page()
        await page.goto(f"http://127.0.0.1:{port}/")
        await page.evaluate("prepare(true)")
        await page.evaluate(f"window.beeping = {json.dumps(self._speech is None)}")
        await page.evaluate(EARS)
        return OfficePage(page)

    async def _look(self) -> None:
        """Every new picture at the kiosk, and every word about sound only."""
        reader, path, after, told = None, "", 0, False
        while True:
            shown = str(self.screen.seen.get("remote_frames", ""))
            if shown and shown != path:
                path, reader, after = shown, FrameReader(Path(shown)), 0
            frame = reader.newest(after) if reader is not None else None
            if frame is not None:
                after = frame.count
                value = read_clock(Picture(frame.width, frame.height, frame.planes, 0))
                age = -1 if value is None else age_ms(value, int(time.time() * 1000))
                self.pictures_ms.append((time.monotonic(), age))
            if bool(self.screen.seen.get("sound_only")) != told:
                told = not told
                self.sound_only_s.append((time.monotonic(), told))
            await asyncio.sleep(0.002)

    async def begin(self) -> None:
        """What is measured at both ends begins here."""
        os.kill(self.screen.pid, signal.SIGUSR1)
        self.pictures_ms.clear()
        await self.page.page.evaluate("window.ears.delays.length = seen.delays.length = 0")

    async def _end_engine(self) -> None:
        await self.screen.__aexit__(None, None, None)

    async def finished(self) -> dict[str, Any]:
        """Ends the engine; what it heard, with `played` as its loudspeaker had it."""
        await self._end_engine()
        said: dict[str, Any] = json.loads(self._said.read_text("ascii"))
        return {**said, "played": self._record.read_bytes()}

    async def page_delays(self) -> tuple[list[float], list[float]]:
        """Of the pictures the page painted last, and of every beep it heard since the beginning, in milliseconds."""
        seen = await self.page.seen()
        return list(seen["delays"]), list(await self.page.page.evaluate("window.ears.delays"))


def _bound() -> socket.socket:
    """Called by a thread of that host."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()
    return server


async def _html(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(HTML)
