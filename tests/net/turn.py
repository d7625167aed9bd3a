"""A real coturn with the shipped configuration: on loopback, or on a host of the test network."""

from __future__ import annotations

import asyncio
import re
import ssl
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from edge.call.turn_probe import TurnProbe
from edge.demo.authority import Authority
from edge.demo.broker_files import free_ports
from office.config import CallsAt, TurnAt
from tests.net.net import Host

SHIPPED = Path(__file__).parents[2] / "systemd" / "coturn"
SECRET = "5ec2e7f0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c"
START_S = 30.0


class Coturn:
    """A context. `urls`, or `calls` for office/turn.py; `log` is what it said.

    `peers`: whom it relays to besides its own address, as an intranet opens ranges. Only on loopback may it relay to
    loopback.
    """

    def __init__(
        self,
        directory: Path,
        authority: Authority,
        host: Host | None = None,
        *,
        peers: Sequence[str] = (),
        extra: str = "",
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory, self._host = directory, host
        self.address = host.address if host else "127.0.0.1"
        self.port, self.tls_port = (3478, 5349) if host else free_ports(2)
        self.ca = authority.ca
        self.log = directory / "coturn.log"
        self.secret = directory / "turn.secret"
        self.secret.write_text(f"{SECRET}\n", encoding="ascii")
        own = authority.server("turn", (self.address, "localhost"))
        text = (SHIPPED / "turnserver.conf").read_text(encoding="utf-8")
        for old, new in {
            "\nlistening-port=3478\n": f"\nlistening-port={self.port}\n",
            "\ntls-listening-port=5349\n": f"\ntls-listening-port={self.tls_port}\n",
            "/run/linli-turn/": f"{directory}/",
            "/run/credentials/coturn.service/turn.crt": str(own.cert),
            "/run/credentials/coturn.service/turn.key": str(own.key),
        }.items():
            assert old in text, f"systemd/coturn/turnserver.conf no longer holds {old!r}"
            text = text.replace(old, new)
        text += f"static-auth-secret={SECRET}\nlistening-ip={self.address}\nrelay-ip={self.address}\n"
        text += "".join(f"allowed-peer-ip={one}\n" for one in [self.address, *peers])
        text += extra if host else f"allow-loopback-peers\n{extra}"
        self.conf = directory / "turnserver.conf"
        self.conf.write_text(text, encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process to measure or freeze."""
        assert self._process is not None, "coturn is not running"
        return self._process.pid

    @property
    def urls(self) -> tuple[str, str, str]:
        """By UDP, by TCP, by TLS."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        plain = f"turn:{host}:{self.port}"
        return plain, f"{plain}?transport=tcp", f"turns:{host}:{self.tls_port}?transport=tcp"

    @property
    def calls(self) -> CallsAt:
        """The section of office.yaml that belongs to it."""
        return CallsAt(TurnAt(self.urls, str(self.secret)))

    @property
    def trust(self) -> ssl.SSLContext:
        """For clients of its TLS port."""
        return ssl.create_default_context(cafile=self.ca)

    def start(self) -> Self:
        """Start, and return when it answers on all three ways."""
        assert self._process is None, "coturn is running already"
        with self.log.open("ab") as log:
            command = [*(self._host.prefix if self._host else ()), "bash", "-c", self._shipped_start()]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"coturn did not start:\n{self.log.read_text(encoding='utf-8')}")
            time.sleep(0.02)
        return self

    def _shipped_start(self) -> str:
        """The very command of the drop-in, with its filter of what is logged."""
        unit = (SHIPPED / "linli.conf").read_text(encoding="utf-8")
        found = re.search(r"^ExecStart=/bin/bash -c '(.*)'$", unit, re.MULTILINE)
        assert found, "systemd/coturn/linli.conf starts coturn in another way"
        return found[1].replace("/run/linli-turn/", f"{self.directory}/")

    def kill(self) -> None:
        """As a power cut would. It holds nothing worth an orderly end, and that takes it seconds."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(START_S)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, k: type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        self.kill()

    def _answers(self) -> bool:
        return (self._host.call if self._host else _here)(asyncio.run, self._asked()) == list(self.urls)

    async def _asked(self) -> list[str]:
        return await TurnProbe(bound_s=1.0, tls=self.trust).living(self.urls)


def _here(function: object, *arguments: object) -> object:
    assert callable(function)
    return function(*arguments)
