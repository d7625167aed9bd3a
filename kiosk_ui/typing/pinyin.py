"""Letters of pinyin to candidates: whole words, what they may become, words put together, and beginnings.

Who learned another accent types z for zh, l for n, in for ing: such readings are found too, behind the exact ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from kiosk_ui.typing.lexicon import Lexicon, Word
from kiosk_ui.typing.syllables import SYLLABLES, readings

LIKE = {"zh": "z", "ch": "c", "sh": "s", "n": "l"}
"""Beginnings that many do not tell apart."""
LIKE_ENDS = {"ing": "in", "eng": "en", "ang": "an"}

MOST = 200
WAYS = 24
"""Cuts of the letters that are looked at; the better ones come first."""
_OTHER = 9
"""No reading of these letters."""


class Candidate(NamedTuple):
    """`used` letters of those typed; the rest stays open when it is chosen."""

    text: str
    used: int


def candidates(lexicon: Lexicon, letters: str) -> list[Candidate]:
    """What the letters may mean, best first, at most `MOST`."""
    ways = readings(letters)[:WAYS]
    found = dict.fromkeys(Candidate(word.text, len(letters)) for word in _whole(lexicon, ways))
    if ways and len(ways[0]) > 1:
        if not any(len(one.text) == len(ways[0]) for one in found):
            chained = _chain(lexicon, ways[0])
            found = {**({Candidate(chained, len(letters)): None} if chained else {}), **found}
        for length in range(len(ways[0]) - 1, 0, -1):
            used = _letters(letters, ways[0][:length])
            found |= dict.fromkeys(Candidate(word.text, used) for word in _whole(lexicon, [ways[0][:length]]))
    return list(found)[:MOST]


def _whole(lexicon: Lexicon, ways: list[tuple[str, ...]] | tuple[tuple[str, ...], ...]) -> list[Word]:
    """Words of exactly these parts, best first."""
    found: dict[str, tuple[tuple[int, int, int], Word]] = {}
    for parts in ways:
        begun = sum(part not in SYLLABLES for part in parts)
        for word, unlike in _words(lexicon, parts):
            rank = (unlike, begun, -word.often)
            if word.text not in found or rank < found[word.text][0]:
                found[word.text] = (rank, word)
    return [word for _, word in sorted(found.values(), key=lambda one: one[0])]


def _chain(lexicon: Lexicon, parts: tuple[str, ...]) -> str:
    """The likeliest words one after the other: as few as possible, then as frequent as possible."""
    best: list[tuple[int, float, str] | None] = [(0, 0.0, ""), *[None] * len(parts)]
    for end in range(1, len(parts) + 1):
        for start in range(max(0, end - 5), end):
            before = best[start]
            word = next(iter(_whole(lexicon, [parts[start:end]])), None) if before else None
            if before is None or word is None:
                continue
            way = (before[0] + 1, before[1] - math.log(word.often + 1), before[2] + word.text)
            if best[end] is None or way < best[end]:  # type: ignore[operator]
                best[end] = way
    whole = best[-1]
    return whole[2] if whole else ""


def _letters(letters: str, parts: tuple[str, ...]) -> int:
    """How many of the letters, apostrophes among them, these parts are."""
    wanted, at = sum(map(len, parts)), 0
    while wanted:
        wanted -= letters[at] != "'"
        at += 1
    while letters[at : at + 1] == "'":
        at += 1
    return at


def _words(lexicon: Lexicon, parts: tuple[str, ...]) -> Iterator[tuple[Word, int]]:
    if len(parts) == 1:
        yield from _characters(lexicon, parts[0])
        return
    for key in _alike("".join(part[0] for part in parts)):
        for word in lexicon.by_initials.get(key, ()):
            unlike = sum(_unlike(part, reading) for part, reading in zip(parts, word.readings, strict=True))
            if unlike < _OTHER:
                yield word, unlike


def _characters(lexicon: Lexicon, part: str) -> Iterator[tuple[Word, int]]:
    """Rare readings of a character count like an accent: they do not push aside what is common."""
    for letter in _alike(part[0]):
        for one in lexicon.by_letter.get(letter, ()):
            unlike = min(_unlike(part, reading) + (number > 0) for number, reading in enumerate(one.readings))
            if unlike < _OTHER:
                yield Word(one.text, one.readings[:1], one.often), unlike


def _alike(initials: str) -> Iterator[str]:
    """The initials, and what else they may be where n and l are one sound; at most sixteen."""
    ways = [""]
    for letter in initials:
        others = {"n": "nl", "l": "ln"}.get(letter, letter) if len(ways) < 16 else letter
        ways = [way + other for way in ways for other in others]
    yield from ways


def _unlike(part: str, reading: str) -> int:
    """0: the part is the reading or begins it; 1: only for an accent; `_OTHER`: it is another."""
    if part == reading or (part not in SYLLABLES and reading.startswith(part)):
        return 0
    wanted, typed = _softened(reading), _softened(part)
    if typed == wanted or (part not in SYLLABLES and wanted.startswith(typed)):
        return 1
    return _OTHER


def _softened(reading: str) -> str:
    for start, like in LIKE.items():
        if reading.startswith(start):
            reading = like + reading[len(start) :]
            break
    for end, like in LIKE_ENDS.items():
        if reading.endswith(end):
            return reading[: -len(end)] + like
    return reading
