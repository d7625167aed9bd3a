"""A kiosk for tests of the desk's page: the real contract over a real broker, media by aiortc. Red picture, a tone.

What it does is what the call engine does towards the office, and no more: it offers leg by leg, says that it lives,
takes answers, and answers on the data channel `linli`.
"""

from __future__ import annotations

import asyncio
import fractions
import hashlib
import io
import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame
from PIL import Image

from sync.contract import call_data, call_signals, topics
from sync.contract.call import ALIVE_S, Reason
from sync.contract.call_signals import Alive, Answer, Bye, Down, Offer, Renew, Ring, Ringing, Start, Up
from sync.contract.envelope import encode
from sync.contract.messages import GatewayState
from sync.mqtt import Arrived, Broker, Connection
from tests.office.sending import EPOCH

WIDTH, HEIGHT, FRAMES_S = 320, 240, 12
RED = (190, 30, 30)
RATE, BLOCK = 48_000, 960
SOON_S = 25.0


class Picture(MediaStreamTrack):
    """A red field with a light line that moves."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._n, self._began = 0, time.monotonic()

    async def recv(self) -> VideoFrame:
        self._n += 1
        await asyncio.sleep(max(0.0, self._began + self._n / FRAMES_S - time.monotonic()))
        field = np.full((HEIGHT, WIDTH, 3), RED, np.uint8)
        field[(self._n * 4) % HEIGHT, :] = 220
        frame = VideoFrame.from_ndarray(field, format="rgb24")
        frame.pts, frame.time_base = self._n * (90_000 // FRAMES_S), fractions.Fraction(1, 90_000)
        return frame


class Tone(MediaStreamTrack):
    """440 Hz, not loud."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._n, self._began = 0, time.monotonic()

    async def recv(self) -> AudioFrame:
        self._n += 1
        await asyncio.sleep(max(0.0, self._began + self._n * BLOCK / RATE - time.monotonic()))
        at = np.arange(self._n * BLOCK, (self._n + 1) * BLOCK)
        samples = (6000 * np.sin(2 * np.pi * 440 * at / RATE)).astype(np.int16)
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._n * BLOCK, fractions.Fraction(1, RATE)
        return frame


