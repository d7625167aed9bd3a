from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.gpio_button import DRIVER, Settings
from drivers.loop import bands, loop_state
from drivers.model import Command, Event, Heard, Kind, Level, Refused, Sample, Verb
from edge.repeats import Repeats
from tests.drivers.timeline import changes, events, instant, play, start, vectors

HIGH, LOW = Level("b1", high=True), Level("b1", high=False)
IDLE = [(0.0, HIGH)]
NORMAL, ALARM, CUT, SHORT = (Sample("b1", ratio) for ratio in (0.5, 0.667, 0.999, 0.001))
SUPERVISED = Settings(contact="normally-closed")


def alarms(heard: list[tuple[float, Heard]]) -> list[tuple[float, str | None]]:
    return [(round(ms), event.alarm) for ms, event in events(heard) if event.kind is Kind.ALARM]


def one(heard: list[tuple[float, Heard]], alarm: str) -> Event:
    (event,) = (event for _, event in events(heard) if event.alarm == alarm)
    return event


@pytest.mark.parametrize("vector", [v for v in vectors("gpio-") if "role" not in v["config"]], ids=lambda v: v["id"])
def test_recorded_timelines_of_buttons_come_out(vector: dict[str, Any]) -> None:
    config = vector["config"]
    settings = Settings(debounce_ms=config["debounce_ms"], active=config["active"])
    timeline = [(float(ms), Level("b1", high=bool(level))) for ms, level in vector["timeline_ms_level"]]
    heard = play(start(DRIVER, settings), timeline, timeline[-1][0] + 1000)
    got = [(ms, event) for ms, event in changes(heard) if event.kind is Kind.ALARM]
    assert len(got) == len(vector["events"])
    for (ms, event), wanted in zip(got, vector["events"], strict=True):
        assert abs(ms - wanted["t"]) <= vector["tolerance_ms"]
        assert event.alarm == wanted.get("alarm", "sos")


@pytest.mark.parametrize("vector", vectors("eol-"), ids=lambda v: v["id"])
def test_recorded_loops_come_out(vector: dict[str, Any]) -> None:
    config = vector["config"]
    limits = bands(config["pull_up_ohm"], config["series_ohm"], config["eol_ohm"])
    assert loop_state(vector["adc"] / (2 ** config["adc_bits"] - 1), limits) == vector["state"]


def test_a_press_is_an_sos_after_the_debounce_time_and_its_length_is_told_at_its_end() -> None:
    heard = play(start(DRIVER), [*IDLE, (500, LOW), (620, HIGH)], 2000)
    assert alarms(heard) == [(550, "sos")]
    (ms, released) = changes(heard)[-1]
    assert (round(ms), released.kind, released.attributes["press_ms"]) == (670, Kind.STATUS, 120)


def test_bouncing_is_one_press_and_its_last_edge_decides() -> None:
    edges = [(500.0 + 4 * i, LOW if i % 2 == 0 else HIGH) for i in range(9)]
    heard = play(start(DRIVER), [*IDLE, *edges, (900, HIGH)], 2000)
    assert alarms(heard) == [(582, "sos")]
    assert one(heard, "sos").attributes["edge_ms_ago"] == 50


def test_the_lamp_is_owed_for_the_alarm_and_for_nothing_else() -> None:
    heard = play(start(DRIVER), [*IDLE, (500, LOW), (620, HIGH)], 2000)
    assert [one.reply for _, one in heard] == [b"", b"lamp blink 600", b""]


def test_edges_decide_even_if_nobody_called_in_time() -> None:
    decoder = start(DRIVER)
    decoder.feed(HIGH, instant(0))
    decoder.feed(LOW, instant(1000))
    heard = decoder.feed(HIGH, instant(40_000))
    names = [event.alarm or event.attributes.get("press") for one in heard for event in one.events]
    assert names == ["sos", "long", "fault"]


def test_a_long_press_is_reported_while_it_lasts_and_raises_what_the_settings_say() -> None:
    press = [*IDLE, (1000, LOW), (6000, HIGH)]
    plain = play(start(DRIVER), press, 8000)
    assert [(round(ms), event.attributes["press"]) for ms, event in events(plain) if "press" in event.attributes] == [
        (4000, "long")
    ]
    only_long = play(start(DRIVER, Settings(short_press="", long_press="sos")), press, 8000)
    assert alarms(only_long) == [(4000, "sos")]


def test_a_press_that_ends_at_the_long_press_time_is_not_long() -> None:
    heard = play(start(DRIVER, Settings(long_press="fallDown")), [*IDLE, (1000, LOW), (3990, HIGH)], 8000)
    assert alarms(heard) == [(1050, "sos")]


