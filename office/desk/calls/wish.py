"""What a call is about, as the kiosk said it. Nothing of it is content."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sync.contract.call_signals import Start

_ID = re.compile(r"[0-9A-Za-z._:/ -]{1,100}")


@dataclass(frozen=True, slots=True)
class Wish:
    """Of whoever began the call."""

    department: str
    video: bool = True
    language: str = "zh"
    guide: str = ""
    case: str = ""
    again: str = ""
    alarm: str = ""


def wish_of(start: Start) -> Wish:
    """As the kiosk said it."""
    language = "en" if start.language == "en" else "zh"
    texts = (start.guide, start.case, start.again, start.alarm)
    return Wish(_plain(start.department), start.video, language, *map(_plain, texts))


def _plain(text: str) -> str:
    """An id; nothing for what cannot be one, because it is kept and shown."""
    return text if _ID.fullmatch(text) else ""
