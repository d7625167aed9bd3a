"""The only door to aiortc: one leg of a call as `media_port.Peer`.

Of the library this uses connection, encryption, RTP, RTCP and the data channel. Its coding and its receive buffers are
gone round, through some of its private names (`_PRIVATE`), because it offers no public way:

- receivers: in place of the jitter buffer stands a tap, so that sound goes into our own receive buffer and pictures
  into `Assembly`, while its statistics, retransmission requests and reports go on;
- senders: in place of the encoder stands `_Packing`, which packs what we encoded; requests for a key picture and the
  bandwidth estimate come out of it; sender reports say when it was recorded, not when it was sent (`lips`).

A version of the library without these names fails at once with what to do (`MediaError`), and a test says so first.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtcconfiguration import RTCIceTransportPolicy
from aiortc.rtp import RtcpSrPacket

from edge.call import lips
from edge.call.assembly import Assembly
from edge.call.descriptions import with_candidates_everywhere, with_voice_settings
from edge.call.media_port import Listener, MediaError, Report
from sync.contract.call_data import CHANNEL
from sync.contract.call_signals import IceServer

GATHER_S = 1.5
"""A server that has not answered by then costs no more time: the offer goes without it."""
TEND_S = 0.02
REPORT_EVERY_S = 0.5
SOUND_WAITING = 10
PICTURES_WAITING = 2
NOISY = ("aiortc", "aioice")

_PRIVATE = {
    "RTCRtpReceiver": ("_RTCRtpReceiver__jitter_buffer", "_send_rtcp_nack", "_send_rtcp_pli"),
    "RTCRtpSender": ("_RTCRtpSender__encoder", "_send_keyframe", "_send_rtcp"),
}


def hush() -> None:
    """Their logs hold addresses and whole descriptions: nothing below a warning, and no text of theirs above it."""
    for name in NOISY:
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        if not any(isinstance(one, _NoText) for one in logger.filters):
            logger.addFilter(_NoText())
        for child in ("rtcrtpsender", "rtcrtpreceiver", "rtcdtlstransport", "rtcpeerconnection", "ice", "turn", "mdns"):
            of_theirs = logging.getLogger(f"{name}.{child}")
            if not any(isinstance(one, _NoText) for one in of_theirs.filters):
                of_theirs.addFilter(_NoText())


class _NoText(logging.Filter):
    """Only where it was said."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = "the media library complains in %s:%d", (record.module, record.lineno)
        record.exc_info = record.exc_text = record.stack_info = None
        return True


