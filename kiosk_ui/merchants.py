"""What is nearby: shops and services with their credit grade in words, and how it came about."""

from __future__ import annotations

from kiosk_ui.content import told
from kiosk_ui.departments import zone_of
from kiosk_ui.notices_in_force import moment
from kiosk_ui.reading import action, block, entries, gone, reading
from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, View
from kiosk_ui.views import paged
from kiosk_ui.words import Words
from sync.contract.services import CreditChange, Merchant

TONES = {"A": "good", "B": "good", "C": "warn", "D": "warn"}
DRAWN = {
    "food": "food",
    "grocery": "basket",
    "pharmacy": "health",
    "repair": "repair",
    "hair": "hair",
    "home": "housing",
}
"""Kinds of shops with a drawing of their own."""
NEWEST = 6
"""Changes of a grade that are told."""


def nearby(scene: Scene) -> View:
    """Wardens, numbers, and every kind of shop there is."""
    say, services = scene.words.say, scene.services
    rows = [
        Row("wardens", "", say("nearby.wardens"), say("nearby.wardens_detail"), art="warden"),
        Row("hotlines", "", say("nearby.hotlines"), say("nearby.hotlines_detail"), art="phone"),
    ]
    for kind, shops in services.merchants_of.items():
        count = say("nearby.count", n=len(shops))
        rows.append(Row("merchants", kind, kind_said(kind, scene.words), "", count, art=DRAWN.get(kind, "shop")))
    return paged(scene, say("nearby.title"), rows, empty="")


def kind_said(kind: str, words: Words) -> str:
    """A kind we know by its word, another as the office wrote it."""
    return words.all["nearby"].get(f"kind_{kind}", kind)


def merchants(scene: Scene) -> View:
    """The shops of one kind, in the order of the office."""
    words = scene.words
    found = scene.services.merchants_of.get(scene.subject, ())
    empty = words.say("nearby.none")
    return entries(scene, kind_said(scene.subject, words), found, lambda shop: row(scene, shop), empty=empty)


def merchant(scene: Scene) -> View:
    """One of them: grade and reason first."""
    found = scene.services.merchants.get(scene.subject)
    if found is None:
        return gone(scene)
    say, language = scene.words.say, scene.words.language
    picture = scene.services.hash_of(found.picture)
    blocks = [block("", "", picture=picture)] if picture else []
    blocks.append(
        block(grade_said(found.grade, scene.words), told(found.why, language), tone=TONES.get(found.grade, ""))
    )
    facts = (("place", told(found.place, language)), ("hours", told(found.hours, language)), ("phone", found.phone))
    blocks += [block(say(f"nearby.{name}"), text) for name, text in facts if text]
    if found.history:
        newest = sorted(found.history, key=lambda change: change.day, reverse=True)[:NEWEST]
        blocks.append(block(say("nearby.history"), "\n".join(_change(scene, change) for change in newest)))
    actions = []
    if "complain" in scene.flow.deeds:
        actions.append(action("complain", found.id, say("nearby.complain"), art="report"))
    return reading(scene, told(found.name, language), blocks, actions)


def grade_said(grade: str, words: Words) -> str:
    """诚信A级, and what that means."""
    meaning = words.all["nearby"].get(f"grade_{grade}", "")
    return words.say("nearby.grade", grade=grade, meaning=meaning) if meaning else words.say("nearby.no_grade")


def _change(scene: Scene, change: CreditChange) -> str:
    found = moment(change.day, zone_of(scene.box.departments))
    day = f"{found.year}.{found.month}.{found.day}" if found is not None else change.day
    return scene.words.say("nearby.change", day=day, grade=change.grade, why=told(change.why, scene.words.language))


def row(scene: Scene, shop: Merchant) -> Row:
    """An entry of the list."""
    words = scene.words
    return Row(
        "merchant",
        shop.id,
        told(shop.name, words.language),
        told(shop.place, words.language),
        words.say("nearby.grade_short", grade=shop.grade) if shop.grade in TONES else "",
        tone=TONES.get(shop.grade, ""),
        picture=scene.services.hash_of(shop.picture),
    )
