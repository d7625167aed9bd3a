"""What page and kiosk look at together during a call: words, a guide, a still of a paper and what is circled on it.

Pure. Bounded everywhere; what is not understood is dropped without a word. It ends with the call.
"""

from __future__ import annotations

from collections import deque
from math import isfinite

from sync.contract.call_data import (
    MAX_MARKS,
    MAX_POINTS,
    MAX_TEXT,
    FromPage,
    Mark,
    Show,
    StillAsk,
    StillEnd,
    Text,
    Unmark,
)
from sync.contract.call_screen import Still
from sync.contract.envelope import ContractError, decode

KEPT_TEXTS = 5
KEPT_NUMBERS = 64
MAX_MESSAGE = 16 * 1024
"""Bytes: sixty-four points with all their digits have a fifth of it."""
MAX_GUIDE = 100
MAX_CARD = 100
MAX_DATA_S = 50
"""Messages in a second; a page that draws sends ten."""


class SharedTable:
    """One call's. `asked` and `ended` tell the owner what to do with the camera's still."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.guide, self.card = "", 0
        self.still: Still | None = None
        self.still_wanted = False
        """A still was asked for and is not yet taken."""
        self.still_unwanted = False
        """It was put away by the page."""
        self._marks: dict[int, list[tuple[float, float]]] = {}
        self._numbers: deque[int] = deque(maxlen=KEPT_NUMBERS)
        self._window_s, self._in_window = 0.0, 0

    def heard(self, payload: bytes | str, at_s: float) -> bool:
        """A message of the page; whether anything is to be seen of it."""
        if isinstance(payload, str):
            payload = payload.encode()
        if len(payload) > MAX_MESSAGE or not self._in_time(at_s):
            return False
        try:
            message: FromPage = decode(payload, FromPage)  # type: ignore[arg-type]
        except ContractError:
            return False
        return self._take(message)

    def showing(self, still: Still) -> None:
        """The still was taken."""
        self._marks.clear()
        self.still = still

    def put_away(self) -> None:
        """All of it leaves the screen."""
        self.texts, self.guide, self.card = [], "", 0
        self._drop_still()

    def _take(self, message: FromPage) -> bool:
        if isinstance(message, Text):
            return self._text(message)
        if isinstance(message, Show):
            if len(message.guide) > MAX_GUIDE or not 0 <= message.card <= MAX_CARD:
                return False
            self.guide, self.card = message.guide, message.card if message.guide else 0
            return True
        if isinstance(message, StillAsk):
            self.still_wanted = True
            return True
        if isinstance(message, StillEnd):
            self._drop_still()
            return True
        return self._mark(message)

    def _text(self, message: Text) -> bool:
        text = "".join(c for c in message.text if c.isprintable() or c == "\n").strip()
        if not text or len(text) > MAX_TEXT or message.n in self._numbers:
            return False
        if message.n:
            self._numbers.append(message.n)
        self.texts = [*self.texts, text][-KEPT_TEXTS:]
        return True

    def _mark(self, message: Mark | Unmark) -> bool:
        if self.still is None:
            return False
        if isinstance(message, Unmark):
            self._marks.clear()
        elif not _sound(message) or (len(self._marks) >= MAX_MARKS and message.mark not in self._marks):
            return False
        else:
            self._marks[message.mark] = message.points
        still = self.still
        self.still = Still(still.frames, still.width, still.height, list(self._marks.values()))
        return True

    def _drop_still(self) -> None:
        self.still_unwanted = True
        self.still, self.still_wanted = None, False
        self._marks.clear()

    def _in_time(self, at_s: float) -> bool:
        if at_s - self._window_s >= 1.0:
            self._window_s, self._in_window = at_s, 0
        self._in_window += 1
        return self._in_window <= MAX_DATA_S


def _sound(mark: Mark) -> bool:
    """A line inside the picture."""
    if not 2 <= len(mark.points) <= MAX_POINTS:
        return False
    return all(isfinite(share) and 0.0 <= share <= 1.0 for point in mark.points for share in point)
