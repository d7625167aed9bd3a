"""Lessons: the list. What plays one is `learning_player`."""

from __future__ import annotations

from kiosk_ui.content import told
from kiosk_ui.reading import entries
from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, View
from kiosk_ui.words import Words
from sync.contract.services import Lesson


def lessons(scene: Scene) -> View:
    """Sound and video, all of it on this box."""
    words = scene.words

    def row(lesson: Lesson) -> Row:
        title, text = told(lesson.title, words.language), told(lesson.text, words.language)
        picture = scene.services.hash_of(lesson.picture)
        return Row("lesson", lesson.id, title, text, _kind(lesson, words), art="play", picture=picture)

    found = list(scene.services.lessons.values())
    return entries(scene, words.say("neighbours.lessons"), found, row, empty=words.say("learning.none"))


def _kind(lesson: Lesson, words: Words) -> str:
    kind = words.say("learning.video" if lesson.type.startswith("video/") else "learning.sound")
    length = length_said(lesson.seconds, words)
    return f"{kind} · {length}" if length else kind


def length_said(seconds: int, words: Words) -> str:
    """As people say it; empty when it is not known."""
    if seconds <= 0:
        return ""
    return (
        words.say("learning.minutes", n=round(seconds / 60))
        if seconds >= 60
        else words.say("learning.seconds", n=seconds)
    )
