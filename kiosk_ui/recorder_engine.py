"""The recorder at a box: the call engine has microphone and camera, and brings what it took to the gateway itself.

The screen is told the hash; a photo is fetched to be looked at, a voice note never comes here.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk_ui.asking import Ask
from kiosk_ui.call import LIVING
from kiosk_ui.engine import Seen
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.recorder import NEWS, Kind, RecorderSeen, Taken
from sync.contract.call_screen import CallSeen, Forget, Play, Preview, Record, Snap, Wish
from sync.unix_http import Answer

FETCHED = "recorder-photo"
OK = 200
LOOK_AGAIN_S = 45.0
"""The engine closes the camera of a preview after 60 s."""
TROUBLES = frozenset({"microphone", "camera", "gateway"})


class EngineRecorder:
    """A `Recorder`. Listens beside the calls to what the engine says."""

    def __init__(self, kiosk: Kiosk, send: Callable[[Wish], bool], ask: Ask) -> None:
        self._kiosk, self._send, self._ask = kiosk, send, ask
        self._seen = RecorderSeen()
        self._wanted: set[Kind] = set()
        self._photo = ""
        self._looking_at: float | None = None
        calls = kiosk.hears["call"]

        def heard(news: object, at: float) -> None:
            calls(news, at)
            if isinstance(news, Seen):
                self._heard(news, at)

        kiosk.hears |= {"call": heard, FETCHED: self._fetched}
        kiosk.ticks.append(self._tick)
        kiosk.flow.on_end.append(self._forget)

    def record(self, *, on: bool) -> bool:
        """See `Recorder`."""
        if on:
            self._wanted.add(Kind.VOICE)
        return self._send(Record(on))

    def look(self, *, on: bool) -> bool:
        """See `Recorder`."""
        self._looking_at = self._kiosk.flow.at if on else None
        return self._send(Preview(on))

    def snap(self) -> bool:
        """See `Recorder`."""
        self._wanted.add(Kind.PHOTO)
        return self._send(Snap())

    def play(self, *, on: bool) -> bool:
        """See `Recorder`."""
        return self._send(Play(on))

    def forget(self, kind: Kind) -> None:
        """See `Recorder`."""
        self._send(Forget(voice=kind is Kind.VOICE, photo=kind is Kind.PHOTO))

    def _heard(self, seen: Seen, at: float) -> None:
        call = seen.call
        free = seen.there and call.state not in LIVING
        frames = call.own_frames if free and self._looking_at is not None else ""
        playing = free and call.playing_s is not None
        now = RecorderSeen(voice=free, photo=free, frames=frames, plays=free, playing=playing)
        if now != self._seen:
            self._seen = now
            self._kiosk.heard(NEWS, now, at)
        if Kind.VOICE in self._wanted:
            self._note(call, at)
        if Kind.PHOTO in self._wanted:
            self._snapped(call)

    def _note(self, call: CallSeen, at: float) -> None:
        if call.recording_s is not None:
            return
        if call.note or call.trouble in TROUBLES - {"camera"}:
            self._wanted.discard(Kind.VOICE)
            self._kiosk.heard(NEWS, Taken(Kind.VOICE, b"", call.note_s, call.note), at)

    def _snapped(self, call: CallSeen) -> None:
        if call.photo and call.photo != self._photo:
            self._wanted.discard(Kind.PHOTO)
            self._photo = call.photo
            self._ask(FETCHED, "GET", f"blob/{call.photo}", None, "")
        elif not call.photo and call.trouble in TROUBLES - {"microphone"}:
            self._wanted.discard(Kind.PHOTO)
            self._kiosk.heard(NEWS, Taken(Kind.PHOTO, b""), self._kiosk.flow.at)

    def _fetched(self, news: object, at: float) -> None:
        """A photo that cannot be looked at is none: nobody sends unseen what they took."""
        content = news.content if isinstance(news, Answer) and news.status == OK else b""
        self._kiosk.heard(NEWS, Taken(Kind.PHOTO, content, 0.0, self._photo if content else ""), at)

    def _tick(self, at: float) -> None:
        if self._looking_at is not None and at - self._looking_at > LOOK_AGAIN_S:
            self._looking_at = at
            self._send(Preview(on=True))

    def _forget(self) -> None:
        self._wanted.clear()
        self._photo, self._looking_at = "", None
        self._send(Forget())
