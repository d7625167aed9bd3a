"""A real mosquitto on a host of the test network: `port` for gateways, `centre_port` for who shares the host."""

from __future__ import annotations

import socket
from pathlib import Path

from edge.demo.authority import LOOPBACK, Authority
from tests.broker import Mosquitto
from tests.net.net import Host


class HostBroker(Mosquitto):
    """As `Mosquitto`, listening on the host's address; with an authority, its certificate names that address."""

    def __init__(self, directory: Path, host: Host, authority: Authority | None = None, *, extra: str = "") -> None:
        if authority is not None:
            authority.server("broker", (host.address, *LOOPBACK))
        super().__init__(directory, authority, extra=extra)
        self._host, self.prefix, self.address = host, host.prefix, host.address
        self._conf.write_text(self._conf.read_text("utf-8").replace("127.0.0.1", host.address), encoding="utf-8")

    def _connects(self, port: int) -> bool:
        probe = self._host.call(socket.socket)
        with probe:
            return probe.connect_ex((self.address, port)) == 0
