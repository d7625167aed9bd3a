"""zigbee2mqtt and its broker, a plain mosquitto of the house: contacts and SOS buttons.

A message counts as answered when the house's broker confirms (PUBACK 0x00) that it holds it for the gateway's
persistent session. 0x10, nobody listens, does not count: it is published again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from drivers.model import Message
from edge.demo.judge import time_key
from edge.demo.ledger import Ledger, Word
from edge.neighbourhood.zigbee import Network
from sync.mqtt import Arrived, Broker, Connection, NotConnected

PROTOCOL = "zigbee"
WINDOW = 100
"""Under way at once. Only one as long as nobody listens: those behind it would overtake it."""

AGAIN_S = 0.2
HELD = 0x00


@dataclass(frozen=True, slots=True)
class Published:
    """What a message means, and the message."""

    word: Word
    message: Message


class Bridge:
    """The program that publishes for all Zigbee devices. A `Handler` of `sync.mqtt`."""

    def __init__(self, port: int, ledger: Ledger) -> None:
        self._connection = Connection(Broker("127.0.0.1", port, "zigbee2mqtt", session_expiry_s=0), self)
        self._ledger = ledger
        self._window = 1
        self._unsent: deque[Published] = deque()
        self._sent: dict[int, Published] = {}
        self._network = Network()
        self._counts: dict[str, int] = {}

    @property
    def connected(self) -> bool:
        """Whether the house's broker is there."""
        return self._connection.online

    @property
    def waiting(self) -> int:
        """How much the broker has not confirmed."""
        return len(self._unsent) + len(self._sent)

    async def run(self) -> None:
        """Until cancelled."""
        await self._connection.run()

    def contact(self, device: str, at: datetime, *, closed: bool) -> None:
        """A door moved."""
        self._say(device, "contact", "state", at, self._network.contact(device, closed=closed, at=at))

    def press(self, device: str, at: datetime) -> None:
        """An SOS button was pressed."""
        self._say(device, "alarm", "alarm", at, self._network.press(device, at))

    def _say(self, device: str, kind: str, lane: str, at: datetime, message: Message) -> None:
        n = self._counts[device] = self._counts.get(device, 0) + 1
        word = Word(device, PROTOCOL, kind, lane, time_key(at), n, "sos" if kind == "alarm" else "")
        self._ledger.said(word)
        self._unsent.append(Published(word, message))
        self._push()

    def _push(self) -> None:
        while self._unsent and len(self._sent) < self._window:
            published = self._unsent[0]
            try:
                mid = self._connection.publish(published.message.topic, published.message.payload)
            except NotConnected:
                return
            self._sent[mid] = self._unsent.popleft()

    # --- Handler

    def up(self, session_present: bool) -> None:  # noqa: ARG002, FBT001 - the handler's contract
        """What was not confirmed goes first."""
        self._unsent.extendleft(reversed(self._sent.values()))
        self._sent.clear()
        self._push()

    def down(self, reason: str) -> None:
        """It keeps trying."""

    def arrived(self, message: Arrived) -> None:
        """It is subscribed to nothing."""

    def puback(self, mid: int, code: int) -> None:
        """The broker has it, or nobody listens yet."""
        published = self._sent.pop(mid, None)
        if published is None:
            return
        if code == HELD:
            self._window = WINDOW
            self._ledger.answered(published.word)
            self._push()
        else:
            self._window = 1
            self._unsent.appendleft(published)
            asyncio.get_running_loop().call_later(AGAIN_S, self._push)
