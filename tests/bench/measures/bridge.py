"""The plain mosquitto bridge under the same loads: what a site would use that has no gateway.

Devices publish to a mosquitto on the box; its `connection` section carries every message to the centre's broker over
the same TLS. A listener that only counts stands where the receiver stands. No disk is involved: what waits, waits in
memory, and a crash loses it.
"""

from __future__ import annotations

import contextlib
import getpass
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from edge.demo.stage import Program
from tests.bench.bench import Bench
from tests.bench.devices import GATEWAY, TRACKERS
from tests.bench.figure import Values, quantile
from tests.bench.flow import watch
from tests.bench.listener import BORN, Listener
from tests.bench.process import fine_cpu_s, resident_mb
from tests.bench.raw_mqtt import opened, publish
from tests.bench.rig import Rig

CONF = """\
user {user}
listener {port} 127.0.0.1
allow_anonymous true
max_queued_messages 0
max_inflight_messages 1000
set_tcp_nodelay true
log_dest stderr
connection centre
address 127.0.0.1:{to}
bridge_cafile {ca}
bridge_certfile {cert}
bridge_keyfile {key}
remote_clientid {name}
cleansession false
notifications false
bridge_protocol_version mqttv50
topic # out 1 zigbee2mqtt/ linli/v1/{name}/up/
"""
ALARM = "zigbee2mqtt/alarm"
GAP_S = 0.02


def bridge(bench: Bench) -> Values:
    """At rest, then as much as comes, then an outage."""
    with bench.directory() as directory, Rig(directory) as rig:
        rig.start_broker()
        with Listener(rig) as listener:
            program = _start(rig, directory)
            _carried(rig, listener)
            return {
                **_at_rest(bench, rig, program, listener),
                **_ingest(bench, rig, program, listener),
                **_outage(bench, rig, program, listener),
            }


def _start(rig: Rig, directory: Path) -> Program:
    own = rig.authority.client(GATEWAY)
    conf = directory / "bridge.conf"
    conf.write_text(
        CONF.format(
            user=getpass.getuser(),  # started by root, mosquitto would become another user, who may not read the keys
            port=rig.house_port,
            to=rig.broker_port,
            ca=rig.authority.ca,
            cert=own.cert,
            key=own.key,
            name=GATEWAY,
        )
    )
    return rig.start_other("bridge", [rig.broker.command[0], "-c", str(conf)])


def _at_rest(bench: Bench, rig: Rig, program: Program, listener: Listener) -> Values:
    time.sleep(1.0)
    began, before = time.monotonic(), fine_cpu_s(program.pid)
    time.sleep(bench.load.rest_s / 2)
    share = (fine_cpu_s(program.pid) - before) / (time.monotonic() - began) * 100
    memory = resident_mb(program.pid)
    ways = len(listener.ways_s)
    with _publisher(rig) as say:
        for _ in range(bench.load.presses):
            say()
            time.sleep(GAP_S)
        rig.until(lambda: len(listener.ways_s) - ways >= bench.load.presses, 10, "every alarm of the bridge")
    ways_ms = [way * 1000 for way in listener.ways_s[ways:]]
    return {
        "gateway.bridge.rest_memory": memory,
        "gateway.bridge.rest_cpu": share,
        "gateway.bridge.latency_p50": quantile(ways_ms, 0.5),
        "gateway.bridge.latency_p99": quantile(ways_ms, 0.99),
    }


def _ingest(bench: Bench, rig: Rig, program: Program, listener: Listener) -> Values:
    values: dict[str, float] = {}
    loads = (("mqtt", bench.load.ingest, 1), ("connections", bench.load.positions, TRACKERS))
    for name, count, connections in loads:
        before = listener.count
        with rig.source("doors", port=rig.house_port, count=count, connections=connections) as source:
            flow = watch(count, lambda: listener.count - before, {"bridge": program.pid})  # noqa: B023 - used here only
            rig.source_done(source)
        values[f"gateway.bridge.{name}_rate"] = flow.per_s
        values[f"gateway.bridge.{name}_cpu"] = flow.cpu_s["bridge"]
    return values


def _outage(bench: Bench, rig: Rig, program: Program, listener: Listener) -> Values:
    load = bench.load
    rig.broker.kill()
    returns_at = time.monotonic() + load.outage_s
    before_mb = resident_mb(program.pid)
    with rig.source("doors", port=rig.house_port, count=load.backlog) as doors:
        rig.source_done(doors)
    waiting_mb = resident_mb(program.pid) - before_mb
    time.sleep(max(0.0, returns_at - time.monotonic()))
    count, ways = listener.count, len(listener.ways_s)
    rig.start_broker()
    began = time.monotonic()
    with _publisher(rig) as say:
        rig.until(lambda: listener.count > count, 120, "the bridge is back", every_s=0.002)
        back_s = time.monotonic() - began
        said, first = 0, listener.count
        while (had := listener.count - count) < load.backlog:
            say()
            said += 1
            time.sleep(GAP_S)
        per_s = (had - (first - count)) / (time.monotonic() - began - back_s)
        rig.until(lambda: len(listener.ways_s) - ways >= said, 30, "every alarm of the bridge")
    ways_ms = [way * 1000 for way in listener.ways_s[ways:]]
    return {
        "gateway.bridge.waiting_memory": waiting_mb,
        "gateway.bridge.back_on_line": back_s,
        "gateway.bridge.drain_rate": per_s,
        "gateway.bridge.latency_p99_draining": quantile(ways_ms, 0.99),
    }


def _carried(rig: Rig, listener: Listener) -> None:
    """Wait until the bridge carries: what is said before that is queued, not lost."""
    with _publisher(rig) as say:
        say()
        rig.until(lambda: listener.ways_s, 60, "the bridge carries")


class _Publisher:
    """Says alarms that carry when they were said."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket, self._count = connection, 0

    def __call__(self) -> None:
        self._count += 1
        payload = b'{"action":"emergency",' + BORN + b"%.6f}" % time.time()
        self._socket.sendall(publish(ALARM, payload, self._count))
        self._socket.recv(4)


@contextlib.contextmanager
def _publisher(rig: Rig) -> Iterator[_Publisher]:
    deadline = time.monotonic() + 10
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", rig.house_port), timeout=10)
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield _Publisher(opened(connection, "presser"))