class AiortcPeer:
    """One leg. `now` are monotonic seconds."""

    def __init__(self, listener: Listener, now: Callable[[], float] = time.monotonic) -> None:
        self.heard_s: float | None = None
        self.connected = False
        self._listener, self._now = listener, now
        self._assembly = Assembly()
        self._pc: RTCPeerConnection | None = None
        self._sound = _Outgoing("audio", SOUND_WAITING)
        self._picture = _Outgoing("video", PICTURES_WAITING)
        self._channel: Any = None
        self._video: Any = None
        self._video_ssrc = 0
        self._tending: asyncio.Task[None] | None = None
        self._report = Report()
        self._report_s = 0.0
        self._closed = False
        self._gathering: asyncio.Task[str] | None = None
        self._ended: asyncio.Future[None] | None = None
        self._lingering: set[asyncio.Task[None]] = set()

    # --- setting up

    async def offer(self, ice: Sequence[IceServer], *, relay_only: bool) -> str:
        """See `Peer`. When gathering takes too long, once more without the servers, where that leaves a way."""
        ended = self._ended = asyncio.get_running_loop().create_future()
        for servers in [ice] if relay_only else [ice, ()]:
            gathering = self._gathering = asyncio.create_task(self._described(servers, relay_only=relay_only))
            await asyncio.wait({gathering, ended}, timeout=GATHER_S, return_when=asyncio.FIRST_COMPLETED)
            if gathering.done():
                return gathering.result()
            if self._closed:  # and let go by whoever closed it
                raise MediaError("it was closed while it gathered")
            self._abandon()
        raise MediaError("no relay answers")

    async def answer(self, sdp: str) -> None:
        """See `Peer`."""
        if self._pc is None:
            raise MediaError("nothing was offered")
        try:
            await self._pc.setRemoteDescription(RTCSessionDescription(with_candidates_everywhere(sdp), "answer"))
        except Exception as error:  # noqa: BLE001 - whatever a foreign description makes a parser do
            raise MediaError(f"the answer cannot be used ({type(error).__name__})") from None
        self._video_ssrc = 0

    async def close(self) -> None:
        """See `Peer`."""
        self._closed = True
        if self._gathering is not None and not self._gathering.done():
            self._abandon()
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)
        await self._drop()
        if self._lingering:
            await asyncio.wait(self._lingering)

    def _abandon(self) -> None:
        """Let gathering end by itself, within the library's five seconds, and close it then.

        Cancelled, it would leave sockets behind: the library does not cancel what it asks of servers.
        """
        gathering, pc = self._gathering, self._pc
        assert gathering is not None
        self._gathering = self._pc = None

        async def end() -> None:
            await asyncio.gather(gathering, return_exceptions=True)
            if pc is not None:
                await pc.close()

        task = asyncio.create_task(end(), name="the end of a leg that took too long")
        self._lingering.add(task)
        task.add_done_callback(self._lingering.discard)

    async def _described(self, ice: Sequence[IceServer], *, relay_only: bool) -> str:
        pc = self._pc = RTCPeerConnection(_configuration(ice, relay_only=relay_only))
        try:
            self._wire(pc)
            await pc.setLocalDescription(await pc.createOffer())
        except MediaError:
            await self._drop()
            raise
        except (OSError, ValueError, RuntimeError) as error:
            await self._drop()
            raise MediaError(f"no offer can be made ({type(error).__name__})") from None
        if self._pc is not pc:
            raise MediaError("it took too long")
        if "\na=candidate:" not in pc.localDescription.sdp:
            await self._drop()
            raise MediaError("there is no way out of this machine, or no relay answers")
        self._tending = asyncio.create_task(self._tend(), name="media of a leg")
        return with_voice_settings(pc.localDescription.sdp)

    def _wire(self, pc: RTCPeerConnection) -> None:
        pc.on("connectionstatechange", self._changed)
        audio = pc.addTransceiver(self._sound.track, "sendrecv")
        video = pc.addTransceiver(self._picture.track, "sendrecv")
        wanted = ("video/VP8", "video/rtx")
        capable = RTCRtpReceiver.getCapabilities("video")
        assert capable is not None
        video.setCodecPreferences([codec for codec in capable.codecs if codec.mimeType in wanted])
        self._video = video.receiver
        for transceiver in (audio, video):
            _check(transceiver.receiver, "RTCRtpReceiver")
            _check(transceiver.sender, "RTCRtpSender")
        setattr(audio.receiver, _PRIVATE["RTCRtpReceiver"][0], _Tap(self._sound_packet))
        setattr(video.receiver, _PRIVATE["RTCRtpReceiver"][0], _Tap(self._picture_packet))
        _pack_with(audio.sender, _Packing())
        _pack_with(video.sender, _PicturePacking(self._listener.bandwidth))
        setattr(video.sender, _PRIVATE["RTCRtpSender"][1], self._listener.key_wanted)
        self._channel = pc.createDataChannel(CHANNEL)
        self._channel.on("message", self._message)

    async def _drop(self) -> None:
        pc, self._pc = self._pc, None
        tending, self._tending = self._tending, None
        if tending is not None:
            tending.cancel()
            await asyncio.gather(tending, return_exceptions=True)
        self._sound.end()
        self._picture.end()
        if not self._closed:
            self._sound, self._picture = _Outgoing("audio", SOUND_WAITING), _Outgoing("video", PICTURES_WAITING)
        if pc is not None:
            with suppress(OSError, RuntimeError):
                await pc.close()
        self._channel = self._video = None
        self.connected = False

    def _changed(self) -> None:
        if self._pc is None:
            return
        state = self._pc.connectionState
        if state == "connected" and not self.connected:
            self.connected = True
            self._listener.connected()
        elif state in {"failed", "closed"} and not self._closed:
            self.connected = False
            self._listener.failed()

    # --- sending

    def send_sound(self, payload: bytes, timestamp: int) -> None:
        """See `Peer`."""
        if self.connected:
            self._sound.put(payload, timestamp)

    def send_picture(self, data: bytes, timestamp: int) -> None:
        """See `Peer`."""
        if self.connected:
            self._picture.put(data, timestamp)

    @property
    def takes_picture(self) -> bool:
        """See `Peer`."""
        return self.connected and self._picture.empty

    def send_message(self, data: bytes | str) -> bool:
        """See `Peer`."""
        channel = self._channel
        if channel is None or channel.readyState != "open":
            return False
        channel.send(data)
        return True

    @property
    def unsent(self) -> int:
        """See `Peer`."""
        return 0 if self._channel is None else int(self._channel.bufferedAmount)

    # --- receiving

    def picture_torn(self) -> None:
        """See `Peer`."""
        self._assembly.torn()

    async def report(self) -> Report:
        """See `Peer`."""
        return self._report

    def _sound_packet(self, packet: Any) -> bool:
        at_s = self.heard_s = self._now()
        self._listener.sound(packet.sequence_number, packet.timestamp, bytes(packet.payload), at_s, packet.ssrc)
        return False

    def _picture_packet(self, packet: Any) -> bool:
        """Whether a key picture is to be asked for."""
        at_s = self.heard_s = self._now()
        self._video_ssrc = packet.ssrc
        first = bool(packet.payload) and packet.payload[0] & 0x1F == 0x10
        self._assembly.add(
            packet.sequence_number,
            packet.timestamp,
            packet._data,  # noqa: SLF001 - the payload without its descriptor, made by the library
            at_s,
            first=first,
            marker=bool(packet.marker),
        )
        self._whole_frames(at_s)
        return self._assembly.key_wanted(at_s)

    def _whole_frames(self, at_s: float) -> None:
        for frame in self._assembly.frames(at_s):
            self._listener.picture(frame.data, key=frame.key)

    def _message(self, data: bytes | str) -> None:
        self._listener.message(data)

    async def _tend(self) -> None:
        """Ask again for what is missing, and read the other end's reports."""
        while True:
            await asyncio.sleep(TEND_S)
            at_s = self._now()
            video, ssrc = self._video, self._video_ssrc
            if not self.connected or video is None:
                continue
            if ssrc:
                self._whole_frames(at_s)
                if missing := self._assembly.missing(at_s):
                    await video._send_rtcp_nack(ssrc, missing)  # noqa: SLF001 - checked by _PRIVATE
                if self._assembly.key_wanted(at_s):
                    await video._send_rtcp_pli(ssrc)  # noqa: SLF001 - as above
            if at_s - self._report_s >= REPORT_EVERY_S:
                self._report_s = at_s
                await self._read_reports()

    async def _read_reports(self) -> None:
        if self._pc is None:
            return
        worst, rtt_s = 0.0, 0.0
        for sender in self._pc.getSenders():
            for one in (await sender.getStats()).values():
                if one.type == "remote-inbound-rtp":
                    worst = max(worst, (one.fractionLost or 0) / 256)
                    rtt_s = max(rtt_s, one.roundTripTime or 0.0)
        self._assembly.rtt_s = rtt_s
        self._report = Report(worst, rtt_s)