class Kiosk:
    """One call at a time. What came down is in `heard`, what came on the channel in `told`."""

    def __init__(self, port: int, gateway: str = "gw-1") -> None:
        self.gateway = gateway
        self.connection = Connection(
            Broker("127.0.0.1", port, f"{gateway}-calls", username=None),
            self,
            [(f"linli/v1/{gateway}/down/call/+", 1)],
        )
        self.heard: list[Down] = []
        self.told: list[dict[str, Any]] = []
        self.call, self.leg, self.frames, self.loud, self.colour = "", 0, 0, 0.0, (0.0, 0.0, 0.0)
        self.media = self.quiet = self.dead = False
        self.paper = True
        self._n = 0
        self._ears = call_signals.Heard()
        self._ice: Ringing | Ring | None = None
        self._pc: RTCPeerConnection | None = None
        self._channel: RTCDataChannel | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._spawn(self.connection.run())
        self._spawn(self._live())
        await until(lambda: self.connection.online, "the kiosk is connected")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hush()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def online(self) -> None:
        """As a gateway says that it is there."""
        state = GatewayState(gateway=self.gateway, online=True, epoch=EPOCH, boot=1)
        self.connection.publish(topics.up_state(self.gateway), encode(state), retain=True)

    # --- what a resident does

    def ask(self, department: str, **more: Any) -> str:
        """Call that department; the call's id."""
        self.call, self.heard, self.told = secrets.token_hex(8), [], []
        self._n, self.leg, self.media, self._ears = 0, 0, False, call_signals.Heard()
        self.say(Start(n=self._next(), department=department, **more))
        return self.call

    def hang_up(self, reason: Reason = Reason.RESIDENT) -> None:
        """End it."""
        self.say(Bye(n=self._next(), reason=reason))

    def tap(self, text: str) -> None:
        """A phrase, for the clerk to read."""
        assert self._channel is not None
        self._channel.send(json.dumps({"type": "text", "text": text}))

    async def hush(self) -> None:
        """The media dies; the signalling lives."""
        old, self._pc, self._channel = self._pc, None, None
        if old is not None:
            await old.close()

    async def offer(self) -> None:
        """The next leg."""
        await self.hush()
        self.leg += 1
        self._pc = pc = RTCPeerConnection(RTCConfiguration(iceServers=self._servers()))
        self._channel = channel = pc.createDataChannel(call_data.CHANNEL)
        channel.on("message", self._channel_said)
        pc.on("track", self._track)
        pc.addTrack(Tone())
        pc.addTrack(Picture())
        await pc.setLocalDescription(await pc.createOffer())
        self.say(Offer(n=self._next(), leg=self.leg, sdp=pc.localDescription.sdp))

    # --- the line

    def up(self, session_present: bool) -> None:  # noqa: FBT001 - as sync.mqtt.Handler says
        """Connected."""

    def down(self, reason: str) -> None:
        """Lost."""

    def puback(self, mid: int, code: int) -> None:
        """Nothing waits for it."""

    def arrived(self, message: Arrived) -> None:
        """A signal of the office."""
        self.connection.settle(message)
        call = message.topic.rpartition("/")[2]
        if call != self.call and (not self.call or self.said(Bye)):  # the office calls
            self.heard, self._ears = [], call_signals.Heard()
            self.call = call
        signal = self._ears.down(message.payload) if call == self.call else None
        if isinstance(signal, Ring):
            self.call, self._n, self.leg = call, 0, 0
        if signal is None or self.dead:
            return
        self.heard.append(signal)
        if isinstance(signal, Ringing | Ring):
            self._ice = signal
        if isinstance(signal, Ringing | Renew):
            self._spawn(self.offer())
        elif isinstance(signal, Answer) and signal.leg == self.leg and self._pc is not None:
            self._spawn(self._pc.setRemoteDescription(RTCSessionDescription(signal.sdp, "answer")))
        elif isinstance(signal, Bye):
            self._spawn(self.hush())

    def say(self, signal: Up) -> None:
        """One signal to the office; lost without a line, as signals are."""
        if not self.dead and self.connection.online:
            self.connection.publish(topics.up_call(self.gateway, self.call), call_signals.write(signal), expiry_s=10)

    def accept(self) -> None:
        """Take the office's call."""
        self.say(call_signals.Accept(n=self._next()))
        self._spawn(self.offer())

    def said(self, kind: type[Down]) -> bool:
        """Whether the office said this."""
        return any(isinstance(one, kind) for one in self.heard)

    def _next(self) -> int:
        self._n += 1
        return self._n

    async def _live(self) -> None:
        while True:
            if self.call and not self.said(Bye):
                self.say(Alive(n=self._next(), leg=self.leg, media=self.media))
            await asyncio.sleep(ALIVE_S)

    def _servers(self) -> list[RTCIceServer]:
        ice = self._ice.ice if self._ice else []
        return [RTCIceServer(one.urls, one.username or None, one.credential or None) for one in ice]

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- what comes

    def _track(self, track: MediaStreamTrack) -> None:
        self._spawn(self._watch(track) if track.kind == "video" else self._listen(track))

    async def _watch(self, track: MediaStreamTrack) -> None:
        with suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                assert isinstance(frame, VideoFrame)
                self.media = True
                self.frames += 1
                self.colour = tuple(frame.to_ndarray(format="rgb24").mean((0, 1)))

    async def _listen(self, track: MediaStreamTrack) -> None:
        with suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                assert isinstance(frame, AudioFrame)
                samples = frame.to_ndarray().astype(float)
                self.media = True
                self.loud = max(float(np.abs(samples).max()), self.loud * 0.9)

    def _channel_said(self, text: str | bytes) -> None:
        message = json.loads(text)
        self.told.append(message)
        if message["type"] == "still-ask":
            self._still() if self.paper else self._send({"type": "cannot", "what": "camera"})

    def _still(self) -> None:
        jpeg = still()
        sha256 = hashlib.sha256(jpeg).hexdigest()
        begin = {"type": "still-begin", "still": "s1", "width": 640, "height": 480, "bytes": len(jpeg)}
        self._send({**begin, "sha256": sha256})
        assert self._channel is not None
        for at in range(0, len(jpeg), call_data.CHUNK):
            self._channel.send(jpeg[at : at + call_data.CHUNK])

    def _send(self, message: dict[str, Any]) -> None:
        assert self._channel is not None
        self._channel.send(json.dumps(message))

    def of(self, kind: str) -> list[dict[str, Any]]:
        """What came on the channel, of one type."""
        return [one for one in self.told if one["type"] == kind]


def still() -> bytes:
    """A sheet of paper with lines, of more than one chunk."""
    dice = np.random.default_rng(3)
    sheet = np.full((480, 640, 3), 235, np.uint8) - dice.integers(0, 25, (480, 640, 3), np.uint8)
    for row in range(70, 420, 44):
        sheet[row : row + 5, 70:560] = 60
    sheet[380:384, 380:560] = (20, 20, 120)
    out = io.BytesIO()
    Image.fromarray(sheet).save(out, "JPEG", quality=88)
    return out.getvalue()


async def until(true: Callable[[], object], what: str) -> None:
    """Wait for something that must come soon."""
    deadline = time.monotonic() + SOON_S
    while not true():
        assert time.monotonic() < deadline, f"not in time: {what}"
        await asyncio.sleep(0.02)
