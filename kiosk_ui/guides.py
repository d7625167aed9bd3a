"""Guides: six events of life, the guides of one, one guide in its five cards, and how to take it along."""

from __future__ import annotations

from kiosk_ui import guides_form
from kiosk_ui.content import told
from kiosk_ui.guides_take import carried
from kiosk_ui.reading import action, block, entries, gone, reading, spoken_there
from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, Value, View
from kiosk_ui.words import Words
from sync.contract.services import Guide, LifeEvent
from sync.contract.slip import MOST_LINES, MOST_TEXT, Line, Size, Slip

ART = {
    LifeEvent.BIRTH: "birth",
    LifeEvent.AGEING: "ageing",
    LifeEvent.HEALTH: "health",
    LifeEvent.HOUSING: "housing",
    LifeEvent.PAPERS: "papers",
    LifeEvent.SECURITY: "labour",
}
CARDS = ("who", "bring", "where", "how_long", "cost")
MOST_ACTIONS = 4
"""More take the room of what is to be read."""


def guides(scene: Scene) -> View:
    """By what happens in a life, as nobody knows which department it is."""
    say, found = scene.words.say, scene.services.guides.values()
    rows = []
    for event, art in ART.items():
        count = sum(guide.event is event for guide in found)
        said = say("guides.count", n=count) if count else say("guides.none") if found else ""
        title, detail = say(f"guides.{event}"), say(f"guides.{event}_detail")
        rows.append(Row("guide-event", event.value, title, detail, said, art=art, live=count > 0))
    strip = "" if found else say("guides.empty")
    return View(say("guides.title"), {"strip": strip}, tuple(rows))


def guide_list(scene: Scene) -> View:
    """The guides of one event."""
    words = scene.words
    found = [guide for guide in scene.services.guides.values() if guide.event == scene.subject]

    def row(guide: Guide) -> Row:
        return Row("guide", guide.id, told(guide.title, words.language), _short(told(guide.who.text, words.language)))

    title = words.say(f"guides.{scene.subject}") if scene.subject in set(LifeEvent) else words.say("guides.title")
    return entries(scene, title, found, row, empty=words.say("guides.empty"))


def guide(scene: Scene) -> View:
    """Five cards, and what one can do with them."""
    found = scene.services.guides.get(scene.subject)
    if found is None:
        return gone(scene)
    say, language, deeds = scene.words.say, scene.words.language, scene.flow.deeds
    cards = [
        block(say(f"guides.{name}"), told(card.text, language), picture=scene.services.hash_of(card.picture))
        for name, card in ((name, getattr(found, name)) for name in CARDS)
    ]
    actions = [
        action("guide-ask", found.id, say("guides.ask"), art="departments", tone="good"),
        action("guide-take", found.id, say("guides.take"), art="take"),
    ]
    if found.booking in scene.services.calendars and "guide-book" in deeds:
        actions.append(action("guide-book", found.booking, say("guides.book"), art="booking"))
    has_form = guides_form.offered(scene, found)
    if has_form:
        actions.append(action("guide-form", found.id, say("guides.form"), art="papers"))
    if "slip-print" in deeds and not (has_form and len(actions) > MOST_ACTIONS - 1):  # it is on the next page too
        actions.append(action("slip-print", found.id, say("guides.print"), art="print"))
    sounds = spoken_there(scene, *((card.text, card.spoken) for card in (getattr(found, name) for name in CARDS)))
    aloud = "read-card" in deeds
    return reading(
        scene, told(found.title, language), cards, actions, strip=_printing(scene), sounds=sounds, aloud=aloud
    )


def guide_take(scene: Scene) -> View:
    """A code for one's own telephone."""
    found = scene.services.guides.get(scene.subject)
    if found is None:
        lost = gone(scene)
        return View(lost.title, {"code": "", "how": lost.rows[0].detail, "without": ""})
    say, language = scene.words.say, scene.words.language
    texts: dict[str, Value] = {
        "code": carried(found, language, lambda name: say(f"guides.{name}")).encode().hex(),
        "how": _printing(scene) or say("guides.take_how"),
        "without": say("guides.take_without"),
    }
    can_print = "slip-print" in scene.flow.deeds
    rows = (action("slip-print", found.id, say("guides.print"), art="print"),) if can_print else ()
    return View(told(found.title, language), texts, rows)


def _printing(scene: Scene) -> str:
    """How the slip goes, once somebody wants one."""
    said = scene.flow.session.slip.said
    return scene.words.say(said) if said else ""


def _short(text: str, most: int = 36) -> str:
    first = text.strip().splitlines()[0] if text.strip() else ""
    return first if len(first) <= most else first[: most - 1] + "…"


def slip(found: Guide, words: Words) -> Slip:
    """The guide on paper: title, each card, and the code at the end."""
    lines = [Line(told(found.title, words.language), Size.BIG)]
    for name in CARDS:
        lines.append(Line(words.say(f"guides.{name}"), centred=True))
        text = told(getattr(found, name).text, words.language)
        lines += [Line(part[:MOST_TEXT]) for part in text.splitlines() if part.strip()]
    code = carried(found, words.language, lambda name: words.say(f"guides.{name}"))
    return Slip(lines[:MOST_LINES], found.link or code)
