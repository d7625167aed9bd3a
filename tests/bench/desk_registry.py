"""The desk's figures and their goals."""

from __future__ import annotations

from tests.bench.figure import Figure, Scenario
from tests.bench.measures import desk_browsers, desk_flood, desk_lists, desk_receiver

MS, PER_S, COUNT = "ms", "events/s", "count"
CORE = "% of a core"

DESK = (
    Scenario(
        "desk.receiver",
        "a gateway's batches straight to the receiver",
        desk_receiver.rate,
        (
            Figure("desk.receiver_rate", PER_S, 20_000, "events stored by one receiver, idempotently", "higher"),
            Figure("desk.receiver_cpu", "CPU-s per 10,000", None, "CPU of the receiver meanwhile"),
        ),
    ),
    Scenario(
        "desk.second_receiver",
        "two receivers drain 100,000 events, one is killed",
        desk_receiver.second_killed,
        (
            Figure("desk.second_receiver_lost", COUNT, 0, "events lost when the second receiver of a group is killed"),
            Figure("desk.second_receiver_doubled", COUNT, 0, "events stored twice"),
        ),
    ),
    Scenario(
        "desk.flood",
        "an alarm to two browsers amid 20,000 events/s, with 48 more live pages",
        desk_flood.amid_flood,
        (
            Figure("desk.alarm_visible_p50", MS, None, "alarm given to the broker to its row drawn in a browser"),
            Figure("desk.alarm_visible_p95", MS, 300, "the same, 95th percentile"),
            Figure("desk.alarm_receipt_p99", MS, 100, "alarm given to the broker to its receipt, 99th percentile"),
            Figure("desk.flood_rate", PER_S, 20_000, "events stored meanwhile", "higher"),
            Figure("desk.flood_cpu_receiver", CORE, None, "CPU of the receiver meanwhile"),
            Figure("desk.flood_cpu_desk", CORE, None, "CPU of the desk meanwhile"),
            Figure("desk.flood_cpu_broker", CORE, None, "CPU of the broker meanwhile"),
        ),
    ),
    Scenario(
        "desk.lists",
        "every list with ten million events and a hundred thousand cases",
        desk_lists.lists,
        (
            Figure("desk.lists_p99", MS, 200, "the slowest list, 99th percentile", quick="desk.lists_p99_of_a_tenth"),
            Figure("desk.month_p99", MS, None, "the month's sheet", quick="desk.month_p99_of_a_tenth"),
        ),
    ),
    Scenario(
        "desk.races",
        "two Chromium windows click for one alarm within 5 ms",
        desk_browsers.races,
        (
            Figure("desk.races_wrong", COUNT, 0, "races without exactly one winner whose name the loser reads"),
            Figure("desk.races_marks", COUNT, 0, "marks that losers left"),
            Figure("desk.races_told_max", MS, 500, "the loser reads the winner's name, the slowest of all"),
            Figure("desk.races_told_p50", MS, None, "the same, median"),
        ),
    ),
    Scenario(
        "desk.offline",
        "three reports with photos, the browser killed, opened again",
        desk_browsers.offline,
        (
            Figure("desk.offline_cases_off", COUNT, 0, "cases too many or too few, in two stories"),
            Figure("desk.offline_exact", COUNT, 2, "stories with exactly three cases and all nine photos", "higher"),
        ),
    ),
)
