"""What each device said last and how long it waited for its answer: the ledger's notes, for whoever watches."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from edge.demo.ledger import Word

REMEMBERED = 64


@dataclass(slots=True)
class Page:
    """One device. Times are monotonic seconds; `answer_ms` of the last answered word."""

    device: str
    protocol: str
    said: int = 0
    answered: int = 0
    last: str = ""
    last_at: float = 0.0
    answer_ms: float | None = None


class Diary:
    """Pages by device, in order of their first word."""

    def __init__(self, now: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time) -> None:
        self.pages: dict[str, Page] = {}
        self._sos: dict[str, list[tuple[float, float]]] = {}
        self._now, self._wall = now, wall
        self._open: dict[str, deque[tuple[int, float]]] = {}

    def note(self, what: str, word: Word) -> None:
        """Take one note of the ledger."""
        page = self.pages.setdefault(word.device, Page(word.device, word.protocol))
        waiting = self._open.setdefault(word.device, deque(maxlen=REMEMBERED))
        if what == "said":
            page.said += 1
            page.last, page.last_at = word.alarm or word.kind, self._now()
            waiting.append((word.n, self._now()))
            return
        page.answered += 1
        said_at = dict(waiting).get(word.n)
        if said_at is not None:
            page.answer_ms = (self._now() - said_at) * 1000
            if word.alarm:
                presses = self._sos.setdefault(word.device, [])
                presses.append((self._wall() - page.answer_ms / 1000, page.answer_ms))
                del presses[:-REMEMBERED]

    def sos_ms(self, device: str, raised_s: float) -> float | None:
        """How long the press nearest to this moment (Unix time) waited for its answer."""
        presses = self._sos.get(device)
        return min(presses, key=lambda press: abs(press[0] - raised_s))[1] if presses else None
