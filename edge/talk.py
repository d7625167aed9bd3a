"""One conversation: a line of a port, the decoder that understands it, and the intake that keeps what is said.

Knows no storage and no registry. It feeds, it watches the decoder's timers, it hands over; the answer is written by
the intake once what it answers is on disk.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Protocol

from drivers.decoder import Decoder
from drivers.model import Command, Heard, Instant, Note, Refused
from drivers.ports.clock import Clock
from drivers.ports.port import Line
from sync.failpoint import reach

log = logging.getLogger("linli.talk")


class Taker(Protocol):
    """Where what was heard goes."""

    def take(self, talk: Talk, item: Any, heard: list[Heard], at: Instant) -> None:
        """Store it, then answer."""

    def ended(self, talk: Talk) -> None:
        """The line is gone."""


class Talk:
    """A `Conversation` of `drivers.ports.port`."""

    def __init__(self, taker: Taker, line: Line, port: str, profile: str, driver: str, decoder: Decoder[Any]) -> None:
        self.line, self.port, self.profile, self.driver = line, port, profile, driver
        self.addresses: set[str] = set()
        self.over = False
        self.held = 0
        """Bytes that came in and wait for the disk."""
        self.patient = True
        """How long it may be silent follows its device; else the port's configuration has said it."""
        self._taker, self._decoder = taker, decoder
        self._timer: asyncio.TimerHandle | None = None
        self._due: float | None = None

    def received(self, item: Any, at: Instant) -> None:
        """Decode and hand over, even when nothing came of it: the item is to be settled."""
        reach("received")
        heard = self._decoder.feed(item, at)
        self._taker.take(self, item, heard, at)
        if self._decoder.due() != self._due:
            self._plan(at)

    def received_all(self, items: Sequence[Any], at: Instant) -> None:
        """What came together is stored together; settling the last settles all."""
        reach("received")
        heard = [one for item in items for one in self._understood(item, at)]
        self._taker.take(self, items[-1], heard, at)
        if self._decoder.due() != self._due:
            self._plan(at)

    def _understood(self, item: Any, at: Instant) -> list[Heard]:
        """A driver's own mistake costs the message it falls over, not the others of the burst."""
        try:
            return self._decoder.feed(item, at)
        except Exception:  # whatever a driver fell over: what came with it is read all the same
            log.exception("driver %s fell over a message on port %s", self.driver, self.port)
            return [Heard(note=Note("the driver fell over it"))]

    def closed(self, reason: str) -> None:  # noqa: ARG002 - the port has told it
        """Nothing more will come."""
        self.over = True
        if self._timer is not None:
            self._timer.cancel()
        self._taker.ended(self)

    def say(self, command: Command, at: Instant) -> Refused | None:
        """Put a command to the device; why not, if not."""
        said = self._decoder.say(command, at)
        if isinstance(said, Refused):
            return said
        self.line.write(said)
        self._plan(at)
        return None

    def watch(self, clock: Clock) -> None:
        """Whose time the timers run by."""
        self._clock = clock
        self._plan(clock())

    def _plan(self, at: Instant) -> None:
        """Wake when the decoder wants to be asked."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._due = self._decoder.due()
        if self._due is not None and not self.over:
            wait = max(0.0, self._due - at.monotonic_s)
            self._timer = asyncio.get_running_loop().call_later(wait, self._tick)

    def _tick(self) -> None:
        at = self._clock()
        heard = self._decoder.tick(at)
        if heard:
            self._taker.take(self, None, heard, at)
        self._plan(at)
