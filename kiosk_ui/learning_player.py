"""A lesson that plays: sound or video of content, offline. The screen, and what taps do to whatever plays it.

    lessons = LessonDeeds(kiosk)                # registers the screen and its deeds
    lessons.make = ...                          # what makes the player, when the first lesson is chosen

It begins with the tap that chose it, waits while something else is in front, and ends with the session. While it plays,
nobody is asked whether they are still here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from kiosk_ui.content import Services, told
from kiosk_ui.flow import Place, Screen
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.reading import gone
from kiosk_ui.scene import Scene
from kiosk_ui.screens import Shows
from kiosk_ui.view import Value, View

HOLD = "lesson"
STEP_DB, MOST_DB = 6.0, 18.0
"""EN 301 549, 8.2.1: 18 dB louder than normal."""


class State(StrEnum):
    """What a player does."""

    LOADING = "loading"
    PLAYING = "playing"
    PAUSED = "paused"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Heard:
    """How far it has come. `length_s` 0: not known yet. `silent`: there is no loudspeaker."""

    state: State = State.LOADING
    at_s: float = 0.0
    length_s: float = 0.0
    silent: bool = False


class Player(Protocol):
    """Plays one thing at a time, on the thread of the screen."""

    def begin(self, sha256: str, size: int, seconds: int, at: float) -> None:
        """Play that file from its start; `seconds` is what content says of its length."""

    def play(self, at: float) -> None:
        """Go on; after the end from the start."""

    def pause(self, at: float) -> None:
        """Wait."""

    def end(self) -> None:
        """Let it go."""

    def loud(self, db: float) -> None:
        """So much louder than normal."""

    def heard(self, at: float) -> Heard:
        """Now."""


class Clockwork:
    """Plays nothing, in time: where there is nothing to play with, and for tests."""

    def __init__(self, *, silent: bool = True) -> None:
        self.db = 0.0
        self._silent = silent
        self.file = ""
        self._length_s = self._done_s = 0.0
        self._since: float | None = None

    def begin(self, sha256: str, size: int, seconds: int, at: float) -> None:
        """See `Player`."""
        self.file, self._length_s, self._done_s, self._since = sha256, float(seconds), 0.0, at if size else None

    def play(self, at: float) -> None:
        """See `Player`."""
        if self.heard(at).state is State.ENDED:
            self._done_s, self._since = 0.0, None
        if self._since is None:
            self._since = at

    def pause(self, at: float) -> None:
        """See `Player`."""
        self._done_s, self._since = self.heard(at).at_s, None

    def end(self) -> None:
        """See `Player`."""
        self.file, self._since = "", None

    def loud(self, db: float) -> None:
        """See `Player`."""
        self.db = db

    def heard(self, at: float) -> Heard:
        """See `Player`."""
        done = min(self._length_s, self._done_s + (at - self._since if self._since is not None else 0.0))
        state = State.PAUSED if self._since is None else State.PLAYING
        return Heard(State.ENDED if done >= self._length_s else state, done, self._length_s, silent=self._silent)


class LessonDeeds:
    """Registers them at a kiosk."""

    def __init__(self, kiosk: Kiosk) -> None:
        self.make: Callable[[], Player] = Clockwork
        self._kiosk, self._flow = kiosk, kiosk.flow
        self._playing = ""
        """Id of the lesson that the player has."""
        kiosk.screens[Screen.LESSON] = Shows("LessonPage", self._view)
        self._flow.deeds |= {
            "lesson-play": self._toggle,
            "lesson-again": lambda _argument, at: self._begin(at),
            "lesson-louder": lambda _argument, _at: self._louder(STEP_DB),
            "lesson-softer": lambda _argument, _at: self._louder(-STEP_DB),
        }
        self._flow.on_show.append(self._shown)
        self._flow.on_end.append(self._end)
        kiosk.ticks.append(self.tick)

    @cached_property
    def player(self) -> Player:
        """Made once: most people at a kiosk choose no lesson, and loading what plays one takes its time."""
        return self.make()

    def tick(self, at: float) -> None:
        """Whoever went elsewhere hears it no more."""
        flow, state = self._flow, self.player.heard(at).state if self._playing else State.ENDED
        if self._playing and not flow.has(Screen.LESSON):
            self._end()
        elif state is State.PLAYING and flow.place.screen is not Screen.LESSON:
            self.player.pause(at)
        if self._playing and flow.place.screen is Screen.LESSON and state in (State.PLAYING, State.LOADING):
            flow.holds.add(HOLD)
        else:
            flow.holds.discard(HOLD)

    def _shown(self, place: Place, at: float) -> None:
        if place.screen is Screen.LESSON:
            self._begin(at)

    def _begin(self, at: float) -> None:
        services = self._services
        lesson = services.lessons.get(self._flow.place.subject)
        if lesson is None:
            return
        self._playing = lesson.id
        sha256 = services.hash_of(lesson.media)
        self.player.loud(self._flow.session.gain_db)
        self.player.begin(sha256, services.size_of(sha256), lesson.seconds, at)
        self.tick(at)

    @property
    def _services(self) -> Services:
        return self._kiosk.box.contents.at(self._flow.visit, resting=False)

    def _toggle(self, _argument: str, at: float) -> None:
        if self._playing != self._flow.place.subject:
            self._begin(at)
        elif self.player.heard(at).state is State.PLAYING:
            self.player.pause(at)
        else:
            self.player.play(at)
        self.tick(at)

    def _louder(self, db: float) -> None:
        session = self._flow.session
        session.gain_db = min(MOST_DB, max(0.0, session.gain_db + db))
        self.player.loud(session.gain_db)

    def _end(self) -> None:
        if self._playing:
            self.player.end()
        self._playing = ""
        self._flow.holds.discard(HOLD)

    def _view(self, scene: Scene) -> View:
        lesson = scene.services.lessons.get(scene.subject)
        if lesson is None:
            found = gone(scene)
            return View(found.title, {**EMPTY, "text": found.rows[0].detail})
        say, language = scene.words.say, scene.words.language
        heard = self.player.heard(scene.at) if self._playing == lesson.id else Heard(State.PAUSED)
        length = heard.length_s or float(lesson.seconds)
        texts: dict[str, Value] = {
            "text": told(lesson.text, language),
            "state": say(f"learning.{heard.state}"),
            "button": say(f"learning.{BUTTONS[heard.state]}"),
            "playing": heard.state is State.PLAYING,
            "there": heard.state is not State.FAILED,
            "video": lesson.type.startswith("video/"),
            "picture": scene.services.hash_of(lesson.picture),
            "share": min(1.0, heard.at_s / length) if length else 0.0,
            "time": say("learning.at", now=_clock(heard.at_s), all=_clock(length)) if length else _clock(heard.at_s),
            "page": scene.flow.session.page,
            "volume": say("learning.volume", n=_step(scene), of=int(MOST_DB / STEP_DB) + 1),
            "loudest": scene.flow.session.gain_db >= MOST_DB,
            "softest": scene.flow.session.gain_db <= 0,
            "silent": say("learning.silent") if heard.silent else "",
        }
        return View(told(lesson.title, language), texts)


BUTTONS = {
    State.LOADING: "pause",
    State.PLAYING: "pause",
    State.PAUSED: "go_on",
    State.ENDED: "again",
    State.FAILED: "again",
}
EMPTY: dict[str, Value] = {
    **dict.fromkeys(("text", "state", "button", "picture", "time", "volume", "silent"), ""),
    **dict.fromkeys(("playing", "there", "video", "loudest", "softest"), False),
    "share": 0.0,
    "page": 0,
}


def _step(scene: Scene) -> int:
    return int(scene.flow.session.gain_db / STEP_DB) + 1


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
