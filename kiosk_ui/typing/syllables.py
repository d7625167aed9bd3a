"""Which letters can be which syllables of pinyin: `xian` is xian or xi'an, `sq` begins two syllables."""

from __future__ import annotations

from functools import lru_cache

MOST_SYLLABLES = 10
MOST_LETTERS = 40

_SOUNDS = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan un uo v ve ue",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve ue",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}
SYLLABLES = frozenset(start + end for start, ends in _SOUNDS.items() for end in ends.split())
BEGINNINGS = frozenset(syllable[:length] for syllable in SYLLABLES for length in range(1, len(syllable)))
"""What may stand for a syllable that is not finished."""


@lru_cache(maxsize=256)
def readings(letters: str) -> tuple[tuple[str, ...], ...]:
    """Every way to cut the letters into syllables or beginnings of them: fewest beginnings first, then fewest parts.

    An apostrophe cuts where a person wants it. At most `MOST_SYLLABLES` parts; letters no syllable has give nothing.
    """
    found: list[tuple[str, ...]] = []
    _cut(letters[:MOST_LETTERS], (), found)
    return tuple(sorted(found, key=lambda parts: (sum(part not in SYLLABLES for part in parts), len(parts))))


def _cut(rest: str, parts: tuple[str, ...], found: list[tuple[str, ...]]) -> None:
    if not rest:
        if parts:
            found.append(parts)
        return
    if rest[0] == "'":
        _cut(rest[1:], parts, found)
        return
    if len(parts) == MOST_SYLLABLES or len(found) >= 200:
        return
    for length in range(min(6, len(rest)), 0, -1):
        part = rest[:length]
        if part in SYLLABLES or part in BEGINNINGS:
            _cut(rest[length:], (*parts, part), found)
