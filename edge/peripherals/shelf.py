"""The peripherals of this box, by its configuration; one slip at a time, codes to whoever listens now.

A code may be somebody's slip: it is told to the screen that listens at this moment, and kept nowhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from drivers.ports.clock import Clock
from edge.config_shape import PeripheralsConfig
from edge.peripherals.escpos import EscposPrinter
from edge.peripherals.hid import HidReader
from edge.peripherals.lamp import FakeLamp, Lamp, NoLamp, PinLamp, StatusLight
from edge.peripherals.printer import FakePrinter, NoPrinter, Printer, PrinterError
from edge.peripherals.reader import NoReader, OnCode, Reader
from edge.peripherals.wired import WiredReader
from sync.contract.envelope import encode
from sync.contract.slip import Slip, Trouble, fits
from sync.fanout import Fanout


class Peripherals:
    """`run` with the gateway. `scans` tells a line of JSON each: {"code"}.

    `order` sets an output of the board; None: the board has no status light.
    """

    def __init__(
        self, config: PeripheralsConfig, data: Path, clock: Clock, order: Callable[[str, str], None] | None = None
    ) -> None:
        self.scans = Fanout()
        self.printer = _printer(config, data)
        self.light = StatusLight(_lamp(config, data, order), lambda: clock().monotonic_s)
        self._reader = _reader(config, clock, self.scanned)
        self._printing = asyncio.Lock()

    def scanned(self, code: str) -> None:
        """A code was read."""
        self.scans.tell(encode({"code": code}) + b"\n")

    async def print(self, slip: Slip) -> None:
        """On paper when this returns. Raises PrinterError."""
        if not fits(slip):
            raise PrinterError(Trouble.TOO_MUCH)
        async with self._printing:
            await asyncio.to_thread(self.printer.print, slip)

    async def look(self) -> Trouble | None:
        """What is wrong with the printer now."""
        async with self._printing:
            return await asyncio.to_thread(self.printer.look)

    async def run(self) -> None:
        """Read codes and keep the light until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._reader.run(), name="reader")
            if self.light.there:
                group.create_task(self.light.run(), name="status light")
            await asyncio.Event().wait()


def _printer(config: PeripheralsConfig, data: Path) -> Printer:
    at = config.printer
    if not at:
        return NoPrinter()
    return FakePrinter(data / "slips") if at == "fake" else EscposPrinter(at)


def _lamp(config: PeripheralsConfig, data: Path, order: Callable[[str, str], None] | None) -> Lamp:
    if config.lamp == "fake":
        return FakeLamp(data / "lamp")
    return NoLamp() if order is None else PinLamp(order)


def _reader(config: PeripheralsConfig, clock: Clock, on_code: OnCode) -> Reader:
    if not config.reader:
        return NoReader()
    if config.reader.startswith("/dev/input/"):
        return HidReader(config.reader, on_code)
    return WiredReader(config.reader, config.reader_baud, clock, on_code)
