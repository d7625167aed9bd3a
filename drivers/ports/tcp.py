"""A TCP server: devices dial in, every connection is a line.

Knows no protocol. The way of a byte is short on purpose (one read, one time stamp, one call), because
thousands of trackers share one thread with the alarms. Every bound has its reason beside it; a peer can
neither make this port hold more than that nor affect another connection.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from functools import partial
from typing import Any

from drivers.ports.clock import Clock
from drivers.ports.health import Health, pauses
from drivers.ports.port import Conversation, Listener

READ_LIMIT = 64 * 1024
"""Bytes taken from one connection before the others get their turn."""

UNREAD_LIMIT = 64 * 1024
"""Answers a peer may leave unread beyond what the kernel holds; answers are some tens of bytes, so a peer
that far behind does not read at all."""

SEND_BUFFER = 64 * 1024
"""The kernel's share of the same; left alone it grows to megabytes."""

BACKLOG = 512
"""Connections the kernel accepts for us while we are busy: a neighbourhood that redials after an outage."""

KEEPALIVE_IDLE_S, KEEPALIVE_EVERY_S, KEEPALIVE_COUNT = 120, 20, 3
"""A device that lost its network is noticed after three minutes even if no idle time-out is set; two minutes
of silence come first because each probe costs the SIM card traffic."""

UNACKNOWLEDGED_S = 60
"""An answer that is not acknowledged for so long is repeated on the device's next connection instead."""

LINGER_S = 1.0
"""How long an ended connection stays for answers under way: a peer that sent its last byte and half-closed
still waits for the answer, which is owed only after the disk."""

SWEEP_S = 5.0
RETRY_FIRST_S, RETRY_LONGEST_S = 0.1, 5.0


class TcpPort:
    """Listens on `host`:`port` and serves at most `max_connections` lines.

    Above that a new connection is refused and nothing established is harmed: idle time-outs make room.
    `bound` is the address really in use (port 0 asks the system for a free one), None while there is none.
    A process needs as many file descriptors; raising RLIMIT_NOFILE is the program's business.
    """

    def __init__(
        self,
        name: str,
        host: str,
        port: int,
        clock: Clock,
        *,
        max_connections: int = 2000,
        idle_s: float = 300.0,
        sweep_s: float = SWEEP_S,
    ) -> None:
        self.name = name
        self.bound: tuple[str, int] | None = None
        self.clock = clock
        self.idle_s = idle_s
        # One buffer for all: the loop fills it and hands it over within one call, and `bytes` copies out.
        self.buffer = memoryview(bytearray(READ_LIMIT))
        self._host = host
        self._port = port
        self._max_connections = max_connections
        self._sweep_s = sweep_s
        self._lines: set[TcpLine] = set()
        self._unflushed: list[TcpLine] = []
        self._listener: Listener | None = None
        self._health: Health | None = None

    @property
    def connections(self) -> int:
        """How many lines are open."""
        return len(self._lines)

    async def run(self, listener: Listener) -> None:
        """Serve until cancelled; on cancellation close everything that was opened."""
        self._listener = listener
        self._health = health = Health(listener, self.clock)
        server = await self._listen_at_last(health)
        try:
            self.bound = server.sockets[0].getsockname()[:2]
            health.up()
            while True:
                await asyncio.sleep(self._sweep_s)
                self._sweep()
                health.tell()
        finally:
            self.bound = None
            server.close()
            for line in list(self._lines):
                line.end(f"port {self.name} was stopped")
            await asyncio.sleep(0)  # the transports close their sockets one turn later

    async def _listen_at_last(self, health: Health) -> asyncio.Server:
        waits = pauses(RETRY_FIRST_S, RETRY_LONGEST_S)
        while True:
            try:
                return await self._listen()
            except OSError as error:
                health.down(f"cannot listen on {self._host}:{self._port}: {error.strerror or error}")
            await asyncio.sleep(next(waits))

    async def _listen(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            partial(TcpLine, self),
            self._host,
            self._port,
            reuse_address=True,
            backlog=BACKLOG,
            start_serving=False,
        )
        try:
            await server.start_serving()
        except BaseException:
            server.close()
            raise
        return server

    def _sweep(self) -> None:
        now_s = self.clock().monotonic_s
        for line in [line for line in self._lines if line.expired(now_s)]:
            line.close(f"silent for {line.idle_s:g} s")

    def admit(self, line: TcpLine) -> Conversation | None:
        """The program's end for a new line; None when there is no room for it."""
        assert self._listener is not None
        assert self._health is not None
        if len(self._lines) >= self._max_connections:
            self._health.refuse(f"{self._max_connections} connections are open already")
            return None
        self._lines.add(line)
        return self._listener.opened(line)

    def forget(self, line: TcpLine) -> None:
        """The line is closed."""
        self._lines.discard(line)

    def flush_soon(self, line: TcpLine) -> None:
        """Have the line's answers sent at the end of this loop turn, all of them in one piece."""
        if not self._unflushed:
            asyncio.get_running_loop().call_soon(self._flush)
        self._unflushed.append(line)

    def _flush(self) -> None:
        lines, self._unflushed = self._unflushed, []
        for line in lines:
            line.flush()


