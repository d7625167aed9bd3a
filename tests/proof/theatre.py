"""A stage with two tracker ports, and what a story does on it: start, die, go on, be judged."""

from __future__ import annotations

import asyncio
import socket
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from edge.demo.broker_files import free_ports
from edge.demo.stage import Stage, StageError
from sync.mqtt import Arrived, Broker, Connection, Tls
from tests.proof.judge import Verdict, judge, waiting
from tests.proof.neighbours import Neighbour, some

START_S = 30.0


class Theatre(Stage):
    """Broker and receiver run all the time; the gateway is what stories are about."""

    def __init__(
        self,
        directory: Path | None = None,
        *,
        config: Mapping[str, Any] | None = None,
        line_port: int | None = None,
    ) -> None:
        self.gt06, self.jt808 = free_ports(2)
        ports = [
            {"name": "trackers", "kind": "tcp", "profile": "gt06", "listen": f"127.0.0.1:{self.gt06}"},
            {"name": "terminals", "kind": "tcp", "profile": "jt808", "listen": f"127.0.0.1:{self.jt808}"},
        ]
        place = directory or Path(tempfile.mkdtemp(prefix="ll-", dir="/tmp"))
        super().__init__(place, ports, config=config, line_port=line_port)

    def rise(self, failpoint: str | None = None) -> None:
        """Start the gateway; returns when it listens, or when it is dead already."""
        self.start_gateway({"LINLI_FAILPOINT": failpoint} if failpoint else None, wait=False)
        deadline = time.monotonic() + START_S
        while not all(listens(port) for port in (self.gt06, self.jt808)):
            if not self.gateway.running and failpoint:
                return
            if not self.gateway.running or time.monotonic() > deadline:
                raise StageError(f"the gateway did not start:\n{self.gateway.tail()}")
            time.sleep(0.005)

    def dead(self, within_s: float) -> int | None:
        """Wait until the gateway died by itself: its exit code, and it can be started again. None: it lives."""
        code = self.gateway.wait(within_s)
        if code is not None:
            self.gateway.kill()
        return code

    def delivered(self, within_s: float = 30.0) -> None:
        """Wait until the gateway has a receipt for everything."""
        until(lambda: waiting(self.gateway_data) == 0, within_s, lambda: f"{waiting(self.gateway_data)} rows wait")

    def verdict(self, neighbours: Sequence[Neighbour]) -> Verdict:
        """What the receiver's database says of these devices."""
        return judge(self.office_data, neighbours)

    def some(self, trackers: int = 2, terminals: int = 1) -> list[Neighbour]:
        """Devices nobody has met yet."""
        return some(self.gt06, self.jt808, trackers=trackers, terminals=terminals)


def until(true: Callable[[], object], within_s: float, why: Callable[[], str] = lambda: "") -> None:
    """Wait, with a bound."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, f"not in {within_s} s: {why()}"
        time.sleep(0.01)


def say_as_centre(theatre: Theatre, topic: str, payload: bytes, *, retain: bool = True) -> None:
    """Publish as the centre may; returns when the broker has it."""
    own = theatre.authority.client("centre")
    tls = Tls(str(theatre.authority.ca), str(own.cert), str(own.key))
    broker = Broker("127.0.0.1", theatre.centre_port, "centre-desk", tls=tls, session_expiry_s=0)
    asyncio.run(asyncio.wait_for(_say(broker, topic, payload, retain=retain), 10))


async def _say(broker: Broker, topic: str, payload: bytes, *, retain: bool) -> None:
    said = _Said()
    connection = Connection(broker, said)
    serving = asyncio.create_task(connection.run())
    await said.online.wait()
    connection.publish(topic, payload, retain=retain)
    await said.taken.wait()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


class _Said:
    """A `sync.mqtt.Handler` that waits for one PUBACK."""

    def __init__(self) -> None:
        self.online, self.taken = asyncio.Event(), asyncio.Event()

    def up(self, session_present: bool) -> None:  # noqa: FBT001, ARG002
        self.online.set()

    def down(self, reason: str) -> None: ...

    def arrived(self, message: Arrived) -> None: ...

    def puback(self, mid: int, code: int) -> None:  # noqa: ARG002
        self.taken.set()


def listens(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0
