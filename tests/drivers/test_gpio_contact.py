from __future__ import annotations

from typing import Any

import pytest

from drivers.gpio_contact import DRIVER, Settings
from drivers.model import Command, Kind, Level, Refused, Sample, Verb
from tests.drivers.timeline import changes, events, instant, play, start, vectors

SHUT, OPEN = Level("door-301", high=False), Level("door-301", high=True)


@pytest.mark.parametrize("vector", [v for v in vectors("gpio-") if "role" in v["config"]], ids=lambda v: v["id"])
def test_recorded_timelines_of_doors_come_out(vector: dict[str, Any]) -> None:
    config = vector["config"]
    settings = Settings(debounce_ms=config["debounce_ms"], closed_level=config["closed_level"])
    timeline = [(float(ms), Level("d", high=bool(level))) for ms, level in vector["timeline_ms_level"]]
    got = changes(play(start(DRIVER, settings), timeline, timeline[-1][0] + 1000))
    assert [event.open for _, event in got] == [wanted["open"] for wanted in vector["events"]]
    for (ms, _), wanted in zip(got, vector["events"], strict=True):
        assert abs(ms - wanted["t"]) <= vector["tolerance_ms"]


@pytest.mark.parametrize(("level", "is_open"), [(SHUT, False), (OPEN, True)])
def test_the_state_at_the_start_is_reported(level: Level, is_open: bool) -> None:  # noqa: FBT001 - a table
    ((ms, event),) = events(play(start(DRIVER), [(0, level)], 1000))
    assert (ms, event.kind, event.open, event.attributes["start"]) == (50, Kind.CONTACT, is_open, True)


def test_the_closed_level_can_be_high() -> None:
    for settings in (Settings(closed_level=1), Settings(active="high"), Settings(active="low", closed_level=1)):
        heard = play(start(DRIVER, settings), [(0, OPEN), (500, SHUT)], 1000)
        assert [event.open for _, event in events(heard)] == [False, True]


def test_a_glitch_is_nothing() -> None:
    assert changes(play(start(DRIVER), [(0, SHUT), (500, OPEN), (530, SHUT)], 5000)) == []


def test_a_door_that_hangs_loose_is_bounded_and_ends_with_how_it_stands() -> None:
    edges = [(1000.0 + 100 * i, OPEN if i % 2 == 0 else SHUT) for i in range(601)]
    heard = play(start(DRIVER), [(0, SHUT), *edges], 120_000)
    contacts = [event for _, event in events(heard) if event.kind is Kind.CONTACT]
    assert len(contacts) <= 1 + 10 + 61 / 3 + 1
    assert contacts[-1].open is True
    assert [event.alarm for _, event in events(heard) if event.alarm] == ["fault"]
    assert sum(int(event.attributes.get("moves") or 1) for event in contacts[1:]) == 601


def test_a_supervised_door_knows_a_cut_wire_from_an_open_door() -> None:
    normal, alarm, cut = (Sample("d", ratio) for ratio in (0.5, 0.667, 1.0))
    heard = play(start(DRIVER), [(0, normal), (2000, alarm), (4000, cut)], 9000)
    assert [(event.open, event.alarm) for _, event in events(heard)] == [
        (False, None),
        (True, None),
        (None, "tampering"),
    ]


def test_a_contact_cannot_be_told_anything() -> None:
    assert isinstance(start(DRIVER).say(Command(Verb.OUTPUT, "d", on=True), instant(0)), Refused)
