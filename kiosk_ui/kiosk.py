"""The whole screen without a display: presses and news in, what is to be shown out.

    kiosk = Kiosk(Glass(), language="zh")
    kiosk.press("departments", "", at)
    kiosk.show(at, now)                         # Shown: everything QML needs, compared by value

Others add to it by name: `flow.deeds["hang-up"] = ...` for what a control does, `hears["call"] = ...` for news from
another thread, `ticks.append(...)` for what time brings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime

from kiosk_ui.box import Box, hears
from kiosk_ui.flow import Flow, Screen
from kiosk_ui.scene import Scene
from kiosk_ui.screens import SCREENS
from kiosk_ui.theme import Glass, Look, Theme, theme
from kiosk_ui.view import Value, View
from kiosk_ui.words import Texts, Words


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything on the glass. `countdown` is -1 while nobody is asked whether they are still here."""

    visit: int
    qml: str
    screen: str
    subject: str
    at_home: bool
    begun: bool
    speech: str
    view: View
    theme: Theme
    language: str
    large: bool
    contrast: bool
    low: bool
    countdown: int
    countdown_said: str


class Kiosk:
    """Called on one thread."""

    def __init__(self, glass: Glass | None = None, language: str | None = None) -> None:
        """What is not given here follows the box's settings."""
        self.box = Box()
        self._glass, self._language = glass, language
        self.flow = Flow(language or self.box.settings.language)
        self.hears: dict[str, Callable[[object, float], None]] = {**hears(self.box)}
        """What to do with news from another thread, by its name."""
        self.ticks: list[Callable[[float], None]] = []
        self.screens = dict(SCREENS)
        self.speech = "never"
        """Whether the words are read aloud: `sounds`, `silent`, or `never` where nothing can be heard now."""
        self._looked: tuple[int, View] | None = None

    def press(self, control: str, argument: str, at: float) -> bool:
        """A tap. False: it was nothing."""
        return self.flow.press(control, argument, at)

    def touched(self, at: float) -> None:
        """A finger somewhere."""
        self.flow.touched(at)

    def heard(self, name: str, news: object, at: float) -> None:
        """News from outside."""
        if name in self.hears:
            self.hears[name](news, at)
        if name == "settings":
            self.flow.speak(self._language or self.box.settings.language)

    @property
    def glass(self) -> Glass:
        """As given, else as the box's settings say."""
        if self._glass is not None:
            return self._glass
        screen = self.box.settings.screen
        return Glass(**{field.name: getattr(screen, field.name) for field in fields(Glass)})

    def tick(self, at: float) -> None:
        """Time passes; at least four times a second."""
        self.flow.tick(at)
        for tick in self.ticks:
            tick(at)

    def texts(self) -> Texts:
        """All texts of the language in use."""
        return dict(Words(self.flow.session.language).all)

    def texts_shown(self) -> dict[str, Value]:
        """What was shown last, if it is still in front."""
        return self.view_shown().texts

    def view_shown(self) -> View:
        """Likewise, the whole of it."""
        visit, view = self._looked or (-1, View(""))
        return view if visit == self.flow.visit else View("")

    def show(self, at: float, now: datetime) -> Shown:
        """What is on the glass at this moment."""
        flow, session = self.flow, self.flow.session
        words = Words(session.language)
        shows = self.screens[flow.place.screen]
        night = flow.place.screen is Screen.NIGHT
        drawn = theme(self.glass, Look(contrast=True) if night else session.look, night=night)
        countdown = flow.countdown(at)
        view = shows.view(Scene(flow, words, self.box, drawn, now, at))
        self._looked = flow.visit, view
        return Shown(
            visit=flow.visit,
            qml=shows.qml,
            screen=flow.place.screen.value,
            subject=flow.place.subject,
            at_home=flow.at_home,
            begun=flow.begun,
            speech=self.speech,
            view=view,
            theme=drawn,
            language=session.language,
            large=session.look.large,
            contrast=session.look.contrast,
            low=session.look.low,
            countdown=-1 if countdown is None else countdown,
            countdown_said="" if countdown is None else words.say("bar.ends_in", n=countdown),
        )
