"""The wire between the hosts of a `Net`: one small process that carries IP packets from TUN device to TUN device.

    host A --TUN--> [A up] --> [B down] --TUN--> host B

Each way delays, loses, limits or blocks by itself, so a packet from A to B meets what leaves A and then what reaches B.
The process is started with nothing but the standard library (`python -I -S forwarder.py FD`) and told what to do over a
socket pair: one JSON object a message, one answer each, so that a change holds when the caller goes on. When the other
end of that pair is gone it removes the namespaces it was told of: a test process that was killed leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import heapq
import json
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
LARGEST = 65536
BURST = 64
"""Packets taken from one device before the others have their turn."""
HELD = 20_000
"""Packets in flight on one way; what exceeds it is lost, as in a queue that is full."""
PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17}


@dataclass(frozen=True, slots=True)
class Line:
    """One direction of a host's line.

    Jitter is spread evenly around the delay and keeps the order, as lines do, unless `reorder`. With `burst` above 1
    losses come in runs of that mean length (Gilbert). A packet that would wait longer than `queue_s` for its turn at
    `rate_bit_s` is lost.
    """

    delay_s: float = 0.0
    jitter_s: float = 0.0
    loss: float = 0.0
    burst: float = 1.0
    rate_bit_s: float = 0.0
    queue_s: float = 0.2
    reorder: bool = False
    blocked: bool = False


class Way:
    """What happens to packets in one direction. Pure: time and randomness are arguments."""

    def __init__(self, seed: str) -> None:
        self.line = Line()
        self.held = 0
        self._random = random.Random(seed)
        self._free_at = self._last = 0.0
        self._losing = False

    def take(self, now: float, size: int) -> float | None:
        """When a packet that comes now leaves again; None: never."""
        line = self.line
        if line.blocked or self.held >= HELD or (line.loss and self._loses()):
            return None
        at = now
        if line.rate_bit_s:
            at = max(self._free_at, now) + size * 8 / line.rate_bit_s
            if at - now > line.queue_s:
                return None
            self._free_at = at
        if line.delay_s or line.jitter_s:
            wait = line.delay_s + self._random.uniform(-line.jitter_s, line.jitter_s)
            at += max(0.0, wait)
        if not line.reorder:
            at = max(at, self._last)
            self._last = at
        return at

    def _loses(self) -> bool:
        line = self.line
        if line.burst <= 1:
            return self._random.random() < line.loss
        if self._losing:
            self._losing = self._random.random() >= 1 / line.burst
        else:
            self._losing = self._random.random() < line.loss / ((1 - line.loss) * line.burst)
        return self._losing


class Port:
    """A host as the wire sees it."""

    def __init__(self, name: str, device: int, seed: str) -> None:
        self.name, self.device = name, device
        self.up, self.down = Way(f"{seed}/{name}/up"), Way(f"{seed}/{name}/down")

    def fileno(self) -> int:
        """What select waits for."""
        return self.device


class Forwarder:
    """All ports and what is under way between them."""

    def __init__(self, control: socket.socket, clock: Callable[[], float] = time.monotonic) -> None:
        self._control, self._clock = control, clock
        self._seed = ""
        self._namespaces: list[str] = []
        self._ports: dict[str, Port] = {}
        self._owner: dict[bytes, Port] = {}
        self._ears: list[Any] = [control]
        self._severed: set[tuple[str, str, int]] = set()
        self._flying: list[tuple[float, int, Way, Way | None, Port, bytes]] = []
        self._number = 0
        self._counts: Counter[str] = Counter()

    def run(self) -> None:
        """Until the other end is gone."""
        while True:
            wait = max(0.0, self._flying[0][0] - self._clock()) if self._flying else None
            # Not epoll, which rounds every wait up to a whole millisecond, and nothing around it: every packet pays.
            for ready in select.select(self._ears, (), (), wait)[0]:
                if ready is self._control:
                    if not self._told():
                        return
                else:
                    self._read(ready)
            self._land()

    def close(self) -> None:
        """Remove what would stay behind."""
        for port in self._ports.values():
            os.close(port.device)
        for name in self._namespaces:
            subprocess.run(["ip", "netns", "delete", name], check=False, stderr=subprocess.DEVNULL)

    # --- packets

    def _read(self, port: Port) -> None:
        for _ in range(BURST):
            try:
                packet = os.read(port.device, LARGEST)
            except (BlockingIOError, InterruptedError):
                return
            self._send(port, packet)

    def _send(self, port: Port, packet: bytes) -> None:
        if packet[0] >> 4 == 4:
            source, target, protocol = packet[12:16], packet[16:20], packet[9]
        else:
            source, target, protocol = packet[8:24], packet[24:40], packet[6]
        far = self._owner.get(target)
        if far is None or self._owner.get(source) is not port:
            self._counts["nobody"] += 1  # also the address a host has given up, and a kernel's own multicast
            return
        if self._severed:
            pair = (port.name, far.name)
            if (*pair, 0) in self._severed or (*pair, protocol) in self._severed:
                self._counts["severed"] += 1
                return
        self._pass(port.up, far.down, far, packet, self._clock())

    def _pass(self, way: Way, then: Way | None, far: Port, packet: bytes, now: float) -> None:
        """Into `way`, later into `then`, at last into the device."""
        at = way.take(now, len(packet))
        if at is None:
            self._counts["lost"] += 1
        elif at > now:
            way.held += 1
            self._number += 1
            heapq.heappush(self._flying, (at, self._number, way, then, far, packet))
        elif then is not None:
            self._pass(then, None, far, packet, now)
        else:
            self._write(far, packet)

    def _land(self) -> None:
        now = self._clock()
        while self._flying and self._flying[0][0] <= now:
            at, _, way, then, far, packet = heapq.heappop(self._flying)
            way.held -= 1
            if way.line.blocked:  # pulled while it was under way
                self._counts["lost"] += 1
            elif then is not None:
                self._pass(then, None, far, packet, at)
            else:
                self._write(far, packet)

    def _write(self, far: Port, packet: bytes) -> None:
        self._counts["carried"] += 1
        self._counts["bytes"] += len(packet)
        try:
            os.write(far.device, packet)
        except OSError:  # its link is down
            self._counts["refused"] += 1

    # --- what we are told

    def _told(self) -> bool:
        data, descriptors, _, _ = socket.recv_fds(self._control, LARGEST, 1)
        if not data:
            return False
        order: dict[str, Any] = json.loads(data)
        answer = getattr(self, "_do_" + order.pop("do"))(*descriptors, **order)
        self._control.send(json.dumps(answer or {}).encode())
        return True

    def _do_begin(self, seed: str) -> None:
        self._seed = seed

    def _do_namespace(self, name: str) -> None:
        self._namespaces.append(name)

    def _do_host(self, device: int, name: str, addresses: list[str]) -> None:
        os.set_blocking(device, False)
        self._ports[name] = Port(name, device, self._seed)
        self._ears.append(self._ports[name])
        self._do_addresses(name, addresses)

    def _do_addresses(self, name: str, addresses: list[str]) -> None:
        port = self._ports[name]
        self._owner = {address: owner for address, owner in self._owner.items() if owner is not port}
        self._owner |= {packed(address): port for address in addresses}

    def _do_line(self, name: str, way: str, line: dict[str, Any]) -> None:
        getattr(self._ports[name], way).line = Line(**{one.name: line[one.name] for one in fields(Line)})

    def _do_sever(self, pair: list[str], protocol: str, severed: bool) -> None:  # noqa: FBT001 - a message's field
        number = PROTOCOLS.get(protocol, 0)
        both = {(*pair, number), (*reversed(pair), number)}
        self._severed = self._severed | both if severed else self._severed - both  # type: ignore[operator]

    def _do_counts(self) -> dict[str, float]:
        return dict(self._counts) | {"cpu_s": time.process_time(), "flying": len(self._flying)}


def packed(address: str) -> bytes:
    """An address as packets carry it."""
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def open_device(name: str) -> int:
    """A new TUN device in the namespace of this thread; it is gone when the descriptor is closed."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    except OSError:
        os.close(device)
        raise
    return device


def main() -> None:
    """Serve the socket whose number is the only argument."""
    with contextlib.suppress(OSError):  # it is a wire: on a busy machine it must not be what adds delay
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    forwarder = Forwarder(socket.socket(fileno=int(sys.argv[1])))
    try:
        forwarder.run()
    finally:
        forwarder.close()


if __name__ == "__main__":
    main()
