"""The desk checks a wish by the same schema as the gateway."""

from __future__ import annotations

import json
from pathlib import Path

from edge.wanted import wanted_schema
from office.desk.devices import configs

KEPT = Path(configs.__file__).parents[2] / "wanted.schema.json"


def test_what_may_be_wished_is_what_a_gateway_takes() -> None:
    kept, theirs = json.loads(KEPT.read_text("utf-8")), wanted_schema()
    for part in ("type", "additionalProperties", "properties"):
        assert kept[part] == theirs[part]
    assert kept["$defs"] == {name: theirs["$defs"][name] for name in kept["$defs"]}


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
