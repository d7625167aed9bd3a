"""What an elder's device is told to say about who comes, and what it can carry.

JT/T 808, 0x8300: flag (1) | in 2019 type (1) | text in GBK, in a body of at most 1023 bytes. Other devices carry
less and cut; so the important words stand first.
"""

from __future__ import annotations

from office.desk.mistake import Mistake
from sync.contract.envelope import Struct

MOST_BYTES = 1021
MOST_LETTERS = 60
"""Longer ones nobody hears to their end."""
MOST_MINUTES = 120


class Sentence(Struct, frozen=True):
    """A sentence with `{n}` for the minutes; without `{n}` none are asked for."""

    key: str
    zh: str
    en: str


SENTENCES = (
    Sentence("doctor", "社区医生接到了,{n}分钟到", "Community doctor, there in {n} minutes"),
    Sentence("warden", "网格员出发了,{n}分钟到", "Grid warden on the way, {n} minutes"),
    Sentence("neighbour", "邻居马上过来看您,{n}分钟到", "A neighbour is coming, {n} minutes"),
    Sentence("ambulance", "已经叫了救护车,{n}分钟到,请不要动", "Ambulance called, {n} minutes; do not move"),
    Sentence("family", "已经通知您的家人,请放心", "Your family has been told"),
    Sentence("calling", "我们马上给您打电话", "We are about to call you"),
)
_BY_KEY = {sentence.key: sentence for sentence in SENTENCES}


def spoken(key: str, minutes: int, text: str) -> tuple[str, int]:
    """The words as the device says them, a sentence of ours or the clerk's own, and the minutes they promise.

    A sentence without minutes promises none, whatever stands in the form. Raises Mistake.
    """
    if not 0 <= minutes <= MOST_MINUTES:
        raise Mistake(f"请填 0 到 {MOST_MINUTES} 分钟", f"0 to {MOST_MINUTES} minutes", 422, "minutes")
    if key:
        if key not in _BY_KEY:
            raise Mistake("没有这句话", "no such sentence", 422, "sentence")
        chosen = _BY_KEY[key].zh
        if "{n}" in chosen and minutes < 1:
            raise Mistake("请填几分钟到", "say in how many minutes", 422, "minutes")
        return chosen.replace("{n}", str(minutes)), minutes if "{n}" in chosen else 0
    return checked(text), minutes


def checked(text: str) -> str:
    """Words that a device can say. Raises Mistake."""
    words = " ".join(text.split())
    if not words:
        raise Mistake("请选一句话或写几个字", "choose a sentence or write one", 422, "text")
    if len(words) > MOST_LETTERS:
        raise Mistake(f"最多 {MOST_LETTERS} 个字,太长了听不完", f"at most {MOST_LETTERS} letters", 422, "text")
    try:
        size = len(words.encode("gbk"))
    except UnicodeEncodeError as error:
        odd = words[error.start : error.end]
        raise Mistake(f"设备读不出这个字:{odd}", f"the device cannot say {odd!r}", 422, "text") from None
    if size > MOST_BYTES or not words.isprintable():
        raise Mistake("设备读不出这些字", "the device cannot say this", 422, "text")
    return words
