"""What keeps the store going: its bounds, its reserve, the clock it remembers; and what is done when it fails."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from edge import losses
from sync.contract.lanes import Lane
from sync.contract.messages import Loss, Range
from sync.store import Entry, StoreError, outbox

if TYPE_CHECKING:
    from edge.gateway import Gateway

log = logging.getLogger("linli.gateway")

HEALTH_EVERY_S = 10.0
CORRUPT = 74
"""EX_IOERR: the store is damaged; the next start salvages it."""

LOOK_AGAIN_S, LAST_LOOKS = 0.1, 100
"""Ten seconds a gateway with a damaged store waits for the centre's receipts for alarms that are only in memory."""


class Upkeep:
    """Of one gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def run(self) -> None:
        """Every few seconds: the clock, the reserve, the bounds of the outbox."""
        while True:
            await asyncio.sleep(HEALTH_EVERY_S)
            self._gateway.clock.judge()
            if self._gateway.store.fault is None:
                self._gateway.store.reserve.keep()
            now = self._gateway.clock().utc.isoformat()
            self._gateway.store.append([], None, [partial(outbox.note, key="clock", value=now)])
            with suppress(StoreError):  # no room even to give something up: the fault is told, and it is tried again
                await self.thin()

    async def thin(self) -> None:
        """Over the quota the oldest of bulk goes, then of state, and the loss is told. Alarms are never given up."""
        rows, most = self._gateway.config.storage.max_bulk_events, self._gateway.config.storage.max_mb * 1024 * 1024
        excess = sum(size for _, size in self._gateway.store.waiting.values()) - most
        for lane in (Lane.BULK, Lane.STATE):
            count, size = self._gateway.store.waiting[lane]
            over = max(count - rows, int(count * min(1.0, excess / size)) if excess > 0 and size else 0)
            if over > 0:
                take = min(count, over + rows // 100)
                excess -= size * take // count
                await self._gateway.store.lose(partial(_oldest, lane, take), self.loss("quota of the store reached"))

    def give_up(self, places: list[tuple[int, Lane, int]], reason: str) -> asyncio.Task[int]:
        """Lose these rows on purpose, with the loss event in the same transaction."""
        return asyncio.create_task(self._gateway.store.lose(lambda _conn: places, self.loss(reason)), name="loss")

    def loss(self, reason: str) -> Callable[[str, list[Range]], Entry]:
        """What makes the event that lists what was lost, and writes it into the ledger."""

        def tell(epoch: str, ranges: list[Range]) -> Entry:
            count = sum(r.last - r.first + 1 for r in ranges)
            loss, at = Loss(reason=reason, ranges=ranges, count=count, epoch=epoch), self._gateway.clock()
            return Entry(Lane.STATE, self._gateway.mapper.loss(loss, at), also=losses.writer(loss, at.utc))

        return tell

    def disk_fault(self, reason: str | None) -> None:
        """The store takes nothing, or takes it again."""
        if reason is not None:
            log.error("the store does not take anything: %s", reason)
        self._gateway.fault("store", active=reason is not None, reason=reason or "")

    def corrupt(self, reason: str) -> None:
        """Nothing is stored any more. Alarms go by memory, the centre is told, then a start salvages."""
        log.critical("the store is corrupt (%s): ending, to be salvaged at the next start", reason)
        self._gateway.fault("store-corrupt", active=True, reason=reason)
        self._gateway.publish_state()
        self._last_words = asyncio.create_task(self._end_corrupt(), name="last words")

    async def _end_corrupt(self) -> None:
        for _ in range(LAST_LOOKS):
            await asyncio.sleep(LOOK_AGAIN_S)
            if not len(self._gateway.link.volatile):
                break
        self._gateway.leave(CORRUPT)


def _oldest(lane: Lane, take: int, conn: sqlite3.Connection) -> list[tuple[int, Lane, int]]:
    return [(era, lane, seq) for era, seq in outbox.oldest(conn, lane, take)]
