"""The hidden service menu: behind the installer's code, for who stands at the box with tools. Leaves by itself.

    Service(kiosk, local.ask, log_tail)         # registers its screens and what their controls do

A corner of home is held for five seconds, then the code is entered on the digit pad. The menu shows how the box is, and
tests glass, loudspeaker and camera.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from kiosk_ui.code import TRIES, Lock, fits
from kiosk_ui.flow import Place, Screen
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.log_tail import LogTail
from kiosk_ui.scene import Scene
from kiosk_ui.screens import Shows
from kiosk_ui.view import Row, View
from kiosk_ui.views import paged
from sync.unix_http import Answer

LINE = 90
"""Characters of a line of the log; the whole of it stands in the journal."""
LOG = "service-log"
"""The name under which the gateway's log is posted."""


class Ask(Protocol):
    """`kiosk_ui.local.Local.ask`."""

    def __call__(self, name: str, method: str, target: str) -> None:
        """Post what comes of it under that name."""


class Camera(Protocol):
    """Switches the own picture on and off."""

    def __call__(self, *, on: bool) -> bool:
        """False: there is no call engine to ask."""


class Service:
    """`sound` plays the test tone and says whether there is a loudspeaker."""

    def __init__(self, kiosk: Kiosk, ask: Ask, tail: LogTail) -> None:
        self.sound: Callable[[], bool] | None = None
        self.camera: Camera | None = None
        self.engine: Callable[[], bool] = lambda: False
        """Whether the call engine answers."""
        self.frames: Callable[[], str] = str
        """Where the own picture is, while there is one."""
        self.about: Mapping[str, str] = {}
        """Versions of what the screen runs on, by name."""
        self._kiosk, self._flow, self._ask, self._tail = kiosk, kiosk.flow, ask, tail
        self._lock = Lock()
        self._tone = ""
        self._filming = False
        self._gateway_log: list[str] = []
        kiosk.screens |= {
            Screen.CODE: Shows("Code", self._code),
            Screen.SERVICE: Shows("Service", self._menu),
            Screen.SERVICE_TOUCH: Shows("ServiceTouch", self._glass),
            Screen.SERVICE_LOG: Shows("ServiceLog", self._log),
            Screen.SERVICE_CAMERA: Shows("ServiceCamera", self._camera),
        }
        self._flow.deeds |= {"code": self._try, "service-sound": self._play}
        self._flow.on_show.append(self._shown)
        kiosk.ticks.append(self._tick)
        kiosk.hears[LOG] = self._heard_log

    # --- the code

    def _try(self, _argument: str, at: float) -> None:
        session = self._flow.session
        if self._lock.left_s(at) or not self._kiosk.box.settings.installer_code:
            session.typed = ""
            return
        right = fits(session.typed, self._kiosk.box.settings.installer_code)
        self._lock.tried(at, right=right)
        session.typed = ""
        session.said = "service.wrong"
        if right:
            self._tone = ""
            self._flow.show(Place(Screen.SERVICE))
            self._flow.leave(Screen.CODE)

    def _code(self, scene: Scene) -> View:
        say, session = scene.words.say, scene.flow.session
        left_s = self._lock.left_s(scene.at)
        if not scene.box.settings.installer_code:
            said = say("service.no_code")
        elif left_s:
            said = say("service.locked", n=int(left_s / 60) + 1)
        elif session.said and not session.typed:
            said = say(session.said, n=TRIES - self._lock.wrong)
        else:
            said = say("service.enter")
        return View(say("service.code"), {"typed": "●" * len(session.typed), "said": said})

    # --- the menu

    def _menu(self, scene: Scene) -> View:
        say = scene.words.say
        names = (("touch", "low"), ("sound", "report"), ("camera", "departments"), ("log", "case"))
        rows = [Row(f"service-{name}", "", say(f"service.{name}"), art=art) for name, art in names]
        return View(
            say("service.title"),
            {"lines": "\n".join(self._lines(scene)), "said": say(self._tone) if self._tone else ""},
            tuple(rows),
        )

    def _lines(self, scene: Scene) -> Sequence[str]:
        """What answers, and how the box is set up."""
        say, box, glass = scene.words.say, scene.box, self._kiosk.glass
        answers = {"gateway": box.gateway, "line": box.online, "engine": self.engine()}
        px, mm = f"{glass.width_px}x{glass.height_px}", f"{glass.width_mm:g}x{glass.height_mm:g}"
        return [
            " · ".join(
                say(f"service.{name}", value=say("service.yes" if up else "service.no")) for name, up in answers.items()
            ),
            say("service.departments", n=len(box.departments.departments), known=len(box.presence)),
            say("service.glass", px=px, mm=mm),
        ]

    def _versions(self, scene: Scene) -> str:
        """What runs, where and on what."""
        status, about = scene.box.status, [f"{name} {version}" for name, version in self.about.items()]
        if status is not None:
            about = [status.gateway, f"linli {status.versions.linli}", status.versions.system, *about]
        return " · ".join(about)

    def _play(self, _argument: str, _at: float) -> None:
        heard = self.sound is not None and self.sound()
        self._tone = "service.tone" if heard else "service.no_sound"

    # --- glass, log, camera

    def _glass(self, scene: Scene) -> View:
        return View(scene.words.say("service.touch"), {"said": scene.words.say("service.touch_how")})

    def _log(self, scene: Scene) -> View:
        lines = [self._versions(scene), *self._tail.lines, *self._gateway_log]
        rows = [Row("", str(n), line[:LINE]) for n, line in enumerate(line for line in lines if line)]
        return paged(scene, scene.words.say("service.log"), rows, empty=scene.words.say("service.no_log"))

    def _camera(self, scene: Scene) -> View:
        there = self.camera is not None and self.engine()
        said = scene.words.say("service.no_picture" if there else "service.no_engine")
        return View(scene.words.say("service.camera"), {"said": said, "frames": self.frames() if there else ""})

    def _shown(self, place: Place, _at: float) -> None:
        if place.screen is Screen.SERVICE_LOG:
            self._ask(LOG, "GET", "diagnose")
        if self.camera is not None and place.screen is Screen.SERVICE_CAMERA:
            self._filming = self.camera(on=True)

    def _tick(self, _at: float) -> None:
        if self._filming and self.camera is not None and self._flow.place.screen is not Screen.SERVICE_CAMERA:
            self._filming = False
            self.camera(on=False)

    def _heard_log(self, news: object, _at: float) -> None:
        if isinstance(news, Answer) and news.status == 200:
            found = json.loads(news.content).get("log", [])
            self._gateway_log = [str(line) for line in reversed(found)]
