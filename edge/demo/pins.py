"""A one-button alarm with a lamp, and a door contact, on the mock pins: levels that outlive a killed gateway.

The lamp is the button's answer: the gateway lights it only once the alarm is on disk. An elder who sees no lamp presses
again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from drivers.model import decode_json, encode_json
from drivers.ports.mockpins import Change, Order
from edge.demo.ledger import Ledger, Word

PROTOCOL = "gpio"
PRESS_MS = 200.0
AGAIN_S = 2.0


class Pins:
    """One connection to the program that keeps the pins; tells which output changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.on_output: dict[int, Callable[[bool], None]] = {}
        self._writer: asyncio.StreamWriter | None = None

    async def run(self) -> None:
        """Watch until cancelled."""
        reader, writer = await asyncio.open_unix_connection(str(self._path))
        self._writer = writer
        try:
            writer.write(encode_json(Order("watch")) + b"\n")
            while line := await reader.readline():
                if b'"what":"output"' in line:
                    change = decode_json(line, type=Change)
                    tell = self.on_output.get(change.pin)
                    if tell is not None:
                        tell(bool(change.value))
        finally:
            self._writer = None
            writer.close()

    def drive(self, pin: int, level: int, ms: float = 0.0) -> None:
        """Set an input; with `ms` it returns by itself."""
        if self._writer is not None:
            self._writer.write(encode_json(Order("set", pin, level=level, ms=ms)) + b"\n")


class Button:
    """Normally open against ground, with a lamp."""

    def __init__(self, device: str, pin: int, lamp: int, pins: Pins, ledger: Ledger) -> None:
        self.device = device
        self._pin, self._pins, self._ledger = pin, pins, ledger
        self._count = 0
        self._pressed: Word | None = None
        self._seen = asyncio.Event()
        self._elder: asyncio.Task[None] | None = None
        pins.on_output[lamp] = self._lamp

    @property
    def waiting(self) -> int:
        """1 while somebody looks at a dark lamp."""
        return int(self._pressed is not None)

    def press(self) -> None:
        """Press, and again until the lamp says that it was heard."""
        if self._pressed is None:
            self._elder = asyncio.create_task(self._until_seen(), name=f"elder at {self.device}")

    async def _until_seen(self) -> None:
        self._seen.clear()
        while True:
            self._count += 1
            self._pressed = Word(self.device, PROTOCOL, "alarm", "alarm", "", self._count, "sos")
            self._ledger.said(self._pressed)
            self._pins.drive(self._pin, 0, PRESS_MS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._seen.wait(), AGAIN_S)
                return

    def _lamp(self, on: bool) -> None:  # noqa: FBT001 - a level
        if on and self._pressed is not None:
            self._ledger.answered(self._pressed)
            self._pressed = None
            self._seen.set()


class Door:
    """A reed contact against ground: closed is low."""

    def __init__(self, device: str, pin: int, pins: Pins, ledger: Ledger) -> None:
        self.device, self.open = device, False
        self._pin, self._pins, self._ledger = pin, pins, ledger
        self._count = 0

    def stand(self) -> None:
        """Closed, before anybody came."""
        self._pins.drive(self._pin, 0)

    def move(self) -> None:
        """Open it if it was closed, else close it."""
        self.open = not self.open
        self._count += 1
        key = "open" if self.open else "closed"
        self._ledger.said(Word(self.device, PROTOCOL, "contact", "state", key, self._count))
        self._pins.drive(self._pin, int(self.open))
