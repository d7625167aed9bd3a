"""Frames come out whole, in order and at once; what is lost is asked for, then given up."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from edge.call.assembly import Assembly, Encoded

KEY, DELTA = b"\x10", b"\x11"


def packets(frame: int, parts: int, first: int) -> list[tuple[int, int, bytes, bool, bool]]:
    head = KEY if frame == 0 else DELTA
    return [(first + n, frame * 3600, head + b"%d.%d" % (frame, n), n == 0, n == parts - 1) for n in range(parts)]


def stream(frames: int, parts: int = 3, begin: int = 65_530) -> list[tuple[int, int, bytes, bool, bool]]:
    return [one for frame in range(frames) for one in packets(frame, parts, begin + frame * parts)]


def feed(assembly: Assembly, one: tuple[int, int, bytes, bool, bool], at_s: float) -> list[Encoded]:
    number, timestamp, payload, first, marker = one
    assembly.add(number & 0xFFFF, timestamp, payload, at_s, first=first, marker=marker)
    return assembly.frames(at_s)


def test_a_frame_is_there_with_its_last_packet_and_waits_for_no_other() -> None:
    assembly = Assembly()
    out = [feed(assembly, one, 0.0) for one in stream(2)]
    assert [len(frames) for frames in out] == [0, 0, 1, 0, 0, 1]
    assert out[2][0] == Encoded(0, key=True, data=b"\x100.0\x100.1\x100.2")
    assert not assembly.key_wanted(0.0)


def test_nothing_is_shown_before_a_key_picture_and_it_is_asked_for() -> None:
    assembly = Assembly()
    for one in packets(1, 3, 10):
        assert feed(assembly, one, 0.0) == []
    assert assembly.key_wanted(0.0)
    assert not assembly.key_wanted(0.1)
    assert assembly.key_wanted(0.5)


@given(st.integers(0, 2**32), st.integers(1, 12), st.integers(1, 5))
def test_in_any_order_that_a_network_makes_every_frame_comes_out_once(seed: int, late: int, parts: int) -> None:
    chance = random.Random(seed)
    sent = stream(20, parts)
    order = sorted(sent[parts:], key=lambda one: one[0] + chance.random() * late)
    assembly = Assembly()
    out = [frame for one in [*sent[:parts], *order, *order] for frame in feed(assembly, one, 0.0)]
    assert [frame.timestamp for frame in out] == [n * 3600 for n in range(20)]


def test_a_lost_packet_is_asked_for_again_and_again_and_all_that_waited_comes_with_it() -> None:
    assembly, sent = Assembly(), stream(5)
    lost = sent[4]
    for one in sent:
        if one is not lost:
            feed(assembly, one, 1.0)
    assert assembly.missing(1.01) == []  # the first time was the library's
    assert assembly.missing(1.05) == [lost[0] & 0xFFFF]
    assert assembly.missing(1.06) == []
    assert assembly.missing(1.10) == [lost[0] & 0xFFFF]
    assert len(feed(assembly, lost, 1.12)) == 4


def test_what_does_not_come_is_given_up_and_a_key_picture_is_asked_for() -> None:
    assembly, sent = Assembly(), stream(5)
    for one in sent:
        if one is not sent[4]:
            feed(assembly, one, 1.0)
    assembly.frames(1.4)
    assert assembly.given_up == 1
    assert assembly.key_wanted(1.4)
    key = [(one[0] + 1000, one[1], one[2], one[3], one[4]) for one in packets(0, 3, sent[-1][0])]
    out = [frame for one in key for frame in feed(assembly, one, 1.5)]
    assert [frame.key for frame in out] == [True]


def test_a_key_picture_that_is_already_there_ends_the_waiting() -> None:
    assembly, sent = Assembly(), stream(2)
    for one in sent[:4] + [(number + 6, 9 * 3600, KEY, n == 0, n == 2) for n, (number, *_) in enumerate(sent[:3])]:
        feed(assembly, one, 1.0)
    out = assembly.frames(1.4)
    assert [(frame.timestamp, frame.key) for frame in out + assembly.frames(1.4)] == [(9 * 3600, True)]


def test_padding_is_passed_over() -> None:
    assembly = Assembly()
    first, second = packets(0, 1, 10), packets(1, 1, 12)
    feed(assembly, first[0], 0.0)
    feed(assembly, (11, 0, b"", False, False), 0.0)
    assert len(feed(assembly, second[0], 0.0)) == 1


@given(
    st.lists(
        st.tuples(
            st.integers(0, 65_535), st.integers(0, 2**32 - 1), st.binary(max_size=4), st.booleans(), st.booleans()
        ),
        max_size=300,
    )
)
def test_noise_never_raises_and_is_bounded(noise: list[tuple[int, int, bytes, bool, bool]]) -> None:
    assembly, at_s = Assembly(), 0.0
    for one in noise:
        at_s += 0.01
        feed(assembly, one, at_s)
        assembly.missing(at_s)
        assembly.key_wanted(at_s)
    assert len(assembly._packets) <= 600
