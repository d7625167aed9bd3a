"""Characters and words: how they are written and read, and how often. Loaded once, on a thread of the caller's choice.

Words of street offices are shipped beside the general ones; those of the place itself (departments, guides, streets)
are added at run time.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

TABLES = Path(__file__).parent / "tables"
PIECE = 500
"""Rows between two rests: two milliseconds of work."""
OFTEN = 2_000
"""How often a word of the office counts as used: like 社区 in general texts, so that it stands in front, not alone."""


class Word(NamedTuple):
    """`readings` are syllables without tones; a character may have several, a word has one for each character."""

    text: str
    readings: tuple[str, ...]
    often: int


@dataclass(frozen=True, slots=True)
class Character:
    """One character. `strokes` are digits 1 to 5 (横竖撇点折)."""

    text: str
    strokes: str
    readings: tuple[str, ...]
    often: int


class Lexicon:
    """`by_initials` has the words of two and more by the first letters of their syllables, most frequent first.

    `by_letter` has the characters by the first letter of a reading, `by_strokes` the words by the first two strokes of
    their first two characters with a space between, `by_first` by the first character.
    """

    def __init__(self, characters: Iterable[Character], words: Iterable[Word]) -> None:
        self.characters = {one.text: one for one in characters}
        self.by_letter: dict[str, list[Character]] = defaultdict(list)
        for one in self.characters.values():
            for letter in dict.fromkeys(reading[0] for reading in one.readings):
                self.by_letter[letter].append(one)
        self.by_initials: dict[str, list[Word]] = defaultdict(list)
        self.by_strokes: dict[str, list[Word]] = defaultdict(list)
        self.by_first: dict[str, list[Word]] = defaultdict(list)
        for word in words:
            self._add(word)

    @classmethod
    def shipped(cls, rest: Callable[[], None] = lambda: None, *, office: bool = True) -> Lexicon:
        """Of the tables of this package. A second of work, best on a thread; some 40 MB.

        `rest` is called between small pieces, so that who loads beside a screen can let it draw. Without `office` the
        words of street offices are left out.
        """
        same = _Same()
        characters = [
            Character(text, strokes, same.readings(readings), same.number(often))
            for text, strokes, readings, often in _rows("characters", rest)
        ]
        words = (
            Word(text, same.readings(readings), same.number(often)) for text, readings, often in _rows("words", rest)
        )
        lexicon = cls(characters, words)
        if office:
            lexicon.own(_office())
        return lexicon

    def own(self, texts: Iterable[str]) -> None:
        """Add words of the office and of this place; what the known characters cannot write is passed over."""
        touched: dict[int, list[Word]] = {}
        for text in texts:
            if len(text) > 1 and all(character in self.characters for character in text):
                touched |= {id(words): words for words in self._add(Word(text, self.reading_of(text), OFTEN))}
        for words in touched.values():
            words.sort(key=lambda word: -word.often)

    def reading_of(self, text: str) -> tuple[str, ...]:
        """As the known words in it are read, its other characters as they are read most: 银行 is yin hang."""
        for length in range(len(text), 1, -1):
            begun = next((word for word in self.by_first.get(text[0], ()) if word.text == text[:length]), None)
            if begun is not None:
                return begun.readings + (self.reading_of(text[length:]) if text[length:] else ())
        return (self.characters[text[0]].readings[0], *(self.reading_of(text[1:]) if text[1:] else ()))

    def strokes_of(self, text: str) -> list[str]:
        """How each character is written."""
        return [self.characters[character].strokes for character in text]

    def after(self, text: str, limit: int) -> list[Word]:
        """Words that begin with these characters and go on, most frequent first."""
        found = (word for word in self.by_first.get(text[:1], ()) if len(word.text) > len(text))
        return [word for word in found if word.text.startswith(text)][:limit]

    def _add(self, word: Word) -> list[list[Word]]:
        """At the end of each index; these lists."""
        lists = []
        first, second = (self.characters[character].strokes[:2] for character in word.text[:2])
        for index, key in (
            (self.by_initials, "".join(reading[0] for reading in word.readings)),
            (self.by_strokes, f"{first} {second}"),
            (self.by_first, word.text[0]),
        ):
            index[key].append(word)
            lists.append(index[key])
        return lists


class _Same:
    """Equal readings and equal numbers are one object: 137,000 words have 60,000 readings and 5,000 frequencies."""

    def __init__(self) -> None:
        self._readings: dict[str, tuple[str, ...]] = {}
        self._numbers: dict[str, int] = {}

    def readings(self, text: str) -> tuple[str, ...]:
        found = self._readings.get(text)
        if found is None:
            found = self._readings[text] = tuple(map(sys.intern, text.split()))
        return found

    def number(self, text: str) -> int:
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = int(text)
        return found


def _office() -> list[str]:
    """Words of street offices, in the order of the table; the first stand first."""
    text = (TABLES / "office.txt").read_text("utf-8")
    return [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]


def _rows(name: str, rest: Callable[[], None]) -> Iterator[list[str]]:
    """Row by row: the whole table as text would be a third of the memory."""
    import gzip  # noqa: PLC0415 - nobody types on the first screen

    with gzip.open(TABLES / f"{name}.tsv.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % PIECE == 0:
                rest()
            yield line.rstrip("\n").split("\t")
