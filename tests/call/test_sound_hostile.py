"""Whatever comes, sound goes on: 20 ms for every tick, no exception, no growth."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.call import opus
from edge.call.sound import BLOCK, Receiver
from edge.call.sound.opus_packet import LONGEST, BrokenPacketError, carries_copy, samples_of
from edge.call.sound.shelf import HELD, REMEMBERED, Shelf
from edge.call.sound.stretch import NEEDED
from tests.call.sound_line import Nothing, spoken, voice

PAYLOADS = tuple(spoken(voice(1)))

Payload: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(PAYLOADS),
    st.binary(max_size=80),
    st.sampled_from([b"", b"\x00", b"\xff" * 1275, b"\x0b\xff" * 20_000, b"\x03", b"\xfc\xff"]),
    st.sampled_from([None, "text", 7, [1, 2], bytearray(b"\x08\x01\x02")]),
)
Arrival = st.tuples(
    st.one_of(st.integers(0, 60), st.integers(-5, 70_000)),
    st.one_of(st.integers(0, 60).map(lambda n: n * BLOCK), st.integers(-5, (1 << 32) + 5)),
    Payload,
    st.floats(0, 0.2, allow_nan=False),
    st.sampled_from([1, 1, 1, 1, 2]),
    st.integers(0, 3),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(Arrival, max_size=60), st.booleans())
def test_nothing_that_comes_stops_the_sound(
    arrivals: list[tuple[int, int, Any, float, int, int]],
    broken: bool,  # noqa: FBT001 - hypothesis names what it found
) -> None:
    receiver, now_s = Receiver(Nothing() if broken else opus.Decoder()), 0.0
    for sequence, timestamp, payload, later_s, ssrc, blocks in arrivals:
        now_s += later_s
        receiver.packet(sequence, timestamp, payload, now_s, ssrc)
        for _ in range(blocks):
            block = receiver.block(now_s)
            assert block.shape == (BLOCK, 1)
            assert block.dtype == np.dtype(np.int16)
        assert len(receiver._shelf) <= HELD
        assert len(receiver._waiting) <= BLOCK + NEEDED + 2 * LONGEST


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 65_535), st.integers(0, (1 << 32) - 1)), max_size=400))
def test_what_is_kept_has_a_bound(numbers: list[tuple[int, int]]) -> None:
    shelf = Shelf()
    for sequence, timestamp in numbers:
        shelf.put(sequence, timestamp, PAYLOADS[0])
    assert len(shelf) <= HELD
    assert len(shelf._seen) <= REMEMBERED


@given(st.binary(max_size=1_600))
def test_reading_a_packet_refuses_or_agrees_with_the_bounds_of_opus(payload: bytes) -> None:
    with contextlib.suppress(BrokenPacketError):
        assert 0 < samples_of(payload) <= LONGEST
    assert carries_copy(payload) in {True, False}


def test_a_minute_of_garbage_between_the_packets_leaves_the_voice_whole() -> None:
    random = np.random.default_rng(5)
    receiver = Receiver(opus.Decoder())
    for n in range(3_000):
        at_s = n * 0.02
        receiver.packet(n, n * BLOCK, PAYLOADS[n % len(PAYLOADS)], at_s)
        for _ in range(2):
            garbage = random.bytes(int(random.integers(0, 200)))
            receiver.packet(int(random.integers(0, 65_536)), int(random.integers(0, 1 << 32)), garbage, at_s)
        receiver.block(at_s + 0.001)
    assert receiver.heard.decoded >= 2_990 * BLOCK
