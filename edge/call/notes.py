"""Voice notes and photos for reports: made between calls, brought to the gateway, named to the screen.

A call takes the microphone away: what was being recorded is dropped, nobody is recorded unawares.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from edge.call.media import Microphone
from edge.call.note import NoteWriter
from edge.call.sound import Processing
from edge.call.still import StillError, StillTaker
from sync.contract.call_screen import CallSeen
from sync.contract.envelope import replaced

log = logging.getLogger("linli.call")


class Notes:
    """On the loop. `keep(content)` gives the name the gateway keeps it under; raises OSError."""

    def __init__(
        self,
        microphone: Microphone,
        processing: Callable[[], Processing],
        still: StillTaker,
        keep: Callable[[bytes], Awaitable[str]],
        changed: Callable[[], None],
    ) -> None:
        self._microphone, self._processing, self._still = microphone, processing, still
        self._keep, self._changed = keep, changed
        self._writer: NoteWriter | None = None
        self._note, self._note_s, self._photo, self._trouble = "", 0.0, "", ""

    @property
    def recording(self) -> bool:
        """The microphone is open for a note."""
        return self._writer is not None

    def begin(self) -> None:
        """A new note; the one before is no longer named."""
        self.drop()
        self._note, self._note_s, self._trouble = "", 0.0, ""
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
        content = await asyncio.to_thread(writer.wav)
        if content:
            await self._named("note", content)
            self._note_s = writer.seconds if self._note else 0.0
        self._changed()

    async def snap(self) -> None:
        """A photo of what the camera of the preview sees."""
        self._photo, self._trouble = "", ""
        try:
            _, content = await self._still.take()
        except StillError:
            self._trouble = "camera"
        else:
            await self._named("photo", content)
        self._still.drop()
        self._changed()

    def drop(self) -> None:
        """What is being recorded never was."""
        if self._writer is not None:
            self._writer = None
            self._microphone.close()
            self._changed()

    def forget(self) -> None:
        """The session at the screen is over."""
        self.drop()
        self._note, self._note_s, self._photo, self._trouble = "", 0.0, "", ""
        self._changed()

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
            note=self._note,
            note_s=self._note_s,
            photo=self._photo,
            trouble=seen.trouble or self._trouble,
        )

    async def _named(self, what: str, content: bytes) -> None:
        try:
            name = await self._keep(content)
        except OSError as error:
            log.warning("the gateway does not keep a %s (%s)", what, type(error).__name__)
            self._trouble = "gateway"
            return
        if what == "note":
            self._note = name
        else:
            self._photo = name
