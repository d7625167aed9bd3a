"""The emergency notice: over everything but a call and an SOS, spoken, and told to the centre once it was drawn.

    emergencies = EmergencyDeeds(kiosk, local.ask, busy=lambda: calls.calls.lives)
    local.looks.append(notices_look())          # news of the gateway, posted as "emergency"
    emergencies.drawn(at)                       # the window has drawn what it was last told

Whoever has read it may go on; the next person meets it again. The gateway keeps notices over a restart, and the screen
asks for them whenever it starts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

from kiosk_ui.departments import zone_of
from kiosk_ui.flow import Place, Screen
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.local import Api, Look
from kiosk_ui.scene import Scene
from kiosk_ui.screens import Shows
from kiosk_ui.view import View
from kiosk_ui.words import Words
from sync.contract.envelope import Struct
from sync.contract.messages import Notice
from sync.unix_http import Answer

NEWS, SHOWN = "emergency", "emergency-shown"
HOLD = "emergency"
AGAIN_S = 2.0
ENOUGH = 2
"""Frames: the first may have been on its way before the notice came."""
NEVER_OVER = frozenset({Screen.SOS, Screen.INCOMING})


class EmergencyDeeds:
    """Registers its screen and its deed. `speak` is told what to say when one comes, and None when it is gone."""

    def __init__(
        self,
        kiosk: Kiosk,
        ask: Callable[[str, str, str, object, str], None],
        busy: Callable[[], bool],
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.speak: Callable[[str | None], None] = lambda _text: None
        self._flow, self._ask, self._busy, self._wall = kiosk.flow, ask, busy, wall
        self._notices: tuple[Notice, ...] = ()
        self._read: set[str] = set()
        self._spoken = ""
        self._frames = 0
        self._told: set[str] = set()
        self._telling: dict[str, float] = {}
        kiosk.screens[Screen.EMERGENCY] = Shows("EmergencyPage", self._view)
        self._flow.deeds["emergency-read"] = self._has_read
        kiosk.hears |= {NEWS: self._heard, SHOWN: self._answered}
        kiosk.ticks.append(self.tick)
        self._flow.on_end.append(self._read.clear)

    @property
    def current(self) -> Notice | None:
        """The newest that nobody here has read yet."""
        now = self._wall()
        return next((one for one in self._notices if one.id not in self._read and not _over(one, now)), None)

    def tick(self, at: float) -> None:
        """Show it as soon as nothing more important is in front; take it away as soon as it is withdrawn."""
        current, flow = self.current, self._flow
        if current is None or flow.place != Place(Screen.EMERGENCY, current.id):
            self._frames = 0
        if current is None:
            flow.leave(Screen.EMERGENCY)
            self._say("", None)
        elif self._free:
            self._show(current, at)
        self._hold()
        self._tell(at)

    @property
    def _free(self) -> bool:
        return not self._busy() and self._flow.place.screen not in NEVER_OVER

    def _show(self, notice: Notice, at: float) -> None:
        flow, place = self._flow, Place(Screen.EMERGENCY, notice.id)
        if flow.place != place:
            flow.leave(Screen.EMERGENCY)  # an older one
            flow.at = at
            flow.show(place)
        self._say(notice.id, f"{notice.title}。{notice.text}" if notice.title else notice.text)

    def _say(self, notice: str, text: str | None) -> None:
        if notice != self._spoken:
            self._spoken = notice
            self.speak(text)

    def _hold(self) -> None:
        """Nobody is asked whether they are still here while nobody is here."""
        if self._flow.place.screen is Screen.EMERGENCY and not self._flow.session.touched:
            self._flow.holds.add(HOLD)
        else:
            self._flow.holds.discard(HOLD)

    # --- told to the centre

    def drawn(self, at: float) -> bool:
        """A frame is on the glass. True: another one is needed to be sure that the notice is in it."""
        place = self._flow.place
        if place.screen is not Screen.EMERGENCY or place.subject in self._told:
            return False
        self._frames += 1
        self._tell(at)
        return self._frames < ENOUGH

    def _tell(self, at: float) -> None:
        """Also when nothing is drawn any more, until the gateway has it."""
        notice = self._flow.place.subject
        if self._frames < ENOUGH or notice in self._told or at < self._telling.get(notice, at):
            return
        self._telling[notice] = at + AGAIN_S
        self._ask(SHOWN, "POST", f"notices/{quote(notice, safe='')}/shown", None, "")

    def _answered(self, news: object, _at: float) -> None:
        """The gateway has it, or knows no such notice any more; else the next frames ask again."""
        if isinstance(news, Answer) and news.status < 500:
            self._told |= self._telling.keys()
            self._telling.clear()

    # --- news and deeds

    def _heard(self, news: object, at: float) -> None:
        if not isinstance(news, tuple):
            return
        self._notices = tuple(one for one in news if isinstance(one, Notice))
        known = {one.id for one in self._notices}
        self._told &= known
        self.tick(at)

    def _has_read(self, _argument: str, at: float) -> None:
        place = self._flow.place
        if place.screen is Screen.EMERGENCY:
            self._read.add(place.subject)
            self._flow.leave(Screen.EMERGENCY)
            self.tick(at)

    def _view(self, scene: Scene) -> View:
        say = scene.words.say
        found = next((one for one in self._notices if one.id == scene.subject), None)
        if found is None:
            return View(say("emergency.title"), {"head": "", "text": "", "until": "", "page": 0})
        texts = {"head": found.title, "text": found.text, "until": _until(scene, found)}
        return View(say("emergency.title"), {**texts, "page": scene.flow.session.page})


def _until(scene: Scene, notice: Notice) -> str:
    if notice.expires_at is None:
        return ""
    return scene.words.say("emergency.until", when=_when(scene, _aware(notice.expires_at), scene.words))


def _when(scene: Scene, moment: datetime, words: Words) -> str:
    zone = zone_of(scene.box.departments)
    there, now = moment.astimezone(zone), scene.now.astimezone(zone)
    clock = f"{there:%H:%M}"
    if there.date() == now.date():
        return words.say("emergency.today", time=clock)
    return words.say("emergency.on_day", month=there.month, day=there.day, time=clock)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _over(notice: Notice, now: datetime) -> bool:
    return notice.expires_at is not None and _aware(notice.expires_at) <= now


class _Seen(Struct, frozen=True):
    notice: Notice


class _Notices(Struct, frozen=True):
    notices: list[_Seen]


def notices_look() -> Look:
    """What the gateway has to show now, newest first."""

    def fetch(api: Api) -> tuple[Notice, ...]:
        found = api.get("notices", _Notices)
        return tuple(one.notice for one in found.notices) if found is not None else ()

    return Look(NEWS, ("notice",), fetch)
