"""What may be under way follows the line, so that an alarm never waits behind our own bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.window import MAX_BYTES, MAX_EVENTS, MIN_BYTES, START_BYTES, Window


def over_a_line(bytes_per_s: float, round_trip_s: float, seconds: float) -> Window:
    """Send as much as the window allows over a line of this rate and delay, for so long."""
    window, now, free_at = Window(), 0.0, 0.0
    under_way: list[tuple[float, int, int, object]] = []
    while now < seconds:
        while (room := window.room()) > 0:
            size = min(room, 8192)
            free_at = max(free_at, now) + size / bytes_per_s
            under_way.append((free_at + round_trip_s, 20, size, window.sent(20, size, now)))
        arrives, events, size, mark = under_way.pop(0)
        now = arrives
        window.arrived(events, size, mark, now)  # type: ignore[arg-type]
    return window


def test_on_a_thin_line_about_a_quarter_of_a_second_is_under_way() -> None:
    rate = 125_000  # 1 Mbit/s
    window = over_a_line(rate, 0.2, 30)
    assert MIN_BYTES <= window.limit_bytes <= rate * 0.6


def test_on_a_fast_line_the_window_opens_until_its_bounds_stop_it() -> None:
    window = over_a_line(100_000_000, 0.001, 2)
    assert window.limit_bytes > 1_000_000


def test_a_long_delay_does_not_shut_the_window() -> None:
    window = over_a_line(1_000_000, 0.6, 60)
    assert window.limit_bytes > 500_000


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(1, 1 << 20), st.floats(0.0001, 100)), max_size=60))
def test_the_window_is_bounded_and_never_negative(batches: list[tuple[int, int, float]]) -> None:
    window, now = Window(), 0.0
    for events, size, delay in batches:
        mark = window.sent(events, size, now)
        now += delay
        window.arrived(events, size, mark, now)
        assert MIN_BYTES <= window.limit_bytes <= MAX_BYTES
        assert (window.events, window.bytes) == (0, 0)


def test_events_are_bounded_as_bytes_are() -> None:
    window = Window()
    window.sent(MAX_EVENTS, 10, 0.0)
    assert window.room() == 0


def test_what_is_in_doubt_makes_room_and_says_nothing_of_the_line() -> None:
    window = Window()
    window.sent(10, 5000, 0.0)
    window.abandoned(10, 5000)
    assert window.room() == START_BYTES
    assert window.delivered == 0
