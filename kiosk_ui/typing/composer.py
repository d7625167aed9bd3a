"""What a person has typed so far: the open letters or strokes, the candidates a page at a time, what may follow.

Nothing is remembered of what anybody typed: a kiosk belongs to nobody, and no candidate may tell the next person what
the last one wrote.
"""

from __future__ import annotations

from enum import StrEnum

from kiosk_ui.typing import pinyin, strokes
from kiosk_ui.typing.lexicon import Lexicon
from kiosk_ui.typing.pinyin import Candidate

MOST_TYPED = 40
MOST_TEXT = 500
ROW, PAGE = 4, 8
"""Candidates shown at once: two rows of 15 mm, fewer where long words leave no room for so many."""
LEAST_SIGNS = 2
"""A key is never narrower than two characters."""


class Method(StrEnum):
    """What the keys are."""

    PINYIN = "pinyin"
    STROKES = "strokes"
    DIGITS = "digits"
    LETTERS = "letters"


class Composer:
    """One text being typed. `text` is what stands, `open` what is not chosen yet, `shown` a page of candidates."""

    def __init__(self, lexicon: Lexicon, method: Method = Method.PINYIN, most: int = MOST_TEXT) -> None:
        self._lexicon, self._most = lexicon, most
        self.method = method
        self.text = ""
        self.open = ""
        self.room = PAGE * MOST_TYPED
        """So many characters stand in a row."""
        self._first = 0
        self._found: list[Candidate] = []

    @property
    def shown(self) -> list[str]:
        """The candidates of this page."""
        return [one.text for one in self._here()]

    @property
    def upper(self) -> int:
        """How many of them stand in the upper row."""
        return self._row(self._first)

    @property
    def more(self) -> bool:
        """There is another page."""
        return len(self._found) > self._first + len(self._here())

    @property
    def turned(self) -> bool:
        """Another page than the first is shown."""
        return self._first > 0

    def use(self, method: Method) -> None:
        """Other keys; what was not chosen is dropped, what stands stays."""
        self.method, self.open = method, ""
        self._look([])

    def key(self, key: str) -> None:
        """A key: a letter, `'`, a stroke 1 to 5, `" "` for the next character, a digit. Others do nothing."""
        if self.method in (Method.DIGITS, Method.LETTERS):
            self._put(key)
        elif len(self.open) < MOST_TYPED and self._typable(key):
            self.open += key
            self._search()

    def back(self) -> None:
        """Take back the last key, or the last character."""
        if self.open:
            self.open = self.open[:-1]
            self._search()
        else:
            self.text = self.text[:-1]
            self._look([])

    def choose(self, number: int) -> None:
        """Take that candidate of the page; then what often follows it is offered."""
        here = self._here()
        if not 0 <= number < len(here):
            return
        chosen, used = here[number]
        begun = "" if self.open else self._begun
        self._put(chosen[len(begun) :])
        self.open = self.open[used:]
        if self.open:
            self._search()
        else:
            self._begun = chosen
            self._look([Candidate(word.text, 0) for word in self._lexicon.after(chosen, PAGE * 3)])

    def phrase(self, text: str) -> None:
        """Put a ready phrase."""
        self.open = ""
        self._put(text)
        self._look([])

    def next_page(self) -> None:
        """The next candidates; after the last the first."""
        self._first = self._first + len(self._here()) if self.more else 0

    def wipe(self) -> None:
        """Forget all of it."""
        self.text = self.open = ""
        self._look([])

    _begun: str = ""
    """The word that was chosen last: what follows goes on from it."""

    def _here(self) -> list[Candidate]:
        lower = self._first + self._row(self._first)
        return self._found[self._first : lower + self._row(lower)]

    def _row(self, start: int) -> int:
        """How many have room in one row."""
        signs, found = 0, self._found[start : start + ROW]
        for n, one in enumerate(found):
            signs += max(LEAST_SIGNS, len(one.text))
            if n and signs > self.room:
                return n
        return len(found)

    def _typable(self, key: str) -> bool:
        if self.method is Method.PINYIN:
            return (key.isascii() and key.isalpha() and key.islower()) or (key == "'" and bool(self.open))
        return key in "12345" or (key == strokes.NEXT and bool(self.open) and not self.open.endswith(strokes.NEXT))

    def _search(self) -> None:
        if not self.open:
            self._look([])
            return
        engine = pinyin if self.method is Method.PINYIN else strokes
        self._look(engine.candidates(self._lexicon, self.open))

    def _look(self, found: list[Candidate]) -> None:
        self._found, self._first = found, 0
        if not found:
            self._begun = ""

    def _put(self, text: str) -> None:
        self.text = (self.text + text)[: self._most]