class _Tap:
    """Stands where a receiver's jitter buffer stood: `add` hands the packet on and never has a frame to decode."""

    def __init__(self, take: Callable[[Any], bool]) -> None:
        self._take = take

    def add(self, packet: Any) -> tuple[bool, None]:
        """The library asks a picture of the other end where the first is true."""
        return self._take(packet), None


class _Packing:
    """Stands where a sender's encoder stood: Opus goes as it is, one packet each."""

    since = lips.SOUND_SINCE
    """Ticks from what the last timestamp names until it was packed."""

    def pack(self, item: tuple[bytes, int]) -> tuple[list[bytes], int]:
        """Payloads and their timestamp."""
        return [item[0]], item[1]


class _PicturePacking(Vp8Encoder):
    """VP8 cut into packets by the library's own hand; the bandwidth it is told goes to us."""

    def __init__(self, bandwidth: Callable[[int], None]) -> None:
        self._told = bandwidth
        self.since = 0
        super().__init__()

    def pack(self, packet: Any) -> tuple[list[bytes], int]:
        """Payloads and their timestamp."""
        payloads = self._packetize(packet[0], self.picture_id)
        self.picture_id = (self.picture_id + 1) % (1 << 15)
        self.since = lips.picture_since(packet[1], time.monotonic_ns())
        return payloads, packet[1]

    @property
    def target_bitrate(self) -> int:
        """Not asked for by us."""
        return 0

    @target_bitrate.setter
    def target_bitrate(self, bitrate: int) -> None:
        self._told(bitrate)


