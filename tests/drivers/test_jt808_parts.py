"""Sub-packaged messages: put together, asked for again, answered only when they are whole."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drivers.decoder import MAX_HELD
from drivers.jt808 import Settings
from drivers.jt808.header import Address, Header
from drivers.jt808.parts import MAX_BYTES, MAX_OPEN, Parts
from edge.neighbourhood.jt808 import EMERGENCY, Answer, Edition, Jt808Device, item, position_body
from tests.drivers.jt808_line import HERE, PRESSED, Line, at, told

PHONE = "13800138000"
WALK = [position_body(PRESSED + timedelta(seconds=step), *HERE) for step in range(20)]


@pytest.mark.parametrize("edition", [2013, 2019])
def test_no_part_is_answered_before_the_whole_is_here(edition: Edition) -> None:
    line = Line()
    device = Jt808Device(PHONE, edition, serial=65534)
    parts = device.stored_in_parts(WALK, 200)
    assert len(parts) == 4
    for part in parts[:-1]:
        assert line.feed(part) == []
        assert line.reply == b""
    assert told(line.feed(parts[-1])) == ["position"] * 20
    assert len(line.heard) == 1
    assert device.answered(line.reply) == [Answer(0x0704, serial & 0xFFFF, 0) for serial in range(65534, 65538)]


def test_parts_may_come_in_any_order_and_twice() -> None:
    line = Line()
    device = Jt808Device(PHONE)
    parts = device.stored_in_parts(WALK, 200)
    events = [line.feed(parts[index]) for index in (3, 1, 1, 0, 3, 2)]
    assert [len(new) for new in events] == [0, 0, 0, 0, 0, 20]
    assert {answer.serial for answer in device.answered(line.reply)} == {1, 2, 3, 4}


def test_parts_of_several_phones_and_messages_are_kept_apart() -> None:
    line = Line()
    devices = [Jt808Device(f"1380013800{number}") for number in range(3)]
    woven = zip(*(device.stored_in_parts(WALK, 200) for device in devices), strict=True)
    counts = [len(line.feed(part)) for parts in woven for part in parts]
    assert counts == [0] * 9 + [20] * 3


@pytest.mark.parametrize("edition", [2013, 2019])
def test_a_missing_part_is_asked_for_and_the_re_sent_one_completes_the_message(edition: Edition) -> None:
    line = Line(Settings(part_wait_s=5.0))
    device = Jt808Device(PHONE, edition)
    parts = device.stored_in_parts(WALK, 101)
    for index in (0, 2, 5):
        line.feed(parts[index])
    assert line.decoder.due() == at(5.0).monotonic_s
    assert line.tick(4.9) == []
    assert line.reply == b""
    line.tick(5.0)
    assert device.answered(line.reply) == []
    again = device.owed()
    assert again == b"".join(parts[index] for index in (1, 3, 4))
    assert told(line.feed(again, 6.0)) == ["position"] * 20
    assert len(device.answered(line.reply)) == 6
    assert line.decoder.due() is None


def test_a_part_that_was_asked_for_may_come_with_a_new_serial() -> None:
    line = Line()
    device = Jt808Device(PHONE)
    body = WALK[0] + item(0x30, b"\x10")
    halves = device.packaged(0x0200, body, 20)
    line.feed(halves[0])
    line.tick(5.0)
    device.answered(line.reply)
    renumbered = Jt808Device(PHONE, serial=77).message(0x0200, body[20:], (2, 2))
    assert told(line.feed(renumbered, 6.0)) == ["position"]
    assert device.answered(line.reply) == [Answer(0x0200, 1, 0), Answer(0x0200, 77, 0)]


def test_a_message_that_stays_incomplete_is_given_up_unanswered() -> None:
    line = Line(Settings(part_wait_s=5.0, part_asks=2))
    device = Jt808Device(PHONE)
    line.feed(device.stored_in_parts(WALK, 100)[0])
    asked = []
    for seconds in (5.0, 10.0, 15.0):
        assert line.tick(seconds) == []
        asked.append(line.reply != b"")
    assert asked == [True, True, False]
    assert line.decoder.due() is None
    note = line.heard[0].note
    assert note is not None
    assert note.reason == "parts missing, given up"


def test_alarms_in_the_parts_that_did_come_are_raised_when_the_rest_is_given_up() -> None:
    line = Line(Settings(part_wait_s=5.0, part_asks=0))
    device = Jt808Device(PHONE)
    pressed = position_body(PRESSED, *HERE, alarm=EMERGENCY)
    parts = device.stored_in_parts([WALK[0], pressed, *WALK[1:]], 100)
    line.feed(parts[0])
    assert told(line.tick(5.0)) == ["sos"]
    assert line.reply == b""
    events = [event for part in parts for event in line.feed(part, 9.0)]
    assert told(events) == ["position"] * 20
    assert len(device.answered(line.reply)) == len(parts)


def test_an_sos_does_not_wait_for_the_items_in_the_other_parts() -> None:
    line = Line()
    device = Jt808Device(PHONE)
    halves = device.packaged(0x0200, position_body(PRESSED, *HERE, alarm=EMERGENCY) + item(0x06, b"\x20"), 29)
    assert told(line.feed(halves[0])) == ["sos"]
    assert line.reply == b""
    assert line.feed(halves[1]) == []
    assert device.answered(line.reply) == [Answer(0x0200, 1, 0), Answer(0x0200, 2, 0)]


def test_a_part_of_a_finished_message_is_answered_and_its_events_are_offered_again() -> None:
    line = Line()
    device = Jt808Device(PHONE)
    parts = device.stored_in_parts(WALK[:4], 50)
    for part in parts:
        line.feed(part)
    assert line.feed(parts[1]) == []
    assert len(line.heard[0].events) == 4
    assert device.answered(line.reply) == [Answer(0x0704, 2, 0)]
    assert line.decoder.due() is None


def test_a_part_with_an_impossible_number_is_refused() -> None:
    line = Line()
    device = Jt808Device(PHONE)
    for part in ((3, 0), (3, 4)):
        line.feed(device.message(0x0704, b"\x00", part))
    assert device.answered(line.reply) == [Answer(0x0704, 2, 2)]


def test_parts_of_messages_nobody_reads_are_not_kept() -> None:
    line = Line()
    device = Jt808Device(PHONE)
    line.feed(device.packaged(0x0801, bytes(2000), 1000)[0])
    assert device.answered(line.reply) == [Answer(0x0801, 1, 3)]
    assert line.decoder.due() is None


def test_open_messages_are_bounded_in_bytes_and_number() -> None:
    parts = Parts(5.0, 3)
    held = 0
    for number in range(500):
        header = Header(0x0704, Address(number.to_bytes(6)), 1, 60, 1 + number % 60)
        parts.add(header, bytes(1000), 0.0)
        held = max(held, sum(gathering.cost for gathering in parts._open.values()))
        assert len(parts._open) <= MAX_OPEN
    assert held <= MAX_BYTES < MAX_HELD
    assert len(parts.dropped) == 500 - MAX_OPEN


def test_a_flood_of_empty_parts_is_bounded_too() -> None:
    parts = Parts(5.0, 3)
    for index in range(1, 5000):
        parts.add(Header(0x0704, Address(bytes(6)), index, 65535, index), b"", 0.0)
    assert sum(len(gathering.parts) for gathering in parts._open.values()) * 64 <= MAX_BYTES


def test_what_must_give_way_still_raises_its_alarms() -> None:
    line = Line()
    device = Jt808Device(PHONE)
    pressed = position_body(PRESSED, *HERE, alarm=EMERGENCY)
    line.feed(device.stored_in_parts([pressed, *WALK], 100)[0])
    others = [Jt808Device(f"1390000000{number}").stored_in_parts(WALK, 100)[0] for number in range(MAX_OPEN)]
    assert told([event for part in others for event in line.feed(part)]) == ["sos"]
