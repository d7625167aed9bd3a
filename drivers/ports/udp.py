"""UDP: every address that sends is a line, every datagram is delivered as it came.

Knows no protocol. Addresses can be invented by anyone, so their number is bounded and the one silent for longest
makes room; what is lost with it is one conversation's memory, which the device's next datagram starts anew.
"""

from __future__ import annotations

import asyncio
import socket
from collections import OrderedDict
from contextlib import suppress
from typing import Any

from drivers.ports.clock import Clock
from drivers.ports.health import Health, pauses
from drivers.ports.port import Conversation, Listener

DATAGRAM_LIMIT = 64 * 1024
"""More than a UDP datagram can carry."""

TURN = 64
"""Datagrams taken before the rest of the program gets its turn."""

RECEIVE_BUFFER = 1024 * 1024
"""Asked of the kernel, which may grant less: what arrives while we are busy or paused waits here."""

SWEEP_S = 5.0
RETRY_FIRST_S, RETRY_LONGEST_S = 0.1, 5.0

Address = tuple[Any, ...]
"""As the socket module gives it: host, port, and for IPv6 flow and scope."""


class UdpPort:
    """Receives on `host`:`port` from at most `max_peers` addresses at a time.

    `bound` is the address really in use (port 0 asks the system for a free one), None while there is none. While
    any line is paused nothing is read: the socket is one for all.
    """

    def __init__(
        self,
        name: str,
        host: str,
        port: int,
        clock: Clock,
        *,
        max_peers: int = 2000,
        idle_s: float = 600.0,
        sweep_s: float = SWEEP_S,
    ) -> None:
        self.name = name
        self.bound: tuple[str, int] | None = None
        self._host = host
        self._port = port
        self._clock = clock
        self._max_peers = max_peers
        self._idle_s = idle_s
        self._sweep_s = sweep_s
        self._buffer = memoryview(bytearray(DATAGRAM_LIMIT))
        self._lines: OrderedDict[Address, UdpLine] = OrderedDict()
        self._paused: set[UdpLine] = set()
        self._socket: socket.socket | None = None
        self._reading = False
        self._reading_since_s = 0.0
        self._listener: Listener | None = None
        self._health: Health | None = None

    @property
    def peers(self) -> int:
        """How many lines are open."""
        return len(self._lines)

    async def run(self, listener: Listener) -> None:
        """Serve until cancelled; on cancellation close everything that was opened."""
        self._listener = listener
        self._health = health = Health(listener, self._clock)
        self._socket = await self._open_at_last(health)
        try:
            self.bound = self._socket.getsockname()[:2]
            health.up()
            self._read_or_not()
            while True:
                await asyncio.sleep(self._sweep_s)
                self._sweep()
                health.tell()
        finally:
            self.bound = None
            for line in list(self._lines.values()):
                line.close(f"port {self.name} was stopped")
            self._close()

    async def _open_at_last(self, health: Health) -> socket.socket:
        waits = pauses(RETRY_FIRST_S, RETRY_LONGEST_S)
        while True:
            try:
                return await self._open()
            except OSError as error:
                health.down(f"cannot receive on {self._host}:{self._port}: {error.strerror or error}")
            await asyncio.sleep(next(waits))

    async def _open(self) -> socket.socket:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(0)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            sock.bind(address)
        except BaseException:
            sock.close()
            raise
        return sock

    def _close(self) -> None:
        assert self._socket is not None
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        self._reading = False
        self._socket = None

    def _readable(self) -> None:
        assert self._socket is not None
        for _ in range(TURN):
            try:
                size, address = self._socket.recvfrom_into(self._buffer)
            except BlockingIOError:
                return
            if size:
                self._received(address, self._buffer[:size].tobytes())
            if self._paused:
                return

    def _received(self, address: Address, data: bytes) -> None:
        at = self._clock()
        line = self._lines.get(address)
        if line is None:
            line = self._opened(address)
        else:
            self._lines.move_to_end(address)
        line.heard_s = at.monotonic_s
        line.conversation.received(data, at)

    def _opened(self, address: Address) -> UdpLine:
        assert self._listener is not None
        assert self._health is not None
        if len(self._lines) >= self._max_peers:
            self._health.refuse(f"more than {self._max_peers} addresses; the one silent for longest gave way")
            next(iter(self._lines.values())).close("gave way to a new address")
        line = UdpLine(self, address, self._idle_s)
        self._lines[address] = line
        line.conversation = self._listener.opened(line)
        return line

    def _sweep(self) -> None:
        if not self._reading:  # the silence is ours
            return
        now_s, since_s = self._clock().monotonic_s, self._reading_since_s
        for line in [line for line in self._lines.values() if now_s - max(line.heard_s, since_s) >= line.idle_s]:
            line.close(f"silent for {line.idle_s:g} s")

    def _read_or_not(self) -> None:
        reading = not self._paused and self._socket is not None
        if reading == self._reading or self._socket is None:
            return
        self._reading = reading
        loop = asyncio.get_running_loop()
        if reading:
            self._reading_since_s = self._clock().monotonic_s
            loop.add_reader(self._socket, self._readable)
        else:
            loop.remove_reader(self._socket)

    def send(self, address: Address, data: bytes) -> None:
        """Send, or lose it as UDP may: the device repeats what was not answered."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.sendto(data, address)

    def hold(self, line: UdpLine) -> None:
        """Read nothing while at least one line is paused."""
        self._paused.add(line)
        self._read_or_not()

    def release(self, line: UdpLine) -> None:
        """The line is not paused, or not any more."""
        self._paused.discard(line)
        self._read_or_not()

    def forget(self, line: UdpLine) -> None:
        """The line is closed."""
        del self._lines[line.address]
        self.release(line)


class UdpLine:
    """One address: the `ExpiringLine` of the program above."""

    conversation: Conversation

    def __init__(self, port: UdpPort, address: Address, idle_s: float) -> None:
        host = f"[{address[0]}]" if ":" in address[0] else address[0]
        self.name = f"{port.name} {host}:{address[1]}"
        self.idle_s = idle_s
        self.heard_s = 0.0
        self._port = port
        self.address = address
        self._open = True

    def write(self, data: bytes) -> None:
        """Send an answer as one datagram."""
        if self._open:
            self._port.send(self.address, data)

    def settle(self, item: Any) -> None:
        """Nothing to do: a device on UDP learns it from its answer."""

    def pause(self) -> None:
        """Stop reading, from all peers: the socket is shared."""
        if self._open:
            self._port.hold(self)

    def resume(self) -> None:
        """Read again, unless another line is paused."""
        self._port.release(self)

    def idle_after(self, seconds: float) -> None:
        """Close the line after so long a silence of the peer; `math.inf` for never."""
        self.idle_s = seconds

    def close(self, reason: str) -> None:
        """End the conversation; the address's next datagram starts another."""
        if not self._open:
            return
        self._open = False
        self._port.forget(self)
        self.conversation.closed(reason)
