"""More gateways on one centre: each with its own certificate, data, port and devices."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from edge.demo.broker_files import free_ports
from edge.demo.stage import Program
from tests.proof.judge import waiting
from tests.proof.neighbours import Neighbour, some
from tests.proof.theatre import Theatre, listens, until


class Box:
    """One gateway with one GT06 port. `prefix` starts it somewhere else (a network namespace)."""

    def __init__(
        self,
        theatre: Theatre,
        name: str,
        *,
        centre: dict[str, Any] | None = None,
        host: str = "127.0.0.1",
        prefix: Sequence[str] = (),
        config: dict[str, Any] | None = None,
    ) -> None:
        (self.port,) = free_ports(1)
        self.name, self.host, self.data = name, host, theatre.directory / name
        own = theatre.authority.client(name)
        document = json.loads(theatre.gateway_file.read_text("utf-8"))
        document["gateway"] = {"name": name, "data": str(self.data)}
        document["centre"] |= {"cert": str(own.cert), "key": str(own.key)} | (centre or {})
        listen = f"{host}:{self.port}"
        document["ports"] = [{"name": "trackers", "kind": "tcp", "profile": "gt06", "listen": listen}]
        document["api"] = {"socket": str(theatre.directory / f"{name}.sock")}
        file = theatre.directory / f"{name}.yaml"
        file.write_text(json.dumps(document | (config or {})), encoding="utf-8")
        command = [*prefix, sys.executable, "-m", "edge.cli", "run", "--config", str(file)]
        self.file = file
        self.program = Program(name, command, theatre.directory / f"{name}.log")
        theatre.others.append(self.program)

    def rise(self) -> None:
        """Start it, and return when it listens."""
        self.program.start()
        until(lambda: listens(self.port, self.host), 30, self.program.tail)

    def devices(self, count: int) -> list[Neighbour]:
        """Devices nobody has met yet."""
        found = some(self.port, trackers=count)
        for neighbour in found:
            neighbour.host = self.host
        return found

    def waiting(self) -> int:
        """Rows without a receipt on disk."""
        return waiting(self.data)

    def up(self) -> int:
        """How often its line came up."""
        return self.program.log.read_text("utf-8", errors="replace").count("line up")
