"""A case's number survives being read from a slip, typed by tired fingers, and minted twice."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.case_number import FIRST, LAST, NUMBERS, chance_of_shared, check, check_digit, mint, shown

BODIES = st.integers(FIRST, LAST).map(str)


def _bytes(seed: int) -> random.Random:
    return random.Random(seed)


def test_the_digit_of_the_published_example_is_right() -> None:
    assert check_digit("572") == "4"


@given(BODIES, st.integers(0, 8), st.integers(1, 9))
def test_every_wrong_digit_is_caught(body: str, at: int, by: int) -> None:
    number = body + check_digit(body)
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    assert check(wrong) is None


@given(BODIES, st.integers(0, 7))
def test_every_swap_of_neighbours_is_caught(body: str, at: int) -> None:
    number = body + check_digit(body)
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert swapped == number or check(swapped) is None


def test_the_table_catches_both_kinds_of_mistake_whatever_came_before() -> None:
    """Totally anti-symmetric: (c*x)*y = (c*y)*x only for x = y; every row and column holds each digit once."""
    for c in "0123456789":
        assert {check_digit(_lead(c) + x) for x in "0123456789"} == set("0123456789")
        for x in "0123456789":
            for y in "0123456789":
                assert x == y or check_digit(_lead(c) + x + y) != check_digit(_lead(c) + y + x)


def _lead(interim: str) -> str:
    """A digit that leads to that interim digit."""
    return next(d for d in "0123456789" if check_digit(d) == interim)


@pytest.mark.parametrize("typed", ["{0}-{1}-{2}", "{0} {1} {2}", "{0}{1}{2}", " {0}—{1}·{2} "])
def test_a_number_is_understood_however_it_is_grouped(typed: str) -> None:
    number = mint(_bytes(4).randbytes)
    assert check(typed.format(number[:4], number[4:8], number[8:])) == number
    assert check(shown(number)) == number


def test_full_width_digits_are_digits() -> None:
    number = mint(_bytes(5).randbytes)
    assert check("".join(chr(ord(d) + 0xFEE0) for d in number)) == number


@given(st.text(max_size=60))
def test_no_text_makes_it_raise(text: str) -> None:
    number = check(text)
    assert number is None or len(number) == 9


def test_numbers_are_minted_evenly_and_never_begin_with_0() -> None:
    source = _bytes(1)
    numbers = [mint(source.randbytes) for _ in range(20_000)]
    assert all(check(number) == number for number in numbers)
    tenths = [sum(int(n[:8]) < FIRST + NUMBERS * k // 10 for n in numbers) for k in range(1, 11)]
    shares = [b - a for a, b in zip([0, *tenths], tenths, strict=False)]
    assert all(abs(share - 2000) < 200 for share in shares)


def test_two_boxes_mint_the_same_number_as_rarely_as_the_birthday_bound_says() -> None:
    """Among 10,000 cases: 0.43 expected; among 100,000: 55 pairs, so every large office will have some."""
    assert chance_of_shared(5_000) == pytest.approx(0.13, abs=0.01)
    assert chance_of_shared(10_000) == pytest.approx(0.43, abs=0.01)
    assert chance_of_shared(100_000) > 0.999
    source, runs, cases = _bytes(7), 40, 10_000
    shared = sum(len({mint(source.randbytes) for _ in range(cases)}) < cases for _ in range(runs))
    assert 7 <= shared <= 28, shared  # 17 +- 3.1; four deviations
