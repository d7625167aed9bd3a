"""Notices of the office: only those in force today, newest first, three on a page."""

from __future__ import annotations

from datetime import tzinfo

from kiosk_ui.content import told
from kiosk_ui.departments import zone_of
from kiosk_ui.notices_in_force import in_force, moment
from kiosk_ui.reading import block, entries, gone, reading, spoken_there
from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, View
from kiosk_ui.words import Words
from sync.contract.services import Notice

ON_A_PAGE = 3


def notices(scene: Scene) -> View:
    """The list."""
    words, zone = scene.words, zone_of(scene.box.departments)

    def row(notice: Notice) -> Row:
        title, text = told(notice.title, words.language), told(notice.text, words.language)
        picture = scene.services.hash_of(notice.picture)
        return Row("notice", notice.id, title, text[:80], day(notice.starts, words, zone), picture=picture)

    found = in_force(scene.services, scene.now, zone)
    return entries(scene, words.say("notices.title"), found, row, empty=words.say("notices.none"), most=ON_A_PAGE)


def notice(scene: Scene) -> View:
    """One of them."""
    found = scene.services.notices.get(scene.subject)
    if found is None:
        return gone(scene)
    words, zone = scene.words, zone_of(scene.box.departments)
    since, until = day(found.starts, words, zone), day(found.ends, words, zone)
    picture = scene.services.hash_of(found.picture)
    blocks = [block("", "", picture=picture)] if picture else []
    blocks.append(block("", told(found.text, words.language)))
    strip = words.say("notices.valid", since=since, until=until)
    sounds = spoken_there(scene, (found.text, found.spoken))
    return reading(scene, told(found.title, words.language), blocks, strip=strip, sounds=sounds)


def day(text: str, words: Words, zone: tzinfo) -> str:
    """As people say it; empty when it is no date."""
    found = moment(text, zone)
    if found is None:
        return ""
    return words.say(
        "days.date", month=found.month, day=found.day, weekday=words.say(f"days.weekday_{found.isoweekday()}")
    )
