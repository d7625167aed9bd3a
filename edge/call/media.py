"""The media of the kiosk: camera, card, codecs and the legs of a call, for the engine to switch.

What is one for each call (camera, voice, codecs) outlives its legs: a redial costs no picture and no light. Callbacks
come from threads; everything they change is handed to the loop.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ParamSpec, Protocol, TypeVar

from edge.call.adapt import Adapt
from edge.call.camera import Camera, Connect
from edge.call.devices import Devices
from edge.call.media_port import MediaError, Peer
from edge.call.picture_in import PictureIn
from edge.call.picture_out import PictureOut, Wanted
from edge.call.quality import Meter
from edge.call.screen import ShownFrames
from edge.call.sound import Block, Processing
from edge.call.still import StillTaker
from edge.call.voice import Voice
from sync.contract.call_signals import IceServer, Quality

log = logging.getLogger("linli.call")

P = ParamSpec("P")
R = TypeVar("R")

CLOSE_S = 6.0
"""A leg that was gathering is let go when the library gives up, after five seconds."""
MEASURE_S = 1.0
STEP_S = 0.5


class Microphone(Protocol):
    """`card.CardMicrophone`, `fake_sound.FakeMicrophone`."""

    def open(self, recorded: Callable[[Block], None]) -> None:
        """Raises OSError."""

    def close(self) -> None:
        """Let go."""


class Speaker(Protocol):
    """`card.CardSpeaker`, `fake_sound.NullSpeaker`."""

    def open(self, to_play: Callable[[], Block]) -> None:
        """Raises OSError."""

    def close(self) -> None:
        """Let go."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a box has; tests put their own in."""

    camera: Connect
    microphone: Microphone
    speaker: Speaker
    processing: Callable[[], Processing]
    peer: Callable[[LegEars], Peer]


class LegEars:
    """Hears one leg for the media. Only the leg that carries is listened to."""

    def __init__(self, media: Media, leg: int) -> None:
        self._media, self._leg = media, leg

    def sound(self, sequence: int, timestamp: int, payload: bytes, at_s: float, ssrc: int) -> None:
        """See `Listener`."""
        if self._media.voice is not None and self._media.is_carried_by(self._leg):
            self._media.meter.sound.packet(sequence, ssrc, len(payload))
            self._media.voice.packet(sequence, timestamp, payload, at_s, ssrc)

    def picture(self, data: bytes, *, key: bool) -> None:
        """See `Listener`."""
        self._media.meter.picture_octets += len(data)
        if self._media.picture_in is not None and self._media.is_carried_by(self._leg):
            self._media.picture_in.frame(data, key=key)

    def message(self, data: bytes | str) -> None:
        """See `Listener`."""
        self._media.on_message(data)

    def key_wanted(self) -> None:
        """See `Listener`."""
        if self._media.picture_out is not None:
            self._media.picture_out.key()

    def bandwidth(self, bits_s: int) -> None:
        """See `Listener`."""
        self._media.adapt.estimate(bits_s, time.monotonic())

    def connected(self) -> None:
        """See `Listener`."""
        self._media.carried(self._leg)

    def failed(self) -> None:
        """See `Listener`."""
        self._media.on_leg_failed(self._leg)


