"""From other threads to the event loop: a bounded queue that wakes the loop once per batch.

Knows neither pins nor sockets.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Inbox(Generic[Item]):
    """`put` from any thread; `deliver` gets every batch on the loop, and whether anything before it was lost."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, deliver: Callable[[list[Item], bool], None], limit: int
    ) -> None:
        self._loop = loop
        self._deliver = deliver
        self._limit = limit
        self._items: deque[Item] = deque()
        self._woken = False
        self._lost = False

    def put(self, item: Item) -> None:
        """Append; above the limit the item is dropped and the loss is told with the next batch."""
        if len(self._items) < self._limit:
            self._items.append(item)
        else:
            self._lost = True
        if not self._woken:
            self._woken = True
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody wants it any more
                self._loop.call_soon_threadsafe(self._take)

    def _take(self) -> None:
        # Cleared first: whoever appends from here on wakes the loop again, so that nothing is left lying.
        self._woken = False
        lost, self._lost = self._lost, False
        batch = [self._items.popleft() for _ in range(len(self._items))]
        self._deliver(batch, lost)
