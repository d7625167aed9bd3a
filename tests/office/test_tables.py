"""Lists for a terminal stay readable, whatever devices are called."""

from __future__ import annotations

from unicodedata import east_asian_width

from office.tables import table


def test_columns_stand_below_each_other_also_with_chinese_names() -> None:
    rows = [
        {"department": "民政科", "there": 2, "waiting": 0, "at": "2025-03-01"},
        {"department": "labour", "there": 1, "waiting": 12, "at": None},
    ]
    lines = table("presence", rows).split("\n")
    starts = {_width(line[: line.index(word)]) for line, word in zip(lines, ("there", "2 ", "1 "), strict=True)}
    assert len(starts) == 1


def test_text_from_devices_cannot_move_the_cursor() -> None:
    row = {"gateway": "gw-1", "reason": "\x1b[2J" + "x" * 500, "topic": "a\nb"}
    text = table("quarantine", [row])
    assert "\x1b" not in text
    assert len(text.split("\n")) == 2
    assert "…" in text


def test_an_empty_list_says_so() -> None:
    assert table("alarms", []) == "no alarms"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
