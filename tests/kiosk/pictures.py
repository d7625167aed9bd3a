"""Draws every screen as it stands in docs/kiosk.md: `python -m tests.kiosk.pictures [name ...]`.

A scene is a function that brings a hand to a screen, marked with its name in a module `pictures_*` beside this one.
Its name begins with the screen's, or `screen_of` says which it shows. Each is drawn in the normal look and in high
contrast. `--all DIR` draws every look, size and language for the eye.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

from kiosk_ui.kiosk import Kiosk
from kiosk_ui.leads import Screen
from kiosk_ui.qt.app import application
from kiosk_ui.theme import Glass, Look
from tests.kiosk.hand import Hand

WIDTH = 480
"""Pixels of a picture in the documentation: enough to read it, small enough to load."""
HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "kiosk"
TALL, SHORT = Glass(), Glass(800, 1280, 136.0, 217.0, 450.0, 1000.0)


@dataclass(frozen=True)
class Drawn:
    """One way to draw a scene."""

    name: str
    look: Look
    glass: Glass = TALL
    language: str = "zh"


BOTH = (Drawn("", Look()), Drawn("-contrast", Look(contrast=True)))
ALL = (
    *BOTH,
    Drawn("-large", Look(large=True)),
    Drawn("-low", Look(low=True)),
    Drawn("-low-large", Look(low=True, large=True)),
    Drawn("-en", Look(), language="en"),
    Drawn("-en-large", Look(large=True), language="en"),
    Drawn("-short", Look(), glass=SHORT),
    Drawn("-short-en-large", Look(large=True), glass=SHORT, language="en"),
)

Scene = Callable[["Stage"], None]
SCENES: dict[str, Scene] = {}


def scene(name: str) -> Callable[[Scene], Scene]:
    """This function shows the screen of that name."""

    def keep(function: Scene) -> Scene:
        SCENES[name] = function
        return function

    return keep


ELSEWHERE = {
    "booking-confirmed": Screen.BOOKING_SENT,
    "booking-full": Screen.BOOKING_SENT,
    "booking-request": Screen.BOOKING_SENT,
    "call-callback": Screen.CALLBACK,
    "call-callback-kept": Screen.CALLBACK,
    "call-incoming": Screen.INCOMING,
    "case-closed": Screen.CASE_FOUND,
    "case-thanks": Screen.CASE_JUDGE,
    "case-why": Screen.CASE_JUDGE,
    "complaint": Screen.REPORT_TELL,
    "complaint-check": Screen.REPORT_CHECK,
    "countdown": Screen.DEPARTMENTS,
    "propose-words": Screen.WRITE,
    "reading-aloud": Screen.ACTIVITY,
    "report-not-kept": Screen.REPORT_SENT,
}
"""Scenes whose name says what happens there."""


def screen_of(name: str) -> Screen | None:
    """The screen that the scene of that name shows; drawing it holds it to that."""
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    begins = [screen for screen in Screen if f"{name}-".startswith(f"{screen}-")]
    return max(begins, key=lambda screen: len(screen.value), default=None)


class Stage:
    """A kiosk with nothing behind it: what is heard and answered is the scene's to say."""

    def __init__(self, how: Drawn) -> None:
        self.kiosk = Kiosk(how.glass, how.language)
        self.kiosk.flow.session.look = how.look
        self.kiosk.flow.touched(1000.0)
        self.how = how
        self.hand = Hand(self.kiosk)

    def hear(self, name: str, news: object) -> None:
        """News from outside, and it is shown."""
        self.kiosk.heard(name, news, self.hand.at)
        self.hand.screen.bridge.refresh()
        self.hand.settle()


@contextmanager
def stage(how: Drawn) -> Iterator[Stage]:
    """Set up and taken down; what QML warns of is said."""
    shown = Stage(how)
    try:
        yield shown
    finally:
        said = shown.hand.close()
    for line in said:
        sys.stderr.write(f"{how.name}: {line}\n")


def load() -> None:
    """All scenes there are."""
    for module in sorted(HERE.glob("pictures_*.py")):
        import_module(f"tests.kiosk.{module.stem}")


def main(arguments: list[str]) -> None:
    app = application(["pictures"])
    load()
    folder: Path = DOCS
    looks: tuple[Drawn, ...] = BOTH
    width: int | None = WIDTH
    if arguments[:1] == ["--all"]:
        folder, looks, arguments = Path(arguments[1]), ALL, arguments[2:]
        width = None
    folder.mkdir(parents=True, exist_ok=True)
    for name in arguments or sorted(SCENES):
        for how in looks:
            with stage(how) as shown:
                SCENES[name](shown)
                there = shown.kiosk.flow.place.screen
                assert there is screen_of(name), f"{name} shows {there}"
                shown.hand.photograph(folder / f"{name}{how.name}.png", width)
    del app


if __name__ == "__main__":
    from tests.kiosk import pictures  # the scenes know this module by its name, not as __main__

    pictures.main(sys.argv[1:])
