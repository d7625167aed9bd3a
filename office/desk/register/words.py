"""Words of places and people, cut so that they are found again however a resident says them. Pure.

Chinese has no spaces, and most of its words have two characters, so every run of Chinese is cut into pairs (菜市 市场
场东 东边) and indexed as words of SQLite's FTS5. The trigram tokenizer that FTS5 ships finds nothing below three
characters: 邮局, 东门, 超市, and half of all names. Text and question go through the same door, so what is normalised
here only has to be consistent: 东侧 and 东面 become 东边, 三号楼 becomes 3号楼.
"""

from __future__ import annotations

import re
import unicodedata

_SIDE = re.compile(r"([东南西北]{1,2})[侧面头方向](?!花|坡|村|街|路)")
_FILLER = re.compile(
    r"一号定位|[那这](?:根|个|儿|里|块|边|棵|一带)|旁边的?|边上的?|跟前|附近的?|挨着|靠近|杆子?$|就在|在哪儿?|的|有个|哪"
)
_NUMERAL = re.compile(r"[一二三四五六七八九十]{1,3}(?=号|单元|层|栋|楼|社区|区|门|巷|条)")
_RUN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff\U00020000-\U0003ffff]+")
_DIGITS = {c: i for i, c in enumerate("一二三四五六七八九", 1)}
MOST = 64
"""Characters of a question that are looked at."""


def index(*texts: str) -> str:
    """What the index keeps of these texts: pairs, numbers with and without leading zeros, single last characters."""
    return " ".join(dict.fromkeys(token for text in texts for token in _cut(_normal(text), last=True)))


def question(text: str) -> list[str]:
    """The words to look for, each once. One alone that ends with `*` may be the beginning of a word."""
    asked = _normal(text[:MOST])
    tokens = list(dict.fromkeys(_cut(_FILLER.sub(" ", asked), last=False) or _cut(asked, last=False)))
    return [tokens[0] + "*"] if len(tokens) == 1 and (len(tokens[0]) == 1 or tokens[0].isascii()) else tokens


def _normal(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).lower()
    return _SIDE.sub(r"\1边", _NUMERAL.sub(lambda found: str(_number(found[0])), plain))


def _number(text: str) -> int:
    """一 to 九十九."""
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS.get(tens[-1:], 1) * 10 if ten else 0) + _DIGITS.get(ones[-1:], 0)


def _cut(text: str, *, last: bool) -> list[str]:
    tokens: list[str] = []
    for run in _RUN.findall(text):
        if run.isascii():
            tokens += [run, run.lstrip("0")] if last and run.isdigit() and run.startswith("0") else [run]
        elif len(run) == 1:
            tokens.append(run)
        else:
            tokens += [run[i : i + 2] for i in range(len(run) - 1)] + ([run[-1]] if last else [])
    return [token for token in tokens if token]