def test_a_button_held_for_thirty_seconds_is_stuck_once() -> None:
    heard = play(start(DRIVER), [*IDLE, (1000, LOW)], 300_000)
    assert alarms(heard) == [(1050, "sos"), (31_000, "fault")]
    assert one(heard, "fault").attributes["fault"] == "stuck"


def test_the_state_at_the_start_is_reported() -> None:
    ((ms, event),) = events(play(start(DRIVER), IDLE, 1000))
    assert (ms, event.kind, event.attributes["pressed"], event.attributes["start"]) == (50, Kind.STATUS, False, True)


def test_a_button_found_pressed_at_the_start_is_a_held_alarm() -> None:
    event = one(play(start(DRIVER), [(0.0, LOW)], 1000), "sos")
    assert event.held
    assert event.attributes["start"]


def test_a_press_is_never_a_held_alarm_so_that_each_one_counts() -> None:
    heard = play(start(DRIVER), [*IDLE, (1000, LOW), (1200, HIGH), (2000, LOW), (2200, HIGH)], 4000)
    assert [event.held for _, event in events(heard) if event.alarm] == [False, False]


def test_what_is_set_is_told_with_every_frame() -> None:
    heard = play(start(DRIVER), [*IDLE, (1000, LOW), (1200, HIGH)], 4000)
    assert [one.levels for _, one in heard] == [frozenset(), frozenset({"sos"}), frozenset()]


def test_a_restart_raises_what_nobody_knew_and_nothing_twice() -> None:
    tampered: list[tuple[float, object]] = [(0, HIGH), (0, Level("b1:tamper", high=False))]
    before = [*tampered, (1000, LOW), (2000, Level("b1:tamper", high=True))]
    repeats = Repeats()
    first = [one for _, heard in play(start(DRIVER), before, 9000) for one in repeats.fresh(heard)]
    assert [event.alarm for event, _ in first if event.alarm] == ["sos", "tampering"]
    still: list[tuple[float, object]] = [(0, LOW), (0, Level("b1:tamper", high=True))]
    again = [one for _, heard in play(start(DRIVER), still, 9000) for one in repeats.fresh(heard)]
    assert [event.alarm for event, _ in again if event.alarm] == []
    unknown = [one for _, heard in play(start(DRIVER), still, 9000) for one in Repeats().fresh(heard)]
    assert [event.alarm for event, _ in unknown if event.alarm] == ["sos", "tampering"]
    pressed = [*still, (1000, HIGH), (2000, LOW)]
    new = [one for _, heard in play(start(DRIVER), pressed, 9000) for one in repeats.fresh(heard)]
    assert [event.alarm for event, _ in new if event.alarm] == ["sos"]


def test_levels_are_not_told_before_all_lines_are_known() -> None:
    timeline: list[tuple[float, object]] = [(0, LOW), (0, Level("b1:tamper", high=True))]
    heard = play(start(DRIVER), timeline, 1000)
    assert [one.levels for _, one in heard][-1] == frozenset({"sos", "tampering"})
    assert all(one.levels in (None, frozenset({"sos", "tampering"})) for _, one in heard)


def test_a_normally_closed_button_alarms_when_its_wire_is_cut() -> None:
    heard = play(start(DRIVER, Settings(contact="normally-closed")), [(0, LOW), (1000, HIGH)], 3000)
    assert alarms(heard) == [(1050, "sos")]


def test_an_opened_housing_is_tampering_until_it_is_closed() -> None:
    shut, opened = Level("b1:tamper", high=False), Level("b1:tamper", high=True)
    heard = play(start(DRIVER), [(0, HIGH), (0, shut), (1000, opened), (9000, shut)], 20_000)
    assert alarms(heard) == [(1050, "tampering")]
    assert heard[-1][1].levels == frozenset()
    assert heard[-1][1].events[0].attributes["restored"] == "cover"


def test_a_supervised_loop_alarms_after_it_settled() -> None:
    heard = play(start(DRIVER, SUPERVISED), [(0, NORMAL), (2000, ALARM), (3000, NORMAL)], 5000)
    assert alarms(heard) == [(2300, "sos")]
    assert events(heard)[-1][1].attributes["press_ms"] == 1000


def test_a_normally_open_button_on_a_loop_alarms_when_it_closes() -> None:
    heard = play(start(DRIVER), [(0, ALARM), (2000, NORMAL)], 5000)
    assert alarms(heard) == [(2300, "sos")]


