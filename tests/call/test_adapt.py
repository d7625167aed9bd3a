"""The picture follows the line: down at once, up slowly, never to and fro."""

from __future__ import annotations

from dataclasses import dataclass, field

from edge.call.adapt import RUNGS, Adapt, Rung


@dataclass
class Line:
    """A page that reports every half second."""

    adapt: Adapt = field(default_factory=Adapt)
    now_s: float = 0.0
    seen: list[Rung | None] = field(default_factory=list)

    def run(self, seconds: float, *, loss: float = 0.0, carries: float = 5e6, rtt_s: float = 0.05) -> None:
        for _ in range(int(seconds * 2)):
            self.now_s += 0.5
            sent = float(self.adapt.bit_rate if self.adapt.rung is not None else 0) + 35_000
            self.adapt.estimate(int(min(carries, 1.5 * sent)), self.now_s)
            self.adapt.step(loss, rtt_s, sent, self.now_s)
            self.seen.append(self.adapt.rung)

    @property
    def changes(self) -> int:
        return sum(a is not b for a, b in zip(self.seen, self.seen[1:], strict=False))


def test_a_good_line_gets_the_best_picture_and_keeps_it() -> None:
    line = Line()
    line.run(60)
    assert line.seen == [RUNGS[0]] * 120


def test_a_scene_without_movement_that_sends_little_is_no_bad_line() -> None:
    adapt = Adapt()
    for n in range(1, 100):
        adapt.estimate(150_000, n * 0.5)  # half as much again as is sent: that is what REMB does
        adapt.step(0.0, 0.05, 100_000, n * 0.5)
    assert adapt.rung is RUNGS[0]


def test_a_thin_line_gets_a_smaller_picture_within_two_seconds() -> None:
    line = Line()
    line.run(10)
    line.run(2, carries=300_000, rtt_s=0.3)
    assert line.adapt.rung is not None
    assert line.adapt.rung.width < 640
    assert line.adapt.bit_rate < 300_000


def test_a_browser_that_was_busy_for_a_moment_costs_no_picture() -> None:
    line = Line()
    line.run(5)
    line.run(1, carries=150_000)
    line.run(5)
    assert set(line.seen) == {RUNGS[0]}


def test_five_per_cent_of_loss_keep_a_picture() -> None:
    line = Line()
    line.run(30, loss=0.05, rtt_s=0.15)
    assert None not in line.seen


def test_twenty_per_cent_leave_the_voices_alone_within_three_seconds() -> None:
    line = Line()
    line.run(3, loss=0.2)
    assert line.adapt.sound_only


def test_the_picture_is_back_within_two_seconds_when_the_line_is_good_again() -> None:
    line = Line()
    line.run(20, loss=0.2)
    line.run(2, loss=0.0)
    assert not line.adapt.sound_only
    line.run(30, loss=0.0)
    assert line.adapt.rung is RUNGS[0]


def test_a_burst_of_loss_is_no_line() -> None:
    line = Line()
    line.run(5)
    line.run(0.5, loss=0.4)
    line.run(5)
    assert None not in line.seen


def test_a_line_at_the_edge_does_not_flap() -> None:
    line = Line()
    line.run(5)
    line.run(300, carries=330_000, rtt_s=0.2)
    assert line.changes <= 10
    line = Line()
    for _ in range(30):
        line.run(4, loss=0.2)
        line.run(4, loss=0.0)
    assert line.changes <= 30
