"""One connection of the receiver: what arrived is settled in order, each after its work is on disk.

A message is acknowledged to the broker only when `done` was called for it and for all before it (MQTT 5.0, 4.6: PUBACKs
in the order of arrival). When too much is in hand, reading stops: the broker keeps the rest. When work failed nothing
more is settled, and after a pause the connection is cut: the broker sends it all again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sync.contract import topics
from sync.contract.envelope import encode
from sync.contract.messages import Receipt
from sync.failpoint import reach_soon
from sync.mqtt import Arrived, Broker, Connection, NotConnected

log = logging.getLogger("linli.office.line")

HELD_BYTES = 8 << 20
"""In hand and not yet on disk: above it reading stops, below half of it reading goes on."""

AFTER_FAILURE_S = 5.0
"""A full disk is not emptied faster by asking more often."""


@dataclass(slots=True)
class Item:
    """A message in hand."""

    message: Arrived
    done: bool = False


class Owner(Protocol):
    """Who decides what a message means."""

    def line_up(self, line: Line) -> None:
        """Connected and subscribed."""

    def line_down(self, line: Line, reason: str) -> None:
        """Lost."""

    def line_heard(self, line: Line, item: Item) -> None:
        """A message; in the end `line.done(item)` or `line.failed(error)` must be called."""

    def line_puback(self, line: Line, mid: int, code: int) -> None:
        """The broker's word on something published on this line."""


class Line:
    """A connection and the messages in hand of it. `name` is for logs."""

    def __init__(self, name: str, broker: Broker, subscriptions: Sequence[tuple[str, int]], owner: Owner) -> None:
        self.name = name
        self.connection = Connection(broker, self, subscriptions)
        self._owner = owner
        self._hand: deque[Item] = deque()
        self._held = 0
        self._paused = False
        self._failed = False
        self._receipts: dict[tuple[str, str, str], Receipt] = {}

    @property
    def online(self) -> bool:
        """Whether it is connected."""
        return self.connection.online

    def done(self, item: Item) -> None:
        """The work for this message is on disk (or there was none)."""
        item.done = True
        while self._hand and self._hand[0].done and not self._failed:
            first = self._hand.popleft()
            self._held -= len(first.message.payload)
            self.connection.settle(first.message)
        if self._paused and not self._failed and self._held < HELD_BYTES // 2:
            self._paused = False
            self.connection.resume()

    def failed(self, error: BaseException) -> None:
        """The work could not be done: nothing more is settled, and all of it is asked for again."""
        if self._failed:
            return
        self._failed = True
        log.error("%s: storing failed, trying again in %.0f s: %s", self.name, AFTER_FAILURE_S, error)
        self._paused = True
        self.connection.pause()
        asyncio.get_running_loop().call_later(AFTER_FAILURE_S, self.connection.cut, "storing failed")

    def receipt(self, gateway: str, receipts: Sequence[Receipt]) -> None:
        """Say what is stored; several within one group of commits become one, because the last says it all."""
        if not self._receipts:
            asyncio.get_running_loop().call_soon(self._say_receipts)
        for receipt in receipts:
            key = (gateway, receipt.epoch, receipt.lane)
            known = self._receipts.get(key)
            if known is None or known.n < receipt.n:
                self._receipts[key] = receipt

    def say(self, publish: Callable[[Connection], int]) -> int | None:
        """Publish when connected; None when not. What must not get lost is kept elsewhere."""
        try:
            return publish(self.connection)
        except NotConnected:
            return None

    def _say_receipts(self) -> None:
        receipts, self._receipts = self._receipts, {}
        for (gateway, _, _), receipt in receipts.items():
            self.say(_publishing(topics.down_receipt(gateway), encode(receipt)))
        reach_soon("centre-receipted")

    # --- called by the connection

    def up(self, session_present: bool) -> None:  # noqa: FBT001 - the handler's shape
        """See `sync.mqtt.Handler`."""
        log.info("%s: connected, session %s", self.name, "resumed" if session_present else "new")
        self._owner.line_up(self)

    def down(self, reason: str) -> None:
        """See `sync.mqtt.Handler`. What was in hand comes again."""
        self._hand.clear()
        self._held = 0
        self._failed = False
        if self._paused:
            self._paused = False
            self.connection.resume()
        log.warning("%s: no connection: %s", self.name, reason)
        self._owner.line_down(self, reason)

    def arrived(self, message: Arrived) -> None:
        """See `sync.mqtt.Handler`."""
        item = Item(message)
        self._hand.append(item)
        self._held += len(message.payload)
        if self._held > HELD_BYTES and not self._paused:
            self._paused = True
            self.connection.pause()
        self._owner.line_heard(self, item)

    def puback(self, mid: int, code: int) -> None:
        """See `sync.mqtt.Handler`."""
        self._owner.line_puback(self, mid, code)


def _publishing(topic: str, payload: bytes) -> Callable[[Connection], int]:
    return lambda connection: connection.publish(topic, payload)
