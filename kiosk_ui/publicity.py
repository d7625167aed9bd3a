"""公示: what became of last month's reports, in figures and case by case. And the hub of neighbours and learning."""

from __future__ import annotations

import re

from kiosk_ui.content import told
from kiosk_ui.departments import name_of
from kiosk_ui.reading import block, entries, gone, reading
from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, View
from sync.contract.services import ClosedCase

MONTH = re.compile(r"(\d{4})-(\d{2})")

HUB: list[tuple[str, str]] = [
    ("activities", "neighbours"),
    ("propose", "write"),
    ("polls", "case"),
    ("lessons", "learn"),
    ("publicity", "chart"),
]
"""What stands behind 邻里学习: a control, which also names its words, and a drawing."""


def neighbours(scene: Scene) -> View:
    """The hub."""
    say = scene.words.say
    rows = [Row(name, "", say(f"neighbours.{name}"), say(f"neighbours.{name}_detail"), art=art) for name, art in HUB]
    return View(say("home.neighbours"), {"strip": ""}, tuple(rows))


def publicity(scene: Scene) -> View:
    """The figures above, each case below."""
    say, found = scene.words.say, scene.services.publicity
    strip = ""
    if found.month:
        strip = say("publicity.figures", n=found.closed)
        if found.on_time:
            strip += " · " + say("publicity.on_time", percent=round(found.on_time * 100))
    title = say("publicity.of", month=_month(scene, found.month)) if found.month else say("neighbours.publicity")
    numbered = list(enumerate(found.cases))

    def row(one: tuple[int, ClosedCase]) -> Row:
        n, case = one
        kind, done = told(case.kind, scene.words.language), told(case.done, scene.words.language)
        return Row("public-case", str(n), kind, done, _days(scene, case), tone="good")

    return entries(scene, title, numbered, row, empty=say("publicity.none"), strip=strip)


def public_case(scene: Scene) -> View:
    """One case, whole."""
    cases = scene.services.publicity.cases
    if not scene.subject.isdecimal() or int(scene.subject) >= len(cases):
        return gone(scene)
    case, say, language = cases[int(scene.subject)], scene.words.say, scene.words.language
    blocks = [block(say("publicity.done"), told(case.done, language)), block(say("publicity.took"), _days(scene, case))]
    if case.department:
        known = scene.box.department(case.department)
        blocks.append(block(say("publicity.by"), name_of(known.name, language) if known else case.department))
    return reading(scene, told(case.kind, language), blocks)


def _days(scene: Scene, case: ClosedCase) -> str:
    return scene.words.say("publicity.days", n=case.days) if case.days else scene.words.say("publicity.same_day")


def _month(scene: Scene, month: str) -> str:
    found = MONTH.fullmatch(month)
    return scene.words.say("publicity.month", year=found[1], month=int(found[2])) if found else month
