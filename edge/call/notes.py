"""Voice notes and photos for reports: made between calls, brought to the gateway, named to the screen.

A call takes the microphone away: what was being recorded is dropped, nobody is recorded unawares. What was taken goes
with the session of whoever took it, or when a report has it: it is named no more, and the gateway throws it away.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from edge.call.media import Microphone
from edge.call.note import NoteWriter
from edge.call.note_player import NotePlayer
from edge.call.sound import Processing
from edge.call.still import StillError, StillTaker
from sync.contract.call_screen import CallSeen
from sync.contract.envelope import replaced

log = logging.getLogger("linli.call")

GRACE_S = 3.0
"""A report that was sent in the moment in which the session ended is with the gateway by then, and keeps its files."""
AGAIN_S = 2.0
MOST_TRIES = 30


class Shelf(Protocol):
    """Where notes lie: `edge.call.local.Local`."""

    async def keep(self, content: bytes) -> str:
        """The name under which the gateway keeps it. Raises OSError."""

    async def throw_away(self, name: str) -> None:
        """Nobody here wants it any more. Raises OSError."""


class Notes:
    """On the loop. `spawn` runs beside it what takes a while; `close` at the end."""

    def __init__(
        self,
        microphone: Microphone,
        processing: Callable[[], Processing],
        player: NotePlayer,
        still: StillTaker,
        shelf: Shelf,
        changed: Callable[[], None],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._microphone, self._processing, self._still = microphone, processing, still
        self._shelf, self._changed, self._spawn = shelf, changed, spawn
        self._player = player
        self._heard = b""
        """The last note, to be heard by whoever spoke it."""
        self._writer: NoteWriter | None = None
        self._named = {"note": "", "photo": ""}
        self._note_s, self._trouble = 0.0, ""
        self._round = {"note": 0, "photo": 0}
        """Rises when what there is of it, or is on its way, is wanted no more."""
        self._unwanted: set[str] = set()

    @property
    def recording(self) -> bool:
        """The microphone is open for a note."""
        return self._writer is not None

    def begin(self) -> None:
        """A new note; the one before is no longer named."""
        self.drop()
        self._let_go("note")
        self._trouble = ""
        writer = NoteWriter(self._processing())
        try:
            self._microphone.open(writer.recorded)
        except OSError:
            self._trouble = "microphone"
        else:
            self._writer = writer
        self._changed()

    async def end(self) -> None:
        """Kept by the gateway, when it was long enough to be one."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        self._microphone.close()
        wanted = self._round["note"]
        content = await asyncio.to_thread(writer.wav)
        if content and await self._keep("note", content, wanted):
            self._note_s, self._heard = writer.seconds, content
        self._changed()

    def play(self) -> None:
        """Nothing, while there is no note or one is being made."""
        if not self._heard or self.recording:
            return
        self._trouble = ""
        try:
            self._player.play(self._heard)
        except OSError:
            self._trouble = "speaker"
            self._changed()

    def silent(self) -> None:
        """It is heard no more."""
        self._player.stop()

    async def snap(self) -> None:
        """A photo of what the camera of the preview sees."""
        self._let_go("photo")
        self._trouble, wanted = "", self._round["photo"]
        try:
            _, content = await self._still.take()
        except StillError:
            self._trouble = "camera"
        else:
            await self._keep("photo", content, wanted)
        self._still.drop()
        self._changed()

    def drop(self) -> None:
        """What is being recorded never was, and nothing is heard."""
        self.silent()
        if self._writer is not None:
            self._writer = None
            self._microphone.close()
            self._changed()

    def forget(self, *, voice: bool = True, photo: bool = True) -> None:
        """Dropped, sent, or the session at the screen is over."""
        if voice:
            self.drop()
            self._let_go("note")
        if photo:
            self._let_go("photo")
        self._trouble = ""
        self._changed()

    async def close(self) -> None:
        """The engine ends: what nobody wants is thrown away now."""
        self.silent()
        await asyncio.gather(*(self._throw_away(name, 1) for name in list(self._unwanted)))

    def tick(self) -> None:
        """The loudspeaker is let go once all of it was heard."""
        if self._player.over:
            self.silent()

    @property
    def full(self) -> bool:
        """It has to end now."""
        return self._writer is not None and self._writer.full

    def dress(self, seen: CallSeen) -> CallSeen:
        """With what there is of notes and photos."""
        recording = int(self._writer.seconds * 10) / 10 if self._writer is not None else None
        return replaced(
            seen,
            recording_s=recording,
            note=self._named["note"],
            note_s=self._note_s,
            playing_s=float(int(self._player.seconds)) if self._player.seconds is not None else None,
            photo=self._named["photo"],
            trouble=seen.trouble or self._trouble,
        )

    async def _keep(self, what: str, content: bytes, wanted: int) -> bool:
        """Whether it is named now: not when it was forgotten on its way."""
        try:
            name = await self._shelf.keep(content)
        except OSError as error:
            log.warning("the gateway does not keep a %s (%s)", what, type(error).__name__)
            if wanted == self._round[what]:
                self._trouble = "gateway"
            return False
        if wanted != self._round[what]:
            self._discard(name)
            return False
        self._named[what] = name
        return True

    def _let_go(self, what: str) -> None:
        self._round[what] += 1
        name, self._named[what] = self._named[what], ""
        if what == "note":
            self.silent()
            self._note_s, self._heard = 0.0, b""
        if name:
            self._discard(name)

    def _discard(self, name: str) -> None:
        self._unwanted.add(name)
        self._spawn(self._throw_away_later(name))

    async def _throw_away_later(self, name: str) -> None:
        await asyncio.sleep(GRACE_S)
        await self._throw_away(name, MOST_TRIES)

    async def _throw_away(self, name: str, tries: int) -> None:
        for _ in range(tries):
            if name not in self._unwanted:
                return
            try:
                await self._shelf.throw_away(name)
            except OSError:
                await asyncio.sleep(AGAIN_S if tries > 1 else 0.0)
            else:
                self._unwanted.discard(name)
                return
        log.warning("the gateway was not told to throw a file away")
        self._unwanted.discard(name)
