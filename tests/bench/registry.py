"""Which scenario measures which figures, and the goals, one row for each number that must hold."""

from __future__ import annotations

from tests.bench import call_registry, desk_registry, kiosk_registry, services_registry
from tests.bench.figure import Figure, Scenario
from tests.bench.measures import at_rest, bridge, drain, endurance, ingest, machine, outage, pins, slow_disk

MS, S, MB, KB, PER_S = "ms", "s", "MB", "KB", "events/s"
CPU = "CPU-s per 10,000"
PERCENT = "% of a core"

GATEWAY = (
    Scenario(
        "gateway.machine",
        "how fast the machine is now",
        machine.calibrate,
        (
            Figure("gateway.machine.loop", S, None, "five million turns of a loop in Python"),
            Figure("gateway.machine.fdatasync_p50", MS, None, "fdatasync of 4 KB where the stores lie"),
            Figure("gateway.machine.fdatasync_p99", MS, None, "the same, 99th percentile"),
        ),
    ),
    Scenario(
        "gateway.rest",
        "nothing to do",
        at_rest.rest,
        (
            Figure("gateway.rest_memory", MB, 60, "resident memory of the gateway at rest"),
            Figure("gateway.rest_cpu", PERCENT, 1, "CPU of the gateway at rest"),
        ),
    ),
    Scenario(
        "gateway.start",
        "from the start to the first stored event",
        at_rest.start,
        (
            Figure("gateway.start", S, 1, "from start to the first stored event, configuration checked before"),
            Figure("gateway.start_checked", S, 1, "the same when configuration or profiles changed and are checked"),
        ),
    ),
    Scenario(
        "gateway.press",
        "one press at a time",
        at_rest.press,
        (
            Figure("gateway.disk_p50", MS, None, "deciding byte to disk, seen from the device"),
            Figure("gateway.disk_p99", MS, 10, "the same, 99th percentile"),
            Figure("gateway.receipt_p50", MS, None, "deciding byte to the centre's receipt"),
            Figure("gateway.receipt_p99", MS, 25, "the same, 99th percentile"),
        ),
    ),
    Scenario(
        "gateway.edge",
        "a wired button",
        pins.edge_to_lamp,
        (
            Figure(
                "gateway.edge_disk_p50", MS, None, "edge of a pin, plus debounce, to the lamp that says it is on disk"
            ),
            Figure("gateway.edge_disk_p99", MS, 10, "the same, 99th percentile"),
        ),
    ),
    Scenario(
        "gateway.slow_fsync",
        "every fsync takes 40 ms longer",
        slow_disk.press,
        (
            Figure(
                slow_disk.FIGURE, MS, 100, "deciding byte to disk when every fsync is delayed by 40 ms, 99th percentile"
            ),
        ),
    ),
    Scenario(
        "gateway.ingest_mqtt",
        "as much as comes, from an MQTT source",
        ingest.doors,
        (
            Figure("gateway.mqtt_rate", PER_S, 12_000, "from an MQTT source, bytes to receipt", "higher"),
            Figure("gateway.mqtt_cpu", CPU, 0.6, "CPU of the gateway meanwhile"),
            Figure("gateway.mqtt_cpu_receiver", CPU, 0.3, "CPU of the receiver meanwhile"),
            Figure("gateway.mqtt_cpu_broker", CPU, None, "CPU of the centre's broker meanwhile"),
            Figure("gateway.written_burst", KB, 1.5, "written to disk for each event of this burst"),
        ),
    ),
    Scenario(
        "gateway.ingest_tcp",
        "as much as comes, GT06 over 200 connections",
        ingest.trackers,
        (
            Figure(
                "gateway.tcp_rate", PER_S, 8_000, "GT06 positions, each answered after its commit, to receipt", "higher"
            ),
            Figure("gateway.tcp_cpu", CPU, None, "CPU of the gateway meanwhile"),
            Figure("gateway.tcp_cpu_receiver", CPU, None, "CPU of the receiver meanwhile"),
        ),
    ),
    Scenario(
        "gateway.drain",
        "100,000 waiting events go",
        drain.to_receipt,
        (
            Figure("gateway.drain_rate", PER_S, 20_000, "backlog to receipt and deletion", "higher"),
            Figure("gateway.drain_cpu", CPU, None, "CPU of the gateway meanwhile"),
            Figure("gateway.drain_cpu_receiver", CPU, None, "CPU of the receiver meanwhile"),
        ),
    ),
    Scenario(
        "gateway.drain_puback",
        "the same with custody: puback",
        drain.by_puback,
        (Figure("gateway.drain_rate_puback", PER_S, 100_000, "backlog to PUBACK and deletion", "higher"),),
    ),
    Scenario(
        "gateway.press_draining",
        "presses while 100,000 events go",
        drain.press_meanwhile,
        (
            Figure("gateway.disk_p99_draining", MS, None, "deciding byte to disk while 100,000 events drain"),
            Figure("gateway.receipt_p99_draining", MS, 100, "deciding byte to receipt meanwhile, 99th percentile"),
        ),
    ),
    Scenario(
        "gateway.press_slow_line",
        "presses while 100,000 events go through 1 Mbit/s and 200 ms",
        drain.press_on_slow_line,
        (
            Figure("gateway.receipt_p99_slow_line", MS, 1_000, "deciding byte to receipt meanwhile, 99th percentile"),
            Figure("gateway.drain_rate_slow_line", PER_S, None, "backlog to receipt meanwhile", "higher"),
        ),
    ),
    Scenario(
        "gateway.one_core",
        "3,000 events/s on one core and on all",
        ingest.one_core,
        (
            Figure("gateway.one_core_difference", "%", 10, "CPU of the gateway on one core against all cores"),
            Figure("gateway.one_core_cpu", CPU, None, "CPU of the gateway on one core"),
            Figure("gateway.all_cores_cpu", CPU, None, "CPU of the gateway on all cores"),
        ),
    ),
    Scenario(
        "gateway.lone",
        "what one event costs the disk",
        at_rest.lone_events,
        (
            Figure("gateway.written_lone", KB, 24, "written to disk for one lone event, to its deletion"),
            Figure("gateway.written_lone_alarm", KB, None, "the same for an alarm, with its row and its stages"),
        ),
    ),
    Scenario(
        "gateway.outage",
        "the broker is away for a minute",
        outage.one_minute,
        (
            Figure("gateway.waiting_memory", MB, 15, "resident memory more with 100,000 events waiting"),
            Figure(
                "gateway.back_on_line",
                S,
                3,
                "back on the line after the broker returns from a one-minute outage",
                quick="gateway.back_on_line_after_12_s",
            ),
            Figure(
                "gateway.alarm_after_outage", MS, 250, "an alarm raised meanwhile, line up to receipt, 100,000 waiting"
            ),
        ),
    ),
    Scenario(
        "gateway.bridge",
        "the plain mosquitto bridge under the same loads",
        bridge.bridge,
        (
            Figure("gateway.bridge.rest_memory", MB, None, "resident memory at rest"),
            Figure("gateway.bridge.rest_cpu", PERCENT, None, "CPU at rest"),
            Figure("gateway.bridge.latency_p50", MS, None, "one message at a time, publish to the centre's listener"),
            Figure("gateway.bridge.latency_p99", MS, None, "the same, 99th percentile"),
            Figure("gateway.bridge.mqtt_rate", PER_S, None, "the load of gateway.mqtt_rate", "higher"),
            Figure("gateway.bridge.mqtt_cpu", CPU, None, "CPU meanwhile"),
            Figure("gateway.bridge.connections_rate", PER_S, None, "MQTT over 200 connections", "higher"),
            Figure("gateway.bridge.connections_cpu", CPU, None, "CPU meanwhile"),
            Figure("gateway.bridge.waiting_memory", MB, None, "resident memory more with 100,000 waiting"),
            Figure(
                "gateway.bridge.back_on_line",
                S,
                None,
                "back on the line after the broker returns from a one-minute outage",
                quick="gateway.bridge.back_on_line_after_12_s",
            ),
            Figure("gateway.bridge.drain_rate", PER_S, None, "100,000 waiting events to the listener", "higher"),
            Figure("gateway.bridge.latency_p99_draining", MS, None, "an alarm meanwhile, 99th percentile"),
        ),
    ),
    Scenario(
        "gateway.endurance",
        "ten minutes at 200 events/s, and a long outage beside it",
        endurance.endure,
        (
            Figure(
                "gateway.growth",
                MB,
                1,
                "resident memory more after ten minutes at 200 events/s, after warm-up",
                quick="gateway.growth_two_minutes",
            ),
            Figure("gateway.back_on_line_long", S, 15, "back on the line after an outage of two and a half minutes"),
        ),
    ),
)

SCENARIOS = (*GATEWAY, *desk_registry.DESK, *call_registry.CALL, *kiosk_registry.KIOSK, *services_registry.SERVICES)
