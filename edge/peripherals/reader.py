"""A reader of QR and bar codes: what it typed or sent becomes one code. Pure but for the fake.

A code ends with Enter or with a silence; what is too long, or no text, is dropped whole and the next one is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

MOST = 512
"""Characters. A slip's code has at most 300."""
SILENCE_S = 0.15
"""Readers type a code in one go; a person's cable that rattles does not."""

OnCode = Callable[[str], None]


class Reader(Protocol):
    """One reader."""

    async def run(self) -> None:
        """Read until cancelled; it comes back by itself after it was unplugged."""


class Codes:
    """Pieces of text in, codes out."""

    def __init__(self, on_code: OnCode) -> None:
        self._on_code = on_code
        self._text = ""
        self._spoilt = False
        self._last_s = 0.0

    def take(self, text: str, at_s: float) -> None:
        """More of it. The end of a line ends a code."""
        if self._text and at_s - self._last_s > SILENCE_S:
            self._end()
        self._last_s = at_s
        for character in text:
            if character in "\r\n":
                self._end()
            elif self._spoilt or not character.isprintable() or len(self._text) >= MOST:
                self._spoilt = True
            else:
                self._text += character

    def tick(self, at_s: float) -> None:
        """Nothing came for a while."""
        if (self._text or self._spoilt) and at_s - self._last_s > SILENCE_S:
            self._end()

    def _end(self) -> None:
        code, self._text = self._text.strip(), ""
        spoilt, self._spoilt = self._spoilt, False
        if code and not spoilt:
            self._on_code(code)


class NoReader:
    """A box without one."""

    async def run(self) -> None:
        """See `Reader`."""
