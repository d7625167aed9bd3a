"""Notices of the office: only those in force today, newest first, three on a page."""

from __future__ import annotations

from datetime import datetime, time, tzinfo

from kiosk_ui.content import Services, told
from kiosk_ui.departments import zone_of
from kiosk_ui.reading import block, entries, gone, reading
from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, View
from kiosk_ui.words import Words
from sync.contract.services import Notice

ON_A_PAGE = 3
DAY = len("2026-01-01")


def in_force(services: Services, now: datetime, zone: tzinfo) -> list[Notice]:
    """Newest first. One whose dates cannot be read is not shown: nobody knows whether it still holds."""
    there = now.astimezone(zone)
    found = []
    for notice in services.notices.values():
        starts, ends = moment(notice.starts, zone), moment(notice.ends, zone, end=True)
        if starts is not None and ends is not None and starts <= there < ends:
            found.append((starts, notice))
    return [notice for _, notice in sorted(found, key=lambda one: one[0], reverse=True)]


def moment(text: str, zone: tzinfo, *, end: bool = False) -> datetime | None:
    """A day or a time of the office's zone; as an end, a day is over only at its midnight."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if end and len(text) == DAY:
        found = datetime.combine(found.date(), time.max)
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


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
    title, sound = told(found.title, words.language), scene.services.hash_of(found.spoken)
    return reading(scene, title, blocks, strip=strip, sound=sound)


def day(text: str, words: Words, zone: tzinfo) -> str:
    """As people say it; empty when it is no date."""
    found = moment(text, zone)
    if found is None:
        return ""
    return words.say(
        "days.date", month=found.month, day=found.day, weekday=words.say(f"days.weekday_{found.isoweekday()}")
    )
