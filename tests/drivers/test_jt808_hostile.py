"""Any bytes: never an exception, never an unbounded buffer, and the same events however they are cut."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.decoder import MAX_HELD
from drivers.jt808 import Jt808Decoder, Settings
from drivers.jt808.dialect import MODELS
from drivers.jt808.frame import MAX_FRAME, STANDARD
from drivers.model import Event
from edge.neighbourhood.jt808 import EMERGENCY, Jt808Device, item, position_body
from tests.drivers.jt808_line import HERE, PRESSED, Line, at

PHONE = "13800138000"


def session() -> bytes:
    """A bit of everything, noise between."""
    device = Jt808Device(PHONE, serial=0x7D7E)
    stored = [position_body(PRESSED + timedelta(seconds=step), *HERE, alarm=step % 2) for step in range(5)]
    return b"\x13\x7e\x00\x01\x7e\xe7\x00".join(
        [
            device.register(),
            device.authenticate("7e7d"),
            device.sos(PRESSED, *HERE),
            device.stored(stored),
            b"".join(device.stored_in_parts(stored, 40)),
            device.position(PRESSED, *HERE, items=item(0x7E, b"\x7d\x7e\x7d")),
            Jt808Device(PHONE, 2019).sos(PRESSED, *HERE),
        ]
    )


def events(decoder: Jt808Decoder, chunks: list[bytes]) -> list[Event]:
    return [event for chunk in chunks for heard in decoder.feed(chunk, at()) for event in heard.events]


def held(decoder: Jt808Decoder) -> int:
    """Bytes of input that are held back."""
    cut = sum(len(cutter._held) for cutter in decoder._cutters.values())
    return cut + sum(gathering.cost for gathering in decoder._parts._open.values())


def fresh() -> Jt808Decoder:
    return Jt808Decoder(Settings(), lambda _: True)


WHOLE = events(fresh(), [session()])

FRAMES = st.builds(
    lambda msg_id, properties, rest: STANDARD.wrap(msg_id.to_bytes(2) + properties.to_bytes(2) + rest),
    st.sampled_from([0x0001, 0x0002, 0x0100, 0x0102, 0x0107, 0x0200, 0x0201, 0x0210, 0x0704, 0x0900, 0x5501, 0x6006]),
    st.integers(0, 0xFFFF),
    st.binary(max_size=120),
)
"""Frames whose check byte is right and whose content is anything."""

ITEMS = st.lists(st.builds(item, st.integers(0, 255), st.binary(max_size=30)), max_size=8).map(b"".join)


@given(st.lists(st.one_of(st.binary(max_size=200), FRAMES), max_size=20))
def test_no_input_raises_and_what_is_held_is_bounded(chunks: list[bytes]) -> None:
    line = Line()
    for seconds, chunk in enumerate(chunks):
        line.feed(chunk, float(seconds))
        line.tick(float(seconds))
        assert held(line.decoder) <= MAX_HELD
    line.tick(1e6)
    line.tick(2e6)


@given(st.sampled_from(["", *MODELS]), ITEMS, st.binary(max_size=20))
def test_no_items_of_any_model_cost_the_alarm(model: str, items: bytes, rest: bytes) -> None:
    line = Line(Settings(model=model))
    told = line.feed(Jt808Device(PHONE).position(PRESSED, *HERE, alarm=EMERGENCY, items=items + rest))
    assert told
    if MODELS.get(model) is None or "sos" in dict(MODELS[model].alarms).values():
        assert told[0].alarm == "sos"


@given(st.lists(st.integers(0, len(session())), max_size=12))
@settings(max_examples=60)
def test_the_same_bytes_cut_anywhere_give_the_same_events(cuts: list[int]) -> None:
    data = session()
    edges = sorted({0, len(data), *cuts})
    assert events(fresh(), [data[start:end] for start, end in pairwise(edges)]) == WHOLE


def test_one_byte_at_a_time_gives_the_same_events() -> None:
    assert events(fresh(), [bytes((byte,)) for byte in session()]) == WHOLE
    assert sum(event.alarm == "sos" for event in WHOLE) == 6


@given(st.binary(max_size=300))
@settings(max_examples=60)
def test_a_press_after_noise_is_heard(noise: bytes) -> None:
    told = events(fresh(), [noise + b"\x7e", Jt808Device(PHONE).sos(PRESSED, *HERE)])
    assert "sos" in [event.alarm for event in told]


@pytest.mark.parametrize("byte", [b"\x7e", b"\x7d", b"\xe7", b"\x00", b"\x7d\x01", b"\x7e\x02", b"\xe7\x7e\x00"])
def test_a_flood_takes_time_in_proportion_and_no_room(byte: bytes) -> None:
    decoder = fresh()
    spent: list[float] = []
    for _ in range(2):
        start = time.process_time()
        for _ in range(65536 // len(byte)):
            decoder.feed(byte, at())
        spent.append(time.process_time() - start)
    assert held(decoder) <= 2 * MAX_FRAME
    assert spent[1] < spent[0] * 3 + 0.5
    assert sum(heard.device is not None for heard in decoder.feed(b"\x7e" + Jt808Device(PHONE).heartbeat(), at())) == 1


def test_noise_without_end_holds_nothing_back() -> None:
    decoder = fresh()
    for _ in range(64):
        decoder.feed(bytes(range(256)) * 64, at())
    assert held(decoder) <= 2 * MAX_FRAME
    before = sys.getsizeof(decoder._peers)
    decoder.feed(b"\x55" * 1_000_000, at())
    assert sys.getsizeof(decoder._peers) == before
