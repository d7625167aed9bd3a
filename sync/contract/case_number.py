"""The number of a case: 8 random digits and a check digit, `4821-0937-6`, minted on the box where the case begins.

The check digit is Damm's (H. M. Damm, Total anti-symmetrische Quasigruppen, dissertation, Marburg 2004): one more
decimal digit that catches every wrong digit and every swap of neighbours, and most of what old ears confuse (13 with
30). Luhn's lets 09/90 pass, ISO 7064 MOD 11-2 needs an X, and MOD 11,10 misses some swaps.

Random, so that nobody reads from a number how many cases there were, or finds a neighbour's by counting. The first
digit is never 0: spreadsheets and people drop it. That leaves 90 million numbers, and among 5,000 cases a year two
share one with a chance of 13 %: a number is a good handle, not a key. Two cases with one number are kept both (see
`office.desk.cases.book`).
"""

from __future__ import annotations

import math
import os
import unicodedata
from collections.abc import Callable

FIRST, LAST = 10_000_000, 99_999_999
DIGITS = 9
NUMBERS = LAST - FIRST + 1
_WORD = 1 << 32
_FAIR = _WORD - _WORD % NUMBERS
"""Draws at or above would make small numbers likelier."""

_TABLE = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
"""The quasigroup of order 10 printed in Damm's work; its main diagonal is 0, so a number with its digit gives 0."""

_BETWEEN = frozenset(" -\t\u2010\u2011\u2012\u2013\u2014\u00b7._")


def mint(random: Callable[[int], bytes] = os.urandom) -> str:
    """A new number, 9 digits without groups. `random(n)` gives n random bytes."""
    while (drawn := int.from_bytes(random(4), "big")) >= _FAIR:
        pass
    body = str(FIRST + drawn % NUMBERS)
    return body + check_digit(body)


def check(text: str) -> str | None:
    """The number that somebody typed, as 9 digits; None when it is none. Groups and full-width digits are fine."""
    if len(text) > 40:
        return None
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign not in _BETWEEN)
    right = len(digits) == DIGITS and digits.isascii() and digits.isdigit() and digits[0] != "0"
    return digits if right and check_digit(digits) == "0" else None


def shown(number: str) -> str:
    """As it is printed and read aloud: 4-4-1."""
    return f"{number[:4]}-{number[4:8]}-{number[8:]}"


def check_digit(digits: str) -> str:
    """The digit that belongs behind; "0" for digits that carry theirs already."""
    interim = 0
    for digit in digits:
        interim = int(_TABLE[interim][int(digit)])
    return str(interim)


def chance_of_shared(cases: int) -> float:
    """The chance that among so many cases at least two have one number (the birthday bound)."""
    return -math.expm1(-cases * (cases - 1) / (2 * NUMBERS))
