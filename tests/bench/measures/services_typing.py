"""Typing: how many of 500 words stand on the first page of candidates, with and without the office's own words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kiosk_ui.typing import Lexicon, pinyin, strokes
from kiosk_ui.typing.composer import PAGE
from tests.bench.bench import Bench
from tests.bench.figure import Values

WORDS = Path(__file__).parents[2] / "kiosk" / "typing_words.txt"
STROKES = 5
"""Of each character; nobody counts to the twelfth."""


def words(_bench: Bench) -> Values:
    """Percent, typed whole: by pinyin without tones, and by the first five strokes of each character."""
    asked = WORDS.read_text(encoding="utf-8").split()
    own, bare = Lexicon.shipped(), Lexicon.shipped(office=False)

    def share(lexicon: Lexicon, keys: Callable[[str], str], find: Callable[..., list[pinyin.Candidate]]) -> float:
        found = sum(word in (one.text for one in find(lexicon, keys(word))[:PAGE]) for word in asked)
        return 100.0 * found / len(asked)

    def sounds(word: str) -> str:
        return "".join(own.reading_of(word))

    def lines(word: str) -> str:
        return " ".join(code[:STROKES] for code in own.strokes_of(word))

    return {
        "services.typing_pinyin": share(own, sounds, pinyin.candidates),
        "services.typing_strokes": share(own, lines, strokes.candidates),
        "services.typing_pinyin_bare": share(bare, sounds, pinyin.candidates),
        "services.typing_strokes_bare": share(bare, lines, strokes.candidates),
    }
