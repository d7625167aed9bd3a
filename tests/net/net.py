"""Hosts with lines that can be bad, on one machine: `tc netem` in user space.

    with Net() as net:
        kiosk, office = net.host("kiosk"), net.host("office")
        kiosk.bad(delay_s=0.05, loss=0.05)            # both directions; `up=` and `down=` for one
        server = office.run("mosquitto", "-c", conf)  # a program in there; ended with the net
        with office.socket(socket.SOCK_DGRAM) as one: # a socket of there, for a program of here
            ...
        kiosk.pull(); kiosk.plug(); kiosk.move("10.77.0.99"); net.sever(kiosk, office, "udp")

Each host is a network namespace with a TUN device `eth0`, its addresses and a default route into it; `forwarder.py`
carries the packets. Nothing leaves the machine, whatever the addresses are. It needs root and /dev/net/tun.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.net.forwarder import LARGEST, Line, open_device
from tests.net.namespace import NAMED, ImpossibleError, call_inside, clear_stale, owned_name, require, run

__all__ = ["Host", "ImpossibleError", "Line", "Net"]

T = TypeVar("T")

DEVICE = "eth0"
END_S = 5.0
_numbers = itertools.count()


class Host:
    """One machine of the net."""

    def __init__(self, net: Net, name: str, namespace: str, addresses: Sequence[str]) -> None:
        self._net, self.name, self.namespace = net, name, namespace
        self.addresses = list(addresses)
        self.up, self.down = Line(), Line()
        self.prefix = ["ip", "netns", "exec", namespace]
        """Before a command, for who starts programs in another way. The program keeps the process id."""
        self._programs: list[subprocess.Popen[Any]] = []

    @property
    def address(self) -> str:
        """The first of its addresses."""
        return self.addresses[0]

    # --- using it

    def run(self, *command: str | Path, **how: Any) -> subprocess.Popen[Any]:
        """Start a program in there, as subprocess.Popen does; it is ended with the net."""
        program = subprocess.Popen([*self.prefix, *map(str, command)], **how)
        self._programs.append(program)
        return program

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """What the function returns, called by a thread in there: `host.call(asyncio.run, main())`."""
        return call_inside(NAMED / self.namespace, function, *arguments)

    def socket(self, kind: socket.SocketKind = socket.SOCK_DGRAM, address: str = "", port: int = 0) -> socket.socket:
        """A bound socket of that host; it stays one of there, whoever uses it."""
        bound = self.call(socket.socket, socket.AF_INET6 if ":" in (address or self.address) else socket.AF_INET, kind)
        bound.bind((address or self.address, port))
        return bound

    # --- its line

    def bad(self, *, up: bool = True, down: bool = True, **what: Any) -> None:
        """Change these fields of `Line`; the others stay as they are."""
        if up:
            self.set_line(up=replace(self.up, **what))
        if down:
            self.set_line(down=replace(self.down, **what))

    def good(self) -> None:
        """A perfect line again."""
        self.set_line(up=Line(), down=Line())

    def set_line(self, *, up: Line | None = None, down: Line | None = None) -> None:
        """From now on; what is under way keeps its time."""
        self.up, self.down = up or self.up, down or self.down
        for way, line in (("up", up), ("down", down)):
            if line is not None:
                self._net.tell("line", name=self.name, way=way, line=asdict(line))

    def pull(self) -> None:
        """Pull its line: silence in both directions, also for what is under way."""
        self.bad(blocked=True)

    def plug(self) -> None:
        """Put it back, as good or bad as it was."""
        self.bad(blocked=False)

    def move(self, *addresses: str) -> None:
        """Other addresses instead of those it has, as when a router gives a new one. The old ones are nobody's."""
        gone, new = self.addresses, list(addresses)
        self._change([f"address add {_wide(one)} dev {DEVICE}" for one in new if one not in gone])
        self._change(_routes(new))
        self._change([f"address delete {_wide(one)} dev {DEVICE}" for one in gone if one not in new])
        self._net.tell("addresses", name=self.name, addresses=new)
        self.addresses = new

    # --- for the net

    def lay(self) -> int:
        """Make device, addresses and route; the device's descriptor is the caller's."""
        device = self.call(open_device, DEVICE)
        try:
            link = [f"link set {DEVICE} addrgenmode none", f"link set {DEVICE} up", "link set lo up"]
            addresses = [f"address add {_wide(one)} dev {DEVICE}" for one in self.addresses]
            self._change([*link, *addresses, *_routes(self.addresses)])
        except BaseException:
            os.close(device)
            raise
        return device

    def end(self) -> None:
        """End what was started in there."""
        for program in self._programs:
            program.terminate()
        for program in self._programs:
            try:
                program.wait(END_S)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
            for pipe in (program.stdin, program.stdout, program.stderr):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()

    def _change(self, lines: Sequence[str]) -> None:
        for six in ("", "-6 "):
            batch = [line.removeprefix(six) for line in lines if line.startswith("-6 ") == bool(six)]
            if batch:
                run("ip", *six.split(), "-n", self.namespace, "-batch", "-", given="\n".join(batch) + "\n")


