"""What a gateway's message holds, read for people: whatever it is, there is an answer that can be kept and sent on.

The receiver keeps `data` as it came: JSON, and no more is known of it. Python reads things from JSON that neither
SQLite nor a browser takes: numbers without end, half characters (lone surrogates), NaN.
"""

from __future__ import annotations

import json
from json import JSONDecoder
from math import isfinite
from typing import Any

DIGITS = 18
"""More does not surely fit into 64 bits."""


def told(text: str | None) -> dict[str, Any]:
    """An object, empty when it is none or cannot be read. Never raises."""
    try:
        value = _DECODER.decode(text or "{}")
        if text and "\\ud" in text.lower():
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def part(value: dict[str, Any], name: str) -> dict[str, Any]:
    """An object in it, empty when there is none."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _whole(text: str) -> int | None:
    return int(text) if len(text) <= DIGITS else None


def _real(text: str) -> float | None:
    number = float(text)
    return number if isfinite(number) else None


def _nothing(_: str) -> None:
    return None


_DECODER = JSONDecoder(parse_int=_whole, parse_float=_real, parse_constant=_nothing)
