"""What home, the list of departments and the pages of later services show."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk_ui.departments import Seen, Standing, name_of, said_of, zone_of
from kiosk_ui.leads import LEADS, Screen
from kiosk_ui.notices_in_force import in_force
from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, Value, View

SERVICES = ("guides", "report", "case", "booking", "notices", "nearby", "neighbours")
DRAWN = frozenset(
    (
        "reception",
        "civil",
        "labour",
        "housing",
        "family",
        "culture",
        "city",
        "safety",
        "order",
        "departments",
        *SERVICES,
    )
)
"""Drawings that content may name."""
TONES = {
    Standing.FREE: "good",
    Standing.UNKNOWN: "good",
    Standing.BUSY: "warn",
    Standing.ABSENT: "off",
    Standing.CLOSED: "off",
    Standing.OFFLINE: "off",
}


def home(scene: Scene) -> View:
    """Eight tiles, the date and one line of news."""
    say = scene.words.say
    rows = [Row("departments", "", say("home.departments"), say("home.departments_detail"), art="departments")]
    open_now = LEADS[Screen.HOME]
    for name in SERVICES:
        leads = (name, "") if name in open_now else ("later", name)
        rows.append(Row(*leads, say(f"home.{name}"), say(f"home.{name}_detail"), art=name))
    return View(say("home.title"), {"strip": _strip(scene)}, tuple(rows))


def _strip(scene: Scene) -> str:
    """The date and one line: what does not work now, else where one is."""
    say, now, box = scene.words.say, scene.now, scene.box
    weekday = say(f"days.weekday_{now.isoweekday()}")
    date = say("days.date", month=now.month, day=now.day, weekday=weekday)
    line = (_news(scene) or box.settings.place) if box.online else _offline(scene)
    if not scene.theme.tall and (not box.online or scene.flow.session.look.large):
        return date if box.online else line  # a small glass has no room for both
    return f"{date}  {now:%H:%M}\n{line}" if line else f"{date}  {now:%H:%M}"


def _news(scene: Scene) -> str:
    """The newest notice, if there is one today."""
    found = in_force(scene.services, scene.now, zone_of(scene.box.departments))
    return name_of(found[0].title, scene.words.language) if found else ""


def _offline(scene: Scene) -> str:
    number = scene.box.hotline
    return scene.words.say("home.offline", number=number) if number else scene.words.say("home.offline_alone")


def departments(scene: Scene) -> View:
    """Whom one can call, in plain words, and whether somebody is there."""
    rows = [_department(scene, seen) for seen in scene.box.standing(scene.now)]
    title = scene.words.say("departments.title")
    return paged(scene, title, rows, empty=scene.words.say("departments.none"))


def _department(scene: Scene, found: Seen) -> Row:
    department, language = found.department, scene.words.language
    return Row(
        "department",
        department.id,
        name_of(department.name, language),
        name_of(department.words, language),
        said_of(found, scene.words, scene.now),
        art=department.icon if department.icon in DRAWN else "",
        tone=TONES[found.standing],
    )


def paged(scene: Scene, title: str, rows: Sequence[Row], *, empty: str) -> View:
    """The page of a list that is turned to, with what the pager needs."""
    size = scene.theme.tiles
    pages = max(1, -(-len(rows) // size))
    page = min(scene.flow.session.page, pages - 1)
    said = scene.words.say("bar.page", n=page + 1, of=pages) if pages > 1 else ""
    texts: dict[str, Value] = {"empty": "" if rows else empty, "page": page, "pages": pages, "pageSaid": said}
    return View(title, texts, tuple(rows[page * size : (page + 1) * size]))


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