class Net:
    """A context: hosts and the wire between them. Leaving it ends their programs and removes everything."""

    def __init__(self, seed: str = "linli") -> None:
        self.hosts: dict[str, Host] = {}
        self._seed = seed
        self._number = next(_numbers)

    def __enter__(self) -> Self:
        require()
        if not Path("/dev/net/tun").exists():
            raise ImpossibleError("a test network needs /dev/net/tun: load the module `tun`")
        clear_stale()
        self._control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            program = [sys.executable, "-I", "-S", str(Path(__file__).with_name("forwarder.py")), str(there.fileno())]
            # A session of its own: Ctrl-C at the test run must not take the wire away before its hosts.
            self._wire = subprocess.Popen(program, pass_fds=[there.fileno()], start_new_session=True)
        self.tell("begin", seed=self._seed)
        return self

    def __exit__(self, k: type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        for host in self.hosts.values():
            host.end()
        self._control.close()  # the wire removes the namespaces and ends
        try:
            self._wire.wait(END_S)
        except subprocess.TimeoutExpired:
            self._wire.kill()
            self._wire.wait()
        for host in self.hosts.values():
            if (NAMED / host.namespace).exists():
                run("ip", "netns", "delete", host.namespace)

    @property
    def wire_pid(self) -> int:
        """The process to measure."""
        return self._wire.pid

    def host(self, name: str, *addresses: str) -> Host:
        """A new one, with the next address of 10.77.0.0/16 and fd77::/64 if none is given."""
        assert name not in self.hosts, f"there is a host {name}"
        number = len(self.hosts) + 2
        wanted = addresses or (f"10.77.{number >> 8}.{number & 255}", f"fd77::{number:x}")
        host = Host(self, name, owned_name(self._number, name), wanted)
        self.tell("namespace", name=host.namespace)
        run("ip", "netns", "add", host.namespace)
        device = host.lay()
        try:
            self.tell("host", device, name=name, addresses=host.addresses)
        finally:
            os.close(device)
        self.hosts[name] = host
        return host

    def sever(self, one: Host, other: Host, protocol: str = "") -> None:
        """Let nothing pass between these two: all, or only `udp`, `tcp` or `icmp`. Others still reach both."""
        self.tell("sever", pair=[one.name, other.name], protocol=protocol, severed=True)

    def join(self, one: Host, other: Host, protocol: str = "") -> None:
        """Undo `sever` with the same words."""
        self.tell("sever", pair=[one.name, other.name], protocol=protocol, severed=False)

    def counts(self) -> dict[str, float]:
        """Of the wire: packets carried, lost, severed, for nobody; bytes; cpu_s of its process; flying now."""
        return self.tell("counts")

    def tell(self, do: str, device: int | None = None, **order: Any) -> dict[str, Any]:
        """An order to the wire; it holds when this returns."""
        message = json.dumps({"do": do, **order}).encode()
        socket.send_fds(self._control, [message], [] if device is None else [device])
        answer = self._control.recv(LARGEST)
        if not answer:
            raise RuntimeError(f"the wire ended at `{do}`")
        return dict(json.loads(answer))


def _wide(address: str) -> str:
    return f"{address}/128 nodad" if ":" in address else f"{address}/32"


def _routes(addresses: Sequence[str]) -> list[str]:
    families = sorted({"-6 " if ":" in one else "" for one in addresses})
    return [f"{six}route replace default dev {DEVICE}" for six in families]
