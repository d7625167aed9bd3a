"""Every screen of the ground: home, departments, looks, what is not there yet, the countdown and the service menu."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from PySide6.QtCore import QPoint

from kiosk_ui.code import hashed
from kiosk_ui.departments import Presence
from kiosk_ui.flow import IDLE_S, Place, Screen
from kiosk_ui.furnished import Furnished, furnish
from kiosk_ui.local import Line, Status, Versions
from kiosk_ui.log_tail import LogTail
from sync.contract.departments import Said
from sync.contract.kiosk_box import Hotline, KioskBox
from sync.unix_http import Answer
from tests.kiosk.fake_engine import Film
from tests.kiosk.pictures import Stage, scene
from tests.kiosk.pictures_call import person

BOX = KioskBox(
    place="幸福路超市",
    hotlines=(Hotline(name=Said("街道总机"), number="12345"),),
    installer_code=hashed("246813", b"0123456789abcdef"),
)
PRESENCE = {
    "general": (3, 2, 0),
    "civil": (2, 0, 3),
    "labour": (2, 1, 0),
    "housing": (0, 0, 0),
    "family": (1, 1, 0),
    "culture": (1, 0, 0),
}


def furnished(stage: Stage, *, line: bool = True) -> Furnished:
    """A box with its line, and some at their desks."""
    parts = furnish(stage.kiosk, lambda _wish: True, lambda *_: None, LogTail())
    box = BOX if stage.how.language == "zh" else KioskBox(place="", hotlines=BOX.hotlines)
    stage.hear("settings", box)
    stage.hear("gateway", news=True)
    stage.hear("status", Status("kiosk-1", Line(line), Versions("0.1.0", "3.11.9", "Linux 6.12.25")))
    there = {
        name: Presence(name, there, waiting, fresh=True, free=free) for name, (there, free, waiting) in PRESENCE.items()
    }
    there["city"] = Presence("city", 0, 0, fresh=True, open=False, opens_at="2030-01-01T01:00:00Z")
    stage.hear("presence", there)
    stage.hand.later(0.1)
    return parts


@scene("home")
def home(stage: Stage) -> None:
    furnished(stage)


@scene("home-offline")
def home_offline(stage: Stage) -> None:
    furnished(stage, line=False)


@scene("departments")
def departments(stage: Stage) -> None:
    furnished(stage)
    stage.hand.tap("departments")


@scene("later")
def later(stage: Stage) -> None:
    furnished(stage)
    stage.kiosk.flow.show(Place(Screen.LATER, "booking"))
    stage.hand.later(0.1)


@scene("looks")
def looks(stage: Stage) -> None:
    furnished(stage)
    stage.kiosk.flow.show(Place(Screen.LOOKS))
    stage.hand.later(0.1)


@scene("countdown")
def countdown(stage: Stage) -> None:
    furnished(stage)
    stage.hand.tap("departments")
    stage.hand.later(IDLE_S + 4)


@scene("code")
def code(stage: Stage) -> None:
    furnished(stage)
    stage.kiosk.flow.show(Place(Screen.CODE))
    stage.hand.later(0.1)
    for digit in "24":
        stage.hand.tap("digit", digit)


@scene("service")
def service(stage: Stage) -> None:
    parts = furnished(stage)
    parts.service.about = {"Qt": "6.12.0", "Python": "3.11.9"}
    stage.kiosk.flow.show(Place(Screen.SERVICE))
    stage.hand.later(0.1)


@scene("service-log")
def service_log(stage: Stage) -> None:
    parts = furnished(stage)
    parts.service.about = {"Qt": "6.12.0", "Python": "3.11.9"}
    lines = ("09:14:02 W the line to the centre is back", "09:13:40 W the line to the centre is gone: timed out")
    stage.hear("service-log", Answer(200, json.dumps({"log": lines[::-1]}).encode()))
    stage.kiosk.flow.show(Place(Screen.SERVICE_LOG))
    stage.hand.later(0.1)


@scene("service-camera")
def service_camera(stage: Stage) -> None:
    parts = furnished(stage)
    parts.service.engine = lambda: True
    parts.service.camera = lambda *, on: on
    film = Film(Path(tempfile.mkdtemp(prefix="linli-pictures-")) / "own", 640, 480)
    film.frame(person(640, 480, 150, 118, 140))
    parts.service.frames = lambda: str(film.path)
    stage.kiosk.flow.show(Place(Screen.SERVICE_CAMERA))
    stage.hand.until(lambda: any(item.property("shows") for item in stage.hand.items()), "a picture")
    shutil.rmtree(film.path.parent)


@scene("service-touch")
def service_touch(stage: Stage) -> None:
    furnished(stage)
    stage.kiosk.flow.show(Place(Screen.SERVICE_TOUCH))
    stage.hand.later(0.1)
    centre = stage.hand.window.contentItem()
    for step in range(20):
        spot = QPoint(int(centre.width() * (0.2 + step * 0.02)), int(centre.height() * (0.6 + step * 0.005)))
        (stage.hand.move if step else stage.hand.down)(spot)
    stage.hand.up(spot)
