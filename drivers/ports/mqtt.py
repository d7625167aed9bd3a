"""Messages of a broker of the house (zigbee2mqtt's, or any that speaks JSON) as a port.

The connection is made by the program and passed in, because the one door to paho is not here. Every message is
acknowledged by hand, in order of arrival, once it is on disk; the session is persistent, so what the broker
holds for us outlives both a restart of ours and a line that is down.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from drivers.model import Message
from drivers.ports.clock import Clock
from drivers.ports.health import Health
from drivers.ports.port import Conversation, Listener


class Session(Protocol):
    """A connection that comes back by itself; `sync.mqtt.Connection` is one."""

    async def run(self) -> None:
        """Stay connected until cancelled."""

    def settle(self, message: Any) -> None:
        """Acknowledge one message."""

    def pause(self) -> None:
        """Stop reading."""

    def resume(self) -> None:
        """Read again."""

    def cut(self, reason: str) -> None:
        """Drop the connection; what was not acknowledged comes again."""


Connect = Callable[[Any, Sequence[tuple[str, int]]], Session]
"""(handler, subscriptions) -> a session; the handler has `up`, `down`, `arrived` and `puback`."""


class MqttPort:
    """One line, because a broker is one peer; the device stands in the topic or the payload."""

    def __init__(self, name: str, topics: Sequence[str], connect: Connect, clock: Clock) -> None:
        self.name = name
        self._clock = clock
        self._session = connect(self, [(topic, 1) for topic in topics])
        self._waiting: deque[tuple[int, int, Any]] = deque()
        """Number, number of the first that was delivered together with it, message."""
        self._settled: set[int] = set()
        self._burst: list[Message] = []
        self._arrived = 0
        self._health: Health | None = None
        self._conversation: Conversation | None = None

    async def run(self, listener: Listener) -> None:
        """Serve until cancelled."""
        self._health = Health(listener, self._clock)
        self._conversation = listener.opened(self)
        try:
            await self._session.run()
        finally:
            self._conversation.closed("the port was closed")
            self._conversation = None

    # --- the line

    def write(self, data: bytes) -> None:
        """A house broker is owed no answer but the acknowledgement."""

    def settle(self, item: Message) -> None:
        """Acknowledge, in order of arrival: nothing before what came earlier and may still wait for the disk.

        What came over a lost connection is acknowledged by coming again.
        """
        if not self._waiting or item.token < self._waiting[0][0]:
            return
        oldest = self._waiting[0][0]
        together = self._waiting[item.token - oldest][1]
        self._settled.update(range(max(oldest, together), item.token + 1))
        while self._waiting and self._waiting[0][0] in self._settled:
            number, _, message = self._waiting.popleft()
            self._settled.discard(number)
            self._session.settle(message)

    def pause(self) -> None:
        """Stop reading the broker's socket."""
        self._session.pause()

    def resume(self) -> None:
        """Read it again."""
        self._session.resume()

    def close(self, reason: str) -> None:
        """Reconnect: the broker then sends again what was not acknowledged."""
        self._forget()
        self._session.cut(reason)

    # --- from the session

    def up(self, session_present: bool) -> None:  # noqa: FBT001, ARG002 - the session's contract
        """The broker is there."""
        if self._health is not None:
            self._health.up()

    def down(self, reason: str) -> None:
        """The broker is gone."""
        self._forget()
        if self._health is not None:
            self._health.down(reason)

    def arrived(self, message: Any) -> None:
        """One message: hand it on."""
        if self._conversation is None:
            return
        self._arrived += 1
        together = self._burst[0].token if self._burst else self._arrived
        self._waiting.append((self._arrived, together, message))
        mid, dup = message.mid, message.dup
        self._burst.append(
            Message(message.topic, message.payload, message.retain, message.qos, self._arrived, mid, dup)
        )
        if len(self._burst) == 1:
            asyncio.get_running_loop().call_soon(self._deliver)

    def _deliver(self) -> None:
        """What came in one turn of the loop is taken, stored and acknowledged together."""
        burst, self._burst = self._burst, []
        if burst and self._conversation is not None:
            self._conversation.received_all(burst, self._clock())

    def _forget(self) -> None:
        self._waiting.clear()
        self._settled.clear()
        self._burst.clear()

    def puback(self, mid: int, code: int) -> None:
        """Nothing is published here."""
