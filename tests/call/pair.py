"""Two peers of ours in one loop, and an engine whose office's page is one of them: no browser needed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcconfiguration import RTCIceTransportPolicy

from edge.call import opus
from edge.call.clock_picture import ClockPicture
from edge.call.peer import AiortcPeer
from edge.call.picture import Picture
from edge.call.pictures import Decoder, Encoder
from edge.call.sound import BLOCK
from sync.contract.call_signals import IceServer, Offer


class Ears:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.sounds: list[tuple[int, int, bytes]] = []
        self.pictures: list[Picture] = []
        self.keys = 0
        self.messages: list[bytes | str] = []
        self.keys_wanted = 0
        self.bandwidths: list[int] = []
        self.was_connected = self.has_failed = False
        self._decoder = Decoder()

    def sound(self, sequence: int, timestamp: int, payload: bytes, at_s: float, ssrc: int) -> None:
        del at_s, ssrc
        self.sounds.append((sequence, timestamp, payload))

    def picture(self, data: bytes, *, key: bool) -> None:
        self.keys += key
        picture = self._decoder.decode(data)
        if picture is not None:
            self.pictures.append(picture)

    def message(self, data: bytes | str) -> None:
        self.messages.append(data)

    def key_wanted(self) -> None:
        self.keys_wanted += 1

    def bandwidth(self, bits_s: int) -> None:
        self.bandwidths.append(bits_s)

    def connected(self) -> None:
        self.was_connected = True

    def failed(self) -> None:
        self.has_failed = True


class Answering(AiortcPeer):
    """Our peer as the page's end: takes an offer instead of making one."""

    async def take(self, sdp: str, ice: Sequence[IceServer] = (), *, relay_only: bool = False) -> str:
        servers = [RTCIceServer(urls=one.urls, username=one.username, credential=one.credential) for one in ice]
        policy = RTCIceTransportPolicy.RELAY if relay_only else RTCIceTransportPolicy.ALL
        pc = self._pc = RTCPeerConnection(RTCConfiguration(servers, policy, RTCBundlePolicy.MAX_BUNDLE))
        self._wire(pc)
        pc.on("datachannel", self._channel_came)
        await pc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        await pc.setLocalDescription(await pc.createAnswer())
        self._tending = asyncio.create_task(self._tend())
        return pc.localDescription.sdp

    def _channel_came(self, channel: Any) -> None:
        self._channel = channel
        channel.on("message", self._message)


class Page:
    """A page of one peer: talks and shows itself from the moment it answers."""

    def __init__(self) -> None:
        self.ears = Ears()
        self.peer: Answering | None = None
        self.ice: list[IceServer] = []
        self.relay_only = False
        self._task: asyncio.Task[None] | None = None

    async def answer(self, offer: Offer) -> str:
        await self.close()
        self.peer = Answering(self.ears)
        sdp = await self.peer.take(offer.sdp, self.ice, relay_only=self.relay_only)
        self._task = asyncio.create_task(self._perform(self.peer))
        return sdp

    async def fall_silent(self) -> None:
        """Nothing more comes, and nobody says so: as a browser that was killed."""
        task, self._task = self._task, None
        assert task is not None
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def close(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        peer, self.peer = self.peer, None
        if peer is not None:
            await peer.close()

    async def silence(self) -> None:
        """As a page that was killed: nothing is sent any more, and nobody is told."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _perform(self, peer: Answering) -> None:
        """25 small pictures and 50 packets of sound a second."""
        encoder, voice = Encoder(320, 240, 200_000, 25), opus.Encoder()
        tone = (np.sin(np.arange(BLOCK) / 48_000 * 2 * np.pi * 500) * 8000).astype(np.int16).reshape(-1, 1)
        pictures = ClockPicture()(320, 240, 1000)
        begun_s = time.monotonic()
        for n in range(1_000_000):
            peer.send_sound(voice.encode(tone), n * BLOCK)
            if n % 2 == 0:
                peer.send_picture(encoder.encode(next(pictures), n * 1800, key=n % 50 == 0), n * 1800)
            await asyncio.sleep(max(0.0, begun_s + (n + 1) * 0.02 - time.monotonic()))


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[AiortcPeer, Ears, Answering, Ears]]:
    """Kiosk's end and page's end, connected."""
    here, there = Ears(), Ears()
    kiosk, page = AiortcPeer(here), Answering(there)
    try:
        await kiosk.answer(await page.take(await kiosk.offer((), relay_only=False)))
        await until(lambda: kiosk.connected and page.connected, what="the connection")
        yield kiosk, here, page, there
    finally:
        await kiosk.close()
        await page.close()


async def until(condition: Any, timeout_s: float = 30.0, what: str = "it") -> None:
    """Wait until a condition holds, at most so long."""
    end_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end_s, f"{what} did not happen within {timeout_s} s"
        await asyncio.sleep(0.01)
