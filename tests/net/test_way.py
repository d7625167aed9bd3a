"""One direction of a line, without any network: time and chance are given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.net.forwarder import HELD, Line, Way


def way(**line: float | bool) -> Way:
    made = Way("test")
    made.line = replace(Line(), **line)  # type: ignore[arg-type]
    return made


def test_a_good_line_takes_no_time() -> None:
    assert way().take(5.0, 1500) == 5.0


def test_delay_is_added_to_every_packet() -> None:
    slow = way(delay_s=0.1)
    assert [slow.take(at, 100) for at in (1.0, 1.5)] == pytest.approx([1.1, 1.6])


def test_jitter_stays_in_its_bounds_and_keeps_the_order() -> None:
    shaky = way(delay_s=0.1, jitter_s=0.04)
    leaves = [shaky.take(n * 0.02, 100) or 0.0 for n in range(1000)]
    waits = [at - n * 0.02 for n, at in enumerate(leaves)]
    assert leaves == sorted(leaves)
    assert 0.06 <= min(waits) < 0.07
    assert 0.13 < max(waits) <= 0.14 + 1e-9


def test_jitter_may_be_told_to_change_the_order() -> None:
    shaky = way(delay_s=0.1, jitter_s=0.04, reorder=True)
    leaves = [shaky.take(n * 0.02, 100) or 0.0 for n in range(100)]
    assert leaves != sorted(leaves)


@pytest.mark.parametrize("burst", [1.0, 4.0])
def test_loss_is_as_much_as_was_asked_for_and_in_runs_of_the_length_asked_for(burst: float) -> None:
    poor = way(loss=0.05, burst=burst)
    came = [poor.take(0.0, 100) is not None for _ in range(100_000)]
    lost = came.count(False)
    runs = sum(1 for before, now in zip([True, *came], came, strict=False) if before and not now)
    assert lost / len(came) == pytest.approx(0.05, rel=0.1)
    assert lost / runs == pytest.approx(max(burst, 1 / 0.95), rel=0.1)


def test_the_same_seed_loses_the_same_packets() -> None:
    one, other = way(loss=0.3), way(loss=0.3)
    assert [one.take(0.0, 1) for _ in range(200)] == [other.take(0.0, 1) for _ in range(200)]


def test_a_rate_spreads_packets_and_loses_what_would_wait_too_long() -> None:
    narrow = way(rate_bit_s=1_000_000, queue_s=0.1)
    leaves = [narrow.take(0.0, 1250) for _ in range(20)]
    assert leaves[:10] == pytest.approx([0.01 * n for n in range(1, 11)])
    assert leaves[10:] == [None] * 10
    assert narrow.take(0.05, 1250) == pytest.approx(0.11)


def test_a_blocked_line_takes_nothing() -> None:
    assert way(blocked=True).take(0.0, 100) is None


def test_what_is_held_has_a_bound() -> None:
    long = way(delay_s=100.0)
    long.held = HELD
    assert long.take(0.0, 100) is None
