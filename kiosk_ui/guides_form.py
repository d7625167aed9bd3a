"""The form of a guide: shown where it is a picture, taken along by a code, and where to get it on paper."""

from __future__ import annotations

from kiosk_ui.content import told
from kiosk_ui.guides_take import LONGEST
from kiosk_ui.reading import action, gone
from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, Value, View
from kiosk_ui.words import Words
from sync.contract.services import Guide
from sync.contract.slip import MOST_TEXT, Line, Size, Slip

PICTURES = (".jpg", ".png")
"""What this screen can draw; a PDF is for a telephone and for paper."""
AT_DESK = "/form"
"""Behind the take-away link of a guide: its form, and nothing else."""


def offered(scene: Scene, guide: Guide) -> bool:
    """There is one, and something can be done with it here."""
    return bool(guide.form) and bool(guide.link or picture(scene, guide))


def picture(scene: Scene, guide: Guide) -> str:
    """The hash of what can be drawn; empty: nothing."""
    return scene.services.hash_of(guide.form) if guide.form.endswith(PICTURES) else ""


def carried(guide: Guide, language: str) -> str:
    """The form's address, with the name of the guide behind it for where no network is."""
    if not (guide.form and guide.link):
        return ""
    address = guide.link + AT_DESK
    return f"{address}#{told(guide.title, language)}"[: max(LONGEST, len(address))]


def guide_form(scene: Scene) -> View:
    """How it looks, and how one gets it."""
    found = scene.services.guides.get(scene.subject)
    if found is None or not offered(scene, found):
        lost = gone(scene)
        return View(lost.title, {"code": "", "picture": "", "how": lost.rows[0].detail, "without": ""})
    say, language, said = scene.words.say, scene.words.language, scene.flow.session.slip.said
    code = carried(found, language)
    texts: dict[str, Value] = {
        "code": code.encode().hex(),
        "picture": picture(scene, found),
        "how": say(said) if said else say("guides.form_how") if code else "",
        "without": _where(found, scene.words),
    }
    rows: list[Row] = [action("guide-ask", found.id, say("guides.ask"), art="departments", tone="good")]
    if code and "slip-print" in scene.flow.deeds:
        rows.append(action("slip-print", found.id, say("guides.form_print"), art="print"))
    return View(say("guides.form_of", title=told(found.title, language)), texts, tuple(rows))


def slip(found: Guide, words: Words) -> Slip | None:
    """Where the form is, on paper; None: a telephone could not get it."""
    code = carried(found, words.language)
    if not code:
        return None
    lines = (words.say("guides.form"), words.say("guides.form_how"), _where(found, words))
    title = Line(told(found.title, words.language), Size.BIG)
    return Slip([title, *(Line(line[:MOST_TEXT]) for line in lines)], found.link + AT_DESK)


def _where(found: Guide, words: Words) -> str:
    """Its first line: a card has room for more than is needed here."""
    lines = told(found.where.text, words.language).splitlines()
    return words.say("guides.form_where", where=lines[0]) if lines else ""