class Media:
    """Switched by the engine; on the loop. The `on_...` are the engine's."""

    def __init__(self, parts: Parts) -> None:
        self.voice: Voice | None = None
        self.picture_in: PictureIn | None = None
        self.picture_out: PictureOut | None = None
        self.adapt = Adapt()
        self.meter = Meter()
        self.quality = Quality()
        self.on_message: Callable[[bytes | str], None] = lambda _data: None
        self.on_leg_failed: Callable[[int], None] = lambda _leg: None
        self.on_broken: Callable[[], None] = lambda: None
        self.on_changed: Callable[[], None] = lambda: None
        self._parts = parts
        self._loop = asyncio.get_running_loop()
        self._legs: dict[int, Peer] = {}
        self._carrier = 0
        self._closing: set[asyncio.Task[None]] = set()
        self._camera = Camera(parts.camera, self._camera_changed)
        self._own, self._remote = ShownFrames("own"), ShownFrames("remote")
        self._camera_open = self._camera_trouble = False
        self._sound_open = False
        self._sound_trouble = ""
        self._measured_s = self._stepped_s = 0.0
        self._sending = False
        self._sent = 0
        self.still = StillTaker(self._camera)

    # --- legs

    async def open_leg(self, leg: int, ice: Sequence[IceServer], *, relay_only: bool) -> str:
        """Its offer. Raises MediaError."""
        peer = self._legs[leg] = self._parts.peer(LegEars(self, leg))
        return await peer.offer(ice, relay_only=relay_only)

    async def open_leg_again(self, leg: int, ice: Sequence[IceServer], *, relay_only: bool) -> str:
        """As `open_leg`, with other servers; not for a leg that was closed meanwhile."""
        if leg not in self._legs:
            raise MediaError("it was closed while it gathered")
        self.close_leg(leg)
        return await self.open_leg(leg, ice, relay_only=relay_only)

    async def answer(self, leg: int, sdp: str) -> None:
        """Raises MediaError."""
        if leg in self._legs:
            await self._legs[leg].answer(sdp)

    def close_leg(self, leg: int) -> None:
        """In the background: a line that is gone may take a while to be let go."""
        gone = self._legs.pop(leg, None)
        if gone is not None:
            task = self._loop.create_task(self._close(gone), name=f"closing leg {leg}")
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def carried(self, leg: int) -> None:
        """This leg carries from now on: it begins with a key picture."""
        if leg in self._legs and leg >= self._carrier:
            self._carrier = leg
            if self.picture_out is not None:
                self.picture_out.key()

    def is_carried_by(self, leg: int) -> bool:
        """Whether that is the one; an older leg that comes back to life is, while the newer is not connected."""
        carrier = self._legs.get(self._carrier)
        if carrier is None or not carrier.connected or carrier.heard_s is None:
            return True
        return leg == self._carrier or time.monotonic() - carrier.heard_s > 1.0

    def heard(self) -> dict[int, float]:
        """When the last packet came on each leg."""
        return {number: peer.heard_s for number, peer in self._legs.items() if peer.heard_s is not None}

    def send(self, data: bytes | str) -> bool:
        """A message to the page."""
        peer = self._peer()
        return peer is not None and peer.send_message(data)

    def unsent(self) -> int:
        """Bytes that wait on the data channel."""
        peer = self._peer()
        return 0 if peer is None else peer.unsent

    # --- devices

    def camera(self, *, on: bool) -> None:
        """Open, or closed with its light."""
        if on and not self._camera.wanted:
            self._camera.open()
            if self.picture_out is None:
                self.picture_out = PictureOut(self._camera, self._own, self._may_send, self._send_picture, self._broken)
            self._aim()
        elif not on and self._camera.wanted:
            picture_out, self.picture_out = self.picture_out, None
            if picture_out is not None:
                picture_out.end()
            self._camera.close()
            self._camera_open = self._camera_trouble = False
            if picture_out is not None:
                picture_out.close()
            self.on_changed()

    def sound(self, *, on: bool) -> None:
        """The card, both ways."""
        if on and self.voice is None:
            self.voice = Voice(self._send_sound, self._parts.processing())
            self.picture_in = PictureIn(self._remote, self._torn, self._broken, self.voice.picture_held_s)
            self._sound_trouble = self._opened()
            self._sound_open = self._sound_trouble != "microphone"
            self.on_changed()
        elif not on and self.voice is not None:
            self._parts.microphone.close()
            self._parts.speaker.close()
            self.voice = None
            self._sound_open, self._sound_trouble = False, ""
            picture_in, self.picture_in = self.picture_in, None
            if picture_in is not None:
                picture_in.close()
            self.on_changed()

    def sending(self, *, on: bool) -> None:
        """Whether our picture goes out."""
        if on != self._sending:
            self._sending = on
            self._aim()

    def new_call(self) -> None:
        """What was learned about a line belongs to its call."""
        self.adapt, self.meter, self._carrier = Adapt(), Meter(), 0
        self.quality = Quality()

    def devices(self, now_s: float) -> Devices:
        """For the screen."""
        trouble = "camera" if self._camera_trouble else self._sound_trouble
        return Devices(
            camera=self._camera_open,
            microphone=self._sound_open,
            sound_only=self._sending and self.adapt.sound_only,
            remote_frames="" if self.picture_in is None else self.picture_in.path(now_s),
            own_frames=self._own.path if self._camera_open else "",
            trouble=trouble,
        )

    @property
    def nothing_opens(self) -> bool:
        """Neither camera nor microphone."""
        return self._sound_trouble == "microphone" and not self._camera_open

    # --- time

    async def tick(self, now_s: float, page: Quality | None) -> bool:
        """A tenth of a second; whether there is a new measurement."""
        peer = self._peer()
        if peer is None or not peer.connected:
            return False
        report = await peer.report()
        if now_s - self._stepped_s >= STEP_S:
            stepped_s, self._stepped_s = self._stepped_s, now_s
            loss = max(report.loss, page.loss if page is not None else 0.0)
            sent, self._sent = self._sent * 8 / min(max(now_s - stepped_s, STEP_S), 2 * STEP_S), 0
            if self.adapt.step(loss, report.rtt_s, sent, now_s):
                self._aim()
                self.on_changed()
            if self.voice is not None:
                self.voice.lost(loss, narrow=self.adapt.sound_only)
        if now_s - self._measured_s < MEASURE_S:
            return False
        self._measured_s = now_s
        self._measure(now_s, report.rtt_s)
        return True

    def _measure(self, now_s: float, rtt_s: float) -> None:
        picture_in = self.picture_in
        self.quality = self.meter.measure(
            now_s,
            picture_in.count if picture_in is not None else 0,
            (picture_in.width, picture_in.height) if picture_in is not None else (0, 0),
            rtt_s,
            sound_only=self._sending and self.adapt.sound_only,
        )

    async def close(self) -> None:
        """All of it."""
        for leg in list(self._legs):
            self.close_leg(leg)
        await asyncio.to_thread(self.camera, on=False)
        await asyncio.to_thread(self.sound, on=False)
        self.still.drop()
        if self._closing:
            await asyncio.wait(self._closing, timeout=CLOSE_S)

    # --- inside

    def _peer(self) -> Peer | None:
        return self._legs.get(self._carrier)

    async def _close(self, peer: Peer) -> None:
        try:
            async with asyncio.timeout(CLOSE_S):
                await peer.close()
        except (TimeoutError, MediaError) as error:
            log.warning("a leg could not be closed cleanly (%s)", type(error).__name__)

    def _opened(self) -> str:
        """The trouble with the card, if any."""
        assert self.voice is not None
        trouble = ""
        try:
            self._parts.speaker.open(self._guarded(self.voice.to_play))
        except OSError:
            trouble = "speaker"
        try:
            self._parts.microphone.open(self._guarded(self.voice.recorded))
        except OSError:
            trouble = "microphone"
        delay_ms = getattr(self._parts.speaker, "delay_ms", 0) + getattr(self._parts.microphone, "delay_ms", 0)
        self.voice.card_delay(delay_ms)
        return trouble

    def _guarded(self, work: Callable[P, R]) -> Callable[P, R]:
        """A card's callback whose fault ends the call with its reason, and not in silence."""

        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return work(*args, **kwargs)
            except Exception as error:  # supervision of the card's thread: said, and raised again
                log.critical("the sound met a fault: %s", type(error).__name__)
                self._broken()
                raise

        return guarded

    def _aim(self) -> None:
        """What goes out, by wish and line."""
        if self.picture_out is not None:
            rung = self.adapt.rung if self._sending else None
            self.picture_out.wanted = None if rung is None else Wanted(rung, self.adapt.bit_rate)

    # from threads

    def _may_send(self) -> bool:
        peer = self._peer()
        return peer is not None and peer.takes_picture

    def _send_picture(self, data: bytes, timestamp: int) -> None:
        self._soon(self._picture_made, data, timestamp)

    def _send_sound(self, payload: bytes, timestamp: int) -> None:
        self._soon(self._sound_made, payload, timestamp)

    def _picture_made(self, data: bytes, timestamp: int) -> None:
        peer = self._peer()
        if peer is not None and self._sending:
            self._sent += len(data)
            peer.send_picture(data, timestamp)

    def _sound_made(self, payload: bytes, timestamp: int) -> None:
        peer = self._peer()
        if peer is not None:
            self._sent += len(payload)
            peer.send_sound(payload, timestamp)

    def _torn(self) -> None:
        self._soon(self._ask_key)

    def _ask_key(self) -> None:
        peer = self._peer()
        if peer is not None:
            peer.picture_torn()

    def _broken(self) -> None:
        self._soon(self.on_broken)

    def _camera_changed(self, is_open: bool, is_trouble: bool) -> None:  # noqa: FBT001 - the camera's contract
        self._soon(self._camera_is, is_open, is_trouble)

    def _camera_is(self, is_open: bool, is_trouble: bool) -> None:  # noqa: FBT001 - as above
        wanted = self._camera.wanted
        self._camera_open, self._camera_trouble = is_open and wanted, is_trouble and wanted
        self.on_changed()

    def _soon(self, what: Callable[..., None], *arguments: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what, *arguments)
