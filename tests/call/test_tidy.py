"""What the engine does between two calls."""

from __future__ import annotations

from edge.call.tidy import AFTER_S, Tidy


class Counting(Tidy):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def now(self) -> None:
        super().now()
        self.count += 1


def test_it_tidies_once_after_each_call_and_never_inside_one() -> None:
    tidy = Counting()
    tidy.beat(0.0, in_call=False)
    for tenth in range(100):
        tidy.beat(tenth / 10, in_call=True)
    assert tidy.count == 0
    for tenth in range(100, 200):
        tidy.beat(tenth / 10, in_call=False)
    assert tidy.count == 1


def test_a_call_that_follows_at_once_is_not_disturbed() -> None:
    tidy = Counting()
    tidy.beat(0.0, in_call=True)
    tidy.beat(1.0, in_call=False)
    tidy.beat(1.0 + AFTER_S / 2, in_call=True)
    tidy.beat(1.0 + 2 * AFTER_S, in_call=True)
    assert tidy.count == 0
