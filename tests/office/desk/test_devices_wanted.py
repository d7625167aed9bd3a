"""The desk checks a wish by the same schema as the gateway. To take over a change: `python -m <this module>`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edge.wanted import wanted_schema
from office.desk.devices import configs

KEPT = Path(configs.__file__).parents[2] / "wanted.schema.json"


def made() -> dict[str, Any]:
    """The gateway's schema of a wish, without what it does not use."""
    theirs = wanted_schema()
    used: set[str] = set()
    found = set(_named(theirs["properties"]))
    while found - used:
        used |= found
        found = {name for each in used for name in _named(theirs["$defs"][each])}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What an office may wish of a gateway's configuration (made from edge/config.schema.json)",
    }
    return {**head, **theirs, "$defs": {name: theirs["$defs"][name] for name in theirs["$defs"] if name in used}}


def _named(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner.rpartition("/")[2]
            else:
                yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)


def test_what_may_be_wished_is_what_a_gateway_takes() -> None:
    assert json.loads(KEPT.read_text("utf-8")) == made(), "python -m tests.office.desk.test_devices_wanted"


def test_texts_are_compared_line_by_line() -> None:
    lines = configs.diff("a\nb\nc\n", "a\nx\ny\nc\nd\n")
    assert [(line.kind, line.left, line.right) for line in lines] == [
        ("same", "a", "a"),
        ("changed", "b", "x"),
        ("added", "", "y"),
        ("same", "c", "c"),
        ("added", "", "d"),
    ]
    assert [(line.left_n, line.right_n) for line in lines] == [(1, 1), (2, 2), (0, 3), (3, 4), (0, 5)]


def test_the_text_that_an_editor_begins_with_can_be_put_in_force() -> None:
    assert configs.check(configs.START) == ({"intervals": {"state_s": 60}}, [])


if __name__ == "__main__":
    KEPT.write_text(json.dumps(made(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
