"""What the handlers work with: the gateway, what is kept for its watchers, and short reads and changes of its store."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from edge.api.refusal import wrong
from edge.api.web import Ask
from edge.files import Files
from edge.last_seen import LastSeen
from edge.live import Live
from edge.peripherals.shelf import Peripherals
from edge.registry import Registry
from edge.screen_alarm import ScreenAlarm
from edge.screen_care import ScreenCare
from edge.submissions import Submissions

if TYPE_CHECKING:
    from edge.gateway import Gateway

T = TypeVar("T")

MOST = 1000
"""Rows in one answer."""

PAGE = 100


@dataclass(frozen=True, slots=True)
class Parts:
    """Filled in by `edge.local`."""

    gateway: Gateway
    files: Files
    live: Live
    seen: LastSeen
    submissions: Submissions
    screen: ScreenAlarm
    beside: Peripherals
    care: ScreenCare

    async def look(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """A short read of the store, off the loop."""

        def read() -> T:
            with closing(self.gateway.store.reader()) as conn:
                return fn(conn)

        return await asyncio.to_thread(read)

    async def change_registry(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Change the registry; the gateway knows the new one when this returns. Raises what `fn` raises."""
        gateway = self.gateway

        def both(conn: sqlite3.Connection) -> tuple[T, Registry]:
            return fn(conn), Registry.load(conn, gateway.rules.driver_of)

        outcome, fresh = await gateway.store.transact(both)
        gateway.reload_registry(fresh)
        return outcome


def limit_of(ask: Ask) -> int:
    """`limit` of the query."""
    limit = ask.number("limit", PAGE, most=MOST)
    if limit < 1:
        raise wrong("limit is at least 1", "limit 至少为 1")
    return limit
