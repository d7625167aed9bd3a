"""How the words of a case are found: every Chinese sign is a word of its own, and a search is a phrase of them.

FTS5's own `trigram` finds nothing shorter than three signs, and most Chinese words have two (路灯, 垃圾). Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MOST = 80
"""Signs of one search."""

_UNITS = re.compile(r"[0-9a-z]+|[^\W_]", re.IGNORECASE)


def units(text: str) -> str:
    """Text as the index keeps it: `路灯 A12` becomes `路 灯 a12`."""
    return " ".join(_UNITS.findall(unicodedata.normalize("NFKC", text).lower()))


def tag(name: str, value: str) -> str:
    """One word for a property, so that a search narrows by it inside the index. Nothing a person types looks so."""
    return f"zz{name}{value.encode().hex()}"


def query(text: str, tags: Iterable[str]) -> str | None:
    """What to ask FTS5: each piece between spaces as a phrase, its end open. None when there is nothing to look for."""
    pieces = [units(piece) for piece in text[:MOST].split()]
    phrases = [f'words : "{piece}"*' for piece in pieces if piece]
    return " AND ".join([*phrases, *(f'tags : "{one}"' for one in tags)]) if phrases else None