@pytest.mark.parametrize(("item", "what"), [(CUT, "open"), (SHORT, "short")])
def test_a_cut_or_shorted_loop_is_tampering_and_no_press(item: Sample, what: str) -> None:
    heard = play(start(DRIVER, SUPERVISED), [(0, NORMAL), (2000, item)], 60_000)
    assert alarms(heard) == [(2300, "tampering")]
    assert one(heard, "tampering").attributes["tamper"] == what


def test_a_loop_that_passes_through_a_band_on_its_way_is_not_in_it() -> None:
    heard = play(start(DRIVER, SUPERVISED), [(0, NORMAL), (2000, ALARM), (2100, CUT)], 9000)
    assert alarms(heard) == [(2400, "tampering")]


def test_a_press_after_a_mended_loop_counts() -> None:
    heard = play(start(DRIVER, SUPERVISED), [(0, CUT), (2000, NORMAL), (4000, ALARM)], 9000)
    assert alarms(heard) == [(300, "tampering"), (4300, "sos")]


def test_what_cannot_be_measured_is_a_cut_wire() -> None:
    heard = play(start(DRIVER, SUPERVISED), [(0, NORMAL), (2000, Sample("b1", float("nan")))], 9000)
    assert alarms(heard) == [(2300, "tampering")]


def test_a_contact_that_never_stands_still_is_one_fault() -> None:
    edges = [(1000.0 + 10 * i, LOW if i % 2 == 0 else HIGH) for i in range(2001)]
    heard = play(start(DRIVER), [*IDLE, *edges, (30_000, HIGH)], 60_000)
    assert alarms(heard)[0] == (3000, "fault")
    assert [name for _, name in alarms(heard)].count("fault") == 1


def test_a_flood_of_presses_is_bounded_and_none_is_swallowed() -> None:
    edges = [(1000.0 + 100 * i, LOW if i % 2 == 0 else HIGH) for i in range(600)]
    heard = play(start(DRIVER), [*IDLE, *edges], 120_000)
    sos = [event for _, event in events(heard) if event.alarm == "sos"]
    assert len(sos) <= 10 + 60 / 3 + 1
    assert sum(int(event.attributes.get("presses") or 1) for event in sos) == 300
    assert [name for _, name in alarms(heard)].count("fault") == 1
    assert events(heard)[-1][1].attributes["mended"] == "chattering"


def test_several_buttons_on_one_port_do_not_touch_each_other() -> None:
    other = Level("b2", high=True)
    heard = play(start(DRIVER), [*IDLE, (0, other), (500, LOW)], 1000)
    assert [(event.device, event.alarm) for _, event in events(heard) if event.alarm] == [("b1", "sos")]


def test_the_lamp_can_be_told() -> None:
    decoder = start(DRIVER)
    assert decoder.say(Command(Verb.OUTPUT, "b1", on=True), instant(0)) == b"lamp on"
    assert decoder.say(Command(Verb.CONFIRM, "b1", alarm="sos"), instant(0)) == b"lamp on 600"
    assert isinstance(decoder.say(Command(Verb.LOCATE, "b1"), instant(0)), Refused)


def test_what_is_no_level_is_noted_and_nothing_else() -> None:
    decoder = start(DRIVER)
    for item in (b"bytes", Level("", high=True), Level("b1:other", high=True), None):
        (heard,) = decoder.feed(item, instant(0))
        assert heard.note is not None
        assert not heard.events


@given(
    st.lists(
        st.tuples(
            st.integers(0, 4000), st.sampled_from([HIGH, LOW, NORMAL, ALARM, CUT, Level("b1:tamper", high=True)])
        ),
        max_size=60,
    )
)
def test_timers_always_move_on_and_lateness_changes_nothing_but_the_hour(steps: list[tuple[int, object]]) -> None:
    timeline: list[tuple[float, object]] = [(0, HIGH)]
    for step, item in steps:
        timeline.append((timeline[-1][0] + step, item))
    assert all(a[0] <= b[0] for a, b in pairwise(timeline))
    prompt = play(start(DRIVER), timeline, timeline[-1][0] + 100_000)
    late = start(DRIVER)
    heard = [one for ms, item in timeline for one in late.feed(item, instant(ms))]
    heard += late.tick(instant(timeline[-1][0] + 100_000))

    def sos(all_heard: list[Heard]) -> int:
        found = [event for one in all_heard for event in one.events if event.alarm == "sos"]
        return sum(int(event.attributes.get("presses") or 1) for event in found)

    assert sos([one for _, one in prompt]) == sos(heard)
