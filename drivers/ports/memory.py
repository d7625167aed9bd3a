"""Both ends of a line in memory: a port without an outside, and a listener that keeps what it hears.

For `linli decode`, demos and tests. Everything happens in the call that causes it, in order, and needs no
event loop except for `run`. It knows no protocol.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from drivers.model import Instant
from drivers.ports.clock import Clock
from drivers.ports.health import Health
from drivers.ports.port import Conversation, Line, Listener

MAX_WAITING = 10_000
"""Items a paused line keeps for its peer; a real port leaves them in the kernel, which is bounded too."""


class NotConnected(ConnectionError):  # noqa: N818 - named by what is the case, as the built-in children are
    """Nobody is at the other end: the port does not run or is broken, or this line is closed."""


class WaitingFull(BufferError):  # noqa: N818 - as above
    """A peer sends on although its line is paused and has no room left."""


class MemoryPort:
    """A port whose peers are objects: `connect()` is a device that dials in."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self._clock = clock
        self._listener: Listener | None = None
        self._health: Health | None = None
        self._broken = ""
        self._peers: list[MemoryPeer] = []
        self._count = 0

    async def run(self, listener: Listener) -> None:
        """Serve until cancelled; on cancellation every peer is closed."""
        self.start(listener)
        try:
            await asyncio.Event().wait()
        finally:
            self.stop()

    def start(self, listener: Listener) -> None:
        """What `run` does first, for callers without an event loop."""
        self._listener = listener
        self._health = Health(listener, self._clock)
        self._health.up()

    def stop(self) -> None:
        """What `run` does last."""
        self._hang_up(f"port {self.name} was stopped")
        self._listener = self._health = None

    def connect(self, peer: str = "") -> MemoryPeer:
        """A new peer. Raises NotConnected when the port does not run or is broken."""
        if self._listener is None or self._broken:
            raise NotConnected(f"port {self.name}: {self._broken or 'not started'}")
        self._count += 1
        line = MemoryPeer(f"{self.name} {peer or self._count}", self._clock)
        self._peers = [other for other in self._peers if other.closed is None]
        self._peers.append(line)
        line.attach(self._listener.opened(line))
        return line

    def fail(self, reason: str) -> None:
        """Break the port as a pulled plug does: every line ends and the listener is told."""
        self._broken = reason
        self._hang_up(reason)
        if self._health is not None:
            self._health.down(reason)

    def mend(self) -> None:
        """Make a broken port work again; its peers have to connect anew."""
        self._broken = ""
        if self._health is not None:
            self._health.up()

    def _hang_up(self, reason: str) -> None:
        peers, self._peers = self._peers, []
        for peer in peers:
            peer.cut(reason)


class MemoryPeer:
    """One line seen from both sides: a device's (`send`, `cut`, `replies`) and the program's (`Line`).

    `replies` is what was written to the peer, `settled` what was settled, `closed` why the line ended (None
    while it is open), `paused` whether the program reads at present.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self.replies: list[bytes] = []
        self.settled: list[Any] = []
        self.closed: str | None = None
        self.paused = False
        self._clock = clock
        self._conversation: Conversation | None = None
        self._waiting: deque[Any] = deque()
        self._delivering = False

    def attach(self, conversation: Conversation) -> None:
        """Give the line its program's end."""
        self._conversation = conversation
        if self.closed is not None:
            conversation.closed(self.closed)
        self._deliver()

    def send(self, item: Any) -> None:
        """Say something to the program: at once, or when it reads again.

        Raises NotConnected when the line is closed, WaitingFull when too much waits for a paused program.
        """
        if self.closed is not None:
            raise NotConnected(f"{self.name}: {self.closed}")
        if len(self._waiting) >= MAX_WAITING:
            raise WaitingFull(f"{self.name}: {MAX_WAITING} items wait already")
        self._waiting.append(item)
        self._deliver()

    def cut(self, reason: str = "closed by the peer") -> None:
        """End the line from the device's side; what still waited is gone, as it would be on a wire."""
        if self.closed is not None:
            return
        self.closed = reason
        self._waiting.clear()
        if self._conversation is not None:
            self._conversation.closed(reason)

    def write(self, data: bytes) -> None:
        """Line: the peer gets an answer."""
        if self.closed is None:
            self.replies.append(data)

    def settle(self, item: Any) -> None:
        """Line: everything in this item is on disk."""
        self.settled.append(item)

    def pause(self) -> None:
        """Line: items wait."""
        self.paused = True

    def resume(self) -> None:
        """Line: items that waited are delivered now."""
        self.paused = False
        self._deliver()

    def close(self, reason: str) -> None:
        """Line: the program hangs up."""
        self.cut(reason)

    def _deliver(self) -> None:
        if self._conversation is None or self._delivering:  # a program that resumes while it receives
            return
        self._delivering = True
        try:
            while self._waiting and not self.paused:
                self._conversation.received(self._waiting.popleft(), self._clock())
        finally:
            self._delivering = False


class Recorder:
    """A listener that keeps everything it is told.

    `conversations` holds one `Recorded` for each line in order of opening, `history` what the port said
    about itself: `up`, `down: <reason>`, `refused <count>: <reason>`. `react`, if given, is called for every
    item after it was kept.
    """

    def __init__(self, react: Callable[[Line, Any], None] | None = None) -> None:
        self.conversations: list[Recorded] = []
        self.history: list[str] = []
        self._react = react

    def opened(self, line: Line) -> Recorded:
        """Listener: a new peer."""
        recorded = Recorded(line, self._react)
        self.conversations.append(recorded)
        return recorded

    def port_up(self) -> None:
        """Listener: the port works."""
        self.history.append("up")

    def port_down(self, reason: str) -> None:
        """Listener: the port is dead."""
        self.history.append(f"down: {reason}")

    def refused(self, reason: str, count: int) -> None:
        """Listener: something was turned away."""
        self.history.append(f"refused {count}: {reason}")


class Recorded:
    """A conversation that keeps what it received, when, and why it ended (`ended` is None before)."""

    def __init__(self, line: Line, react: Callable[[Line, Any], None] | None = None) -> None:
        self.line = line
        self.items: list[Any] = []
        self.times: list[Instant] = []
        self.ended: str | None = None
        self._react = react

    def received_all(self, items: Sequence[Any], at: Instant) -> None:
        """Conversation: one after the other."""
        for item in items:
            self.received(item, at)

    def received(self, item: Any, at: Instant) -> None:
        """Conversation: an item arrived."""
        assert self.ended is None, "a port delivered on a line it had closed"
        self.items.append(item)
        self.times.append(at)
        if self._react is not None:
            self._react(self.line, item)

    def closed(self, reason: str) -> None:
        """Conversation: the peer is gone."""
        assert self.ended is None, "a port closed a line twice"
        self.ended = reason

    @property
    def data(self) -> bytes:
        """All bytes received so far, in one piece."""
        return b"".join(self.items)