class TcpLine(asyncio.BufferedProtocol):
    """One connection: the asyncio protocol below, the `ExpiringLine` of the program above."""

    name = ""
    _transport: asyncio.Transport
    _conversation: Conversation

    def __init__(self, port: TcpPort) -> None:
        self.idle_s = port.idle_s
        self._port = port
        self._clock = port.clock
        self._buffer = port.buffer
        self._heard_s = 0.0
        self._open = False
        self._paused = False
        self._unsent: list[bytes] = []
        self._unsent_bytes = 0
        self._reason: str | None = None
        self._linger: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: the connection stands."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._heard_s = self._clock().monotonic_s
        self.name = f"{self._port.name} {_address(transport.get_extra_info('peername'))}"
        transport.set_write_buffer_limits(high=UNREAD_LIMIT)
        with suppress(OSError):  # it was reset before we came to it; connection_lost follows
            _tune(transport.get_extra_info("socket"))
        conversation = self._port.admit(self)
        if conversation is None:
            transport.abort()
            return
        self._conversation = conversation
        self._open = True

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        """asyncio: where to put what arrived."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """asyncio: so many bytes arrived."""
        at = self._clock()
        self._heard_s = at.monotonic_s
        self._conversation.received(self._buffer[:nbytes].tobytes(), at)

    def eof_received(self) -> bool:
        """asyncio: the peer sends no more. It may still be listening, so the connection stays a moment."""
        self._end_soon("closed by the device")
        return True

    def pause_writing(self) -> None:
        """asyncio: more than UNREAD_LIMIT bytes of answers wait for this peer."""
        self._reason = "the device does not read its answers"
        self._transport.abort()  # connection_lost follows by itself, and not in the middle of a write

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio: the connection is gone, whoever ended it."""
        if self._linger is not None:
            self._linger.cancel()
        self._finish(_reason(exc))

    def write(self, data: bytes) -> None:
        """Send an answer, joined with what else is written to this peer in the same loop turn."""
        if self._transport.is_closing():
            return
        if not self._unsent:
            self._port.flush_soon(self)
        self._unsent.append(data)
        self._unsent_bytes += len(data)
        if self._unsent_bytes > UNREAD_LIMIT:
            self.flush()

    def settle(self, item: Any) -> None:
        """Nothing to do: a device on TCP learns it from its answer."""

    def pause(self) -> None:
        """Stop reading; meanwhile the silence is ours and does not count as the peer's."""
        self._paused = True
        self._transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        self._paused = False
        self._heard_s = self._clock().monotonic_s
        self._transport.resume_reading()

    def idle_after(self, seconds: float) -> None:
        """Close the line after so long a silence of the peer; `math.inf` for never."""
        self.idle_s = seconds

    def close(self, reason: str) -> None:
        """Send what was written, then hang up."""
        if self._transport.is_closing():
            return
        self._reason = reason
        self.flush()
        self._transport.close()
        if self._transport.get_write_buffer_size():
            self._end_soon(reason)

    def expired(self, now_s: float) -> bool:
        """Whether the peer was silent for too long."""
        return not self._paused and now_s - self._heard_s >= self.idle_s

    def flush(self) -> None:
        """Hand what was written to the transport."""
        if self._unsent:
            data = b"".join(self._unsent)
            self._unsent.clear()
            self._unsent_bytes = 0
            if not self._transport.is_closing():
                self._transport.write(data)

    def end(self, reason: str) -> None:
        """Hang up at once and tell the program at once."""
        self.flush()
        self._transport.abort()
        self._finish(reason)

    def _end_soon(self, reason: str) -> None:
        if self._linger is None:
            self._reason = self._reason or reason
            self._linger = asyncio.get_running_loop().call_later(LINGER_S, self.end, self._reason)

    def _finish(self, reason: str) -> None:
        self._port.forget(self)
        if self._open:
            self._open = False
            self._conversation.closed(self._reason or reason)


def _tune(sock: socket.socket) -> None:
    """Bound the kernel's share and notice dead peers. asyncio has set TCP_NODELAY already."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_IDLE_S)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_EVERY_S)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, KEEPALIVE_COUNT)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_S * 1000)


def _address(peer: tuple[Any, ...] | None) -> str:
    """`203.0.113.9:4711`; the system cannot name a peer that is gone already."""
    if peer is None:
        return "?"
    host = f"[{peer[0]}]" if ":" in peer[0] else peer[0]
    return f"{host}:{peer[1]}"


def _reason(error: Exception | None) -> str:
    match error:
        case None:
            return "closed by the device"
        case ConnectionResetError() | BrokenPipeError():
            return "reset by the device"
        case TimeoutError():
            return "the device no longer answers"
        case _:
            return f"connection lost: {error}"
