"""Typing for those who rarely type: what stands on the first page, and that nothing is remembered."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_ui.typing import Composer, Lexicon, Method, pinyin, strokes
from kiosk_ui.typing.composer import MOST_TYPED, PAGE
from kiosk_ui.typing.syllables import readings

WORDS = (Path(__file__).parent / "typing_words.txt").read_text(encoding="utf-8").split()
"""500 office, street and place words: 95 of 100 must stand on the first page."""


@cache
def lexicon() -> Lexicon:
    return Lexicon.shipped()


def found(composer: Composer, keys: str) -> list[str]:
    for key in keys:
        composer.key(key)
    return composer.shown


def share(first_page_of: dict[str, list[str]]) -> float:
    return sum(word in page for word, page in first_page_of.items()) / len(first_page_of)


def first_page(candidates: list[pinyin.Candidate]) -> list[str]:
    return [one.text for one in candidates[:PAGE]]


def test_five_hundred_different_words_are_asked_for() -> None:
    assert len(WORDS) == len(set(WORDS)) == 500


def test_by_pinyin_ninety_five_of_a_hundred_words_stand_on_the_first_page() -> None:
    typed = {word: "".join(lexicon().reading_of(word)) for word in WORDS}
    pages = {word: first_page(pinyin.candidates(lexicon(), keys)) for word, keys in typed.items()}
    assert share(pages) >= 0.95


def test_by_five_strokes_of_each_character_ninety_five_of_a_hundred_stand_on_the_first_page() -> None:
    typed = {word: " ".join(code[:5] for code in lexicon().strokes_of(word)) for word in WORDS}
    pages = {word: first_page(strokes.candidates(lexicon(), keys)) for word, keys in typed.items()}
    assert share(pages) >= 0.95


@pytest.mark.parametrize(
    ("character", "code"),
    [("我", "3121534"), ("万", "153"), ("方", "4153"), ("开", "1132"), ("向", "325251"), ("力", "53")],
)
def test_strokes_are_those_of_the_mainland_order(character: str, code: str) -> None:
    assert lexicon().strokes_of(character) == [code]


def test_a_sentence_can_be_typed_word_by_word_from_one_row_of_letters() -> None:
    composer = Composer(lexicon())
    found(composer, "shequdengmie")
    composer.choose(composer.shown.index("社区"))
    assert (composer.text, composer.open) == ("社区", "dengmie")


def test_whoever_types_with_an_accent_is_understood() -> None:
    assert "长者" in found(Composer(lexicon()), "cangze") or "长者" in found(Composer(lexicon()), "zangze")
    assert "牛奶" in found(Composer(lexicon()), "liulai")


def test_an_apostrophe_cuts_where_a_person_wants_it() -> None:
    assert found(Composer(lexicon()), "xi'an")[0] == "西安"
    assert readings("xi'an")[0] == ("xi", "an")


def test_what_often_follows_a_word_is_offered_and_adds_only_the_rest() -> None:
    composer = Composer(lexicon())
    found(composer, "jiedao")
    composer.choose(composer.shown.index("街道"))
    composer.choose(composer.shown.index("街道办"))
    assert composer.text == "街道办"


def test_words_of_the_place_are_found_once_they_are_known() -> None:
    own = Lexicon(lexicon().characters.values(), [])
    assert "团结湖" not in [one.text for one in strokes.candidates(own, "251 553 441")]
    own.own(["团结湖路", "Linli", "x"])
    assert [one.text for one in pinyin.candidates(own, "tuanjiehulu")][:1] == ["团结湖路"]


def test_back_takes_the_last_key_then_the_last_character() -> None:
    composer = Composer(lexicon())
    found(composer, "deng")
    composer.choose(0)
    found(composer, "a")
    composer.back()
    assert (composer.open, len(composer.text)) == ("", 1)
    composer.back()
    composer.back()
    assert composer.text == ""


def test_nobody_learns_from_the_candidates_what_the_last_one_typed() -> None:
    first, second = Composer(lexicon()), Composer(lexicon())
    before = list(found(first, "wo"))
    for _ in range(20):
        first.choose(3)
        found(first, "wo")
    first.wipe()
    assert (first.text, first.open, first.shown) == ("", "", [])
    assert found(second, "wo") == before


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_keys_can_do_harm(keys: str) -> None:
    for method in (Method.PINYIN, Method.STROKES):
        composer = Composer(lexicon(), method, most=20)
        for key in keys:
            composer.key(key)
        composer.choose(PAGE)
        composer.choose(-1)
        composer.choose(0)
        composer.next_page()
        assert len(composer.open) <= MOST_TYPED
        assert len(composer.text) <= 20


def test_forty_letters_of_nonsense_are_answered_within_the_bounds() -> None:
    composer = Composer(lexicon())
    found(composer, "a" * MOST_TYPED)
    assert len(composer.open) == MOST_TYPED
