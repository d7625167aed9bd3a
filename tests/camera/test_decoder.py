"""What a camera's process says, read by the gateway: whole, cut, glued, spoiled, late."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera import DRIVER, CameraDecoder
from drivers.camera.wire import FromCamera, Hello, Motion, Picture, Report, line
from drivers.decoder import MAX_HELD
from drivers.model import Command, Event, Heard, Instant, Kind, Refused, Verb
from tests.drivers.vectors import instant

HELLO = line(Hello("yard", "s1"))
ALIVE = Report(alive=True, width=640, height=480, fps=5.0)


def events(heard: list[Heard]) -> list[Event]:
    return [event for one in heard for event in one.events]


def said(*messages: FromCamera, at: Instant | None = None) -> list[Heard]:
    return CameraDecoder().feed(HELLO + b"".join(map(line, messages)), at or instant())


@given(st.lists(st.integers(0, 400), max_size=6))
def test_lines_cut_anywhere_mean_the_same(cuts: list[int]) -> None:
    stream = HELLO + line(ALIVE) + line(Motion(1, 0.0, "door", 0.1)) + line(Report(alive=True, covered=True))
    decoder, heard, before = CameraDecoder(), [], 0
    for cut in (*sorted(min(cut, len(stream)) for cut in cuts), len(stream)):
        heard += decoder.feed(stream[before:cut], instant())
        before = cut
    assert heard == CameraDecoder().feed(stream, instant())


@given(st.binary(max_size=300))
def test_noise_is_a_note_and_what_follows_is_understood(noise: bytes) -> None:
    decoder = CameraDecoder()
    decoder.feed(noise + b"\n", instant())
    assert [event.kind for event in events(decoder.feed(HELLO + line(ALIVE), instant()))] == [Kind.STATUS]


def test_a_line_without_an_end_is_dropped_and_not_kept() -> None:
    decoder = CameraDecoder()
    decoder.feed(HELLO, instant())
    notes = [one.note for _ in range(20) for one in decoder.feed(b"x" * 10_000, instant())]
    assert [note.reason for note in notes if note is not None] == ["line too long"]
    assert len(decoder._rest) <= MAX_HELD
    assert len(events(decoder.feed(b"\n" + line(ALIVE), instant()))) == 1


def test_nothing_counts_before_the_camera_said_its_name() -> None:
    (heard,) = CameraDecoder().feed(line(ALIVE), instant())
    assert heard.events == ()
    assert heard.note is not None


def test_a_dead_camera_is_no_sign_of_life_and_leaves_what_lasted() -> None:
    (_, heard) = said(Report(alive=False, reason="connection refused"))
    assert (heard.events, heard.device, heard.levels) == ((), None, None)


def test_frozen_and_covered_last_until_a_report_says_otherwise() -> None:
    (_, frozen, both, mended) = said(
        Report(alive=True, frozen=True), Report(alive=True, frozen=True, covered=True), Report(alive=True)
    )
    assert (frozen.levels, both.levels, mended.levels) == tuple(map(frozenset, ({"fault"}, {"fault", "tampering"}, ())))
    assert all(event.held for event in frozen.events if event.kind is Kind.ALARM)


def test_a_motion_said_again_is_the_same_motion_and_a_late_one_has_its_time() -> None:
    at = instant(100)
    now, late, again = events(
        said(*(Motion(n, at.monotonic_s - s, "door", 0.1) for n, s in ((1, 0), (2, 60), (2, 60))), at=at)
    )
    assert (now.time, now.stored) == (None, False)
    assert late.stored
    assert late.time is not None
    assert (at.utc - late.time).total_seconds() == pytest.approx(60)
    assert late.repeat == again.repeat != now.repeat


@pytest.mark.parametrize("at_s", [-1e300, 1e300, 0.0])
def test_an_impossible_moment_is_no_time(at_s: float) -> None:
    (event,) = events(said(Motion(1, at_s, "door", 0.1), at=Instant(instant().utc, 1e9)))
    assert event.time is None


def test_a_picture_that_comes_by_this_way_is_not_kept() -> None:
    (_, heard) = said(Picture("1", 0.0, b"\xff\xd8\xff"))
    assert heard.events == ()
    assert heard.note is not None


def test_a_camera_cannot_be_told_anything_by_its_decoder() -> None:
    decoder = DRIVER.make(DRIVER.settings(), lambda _: False)
    assert isinstance(decoder.say(Command(Verb.LOCATE, "yard"), instant()), Refused)
    assert decoder.due() is None
    assert decoder.tick(instant()) == []
