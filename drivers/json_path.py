"""Paths into decoded JSON: compiled once from a profile, then a function call per value.

data.gps.lat    keys from the outside in          data.0    a place in a list
topic[1]        a level of the MQTT topic, from 0; topic[-1] is the last one
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from math import isfinite

TOPIC = re.compile(r"topic\[(-?\d{1,2})\]")

EXACT = 2**53
"""Numbers beyond this are not the same in every reader of JSON, so nothing is compared or passed on."""

Get = Callable[[Mapping[str, object], str], object]
"""From (object, topic) to the value there, None when there is none."""


def path(text: str) -> Get:
    """Compile a path. Raises ValueError when it is empty or has an empty step."""
    if match := TOPIC.fullmatch(text):
        return _level(int(match[1]))
    steps = text.split(".")
    if not all(steps):
        raise ValueError(f"path {text!r}: write keys joined by dots, or topic[n]")
    if len(steps) == 1:
        key = steps[0]
        return lambda found, _topic: found.get(key)
    return _deep(steps)


def joined(paths: Sequence[str], separator: str) -> Callable[[Mapping[str, object], str], str]:
    """A function for the texts at several paths in one; "" when any of them is missing."""
    gets = [path(one) for one in paths]
    if len(gets) == 1:
        get = gets[0]
        return lambda found, topic: text_of(get(found, topic))

    def join(found: Mapping[str, object], topic: str) -> str:
        parts = [text_of(get(found, topic)) for get in gets]
        return separator.join(parts) if all(parts) else ""

    return join


def text_of(value: object) -> str:
    """How a scalar is spelled in a profile's tables; "" for nothing, lists and objects."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, int | float) or not -EXACT < value < EXACT:
        return ""
    return str(int(value)) if value == int(value) else str(value)


def number_of(value: object) -> float | None:
    """A finite number, also one that is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def _level(index: int) -> Get:
    def get(_found: Mapping[str, object], topic: str) -> object:
        levels = topic.split("/")
        return levels[index] if -len(levels) <= index < len(levels) else None

    return get


def _deep(steps: list[str]) -> Get:
    def get(found: object, _topic: str) -> object:
        for step in steps:
            if isinstance(found, dict):
                found = found.get(step)
            elif isinstance(found, list) and step.isdecimal() and len(step) < 6 and int(step) < len(found):
                found = found[int(step)]
            else:
                return None
        return found

    return get
