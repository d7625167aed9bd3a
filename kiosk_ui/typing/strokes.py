"""Strokes to candidates: 1 横, 2 竖, 3 撇, 4 点, 5 折, in the order of writing; a space goes on to the next character.

A few strokes of each character are enough: `4524 121` finds 社区 long before both are written out.
"""

from __future__ import annotations

from kiosk_ui.typing.lexicon import Lexicon, Word
from kiosk_ui.typing.pinyin import Candidate

NEXT = " "
MOST = 200


def candidates(lexicon: Lexicon, typed: str) -> list[Candidate]:
    """What the strokes may mean, best first, at most `MOST`. Where no word fits, the first character alone does."""
    parts = typed.split(NEXT)
    if len(parts) == 1:
        return [Candidate(word.text, len(typed)) for word in _characters(lexicon, typed)]
    written = [part for part in parts if part]
    words = [word.text for word in _words(lexicon, written, at_least=len(parts))]
    if not any(len(word) == len(written) for word in words):
        words.insert(0, _chain(lexicon, written))
    first = [Candidate(word.text, len(parts[0]) + 1) for word in _characters(lexicon, parts[0])]
    return ([Candidate(word, len(typed)) for word in words if word] + first)[:MOST]


def _characters(lexicon: Lexicon, strokes: str) -> list[Word]:
    """A character that is written out first, then by use; for nothing typed there is nothing to say."""
    if not strokes:
        return []
    fits = [one for one in lexicon.characters.values() if one.strokes.startswith(strokes)]
    fits.sort(key=lambda one: (one.strokes != strokes, -one.often))
    return [Word(one.text, one.readings[:1], one.often) for one in fits[:MOST]]


def _chain(lexicon: Lexicon, parts: list[str]) -> str:
    """Known words and characters one after the other: as few as possible, the longest first."""
    text = ""
    while len(text) < len(parts):
        rest = parts[len(text) :]
        for length in range(min(len(rest), 5), 0, -1):
            one = rest[:length]
            fits = _characters(lexicon, one[0]) if length == 1 else _words(lexicon, one, at_least=length)
            whole = next((word.text for word in fits if len(word.text) == length), "")
            if whole:
                text += whole
                break
        else:
            return ""
    return text


def _words(lexicon: Lexicon, parts: list[str], at_least: int) -> list[Word]:
    first, second = parts[0][:2], parts[1][:2] if len(parts) > 1 else ""
    found = [
        word
        for key, words in lexicon.by_strokes.items()
        if _begins(key, first, second)
        for word in words
        if len(word.text) >= at_least and _fits(lexicon, word.text, parts)
    ]
    found.sort(key=lambda word: (len(word.text) != at_least, -word.often))
    return found[:MOST]


def _begins(key: str, first: str, second: str) -> bool:
    one, two = key.split(NEXT)
    return one.startswith(first) and two.startswith(second)


def _fits(lexicon: Lexicon, text: str, parts: list[str]) -> bool:
    known = lexicon.characters
    return all(known[character].strokes.startswith(part) for character, part in zip(text, parts, strict=False))
