"""Bringing to the receiver what is owed to it: when there is something new, and again while that does not work.

What is owed stands in our file, so that a receiver that is away delays it and loses nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from office.client import Declined, NotRunning
from office.database import StoreError

log = logging.getLogger("linli.office.desk")


class Bringing:
    """`what` begins the sentence of the log; `again_s` later it is tried again."""

    def __init__(self, what: str, again_s: float) -> None:
        self._what, self._again_s = what, again_s
        self._news = asyncio.Event()

    def wake(self) -> None:
        """There is something to bring."""
        self._news.set()

    async def run(self, bring: Callable[[], Awaitable[object]]) -> None:
        """Until cancelled. `bring` brings everything that is owed; why it cannot is said once, not each time."""
        said_last = ""
        while True:
            self._news.clear()
            try:
                await bring()
                said_last = ""
            except (NotRunning, Declined, StoreError, OSError) as reason:
                why = str(reason) or type(reason).__name__
                if why != said_last:
                    log.warning("%s cannot be brought to the kiosks yet: %s", self._what, why)
                said_last = why
            try:
                async with asyncio.timeout(self._again_s if said_last else None):
                    await self._news.wait()
            except TimeoutError:
                continue