def _pack_with(sender: Any, packing: _Packing | _PicturePacking) -> None:
    encoder, _, send_rtcp = _PRIVATE["RTCRtpSender"]
    send = getattr(sender, send_rtcp)

    async def put_right(packets: list[Any]) -> None:
        for packet in packets:
            if isinstance(packet, RtcpSrPacket):
                told = packet.sender_info
                told.rtp_timestamp = (told.rtp_timestamp + packing.since) & 0xFFFFFFFF
        await send(packets)

    setattr(sender, encoder, packing)
    setattr(sender, send_rtcp, put_right)


class _Outgoing:
    """What waits to be sent on one track; the oldest goes when more than a moment of it waits."""

    def __init__(self, kind: str, most: int) -> None:
        self._waiting: deque[tuple[bytes, int]] = deque(maxlen=most)
        self._news = asyncio.Event()
        self.track = _Track(kind, self._next)

    @property
    def empty(self) -> bool:
        """All has left."""
        return not self._waiting

    def put(self, data: bytes, timestamp: int) -> None:
        """One more."""
        self._waiting.append((data, timestamp & 0xFFFFFFFF))
        self._news.set()

    def end(self) -> None:
        """No more."""
        self.track.stop()
        self._waiting.clear()

    async def _next(self) -> tuple[bytes, int]:
        while not self._waiting:
            self._news.clear()
            await self._news.wait()
        return self._waiting.popleft()


class _Track(MediaStreamTrack):
    """What a sender reads; not frames but what `_Packing` packs."""

    def __init__(self, kind: str, following: Callable[[], Any]) -> None:
        super().__init__()
        self.kind = kind
        self._following = following

    async def recv(self) -> Any:
        """The next one."""
        return await self._following()


def _configuration(ice: Sequence[IceServer], *, relay_only: bool) -> RTCConfiguration:
    """Given servers only: the library's own default asks a stranger on the internet for our address."""
    servers = [RTCIceServer(urls=one.urls, username=one.username, credential=one.credential) for one in ice]
    policy = RTCIceTransportPolicy.RELAY if relay_only else RTCIceTransportPolicy.ALL
    return RTCConfiguration(iceServers=servers, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE, iceTransportPolicy=policy)


def _check(thing: object, kind: str) -> None:
    missing = [name for name in _PRIVATE[kind] if not hasattr(thing, name)]
    if missing or type(thing).__name__ != kind:
        raise MediaError(
            f"this aiortc has no {kind}.{missing}: edge/call/peer.py was written for 1.16, look again there"
        )
