"""What `make bench` promises of its form. Nothing here measures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench import docs
from tests.bench.bench import FULL, QUICK
from tests.bench.figure import COLUMNS, Figure, Row, Scenario, Unmeasured, quantile
from tests.bench.raw_mqtt import PUBLISH, Reader, publish, published
from tests.bench.registry import SCENARIOS
from tests.bench.report import merge, read, rows_of

MUST_HOLD = {
    "gateway.disk_p99": 10,
    "gateway.edge_disk_p99": 10,
    "gateway.disk_p99_slow_fsync": 100,
    "gateway.receipt_p99": 25,
    "gateway.receipt_p99_draining": 100,
    "gateway.receipt_p99_slow_line": 1_000,
    "gateway.mqtt_rate": 12_000,
    "gateway.mqtt_cpu": 0.6,
    "gateway.mqtt_cpu_receiver": 0.3,
    "gateway.tcp_rate": 8_000,
    "gateway.drain_rate": 20_000,
    "gateway.drain_rate_puback": 100_000,
    "gateway.one_core_difference": 10,
    "gateway.rest_memory": 60,
    "gateway.rest_cpu": 1,
    "gateway.start": 1,
    "gateway.start_checked": 1,
    "gateway.growth": 1,
    "gateway.waiting_memory": 15,
    "gateway.written_lone": 24,
    "gateway.written_burst": 1.5,
    "gateway.back_on_line": 3,
    "gateway.back_on_line_long": 15,
    "gateway.alarm_after_outage": 250,
    "desk.receiver_rate": 20_000,
    "desk.second_receiver_lost": 0,
    "desk.second_receiver_doubled": 0,
    "desk.alarm_visible_p95": 300,
    "desk.alarm_receipt_p99": 100,
    "desk.flood_rate": 20_000,
    "desk.lists_p99": 200,
    "desk.races_wrong": 0,
    "desk.races_marks": 0,
    "desk.races_told_max": 500,
    "desk.offline_cases_off": 0,
    "desk.offline_exact": 2,
    "call.slots_filled": 99,
    "call.longest_gap": 60,
    "call.delay_p95": 150,
    "call.stoi_20": 0.75,
    "call.drift_slow": 40,
    "call.drift_fast": 40,
    "call.echo_down": 30,
    "call.echo_30_db_after": 2,
    "call.near_down": 6,
    "call.connect_direct_p95": 0.6,
    "call.connect_relay_p95": 1.5,
    "call.connect_dead_turn_p95": 1.5,
    "call.outage_5s_back": 3,
    "call.outage_20s_back": 3,
    "call.outage_45s_back": 3,
    "call.page_killed_said": 3,
    "call.picture_delay_p50": 80,
    "call.sound_delay": 150,
    "call.lips": 80,
    "call.engine_cpu": 35,
    "call.loss5_slots_filled": 99,
    "call.loss5_gap": 60,
    "call.loss5_sound_delay": 150,
    "call.loss5_picture_back": 2,
    "call.calls_500_memory": 1,
    "call.calls_500_threads": 0,
    "call.calls_500_handles": 0,
    "kiosk.start": 0.8,
    "kiosk.memory": 250,
    "kiosk.tap_p95": 50,
    "kiosk.tap_max": 100,
    "kiosk.growth": 5,
    "kiosk.crawl_findings": 0,
    "services.submissions_200_lost": 0,
    "services.submissions_200_doubled": 0,
    "services.submissions_200_without_file": 0,
    "services.content_live": 10,
    "services.content_lost_at_cut": 0,
    "services.content_memory": 40,
    "services.content_broken_shown": 0,
    "services.typing_pinyin": 95,
    "services.typing_strokes": 95,
    "services.notice_shown_p95": 2,
}
"""Every figure gateway, desk and call have to reach, with its bound."""

FIGURES = [figure for scenario in SCENARIOS for figure in scenario.figures]
MORE_IS_BETTER = {
    *("gateway.mqtt_rate", "gateway.tcp_rate", "gateway.drain_rate", "gateway.drain_rate_puback"),
    *("desk.receiver_rate", "desk.flood_rate", "desk.offline_exact"),
    *("call.slots_filled", "call.stoi_20", "call.echo_down", "call.loss5_slots_filled"),
    *("services.typing_pinyin", "services.typing_strokes"),
}


def test_every_figure_that_must_hold_has_a_row_with_its_goal() -> None:
    assert {f.name: f.goal for f in FIGURES if f.goal is not None} == MUST_HOLD


def test_a_rate_must_be_reached_and_everything_else_must_not_be_exceeded() -> None:
    assert {f.name for f in FIGURES if f.goal is not None and f.better == "higher"} == MORE_IS_BETTER


def test_names_are_unique_and_begin_with_their_part() -> None:
    names = [name for f in FIGURES for name in {f.name, f.called(quick=True)}]
    assert len(names) == len(set(names))
    assert {name.partition(".")[0] for name in names} == {"gateway", "desk", "call", "kiosk", "services"}


def test_the_plain_bridge_stands_beside_the_loads() -> None:
    beside = {f.name.removeprefix("gateway.bridge.") for f in FIGURES if f.name.startswith("gateway.bridge.")}
    assert {"mqtt_rate", "mqtt_cpu", "connections_rate", "drain_rate", "latency_p99", "latency_p99_draining"} <= beside


def test_a_smaller_load_is_not_taken_for_the_whole_one() -> None:
    shorter = {f.name for f in FIGURES if f.quick}
    assert (QUICK.growth_s, QUICK.outage_s) < (FULL.growth_s, FULL.outage_s)
    of_desk = {"desk.lists_p99", "desk.month_p99"}
    of_call = {"call.slots_filled", "call.slots_real", "call.longest_gap", "call.drift_slow", "call.drift_fast"}
    of_call |= {f"call.calls_500_{what}" for what in ("memory", "threads", "handles", "warm_up", "resident")}
    of_call |= {f"call.outage_{seconds}s_back" for seconds in (5, 20, 45)}
    of_gateway = {"gateway.growth", "gateway.back_on_line", "gateway.bridge.back_on_line"}
    of_kiosk = {"kiosk.growth", *(f"kiosk.crawl_{what}" for what in ("findings", "pictures", "taps", "pressed"))}
    assert of_gateway | of_desk | of_call | of_kiosk | {"services.content_live"} == shorter
    assert QUICK.backlog == FULL.backlog == 100_000


@pytest.fixture
def scenario() -> Scenario:
    figures = (
        Figure("gateway.a", "ms", 10, "a"),
        Figure("gateway.b", "events/s", 5, "b", "higher", quick="gateway.b2"),
    )
    return Scenario("gateway.one", "one", lambda _bench: {}, figures)


def test_a_row_has_these_columns_and_says_whether_the_goal_is_met(scenario: Scenario) -> None:
    rows = rows_of(scenario, {"gateway.a": 10.0, "gateway.b": 4.0}, "", quick=False)
    assert [tuple(row.document()) for row in rows] == [COLUMNS, COLUMNS]
    assert [(row.value, row.met) for row in rows] == [(10.0, True), (4.0, False)]
    assert rows[0].command == "make bench ONLY=gateway.one"


def test_what_was_not_measured_has_no_value_and_a_reason(scenario: Scenario) -> None:
    failed = rows_of(scenario, None, "OSError: no", quick=False)
    partly = rows_of(scenario, {"gateway.a": Unmeasured("no strace")}, "", quick=True)
    assert [(row.value, row.met, row.note) for row in failed] == [(None, None, "OSError: no")] * 2
    assert [(row.name, row.note) for row in partly] == [("gateway.a", "no strace"), ("gateway.b2", "not measured")]


def test_rows_of_other_parts_stay_when_one_part_runs_again(tmp_path: Path) -> None:
    file = tmp_path / "build" / "bench.json"
    merge(file, [_row("desk.x", 1.0), _row("gateway.a", 1.0)], ())
    merge(file, [_row("gateway.a", 2.0)], ["gateway.old"])
    assert [(row["name"], row["value"]) for row in read(file)] == [("desk.x", 1.0), ("gateway.a", 2.0)]
    assert isinstance(json.loads(file.read_text()), list)


def test_a_figure_of_the_other_kind_of_run_makes_way(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    merge(file, [_row("gateway.growth", 1.0)], ())
    merge(file, [_row("gateway.growth_two_minutes", 2.0)], ["gateway.growth", "gateway.growth_two_minutes"])
    assert [row["name"] for row in read(file)] == ["gateway.growth_two_minutes"]


def test_a_quantile_is_the_nearest_rank() -> None:
    assert quantile([float(n) for n in range(1, 201)], 0.99) == 198.0
    assert quantile([3.0], 0.5) == 3.0
    assert isinstance(quantile([], 0.99), Unmeasured)


def test_the_sources_speak_mqtt_that_the_listener_reads_in_pieces_of_any_size() -> None:
    said = publish("a/b", b"x" * 200, 7) + publish("c", b"", 65_535)
    reader = Reader()
    heard = [packet for byte in said for packet in reader.feed(bytes([byte]))]
    assert [packet.head & 0xF0 for packet in heard] == [PUBLISH, PUBLISH]
    assert [published(packet) for packet in heard] == [(b"a/b", b"\x00\x07", b"x" * 200), (b"c", b"\xff\xff", b"")]


def test_the_documentation_has_a_place_for_the_last_run() -> None:
    page = docs.PAGE.read_text(encoding="utf-8")
    assert page.index(docs.BEGIN) < page.index(docs.END)
    assert "| `gateway.a` | 1 | ms |" in docs.table([_row("gateway.a", 1.0).document()])


def _row(name: str, value: float) -> Row:
    return Row(name, value, "ms", None, None, "make bench")
