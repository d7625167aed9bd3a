"""The call engine on its loop: carries out what a session asks, switches the media, tells screens and gateway."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from edge.call import still as stills
from edge.call.effects import CloseLeg, DropStill, Effect, OpenLeg, Send, TakeAnswer, TakeStill, Tell
from edge.call.local import Heard, Local
from edge.call.media import Media, Parts
from edge.call.media_port import MediaError
from edge.call.note_player import NotePlayer
from edge.call.notes import Notes
from edge.call.reception import Reception
from edge.call.screens import Screens
from edge.call.session import Session
from edge.call.still import StillError
from edge.call.turn_probe import TurnProbe
from sync.contract import call_screen
from sync.contract.call import Reason, State
from sync.contract.envelope import encode, replaced

log = logging.getLogger("linli.call")

TICK_S = 0.05
SOS_DEVICES = frozenset({"kiosk"})
"""The box's own: its screen and its wired button are one device (edge/screen_alarm.py)."""
PREVIEW_S = 60.0
DEVICE_S = 3.0
"""A camera and a microphone that are still being opened are no reason to give up."""
MOVED_EVERY_S = 0.5


class Engine:
    """`run` until cancelled. `new_id` makes random call ids; `addresses` says which the machine has."""

    def __init__(
        self,
        parts: Parts,
        api: Path,
        socket: Path,
        new_id: Callable[[], str],
        addresses: Callable[[], frozenset[str]],
        *,
        relay_only: bool = False,
        sos_devices: frozenset[str] = frozenset(),
        sos_department: str = "",
    ) -> None:
        self.reception = Reception(new_id, sos_department)
        self.media = Media(parts)
        self.local = Local(api, Heard(self._signal, self._line, self._alarm, self._unsent, self._refused))
        self.screens = Screens(socket, self._wish, self._came, self._left)
        self.notes = Notes(
            parts.microphone,
            parts.processing,
            NotePlayer(parts.speaker, self._changed),
            self.media.still,
            self.local,
            self._changed,
            self._spawn,
        )
        self.failed = False
        """The media broke: the program ends and is started anew."""
        self._relay_only, self._sos_devices = relay_only, sos_devices or SOS_DEVICES
        self._sos_said = bool(sos_devices)
        self._addresses, self._known = addresses, addresses()
        self._probe = TurnProbe()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: Session | None = None
        self._taking: asyncio.Task[None] | None = None
        self._preview_s: float | None = None
        self._dirty = True
        self._told_s = self._moved_s = 0.0
        self._ends = asyncio.Event()
        self.media.on_message = self._message
        self.media.on_leg_failed = self._leg_failed
        self.media.on_broken = self._broken
        self.media.on_changed = self._changed

    # --- running

    async def run(self, beat: Callable[[], None] = lambda: None) -> None:
        """Serve until cancelled, or until the media broke."""
        await self.screens.open()
        local = asyncio.create_task(self.local.run(), name="gateway")
        settings = asyncio.create_task(self._settle(), name="settings")
        try:
            while not (self.failed and self.reception.living is None):
                await self._turn()
                beat()
                await asyncio.sleep(TICK_S)
                if local.done():
                    await local
            await self.local.drain(1.0)
        finally:
            settings.cancel()
            await self._end()
            local.cancel()
            await asyncio.gather(local, settings, return_exceptions=True)
            await self.screens.close()

    async def _turn(self) -> None:
        now_s = time.monotonic()
        self._look_around(now_s)
        session = self.reception.living
        if session is not None:
            for leg, heard_s in self.media.heard().items():
                session.media(leg, heard_s, now_s)
            if await self.media.tick(now_s, session.page_quality):
                session.measured(self.media.quality)
            if self.media.nothing_opens and now_s - session.call.since_s > DEVICE_S and not session.alarm:
                session.hang_up(Reason.DEVICE, now_s)
        elif self.notes.full:
            self._spawn(self.notes.end())
        self.notes.tick()
        self.reception.tick(now_s)
        self._do()

    def _look_around(self, now_s: float) -> None:
        """Whether the machine has other addresses than before."""
        if now_s - self._moved_s < MOVED_EVERY_S:
            return
        self._moved_s = now_s
        known = self._addresses()
        if known != self._known:
            self._known = known
            self._probe.forget()
            if self.reception.living is not None:
                self.reception.living.moved(now_s)

    async def _settle(self) -> None:
        """What the box's configuration says, where nothing was said on the command line."""
        said = await self.local.settings()
        devices, department = said.get("sos_devices"), said.get("sos_department")
        if not self._sos_said and isinstance(devices, list):
            self._sos_devices = frozenset(one for one in devices if isinstance(one, str))
        if not self.reception.sos_department and isinstance(department, str):
            self.reception.sos_department = department

    async def _end(self) -> None:
        """The office is told, the camera goes out."""
        now_s = time.monotonic()
        if self.reception.living is not None:
            self.reception.living.hang_up(Reason.ENGINE, now_s)
        self._do()
        await self.local.drain(1.0)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.notes.close()
        await self.media.close()

    # --- carrying out

    def _do(self) -> None:
        """Effects, then devices, then the screens: after whatever happened."""
        if self._session is not self.reception.session:
            self._session = self.reception.session
            self.media.new_call()
            self.notes.drop()
            self._preview_s = None
        for effect in self.reception.take():
            self._one(effect)
        self._switch()
        self._show()

    def _one(self, effect: Effect) -> None:
        match effect:
            case Send():
                self.local.send(effect)
            case OpenLeg():
                self._spawn(self._open_leg(effect))
            case TakeAnswer():
                self._spawn(self._answer(effect))
            case CloseLeg():
                self.media.close_leg(effect.leg)
            case Tell():
                self.media.send(encode(effect.message).decode())
            case TakeStill():
                if self._taking is None or self._taking.done():
                    self._taking = self._spawn(self._take_still())
            case DropStill():
                if self._taking is not None:
                    self._taking.cancel()
                self.media.still.drop()

    def _switch(self) -> None:
        """Camera, card and picture as the call wants them."""
        session = self.reception.living
        now_s = time.monotonic()
        if self._preview_s is not None and (session is not None or now_s - self._preview_s > PREVIEW_S):
            self._preview_s = None
        self.media.camera(on=self._preview_s is not None or (session is not None and session.camera_wanted))
        self.media.sound(on=session is not None and session.sound_wanted)
        connecting = session is not None and session.call.state in (State.CONNECTING, State.CONNECTED)
        self.media.sending(on=connecting and session is not None and session.camera_wanted)
        if self.media.voice is not None and session is not None:
            self.media.voice.speaking = session.speaking
            self.media.voice.volume(session.volume_db)

    def _show(self) -> None:
        """The whole of it to every screen when anything changed; times that only pass, twice a second."""
        now_s = time.monotonic()
        seen = self.notes.dress(self.reception.seen(now_s, self.media.devices(now_s)))
        if not self._dirty and now_s - self._told_s < 0.5:
            quiet = replaced(seen, state_s=0.0, away_s=0.0)
            if quiet == self._shown:
                return
        self._dirty, self._told_s = False, now_s
        self._shown = replaced(seen, state_s=0.0, away_s=0.0)
        self.screens.show(seen)

    _shown = call_screen.CallSeen(n=0)

    async def _open_leg(self, effect: OpenLeg) -> None:
        session = self.reception.session
        try:
            sdp = await self._gathered(effect)
        except MediaError as error:
            log.warning("leg %d: %s", effect.leg, error)
            if session is not None:
                session.leg_failed(effect.leg)
            return
        if session is not None and session is self.reception.session:
            session.offered(effect.leg, sdp, time.monotonic())
        self._do()

    async def _gathered(self, effect: OpenLeg) -> str:
        """Gather, and ask meanwhile which relays live: a dead one that would be used is left out at once."""
        relay_only = effect.relay_only or self._relay_only
        urls = [url for one in effect.ice for url in one.urls]
        probe = asyncio.create_task(self._probe.living(urls), name="which relays live")
        offer = asyncio.create_task(self.media.open_leg(effect.leg, effect.ice, relay_only=relay_only), name="an offer")
        try:
            await asyncio.wait({probe, offer}, return_when=asyncio.FIRST_COMPLETED)
            if offer.done():
                return offer.result()
            living = set(await probe)
            if _used(urls) <= living:
                return await offer
            servers = [replaced(one, urls=[url for url in one.urls if url in living]) for one in effect.ice]
            alive = [one for one in servers if one.urls]
            return await self.media.open_leg_again(effect.leg, alive, relay_only=relay_only)
        finally:
            probe.cancel()
            await asyncio.gather(probe, offer, return_exceptions=True)

    async def _answer(self, effect: TakeAnswer) -> None:
        try:
            await self.media.answer(effect.leg, effect.sdp)
        except MediaError as error:
            log.warning("leg %d: %s", effect.leg, error)
            if self.reception.session is not None:
                self.reception.session.leg_failed(effect.leg)

    async def _take_still(self) -> None:
        session = self.reception.living
        if session is None:
            return
        try:
            still, data = await self.media.still.take()
        except StillError as error:
            session.still_failed(error.what)
            return
        session.table.showing(still)
        self._do()
        await stills.send(still, data, self.media.send, self.media.unsent)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """Supervision of what runs beside the loop: a fault of ours ends the call and the program, and is said."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 - its text may hold an address
            log.critical("the engine met a fault: %s", type(error).__name__)
            self._broken()

    # --- what happens

    def _wish(self, wish: call_screen.Wish) -> None:
        now_s = time.monotonic()
        if isinstance(wish, call_screen.Preview):
            self._preview_s = now_s if wish.on and self.reception.living is None else None
        elif isinstance(wish, call_screen.Forget):
            self.notes.forget(voice=wish.voice, photo=wish.photo)
        elif isinstance(wish, call_screen.Record | call_screen.Play | call_screen.Snap):
            self._noted(wish)
        else:
            self.reception.wish(wish, now_s)
        self._do()

    def _noted(self, wish: call_screen.Record | call_screen.Play | call_screen.Snap) -> None:
        """A voice note or a photo: never inside a call."""
        if self.reception.living is not None:
            return
        if isinstance(wish, call_screen.Snap):
            self._spawn(self.notes.snap())
        elif isinstance(wish, call_screen.Play):
            self.notes.play() if wish.on else self.notes.silent()
        elif wish.on:
            self.notes.begin()
        else:
            self._spawn(self.notes.end())

    def _came(self) -> None:
        self.reception.screen_came()

    def _left(self) -> None:
        self.notes.forget()
        self.reception.screen_left(time.monotonic())

    def _signal(self, call: str, payload: bytes) -> None:
        self.reception.signal(call, payload, time.monotonic())
        self._do()

    def _line(self, up: bool) -> None:  # noqa: FBT001 - the line's contract
        self.reception.line(time.monotonic(), up=up)
        self._do()

    def _alarm(self, what: str, alarm: str, device: str) -> None:
        if what == "alarm.raised" and device in self._sos_devices:
            self.reception.alarm(alarm, time.monotonic())
        elif what == "alarm.close":
            self.reception.alarm_over(alarm)
        self._do()

    def _unsent(self, send: Send) -> None:
        self.reception.unsent(send, time.monotonic())
        self._do()

    def _refused(self, send: Send) -> None:
        self.reception.refused(send, time.monotonic())
        self._do()

    def _message(self, data: bytes | str) -> None:
        session = self.reception.living
        if session is not None:
            session.data(data, time.monotonic())
            self._do()

    def _leg_failed(self, leg: int) -> None:
        session = self.reception.living
        if session is not None:
            session.leg_failed(leg)

    def _broken(self) -> None:
        """A codec, or a fault of ours: the call ends with its reason, and the program is started anew."""
        self.failed = True
        self.reception.engine_failed(time.monotonic())
        self._do()

    def _changed(self) -> None:
        self._dirty = True


def _used(urls: list[str]) -> set[str]:
    """Those the media library would ask: the first of each kind."""
    first = {url.partition(":")[0].rstrip("s"): url for url in reversed(urls)}
    return set(first.values())
