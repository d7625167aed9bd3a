"""What happens now, for whoever watches: numbered, kept for a moment, and never in anybody's way.

One bounded ring for all watchers: who is slower than the ring is told how much went by. Nothing here is durable; what
must not be lost is in the store.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

KEPT = 2_000
DROPPED = "dropped"


class Happening(NamedTuple):
    """One thing that happened; `n` counts from 1 in this run. A tuple, because events come by thousands."""

    n: int
    kind: str
    at: datetime
    data: object


class Live:
    """Tells watchers. `run` names this run of the gateway, so that an id of an older run is known as such."""

    def __init__(self, run: str, now: Callable[[], datetime], kept: int = KEPT) -> None:
        self.run = run
        self._now = now
        self._ring: deque[Happening] = deque(maxlen=kept)
        self._count = 0
        self._watchers: set[Watcher] = set()

    @property
    def watchers(self) -> int:
        """How many look at it."""
        return len(self._watchers)

    def tell(self, kind: str, data: object, at: datetime | None = None) -> None:
        """Something happened. Costs little when nobody looks."""
        self._count += 1
        self._ring.append(Happening(self._count, kind, at or self._now(), data))
        for watcher in self._watchers:
            watcher.wake()

    def watch(self, after: str | None = None) -> Watcher:
        """A watcher from now on, or from after that id. Close it."""
        watcher = Watcher(self, self._count if after is None else self._place(after))
        self._watchers.add(watcher)
        return watcher

    def leave(self, watcher: Watcher) -> None:
        """It looks no longer."""
        self._watchers.discard(watcher)

    def after(self, n: int) -> tuple[int, list[Happening]]:
        """How many after `n` are gone already, and those that are not."""
        first = self._ring[0].n if self._ring else self._count + 1
        kept = [h for h in self._ring if h.n > n] if n < self._count else []
        return max(0, first - 1 - n), kept

    def id_of(self, n: int) -> str:
        """The id a watcher may come back with."""
        return f"{self.run}-{n}"

    def _place(self, after: str) -> int:
        """Everything that is kept, for an id of another run: it is all news."""
        run, _, number = after.rpartition("-")
        return min(int(number), self._count) if run == self.run and number.isdigit() and len(number) < 16 else 0


class Watcher:
    """One who looks. Take what there is with `take`, then `wait`."""

    def __init__(self, live: Live, n: int) -> None:
        self._live, self._n = live, n
        self._news = asyncio.Event()

    def wake(self) -> None:
        """There is something."""
        self._news.set()

    def take(self) -> tuple[int, list[Happening]]:
        """What went by unseen (a number) and what is new."""
        self._news.clear()
        gone, kept = self._live.after(self._n)
        self._n = kept[-1].n if kept else self._n + gone
        return gone, kept

    async def wait(self, timeout_s: float) -> bool:
        """Until there is something, or for so long; whether there is."""
        try:
            async with asyncio.timeout(timeout_s):  # wait_for of Python 3.11 may swallow a cancellation
                await self._news.wait()
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """Look no longer."""
        self._live.leave(self)
