"""Which screen is shown and where each control leads. Pure: no Qt, no clock, no file; the time is an argument.

    flow = Flow("zh")
    flow.press("tile", "departments", at)      # the control's name, what it stands for, monotonic seconds
    flow.place                                  # Place(Screen.DEPARTMENTS)

`leads.LEADS` is the whole map. What a press shall do besides showing another screen is a `Do`, and belongs to who
registered it in `deeds`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk_ui.leads import EVERYWHERE, HOLDS, HOME, IN_SERVICE, KEYS, LEADS, ONCE, Do, Go, Lead, Place, Screen, Way
from kiosk_ui.session import Session
from kiosk_ui.theme import Look

__all__ = ["EVERYWHERE", "HOME", "IN_SERVICE", "LEADS", "Flow", "Go", "Place", "Screen"]

TAP_GAP_S = 0.35
"""A second tap within this time is the same tap: trembling hands, and the finger that is still there."""
KEY_GAP_S = 0.06
"""Keys of a pad are meant to be hit quickly; this is only contact bounce."""

IDLE_S = 60.0
COUNTDOWN_S = 20.0
SERVICE_IDLE_S = 120.0
DEEPEST = 20


Deed = Callable[[str, float], None]


class Flow:
    """The state of the screen. `press`, `tick`, `touched` are told what happens; everything else is looked at."""

    def __init__(self, language: str = "zh") -> None:
        self._language = language
        self.session = Session(language)
        self.deeds: dict[str, Deed] = {
            "large": self._large,
            "contrast": self._contrast,
            "low": self._low,
            "language": self._other_language,
            "still-here": lambda _argument, _at: None,
            "digit": self._digit,
            "erase": self._erase,
            "turn": self._turn,
        }
        self.holds: set[str] = set()
        """Why the idle clock stands still, by name: a call, reading aloud, printing."""
        self.on_end: list[Callable[[], None]] = []
        """Told when a session ends, for who keeps something of it elsewhere."""
        self.on_touch: list[Callable[[float], None]] = []
        """Told of every finger, before what it meant."""
        self.on_show: list[Callable[[Place, float], None]] = []
        """Told when somebody goes forward to a screen, and when; going back is nobody's wish for it."""
        self.at = self.last_touch = 0.0
        self.visit = 0
        """Counts up with every screen shown; a press belongs to the visit it was made in."""
        self._stack: list[Place] = [HOME]
        self._touched_at = 0.0
        self._pressed_at = -TAP_GAP_S

    # --- what is shown

    @property
    def place(self) -> Place:
        """The screen in front."""
        return self._stack[-1]

    def has(self, screen: Screen) -> bool:
        """Whether that screen is in front or underneath."""
        return any(place.screen is screen for place in self._stack)

    @property
    def begun(self) -> bool:
        """Whether somebody is here whose session can be ended."""
        return self.session.touched

    @property
    def at_home(self) -> bool:
        """Whether the home screen is in front."""
        return len(self._stack) == 1

    def countdown(self, at: float) -> int | None:
        """Seconds until the session ends by itself, once they are shown."""
        left = self._touched_at + IDLE_S + COUNTDOWN_S - at
        if not self._runs or self.place.screen in IN_SERVICE or left > COUNTDOWN_S:
            return None
        return max(0, int(left + 0.999))

    # --- what happens

    def speak(self, language: str) -> None:
        """The language in which the next person is met; also this one, if nobody is here."""
        self._language = language
        if not self.session.touched:
            self.session.language = language

    def touched(self, at: float) -> None:
        """A finger on the glass, wherever."""
        self._touched_at = self.last_touch = at
        self.session.touched = True
        for told in self.on_touch:
            told(at)

    def press(self, control: str, argument: str, at: float) -> bool:
        """A control was tapped. False: it leads nowhere from here, or was the same tap."""
        gap = KEY_GAP_S if control in KEYS else TAP_GAP_S
        if at - self._pressed_at < gap and control not in HOLDS:
            return False
        lead = LEADS[self.place.screen].get(control) or EVERYWHERE.get(control)
        if lead is None:
            return False
        self.touched(at)
        self._pressed_at = self.at = at
        self.follow(lead, argument, at)
        return True

    def follow(self, lead: Lead, argument: str, at: float) -> None:
        """Go there or do it."""
        match lead:
            case Go(screen, subject):
                self.show(Place(screen, argument if subject is None else subject))
            case Do(deed):
                if deed in self.deeds:
                    self.deeds[deed](argument, at)
            case Way.BACK:
                self.back()
            case Way.HOME:
                self.home()
            case Way.END:
                self.end()

    def show(self, place: Place) -> None:
        """That screen on top. One that is already underneath is gone back to."""
        if place == self.place:
            return
        if not self._runs:
            self._touched_at = self.at  # a screen that comes by itself begins a session, with all its time
        if place in self._stack:
            del self._stack[self._stack.index(place) + 1 :]
        else:
            under = [one for one in self._stack if one.screen is not place.screen or place.screen not in ONCE]
            self._stack = [*under[: DEEPEST - 1], place]
        self._arrived()
        for told in self.on_show:
            told(place, self.at)

    def leave(self, screen: Screen) -> None:
        """Take that screen away wherever it is; what was under it comes back."""
        before = self.place
        self._stack = [place for place in self._stack if place.screen is not screen] or [HOME]
        if self.place != before:
            self._arrived()

    def back(self) -> None:
        """One screen back; from home nowhere."""
        if not self.at_home:
            self._stack.pop()
            self._arrived()

    def home(self) -> None:
        """Home; who is here stays here."""
        if not self.at_home:
            del self._stack[1:]
            self._arrived()

    def end(self) -> None:
        """The person has gone: home, and everything of them is forgotten."""
        self.session = Session(self._language)
        del self._stack[1:]
        self._arrived()
        for told in self.on_end:
            told()

    def tick(self, at: float) -> bool:
        """Time passes. True: what is shown may be different now."""
        self.at = at
        if self.holds:
            self._touched_at = at
            return False
        if not self._runs:
            return False
        still = at - self._touched_at
        limit = SERVICE_IDLE_S if self.place.screen in IN_SERVICE else IDLE_S + COUNTDOWN_S
        if still >= limit:
            self.end()
            return True
        return still >= IDLE_S

    @property
    def _runs(self) -> bool:
        """Whether there is a session that could end by itself."""
        return not self.holds and (self.session.touched or not self.at_home)

    def _arrived(self) -> None:
        self.visit += 1
        self.session.typed = ""
        self.session.said = ""
        self.session.page = 0

    # --- deeds of every screen

    def _large(self, _argument: str, _at: float) -> None:
        self._look(replace(self.session.look, large=not self.session.look.large))

    def _contrast(self, _argument: str, _at: float) -> None:
        self._look(replace(self.session.look, contrast=not self.session.look.contrast))

    def _low(self, _argument: str, _at: float) -> None:
        self._look(replace(self.session.look, low=not self.session.look.low))

    def _look(self, look: Look) -> None:
        self.session.look = look

    def _other_language(self, _argument: str, _at: float) -> None:
        self.session.language = "en" if self.session.language == "zh" else "zh"

    def _turn(self, argument: str, _at: float) -> None:
        if argument.isascii() and argument.isdecimal():
            self.session.page = int(argument[:6])

    def _digit(self, argument: str, _at: float) -> None:
        if len(argument) == 1 and argument.isdecimal() and argument.isascii() and len(self.session.typed) < 20:
            self.session.typed += argument

    def _erase(self, _argument: str, _at: float) -> None:
        self.session.typed = self.session.typed[:-1]
