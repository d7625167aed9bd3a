"""Outside the opening hours: a dark page with the hours, the hotlines and the SOS. A touch wakes it.

    Night(kiosk)

The hours are the box's own (`KioskBox.open`); without any it is never night. Nobody is sent away by the clock: whoever
is here goes on, and the next morning or the next touch finds the first screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from kiosk_ui.kiosk import Kiosk
from kiosk_ui.leads import HOME, Place, Screen
from kiosk_ui.scene import Scene
from kiosk_ui.screens import Shows
from kiosk_ui.view import Value, View
from kiosk_ui.words import Words
from sync.contract.kiosk_box import KioskBox, Opening

HOLD = "night"
NIGHT = Place(Screen.NIGHT)


class Night:
    """Registers the page, and shows it while nobody is here."""

    def __init__(self, kiosk: Kiosk, wall: Callable[[], datetime] = lambda: datetime.now().astimezone()) -> None:
        self.wall = wall
        self._kiosk, self._flow = kiosk, kiosk.flow
        kiosk.screens[Screen.NIGHT] = Shows("Night", view)
        kiosk.ticks.append(self.tick)
        self._flow.on_touch.append(self._woken)

    def tick(self, at: float) -> None:
        """Bring the page, or take it away."""
        flow = self._flow
        night = not is_open(self._kiosk.box.settings.open, self.wall())
        if not night:
            flow.leave(Screen.NIGHT)
        elif flow.place == HOME and not flow.session.touched and not flow.holds:
            flow.at = at
            flow.show(NIGHT)
        self._hold()

    def _woken(self, _at: float) -> None:
        self._flow.leave(Screen.NIGHT)
        self._hold()

    def _hold(self) -> None:
        """Nobody is asked whether they are still here by night."""
        if self._flow.place == NIGHT:
            self._flow.holds.add(HOLD)
        else:
            self._flow.holds.discard(HOLD)


def is_open(hours: Iterable[Opening], now: datetime) -> bool:
    """Hours that end before they begin go on past midnight. What cannot be read closes nothing."""
    found = list(hours)
    clock, today, yesterday = f"{now:%H:%M}", now.isoweekday(), (now - timedelta(days=1)).isoweekday()
    for one in found:
        over_night = one.closes <= one.opens
        if today in one.days and one.opens <= clock and (over_night or clock < one.closes):
            return True
        if over_night and yesterday in one.days and clock < one.closes:
            return True
    return not found


def view(scene: Scene) -> View:
    """The clock, when it opens, and whom to call."""
    say, settings = scene.words.say, scene.box.settings
    texts: dict[str, Value] = {
        "clock": f"{scene.now:%H:%M}",
        "hours": "\n".join([say("night.hours"), *hours_said(settings, scene.words)]),
        "hotlines": "\n".join(
            f"{one.name.en if scene.words.language == 'en' and one.name.en else one.name.zh}  {one.number}"
            for one in settings.hotlines
        ),
        "touch": say("night.touch"),
    }
    return View(say("night.title"), texts)


def hours_said(settings: KioskBox, words: Words) -> list[str]:
    """A line for each entry: its days and its hours."""
    lines = []
    for one in settings.open:
        days = sorted(day for day in one.days if 1 <= day <= 7)
        if not days:
            continue
        names = [words.say(f"days.short_{day}") for day in days]
        whole = len(days) > 2 and days == list(range(days[0], days[-1] + 1))
        said = words.say("night.days", first=names[0], last=names[-1]) if whole else "、".join(names)
        lines.append(f"{said}  {one.opens}–{one.closes}")
    return lines
