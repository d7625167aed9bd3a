"""What goes down: signals to kiosks in their order, and the presence of every department."""

from __future__ import annotations

import asyncio
import logging
from typing import NamedTuple

from office.client import Declined, NotRunning
from office.desk.calls.exchange import Exchange
from office.desk.desk import Desk
from sync.contract.envelope import replaced
from sync.contract.kiosk import Presence

log = logging.getLogger("linli.office.desk")

OLD_S = 10.0
MOST_WAITING = 5000
LEASE_S = 45.0
EVERY_S = 15.0
AT_MOST_EVERY_S = 0.5


class _Down(NamedTuple):
    gateway: str
    call: str
    payload: bytes
    at_s: float


class Telling:
    """Called on the loop; run `run` and `presence` beside each other."""

    def __init__(self, desk: Desk, exchange: Exchange) -> None:
        self.unsent = 0
        self._desk, self._exchange = desk, exchange
        self._queue: asyncio.Queue[_Down] = asyncio.Queue(MOST_WAITING)
        self._wake = asyncio.Event()
        self._told: dict[str, Presence] = {}

    def send(self, gateway: str, call: str, payload: bytes) -> None:
        """A signal, now or never."""
        try:
            self._queue.put_nowait(_Down(gateway, call, payload, asyncio.get_running_loop().time()))
        except asyncio.QueueFull:
            self.unsent += 1

    async def run(self) -> None:
        """One after the other: order is what a call is made of."""
        loop, failing = asyncio.get_running_loop(), False
        while True:
            down = await self._queue.get()
            if loop.time() - down.at_s > OLD_S:
                self.unsent += 1
                continue
            sent = await self._desk.centre.signal(down.gateway, down.call, down.payload)
            self.unsent += not sent
            if sent == failing:
                failing = not sent
                log.warning("call signals %s to kiosks", "cannot be sent" if failing else "go again")

    # --- presence

    def wake(self) -> None:
        """Something changed."""
        self._wake.set()

    async def presence(self) -> None:
        """What changed at once, everything while its lease runs; a dead desk is nobody."""
        failing, all_at_s, loop = False, float("-inf"), asyncio.get_running_loop()
        while True:
            whole = loop.time() - all_at_s >= EVERY_S
            try:
                await self._tell(whole=whole)
            except (NotRunning, Declined) as reason:
                if not failing:
                    log.error("kiosks cannot be told who takes calls: %s", reason)  # noqa: TRY400 - no stack needed
                failing = True
                self._told.clear()
            else:
                failing = False
                all_at_s = loop.time() if whole else all_at_s
            await asyncio.sleep(AT_MOST_EVERY_S)
            try:
                async with asyncio.timeout(1.0 if failing else EVERY_S):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()

    async def _tell(self, *, whole: bool) -> None:
        clerks = self._exchange.clerks()
        for department in list(self._exchange.staff.departments):
            now = replaced(self._exchange.present(department, clerks), valid_s=LEASE_S)
            if whole or now != self._told.get(department):
                await self._desk.centre.present(department, now)
                self._told[department] = now
