"""Every screen of the neighbours, what is read aloud, and the night."""

from __future__ import annotations

from datetime import datetime

from sync.contract.departments import Said
from sync.contract.kiosk_box import Hotline, KioskBox, Opening
from tests.kiosk.pictures import Stage, scene
from tests.kiosk.pictures_residents import show, visit
from tests.kiosk.services_stage import NOW, Visit
from tests.kiosk.test_services_neighbours import CONTENT, PHONE


def begun(stage: Stage, *steps: tuple[str, str]) -> Visit:
    made = visit(stage)
    made.parts.neighbours.mint = lambda: "482109376"
    made.heard("services", CONTENT)
    for control, argument in (("neighbours", ""), *steps):
        assert made.press(control, argument), control
    return made


@scene("neighbours")
def neighbours(stage: Stage) -> None:
    show(stage, begun(stage))


@scene("activities")
def activities(stage: Stage) -> None:
    show(stage, begun(stage, ("activities", "")))


@scene("activity")
def activity(stage: Stage) -> None:
    show(stage, begun(stage, ("activities", ""), ("activity", "chess")))


@scene("join-people")
def join_people(stage: Stage) -> None:
    show(stage, begun(stage, ("activities", ""), ("activity", "chess"), ("join", "chess")))


def joined(stage: Stage) -> Visit:
    steps = (("activities", ""), ("activity", "chess"), ("join", "chess"), ("join-people", "2"))
    made = begun(stage, *steps)
    made.type(PHONE)
    return made


@scene("neighbour-phone")
def neighbour_phone(stage: Stage) -> None:
    show(stage, joined(stage))


@scene("neighbour-sent")
def neighbour_sent(stage: Stage) -> None:
    made = joined(stage)
    made.press("enter")
    show(stage, made)


@scene("propose")
def propose(stage: Stage) -> None:
    show(stage, begun(stage, ("propose", "")))


@scene("propose-words")
def propose_words(stage: Stage) -> None:
    show(stage, begun(stage, ("propose", ""), ("propose-kind", "help-wanted"), ("keys-phrase", "2")))


@scene("polls")
def polls(stage: Stage) -> None:
    show(stage, begun(stage, ("polls", "")))


@scene("poll")
def poll(stage: Stage) -> None:
    show(stage, begun(stage, ("polls", ""), ("poll", "bench")))


@scene("poll-answered")
def poll_answered(stage: Stage) -> None:
    show(stage, begun(stage, ("polls", ""), ("poll", "bench"), ("poll-answer", "0")))


@scene("poll-results")
def poll_results(stage: Stage) -> None:
    show(stage, begun(stage, ("polls", ""), ("poll-results", "music")))


@scene("reading-aloud")
def reading_aloud(stage: Stage) -> None:
    made = begun(stage, ("activities", ""), ("activity", "chess"))
    made.parts.speech.glass = stage.hand.screen.words
    show(stage, made)
    made.press("read")
    show(stage, made)


@scene("night")
def night(stage: Stage) -> None:
    made = visit(stage)
    now = datetime(2026, 11, 23, 23, 5, tzinfo=NOW.tzinfo)
    stage.hand.screen.bridge.wall = lambda: now
    made.parts.night.wall = lambda: now
    hours = (
        Opening(days=(1, 2, 3, 4, 5), opens="07:30", closes="21:00"),
        Opening(days=(6, 7), opens="08:30", closes="20:00"),
    )
    hotlines = (Hotline(name=Said("街道总机", "Street office"), number="12345"),)
    made.heard("settings", KioskBox(place="永善里便民超市", open=hours, hotlines=hotlines))
    made.press("end")
    show(stage, made)
    stage.hand.later(1.0)
