"""Passing on to whoever listens now: each listener gets everything, in order, or its listening ends.

For what must not be kept and must not be thinned out: call signalling. A listener that is too slow would miss a part
of a conversation and not know it; so it is let go, comes again, and both ends of each call say where they are.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator

MOST_ITEMS = 256
MOST_BYTES = 4 << 20
BEAT_S = 5.0
"""A stream that has nothing to say sends an empty line."""


class Fanout:
    """All listeners. Called on the loop."""

    def __init__(self, most_items: int = MOST_ITEMS, most_bytes: int = MOST_BYTES) -> None:
        self._most_items, self._most_bytes = most_items, most_bytes
        self._ears: set[Ear] = set()
        self.lost = 0
        """Listeners that were too slow."""

    def __len__(self) -> int:
        return len(self._ears)

    def tell(self, piece: bytes) -> None:
        """To everyone who listens."""
        for ear in list(self._ears):
            if not ear.take(piece, self._most_items, self._most_bytes):
                self.lost += 1
                self._ears.discard(ear)

    def listen(self) -> Ear:
        """From now on. Close it."""
        ear = Ear(self)
        self._ears.add(ear)
        return ear

    async def lines(self, beat_s: float = BEAT_S) -> AsyncGenerator[bytes, None]:
        """What is told from now on, where it is told in lines: the body of an answer. Ends for who is too slow."""
        ear = self.listen()
        try:
            yield b"\n"
            while (pieces := await ear.next(beat_s)) is not None:
                yield pieces or b"\n"
        finally:
            ear.close()

    def leave(self, ear: Ear) -> None:
        """It listens no longer."""
        self._ears.discard(ear)


class Ear:
    """One who listens: `next` until it ends."""

    def __init__(self, fanout: Fanout) -> None:
        self._fanout = fanout
        self._pieces: deque[bytes] = deque()
        self._size = 0
        self._news = asyncio.Event()
        self.full = False
        """It was too slow, and gets nothing more."""

    def take(self, piece: bytes, most_items: int, most_bytes: int) -> bool:
        """Queue it; False: there is no room, and it is over."""
        self.full = len(self._pieces) >= most_items or self._size + len(piece) > most_bytes
        if self.full:
            self._pieces.clear()
        else:
            self._pieces.append(piece)
            self._size += len(piece)
        self._news.set()
        return not self.full

    async def next(self, beat_s: float) -> bytes | None:
        """Everything that came, joined; empty after `beat_s` without anything; None: it is over."""
        if not self._news.is_set():
            try:
                async with asyncio.timeout(beat_s):
                    await self._news.wait()
            except TimeoutError:
                return b""
        self._news.clear()
        if self.full:
            return None
        pieces = b"".join(self._pieces)
        self._pieces.clear()
        self._size = 0
        return pieces

    def close(self) -> None:
        """Listen no longer."""
        self._fanout.leave(self)
