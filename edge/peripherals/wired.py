"""A reader on a serial line, through the gateway's serial port; it sends what it read as text."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from drivers.model import Instant
from drivers.ports.clock import Clock
from drivers.ports.port import Line
from drivers.ports.serial import SerialPort
from edge.peripherals.reader import SILENCE_S, Codes, OnCode


class WiredReader:
    """Also its own listener and conversation: there is one line and nothing to answer."""

    def __init__(self, path: str, baud: int, clock: Clock, on_code: OnCode) -> None:
        self._port = SerialPort("reader", path, baud, clock)
        self._codes = Codes(on_code)

    async def run(self) -> None:
        """See `Reader`."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._port.run(self), name="reader")
            group.create_task(self._tick(), name="codes")

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(SILENCE_S)
            self._codes.tick(asyncio.get_running_loop().time())

    # --- the port's listener, and the line's conversation

    def opened(self, line: Line) -> WiredReader:
        """See `drivers.ports.port.Listener`."""
        self._line = line
        return self

    def port_up(self) -> None:
        """See `Listener`."""

    def port_down(self, reason: str) -> None:
        """See `Listener`."""

    def refused(self, reason: str, count: int) -> None:
        """See `Listener`."""

    def received(self, item: Any, at: Instant) -> None:
        """See `Conversation`."""
        del at
        self._codes.take(bytes(item).decode("utf-8", "replace"), asyncio.get_running_loop().time())
        self._line.settle(item)

    def received_all(self, items: Sequence[Any], at: Instant) -> None:
        """See `Conversation`."""
        for item in items:
            self.received(item, at)

    def closed(self, reason: str) -> None:
        """See `Conversation`."""
