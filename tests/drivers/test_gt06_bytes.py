"""GT06: any bytes, cut anywhere, are survived at bounded cost."""

import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.gt06 import DRIVER, Gt06Decoder, Settings
from drivers.gt06.answers import long_frame, short_frame
from drivers.gt06.framing import LONG_LENGTH_MAX, Cutter, Frame
from drivers.model import Heard, Note
from edge.neighbourhood.gt06 import CELL
from tests.drivers.gt06_stage import (
    AT,
    GPS,
    alarm_frame,
    decoder,
    state,
)

LONGEST_HELD = 6 + LONG_LENGTH_MAX + 8


PIECES = st.one_of(
    st.binary(max_size=12),
    st.sampled_from([b"\x78\x78", b"\x79\x79", b"\x78", b"\r\n", b"\x78\x78\xf0\x12", b"\x79\x79\x01\x00\x70"]),
    st.builds(short_frame, st.integers(0, 255), st.binary(max_size=40), st.binary(min_size=2, max_size=2)),
    st.builds(long_frame, st.integers(0, 255), st.binary(max_size=40), st.binary(min_size=2, max_size=2)),
    st.just(bytes.fromhex("787802692608200015003460f9ec19f846b0c554b990ef4e0101cc00287d1f71500d0a")),
    st.just(bytes.fromhex("787808134606020002044dc5050d0a")),
    st.builds(lambda frame, cut: frame[:cut], st.just(alarm_frame(GPS + b"\x09" + CELL + state())), st.integers(0, 42)),
)


STREAM = st.lists(PIECES, max_size=8).map(b"".join)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    marks = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
    return [stream[start:end] for start, end in pairwise(marks)]


@given(STREAM, st.lists(st.integers(0, 1000), max_size=6))
def test_the_same_bytes_cut_anywhere_give_the_same_frames_and_count_the_same_noise(
    stream: bytes, places: list[int]
) -> None:
    whole, pieces, single = Cutter(), Cutter(), Cutter()

    at_once = whole.feed(stream)

    for cutter, chunks in ((pieces, cut(stream, places)), (single, cut(stream, list(range(len(stream)))))):
        found = [item for chunk in chunks for item in cutter.feed(chunk)]
        assert [item for item in found if isinstance(item, Frame)] == [
            item for item in at_once if isinstance(item, Frame)
        ]
        assert sorted(map(str, found)) == sorted(map(str, at_once))
        assert cutter.held == whole.held


@given(STREAM, st.lists(st.integers(0, 1000), max_size=6))
def test_the_same_bytes_cut_anywhere_give_the_same_events_and_answers(stream: bytes, places: list[int]) -> None:
    def told(chunks: list[bytes]) -> list[Heard]:
        conversation = decoder()
        return [heard for chunk in chunks for heard in conversation.feed(chunk, AT) if heard.events or heard.reply]

    assert told(cut(stream, places)) == told([stream])


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_any_bytes_are_survived_and_little_of_them_is_held(chunks: list[bytes]) -> None:
    fresh_one, cutter = Gt06Decoder(Settings(), lambda _: False), Cutter()

    for chunk in chunks:
        fresh_one.feed(chunk, AT)
        cutter.feed(chunk)
        assert cutter.held <= LONGEST_HELD


HOSTILE = {
    "start marks without end": b"\x78",
    "short marks": b"\x78\x78\x10\x12",
    "long marks": b"\x79\x79\x07\xff\x70",
    "long marks before one tail": b"\x79\x79\x07\xff\x70" * 60 + b"\r\n",
    "short marks before tails": b"\x78\x78\x20\x12" * 8 + b"\r\n",
    "Wi-Fi frames that never end": b"\x78\x78\x20\x69\x20\x01\x01\x01\x01\x01",
}


@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("step", [1, 1000, 65536])
def test_hostile_input_costs_work_in_proportion_to_its_length(pattern: bytes, step: int) -> None:
    def calls(size: int) -> int:
        stream, cutter, count = (pattern * (size // len(pattern) + 1))[:size], Cutter(), 0

        def tick(*_: object) -> None:
            nonlocal count
            count += 1

        sys.setprofile(tick)
        try:
            for at in range(0, size, step):
                cutter.feed(stream[at : at + step])
                assert cutter.held <= LONGEST_HELD
        finally:
            sys.setprofile(None)
        return count

    assert calls(16_000) < 2.5 * calls(8_000)


def test_a_flood_of_noise_is_counted_without_a_frame_to_end_it() -> None:
    heard = [one for _ in range(100) for one in decoder().feed(bytes(100_000), AT)]

    assert {one.note for one in heard} == {Note("noise between frames", "4096 bytes")}


def test_the_driver_is_found_by_its_name_and_its_settings_need_nothing() -> None:
    assert DRIVER.name == "gt06"
    assert DRIVER.settings() == Settings()
