"""What home, the list of departments and the pages of later services show."""

from __future__ import annotations

from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, View

SERVICES = ("guides", "report", "case", "booking", "notices", "nearby", "neighbours")


def home(scene: Scene) -> View:
    """Eight tiles, the date and one line of news."""
    say = scene.words.say
    rows = [Row("departments", "", say("home.departments"), say("home.departments_detail"), art="departments")]
    rows += [Row("later", name, say(f"home.{name}"), say(f"home.{name}_detail"), art=name) for name in SERVICES]
    return View(say("home.title"), {"date": f"{scene.now:%H:%M}", "notice": ""}, tuple(rows))


def departments(scene: Scene) -> View:
    """Whom one can call."""
    return View(scene.words.say("home.departments"))


def later(scene: Scene) -> View:
    """A service that is not there yet says what it will be."""
    say = scene.words.say
    what, detail = say(f"home.{scene.subject}"), say(f"home.{scene.subject}_detail")
    return View(what, {"soon": say("later.soon", detail=detail), "meanwhile": say("later.meanwhile")})


def looks(scene: Scene) -> View:
    """The choices of the fixed bar, large, where the bar has no room for all of them."""
    return View(scene.words.say("bar.looks"))


def not_yet(scene: Scene) -> View:
    """A screen that somebody is still building."""
    return View(str(scene.flow.place.screen), {"soon": "", "meanwhile": ""})
