"""A site for one measurement: broker, receiver and gateway as users start them, and eyes on them from outside.

Nothing is asked of the gateway while it is measured: how far it is is read out of its database, what it costs out of
/proc.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from edge.demo.broker_files import free_ports
from edge.demo.stage import Program, Stage
from tests.bench.backlog import register
from tests.bench.devices import BUTTONS, DEBOUNCE_MS, FIRST_PIN, GATEWAY, LAMP, all_devices, button

ROOT = Path(__file__).parents[2]
QUIET: Mapping[str, Any] = {"night_check": {"enabled": False}, "alarms": {"acknowledge_after_s": 3600}}
"""What would happen by itself in the middle of a measurement: the nightly check, and nobody taking a hundred alarms."""

LINE_UP = "line up:"


class RigError(RuntimeError):
    """A measurement could not be taken; the text says why."""


class Rig(Stage):
    """A stage with a tracker port and a broker of the house. `backlog`: the data directory it begins with."""

    def __init__(
        self,
        directory: Path,
        *,
        custody: str = "receipt",
        backlog: Path | None = None,
        line_port: int | None = None,
        pins: bool = False,
    ) -> None:
        self.tracker_port, self.house_port = free_ports(2)
        self.pins_socket = directory / "pins"
        super().__init__(
            directory,
            [*self._ports(), *([self._pins()] if pins else [])],
            gateway=GATEWAY,
            config=QUIET,
            centre=custody == "receipt",
            line_port=line_port,
        )
        if backlog is None:
            register(self.gateway_data, all_devices())
        else:
            shutil.copytree(backlog, self.gateway_data)

    # --- what runs

    def start_all(self) -> None:
        """Everything, and the line is up."""
        self.start_broker()
        self.start_receiver()
        self.start_house_broker(self.house_port)
        self.start_gateway()
        self.until_line_up()

    def until_line_up(self, after: int = 0, within_s: float = 60.0) -> None:
        """Wait until the gateway says so in its log, beyond the first `after` bytes of it."""
        self.until(lambda: LINE_UP in self.said(after), within_s, "line up")

    def said(self, after: int = 0) -> str:
        """The gateway's log from there on."""
        return self.gateway.log.read_text(errors="replace")[after:] if self.gateway.log.exists() else ""

    @contextmanager
    def source(self, module: str, **options: float) -> Iterator[Program]:
        """A program of `tests.bench.sources`; ended when the block is left."""
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        log = self.directory / f"{module}.log"
        program = Program(module, [sys.executable, "-m", f"tests.bench.sources.{module}", *words], log)
        program.start({"PYTHONPATH": str(ROOT)})
        try:
            yield program
        finally:
            program.kill()

    def source_done(self, program: Program, within_s: float = 300.0) -> None:
        """Wait until it has said everything. Raises RigError with the end of its log when it failed."""
        if program.wait(within_s) != 0:
            raise RigError(f"the source {program.name} failed: {program.tail()[-300:]}")

    def listening(self) -> None:
        """Let one door move through the house's broker until the gateway has stored it: then it is subscribed."""
        before = self.stored()

        def heard() -> bool:
            with self.source("doors", port=self.house_port, count=1) as one:
                one.wait(10)
            return self.stored() > before

        self.until(heard, 30, "the gateway listens to the house's broker")
        time.sleep(0.3)

    # --- what it has done

    def stored(self) -> int:
        """Events that ever got a place in the outbox."""
        return self._ask("SELECT sum(next - 1) FROM lane")

    def receipted(self) -> int:
        """Events whose receipt is noted and whose rows are deleted."""
        return self._ask("SELECT sum(receipted) FROM lane")

    def waiting(self) -> int:
        """Events without a receipt."""
        return self._ask("SELECT sum(next - 1 - receipted) FROM lane")

    def received_at(self) -> dict[str, float]:
        """When the centre's receipt for an alarm reached the gateway, by its device's address."""
        with closing(self._open()) as conn:
            rows = conn.execute("SELECT address, received_at FROM alarm WHERE received_at IS NOT NULL").fetchall()
        return {address: datetime.fromisoformat(at).timestamp() for address, at in rows}

    def until(self, true: Callable[[], object], within_s: float, what: str, every_s: float = 0.005) -> None:
        """Wait, with a bound. Raises RigError with what did not come."""
        deadline = time.monotonic() + within_s
        while not true():
            if self.gateway.process is not None and not self.gateway.running:
                raise RigError(f"the gateway ended: {self.gateway.tail()[-300:]}")
            if time.monotonic() > deadline:
                raise RigError(f"not within {within_s:.0f} s: {what}")
            time.sleep(every_s)

    def _ask(self, query: str) -> int:
        try:
            with closing(self._open()) as conn:
                return int(conn.execute(query).fetchone()[0] or 0)
        except sqlite3.OperationalError:  # it is just being made
            return 0

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.gateway_data / 'linli.db'}?mode=ro", uri=True)

    # --- what the gateway listens to

    def _ports(self) -> Sequence[Mapping[str, Any]]:
        house = {"host": "127.0.0.1", "port": self.house_port}
        return [
            {"name": "trackers", "kind": "tcp", "profile": "gt06", "listen": f"127.0.0.1:{self.tracker_port}"},
            {"name": "zigbee", "kind": "mqtt", "profile": "z2m-contact", "broker": house, "topics": ["zigbee2mqtt/#"]},
        ]

    def _pins(self) -> Mapping[str, Any]:
        """Buttons whose lamp goes out by itself, so that the next press shows again.

        Thirty presses of one button in a minute would otherwise be folded, as those of a chattering contact are.
        """
        settings = {"answer": "lamp on 0.5", "debounce_ms": DEBOUNCE_MS, "burst": 100}
        inputs = [
            {"line": button(n), "pin": FIRST_PIN + n, "profile": "gpio-button", "settings": settings}
            for n in range(BUTTONS)
        ]
        lamps = [{"line": f"{button(n)}:lamp", "pin": FIRST_PIN + LAMP + n} for n in range(BUTTONS)]
        return {"name": "pins", "kind": "gpio", "mock": str(self.pins_socket), "pins": inputs, "outputs": lamps}
