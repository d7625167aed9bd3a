from __future__ import annotations

import pickle
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.checksum import crc16_x25
from drivers.gt06 import DRIVER, Gt06Decoder, Settings
from drivers.gt06.answers import long_frame, short_frame
from drivers.gt06.framing import LONG_LENGTH_MAX, Cutter, Frame
from drivers.model import Command, Event, Heard, Instant, Kind, Note, Refused, Verb
from edge.neighbourhood.gt06 import ALARM_CODES, CELL, Gt06Answers, Gt06Device
from edge.repeats import Repeats

IMEI = "861234567890123"
AT = Instant(datetime(2026, 8, 20, 12, 0, tzinfo=UTC), 1000.0)
TIME = datetime(2026, 8, 20, 0, 15, tzinfo=UTC)
GPS = bytes.fromhex("1a0814000f00c90359e5180d086918001400")
"""2026-08-20 00:15:00, 31.235 N, 121.475 E, fix valid."""
SERIAL = b"\x00\x07"
LONGEST_HELD = 6 + LONG_LENGTH_MAX + 8


def decoder(**settings: Any) -> Gt06Decoder:
    fresh = Gt06Decoder(Settings(**settings), lambda _: False)
    fresh.feed(Gt06Device(IMEI).login(), AT)
    return fresh


def hear(number: int, content: bytes, **settings: Any) -> Heard:
    (heard,) = decoder(**settings).feed(short_frame(number, content, SERIAL), AT)
    return heard


def alarms(heard: Heard) -> list[str | None]:
    return [event.alarm for event in heard.events if event.kind is Kind.ALARM]


def state(information: int = 0x40, alarm: int = 0, language: int = 2) -> bytes:
    return bytes((information, 4, 4, alarm, language))


def alarm_frame(content: bytes) -> bytes:
    return short_frame(0x26, content, SERIAL)


# --- the checksum and the frame -------------------------------------------------------------------------------


def test_the_checksum_has_its_check_value() -> None:
    assert crc16_x25(b"123456789") == 0x906E


def test_a_frame_whose_length_leaves_the_checksum_out_is_read_to_its_tail() -> None:
    (heard,) = decoder().feed(bytes.fromhex("787808134606020002044dc5050d0a"), AT)

    assert heard.events[0].kind is Kind.STATUS
    assert heard.reply[3:6] == bytes.fromhex("13044d")


def test_0d_0a_inside_a_frame_does_not_end_it() -> None:
    content = GPS[:6] + b"\xc9" + bytes.fromhex("030d0a18") + GPS[11:]
    frame = short_frame(0x10, content, SERIAL)
    assert frame.count(b"\r\n") == 2

    (heard,) = decoder().feed(frame, AT)

    assert heard.events[0].kind is Kind.POSITION


def test_an_sos_without_its_last_two_bytes_is_an_sos() -> None:
    frame = alarm_frame(GPS + b"\x09" + CELL + state(alarm=1))

    (heard,) = decoder().feed(frame[:-2], AT)

    assert alarms(heard) == ["sos"]
    assert heard.reply


@pytest.mark.parametrize("rest", [b"\r\n", b"\r", b"\n", b""])
def test_the_tail_may_come_late_or_in_part_and_the_next_frame_is_still_heard(rest: bytes) -> None:
    conversation = decoder()
    frame = alarm_frame(GPS + b"\x09" + CELL + state(alarm=1))
    conversation.feed(frame[:-2], AT)

    heard = conversation.feed(rest + frame, AT)

    assert [alarms(one) for one in heard] == [["sos"]]


def test_what_was_told_is_not_kept() -> None:
    cutter = Cutter()
    cutter.feed(b"\0" + short_frame(0x13, state(), SERIAL) * 1000)

    assert len(pickle.dumps(cutter)) < 1000


def test_a_false_mark_with_a_long_length_holds_nothing_back() -> None:
    for false in (b"\x78\x78\xff\x12", b"\x79\x79\x07\xf0\x70", b"\x78\x78\x20\x69" + bytes.fromhex("260820001500")):
        heard = decoder().feed(false + alarm_frame(GPS + b"\x09" + CELL + state(alarm=1)), AT)

        assert [alarms(one) for one in heard if one.events] == [["sos"]]


def test_a_wrong_checksum_is_counted_and_nothing_else() -> None:
    frame = bytearray(alarm_frame(GPS + b"\x09" + CELL + state(alarm=1)))
    frame[20] ^= 1

    heard = decoder().feed(bytes(frame), AT)

    assert all(not one.events and not one.reply for one in heard)
    assert "wrong checksum" in {one.note.reason for one in heard if one.note}


# --- who it is ------------------------------------------------------------------------------------------------


def test_login_names_the_device_by_the_fifteen_digits_of_its_imei_and_is_answered() -> None:
    fresh = Gt06Decoder(Settings(), lambda _: False)

    (heard,) = fresh.feed(bytes.fromhex("78780d010861234567890123000120b70d0a"), AT)

    assert (heard.device, heard.login, heard.events) == (IMEI, True, ())
    assert heard.reply == bytes.fromhex("787805010001d9dc0d0a")


@pytest.mark.parametrize("imei", ["0000000000000000", "0f61234567890123", "08612345678901"])
def test_a_login_without_an_imei_is_not_answered(imei: str) -> None:
    fresh = Gt06Decoder(Settings(), lambda _: False)

    (heard,) = fresh.feed(short_frame(0x01, bytes.fromhex(imei), SERIAL), AT)

    assert (heard.reply, heard.login, heard.device) == (b"", False, None)
    assert heard.note is not None


def test_before_login_nothing_is_known_so_nothing_is_told_or_answered() -> None:
    fresh = Gt06Decoder(Settings(), lambda _: False)

    (heard,) = fresh.feed(alarm_frame(GPS + b"\x09" + CELL + state(alarm=1)), AT)

    assert (heard.events, heard.reply, heard.close) == ((), b"", False)
    assert heard.note == Note("frame before login", "message 0x26")


@pytest.mark.parametrize(
    ("login_minutes", "set_minutes", "offset"),
    [(None, None, 0), (480, None, 480), (-210, None, -210), (0, None, 0), (480, 60, 60), (None, 480, 480)],
)
def test_the_clock_is_read_in_the_zone_the_owner_set_else_that_of_the_login_else_utc(
    login_minutes: int | None, set_minutes: int | None, offset: int
) -> None:
    conversation = Gt06Decoder(Settings(utc_offset_minutes=set_minutes), lambda _: False)
    device = Gt06Device(IMEI)
    conversation.feed(device.login(login_minutes), AT)

    (heard,) = conversation.feed(device.position(TIME, 31.235, 121.475), AT)

    assert heard.events[0].time == TIME - timedelta(minutes=offset)


# --- places and cells -----------------------------------------------------------------------------------------


@given(st.floats(-90, 90), st.floats(-180, 180), st.integers(0, 255), st.integers(0, 359), st.booleans())
def test_a_position_comes_out_as_it_went_in(lat: float, lon: float, speed: int, course: int, stored: bool) -> None:  # noqa: FBT001
    device = Gt06Device(IMEI)
    conversation = decoder()

    (heard,) = conversation.feed(device.position(TIME, lat, lon, speed, course, stored=stored), AT)

    (event,) = heard.events
    assert (event.kind, event.time, event.stored) == (Kind.POSITION, TIME, stored)
    assert event.place is not None
    assert abs(event.place.lat - lat) < 1e-6
    assert abs(event.place.lon - lon) < 1e-6
    assert (event.place.speed_kmh, event.place.course, event.place.valid) == (speed, course, True)


WIDE = bytes.fromhex("81cc0005287d001f71")
"""MCC with bit 15: the MNC has two bytes."""
STANDARD_CELL = {"mcc": 460, "mnc": 0, "lac": 10365, "cid": 8049}
WIDE_CELL = {"mcc": 460, "mnc": 5, "lac": 10365, "cid": 8049}
LONG_CELL = {"mcc": 460, "mnc": 0, "lac": 10365, "cid": 0x01001F71}
CELL_4_BYTES = bytes.fromhex("01cc00287d01001f71")
CELL_4G = bytes.fromhex("01cc000000287d0000000001001f71")


@pytest.mark.parametrize(
    ("number", "content", "cell"),
    [
        (0x10, GPS, None),
        (0x11, GPS + bytes.fromhex("01cc0000287d01001f71"), LONG_CELL),
        (0x12, GPS + CELL, STANDARD_CELL),
        (0x12, GPS + WIDE, WIDE_CELL),
        (0x12, GPS + CELL + bytes(4), STANDARD_CELL),
        (0x17, GPS + CELL + bytes(9), STANDARD_CELL),
        (0x1A, GPS + bytes(23), None),
        (0x22, GPS + CELL + b"\x01\x05\x00", STANDARD_CELL),
        (0x22, GPS + WIDE + b"\x01\x05\x00", WIDE_CELL),
        (0x22, GPS + CELL + b"\x01\x05\x00" + bytes(4), STANDARD_CELL),
        (0x22, GPS + CELL_4_BYTES + b"\x01\x05\x00" + bytes(12), LONG_CELL),
        (0x2D, GPS + CELL + b"\x01\x05\x00", STANDARD_CELL),
        (0x34, bytes(4) + GPS + bytes(6) + CELL_4_BYTES + bytes(8), LONG_CELL),
        (0x37, GPS + CELL + b"\x01\x05\x00", STANDARD_CELL),
        (0xA0, GPS + CELL_4G + b"\x01\x05\x00", LONG_CELL),
        (0x16, GPS + b"\x09" + CELL + state(), STANDARD_CELL),
        (0x16, GPS + CELL + state(), STANDARD_CELL),  # length 0x24: no LBS length byte
        (0x16, GPS + b"\x0a" + CELL_4_BYTES[:9] + state(), LONG_CELL),  # length 0x26: four-byte cell id
        (0x16, GPS + b"\x0a" + WIDE + state(), WIDE_CELL),
        (0x26, GPS + b"\x09" + CELL + state(), STANDARD_CELL),
        (0x26, GPS + b"\x08" + CELL + state(), STANDARD_CELL),
        (0x26, GPS + b"\x0a" + WIDE + state(), WIDE_CELL),
        (0x27, GPS + b"\x09" + CELL + state() + b"\xff", STANDARD_CELL),
        (0xA4, GPS + b"\x10" + CELL_4G + state() + b"\xff", LONG_CELL),
    ],
)
def test_every_layout_gives_place_time_and_cell(number: int, content: bytes, cell: dict[str, int] | None) -> None:
    heard = hear(number, content)

    (event,) = heard.events
    assert event.kind is Kind.POSITION
    assert event.time == TIME
    assert event.place is not None
    assert (round(event.place.lat, 6), round(event.place.lon, 6)) == (31.235, 121.475)
    assert (event.network["cell"] if event.network else None) == ([cell] if cell else None)


@pytest.mark.parametrize("stored", [0, 1])
def test_the_re_upload_byte_of_0x22_marks_what_was_stored(stored: int) -> None:
    (event,) = hear(0x22, GPS + CELL + bytes((1, 5, stored))).events

    assert event.stored is bool(stored)
    assert event.attributes["ignition"] is True


SEVEN = b"".join(
    lac.to_bytes(2) + cid.to_bytes(3) + bytes((rssi,)) for lac, cid, rssi in [(1, 2, 60), (3, 4, 70), *[(0, 0, 0)] * 5]
)
ACCESS_POINTS = b"\x02" + bytes.fromhex("0102030405063e0a0b0c0d0e0f50")


@pytest.mark.parametrize(
    ("number", "tail", "points"),
    [
        (0x18, ACCESS_POINTS, 2),
        (0x24, b"", 0),
        (0x28, b"\x00\x02", 0),
        (0x2C, ACCESS_POINTS, 2),
        (0x2E, b"\x00\x02", 0),
    ],
)
@pytest.mark.parametrize(("operator", "mnc"), [("01cc00", 0), ("81cc0105", 0x105)])
def test_lists_of_cells_and_access_points_are_read(
    number: int, tail: bytes, points: int, operator: str, mnc: int
) -> None:
    (event,) = hear(number, GPS[:6] + bytes.fromhex(operator) + SEVEN + b"\xff" + tail).events

    assert event.time == TIME
    assert event.place is None
    assert event.network is not None
    assert event.network["cell"] == [
        {"mcc": 460, "mnc": mnc, "lac": 1, "cid": 2, "rssi": -60},
        {"mcc": 460, "mnc": mnc, "lac": 3, "cid": 4, "rssi": -70},
    ]
    assert len(event.network["wifi"]) == points
    if points:
        assert event.network["wifi"][0] == {"mac": "01:02:03:04:05:06", "rssi": -62}


@pytest.mark.parametrize("number", [0x17, 0x69])
@pytest.mark.parametrize(("points", "cells"), [(0, 0), (0, 1), (1, 0), (3, 2), (17, 7)])
def test_wifi_frames_count_access_points_in_their_length_and_carry_no_checksum(
    number: int, points: int, cells: int
) -> None:
    time = bytes.fromhex("260820001500")
    frame = bytes((0x78, 0x78, points, number)) + time
    frame += bytes.fromhex("0a0b0c0d0e0f3c") * points
    frame += bytes((cells,)) + bytes.fromhex("01cc00") + bytes.fromhex("287d1f7150") * cells + b"\r\n"

    (heard,) = decoder().feed(frame, AT)

    (event,) = heard.events
    assert (event.kind, event.time) == (Kind.READING, TIME)
    assert event.network is not None
    assert event.network["wifi"] == [{"mac": "0a:0b:0c:0d:0e:0f", "rssi": -60}] * points
    assert event.network["cell"] == [{**STANDARD_CELL, "rssi": -80}] * cells
    assert heard.reply == b"\x78\x78\x00" + bytes((number,)) + time + b"\r\n"


# --- alarms ---------------------------------------------------------------------------------------------------

ALARM_CONTENTS = {
    0x16: GPS + b"\x09" + CELL,
    0x19: CELL,
    0x26: GPS + b"\x09" + CELL,
    0x27: GPS + b"\x09" + CELL,
}


@pytest.mark.parametrize("number", ALARM_CONTENTS)
@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (0x01, "sos"),
        (0x02, "powerCut"),
        (0x03, "vibration"),
        (0x04, "geofenceEnter"),
        (0x05, "geofenceExit"),
        (0x06, "overspeed"),
        (0x09, "vibration"),
        (0x0E, "lowBattery"),
        (0x0F, "lowBattery"),
        (0x11, "powerOff"),
        (0x13, "tampering"),
        (0x14, "door"),
        (0x18, "removing"),
        (0x19, "lowBattery"),
        (0x23, "fallDown"),
        (0x25, "tampering"),
    ],
)
def test_every_alarm_message_raises_the_cause_its_alarm_byte_names(number: int, code: int, cause: str) -> None:
    heard = hear(number, ALARM_CONTENTS[number] + state(alarm=code))

    (event,) = heard.events
    assert (event.alarm, event.held) == (cause, False)
    assert heard.reply[3] == number


@pytest.mark.parametrize("number", ALARM_CONTENTS)
def test_terminal_information_raises_a_cause_of_its_own_once(number: int) -> None:
    sos_bits = 0x40 | 4 << 3

    assert alarms(hear(number, ALARM_CONTENTS[number] + state(sos_bits))) == ["sos"]
    assert alarms(hear(number, ALARM_CONTENTS[number] + state(sos_bits, alarm=1))) == ["sos"]
    assert alarms(hear(number, ALARM_CONTENTS[number] + state(sos_bits, alarm=0x0E))) == ["lowBattery", "sos"]


def test_an_unknown_alarm_code_is_told_and_raises_nothing() -> None:
    (event,) = hear(0x26, GPS + b"\x09" + CELL + state(alarm=0xEA)).events

    assert event.kind is Kind.POSITION
    assert event.attributes["event"] == 0xEA


def test_the_alarm_code_of_0x27_goes_on_in_the_language_byte() -> None:
    assert alarms(hear(0x27, GPS + b"\x09" + CELL + state(alarm=1, language=0x02) + b"\x05")) == ["sos"]
    assert alarms(hear(0x27, GPS + b"\x09" + CELL + state(alarm=1, language=0x12) + b"\x05")) == []


@pytest.mark.parametrize("code", [0x01, 0x0D])
def test_an_sos_of_0x27_with_a_two_byte_mnc_is_an_sos_however_its_cell_is_counted(code: int) -> None:
    counted = GPS + b"\x0a" + WIDE + state(alarm=code) + b"\xff"
    beyond = GPS + b"\x0a" + WIDE + b"\x00" + state(alarm=code)

    assert ("sos" in alarms(hear(0x27, counted))) is (code == 1)
    assert ("sos" in alarms(hear(0x27, beyond))) is (code == 1)


def test_an_alarm_byte_still_set_in_a_later_alarm_of_another_cause_is_not_a_new_press() -> None:
    repeats, conversation = Repeats(), decoder()
    sos_bits = 0x40 | 4 << 3
    press = short_frame(0x26, GPS + b"\x09" + CELL + state(sos_bits, alarm=1), b"\0\1")
    low = short_frame(0x26, GPS + b"\x09" + CELL + state(sos_bits, alarm=0x0E), b"\0\2")
    again = short_frame(0x26, GPS + b"\x09" + CELL + state(sos_bits, alarm=1), b"\0\3")

    raised = [fresh_alarms(repeats, conversation.feed(frame, AT)) for frame in (press, low, again)]

    assert raised == [["sos"], ["lowBattery"], ["sos"]]


def fresh_alarms(repeats: Repeats, heard: list[Heard]) -> list[str | None]:
    return [event.alarm for one in heard for event, _ in repeats.fresh(one) if event.alarm]


def test_a_bit_that_stays_set_in_the_status_is_one_alarm_until_it_was_clear() -> None:
    repeats, conversation, device = Repeats(), decoder(), Gt06Device(IMEI)
    frames = [device.status(held=held) for held in ("sos", "sos", None, "sos")]

    raised = [fresh_alarms(repeats, conversation.feed(frame, AT)) for frame in frames]

    assert raised == [["sos"], [], [], ["sos"]]


def test_the_status_after_an_sos_does_not_raise_it_again_and_the_next_press_does() -> None:
    repeats, conversation, device = Repeats(), decoder(), Gt06Device(IMEI)
    frames = [
        device.alarm("sos", TIME),
        device.status(held="sos"),
        device.alarm("sos", TIME + timedelta(seconds=20)),
        device.status(),
        device.alarm("sos", TIME + timedelta(seconds=90)),
    ]

    raised = [fresh_alarms(repeats, conversation.feed(frame, AT)) for frame in frames]

    assert raised == [["sos"], [], ["sos"], [], ["sos"]]


def test_a_status_always_tells_the_level_of_every_alarm_it_speaks_of() -> None:
    conversation, device = decoder(), Gt06Device(IMEI)

    assert conversation.feed(device.status(held="lowBattery"), AT)[0].levels == frozenset({"lowBattery"})
    assert conversation.feed(device.status(), AT)[0].levels == frozenset()
    assert conversation.feed(device.position(TIME, 0, 0), AT)[0].levels is None
    assert hear(0x23, b"\x58\x01\x9a\x04").levels == frozenset({"lowBattery"})


@pytest.mark.parametrize("cause", ALARM_CODES)
def test_an_alarm_needs_neither_place_nor_clock(cause: str) -> None:
    device, conversation = Gt06Device(IMEI), decoder()

    (heard,) = conversation.feed(device.alarm(cause), AT)

    (event,) = heard.events
    assert (event.alarm, event.time) == (cause, None)
    assert event.device_time


def test_an_sos_from_an_impossible_place_is_an_sos_without_a_place() -> None:
    nowhere = GPS[:7] + b"\xff" * 8 + GPS[15:]

    (event,) = hear(0x26, nowhere + b"\x09" + CELL + state(alarm=1)).events

    assert (event.alarm, event.place, event.time) == ("sos", None, TIME)


def test_an_sos_whose_content_is_cut_off_behind_the_alarm_byte_is_an_sos() -> None:
    whole = GPS + b"\x09" + CELL + state(0x60, alarm=1)

    assert alarms(hear(0x26, whole[:-1])) == ["sos"]
    assert alarms(hear(0x26, whole[:-2])) == ["sos"]  # the terminal information says so
    for end in range(len(whole) - 5):
        assert alarms(hear(0x26, whole[:end])) == ["general"], f"{end} bytes"


@given(
    st.sampled_from([0x10, 0x11, 0x12, 0x13, 0x16, 0x17, 0x18, 0x19, 0x22, 0x23, 0x24, 0x26, 0x27, 0x95, 0xA2]),
    st.binary(max_size=70),
)
def test_any_content_of_any_message_is_read_as_far_as_it_goes_and_answered(number: int, content: bytes) -> None:
    heard = hear(number, content)

    assert heard.reply == short_frame(number, b"", SERIAL)


@given(st.integers(0, 255), st.binary(max_size=40), st.booleans(), st.sampled_from(["", "VL103", "LW4G-4B"]))
def test_no_message_number_and_no_content_raises(number: int, content: bytes, long: bool, model: str) -> None:  # noqa: FBT001
    frame = (long_frame if long else short_frame)(number, content, SERIAL)

    decoder(model=model).feed(frame, AT)


# --- repeats --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("again_on_a_new_connection", [False, True])
def test_what_is_sent_again_because_the_answer_was_lost_is_one(again_on_a_new_connection: bool) -> None:  # noqa: FBT001
    device, repeats, conversation = Gt06Device(IMEI), Repeats(), decoder()
    frames = [device.alarm("sos", TIME), device.position(TIME, 31.2, 121.4), device.alarm("fallDown"), device.status()]
    first = [fresh(repeats, conversation.feed(frame, AT)) for frame in frames]

    conversation = decoder() if again_on_a_new_connection else conversation
    again = [conversation.feed(frame, AT) for frame in frames]

    assert [len(events) for events in first] == [1, 1, 1, 1]
    assert [fresh(repeats, heard) for heard in again] == [[], [], [], []]
    assert all(heard[0].reply for heard in again)


def fresh(repeats: Repeats, heard: list[Heard]) -> list[Event]:
    return [event for one in heard for event, _ in repeats.fresh(one)]


def test_a_device_that_lost_its_clock_and_counts_from_one_again_is_still_heard() -> None:
    repeats = Repeats()
    press = Gt06Device(IMEI).alarm("sos")
    later = Instant(AT.utc + timedelta(hours=1), AT.monotonic_s + 3600)

    assert fresh_alarms(repeats, decoder().feed(press, AT)) == ["sos"]
    assert fresh_alarms(repeats, decoder().feed(press, AT)) == []
    assert fresh_alarms(repeats, decoder().feed(press, later)) == ["sos"]


# --- answers and commands -------------------------------------------------------------------------------------


def test_a_time_request_is_answered_with_the_time() -> None:
    assert hear(0x8A, b"").reply == short_frame(0x8A, bytes((26, 8, 20, 12, 0, 0)), SERIAL)


def test_the_device_reads_an_answer_to_everything_it_sends_however_the_bytes_are_cut() -> None:
    device, conversation = Gt06Device(IMEI), Gt06Decoder(Settings(), lambda _: False)
    sent = [
        device.login(),
        device.status(),
        device.position(TIME, 31.2, 121.4),
        device.alarm("sos", TIME, 31.2, 121.4),
        device.ask_time(),
    ]
    down = b"".join(heard.reply for heard in conversation.feed(b"".join(sent), AT))

    answered = [one for at in range(len(down)) for one in device.answered(down[at : at + 1])]

    assert answered == [(0x01, 1), (0x13, 2), (0x22, 3), (0x26, 4), (0x8A, 5)]


@pytest.mark.parametrize(
    ("number", "start"), [(0x32, "7979000532"), (0x41, "7979000541"), (0x70, "78780570"), (0xF1, "787805f1")]
)
def test_a_long_frame_is_answered_in_the_form_its_sender_waits_for(number: int, start: str) -> None:
    (heard,) = decoder().feed(long_frame(number, bytes(30), SERIAL), AT)

    assert heard.reply.hex().startswith(start + SERIAL.hex())
    assert heard.events == () or number == 0x70


@pytest.mark.parametrize("number", ALARM_CONTENTS)
def test_an_sos_without_its_language_byte_is_an_sos_and_nothing_else(number: int) -> None:
    assert alarms(hear(number, ALARM_CONTENTS[number] + state(alarm=1)[:-1])) == ["sos"]


@pytest.mark.parametrize("number", ALARM_CONTENTS)
def test_an_sos_in_a_long_frame_is_an_sos(number: int) -> None:
    (heard,) = decoder().feed(long_frame(number, ALARM_CONTENTS[number] + state(alarm=1), SERIAL), AT)

    assert alarms(heard) == ["sos"]


def test_a_request_for_a_street_address_is_answered_so_that_the_device_stops_asking() -> None:
    heard = hear(0x2A, GPS + bytes(23))

    assert heard.reply.startswith(b"\x79\x79")
    assert heard.events == ()


def test_a_device_that_is_answered_out_of_format_says_so() -> None:
    with pytest.raises(ValueError, match="no start mark"):
        Gt06Answers().feed(b"GET / HTTP/1.0")


def say(verb: Verb, settings: Settings | None = None, **command: Any) -> bytes | Refused:
    conversation = Gt06Decoder(settings or Settings(), lambda _: False)
    conversation.feed(Gt06Device(IMEI).login(), AT)
    return conversation.say(Command(verb, command.pop("device", IMEI), **command), AT)


def test_locate_is_put_as_the_text_the_device_knows_and_its_answer_carries_the_flag_back() -> None:
    device, conversation = Gt06Device(IMEI), decoder()
    order = conversation.say(Command(Verb.LOCATE, IMEI), AT)
    assert isinstance(order, bytes)

    ((flag, text),) = device.commanded(order)
    (heard,) = conversation.feed(device.result(flag, "Lat:N31.235000,Lon:E121.475000,Course:0.00,Speed:0.00"), AT)

    assert text == "WHERE#"
    (event,) = heard.events
    assert event.attributes["flag"] == flag
    assert event.place is not None
    assert (event.place.lat, event.place.lon) == (31.235, 121.475)


def test_a_command_fills_in_what_the_profile_leaves_open() -> None:
    settings = Settings(commands={"interval": "TIMER,{seconds}#", "output_on": "RELAY,1#", "say": "TEXT,{text}#"})

    for verb, command, text in (
        (Verb.INTERVAL, {"seconds": 30}, "TIMER,30#"),
        (Verb.OUTPUT, {"on": True}, "RELAY,1#"),
        (Verb.SAY, {"text": "{seconds} home"}, "TEXT,{seconds} home#"),
    ):
        order = say(verb, settings, **command)
        assert isinstance(order, bytes)
        assert Gt06Device(IMEI).commanded(order) == [(1, text)]


@pytest.mark.parametrize(
    ("verb", "command", "reason"),
    [
        (Verb.SAY, {"text": "hello"}, "no text for the command 'say'"),
        (Verb.OUTPUT, {"on": True}, "no text for the command 'output_on'"),
        (Verb.LOCATE, {"device": "123"}, "belongs to 861234567890123"),
    ],
)
def test_what_the_device_cannot_do_is_refused_with_the_reason(verb: Verb, command: Any, reason: str) -> None:
    refused = say(verb, **command)

    assert isinstance(refused, Refused)
    assert reason in refused.reason


@pytest.mark.parametrize("text", ["hello#RELAY,1", "回家", "a\r\nb", "x" * 300])
def test_words_that_would_be_another_command_are_refused(text: str) -> None:
    assert isinstance(say(Verb.SAY, Settings(commands={"say": "TEXT,{text}#"}), text=text), Refused)


def test_before_login_no_command_can_be_put() -> None:
    assert isinstance(Gt06Decoder(Settings(), lambda _: False).say(Command(Verb.LOCATE, IMEI), AT), Refused)


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (short_frame(0x15, b"\x06\0\0\0\x09OK\0\2", SERIAL), "OK"),
        (long_frame(0x21, b"\0\0\0\x09\x01OK", SERIAL), "OK"),
        (long_frame(0x21, b"\0\0\0\x09\x02" + "好".encode("utf-16-be"), SERIAL), "好"),
    ],
)
def test_the_answer_to_a_command_is_a_result(frame: bytes, text: str) -> None:
    (heard,) = decoder().feed(frame, AT)

    (event,) = heard.events
    assert event.kind is Kind.RESULT
    assert event.attributes == {"flag": 9, "result": text}


def test_telephone_numbers_in_a_list_of_settings_do_not_leave_the_device() -> None:
    content = b"\x04ALM1=45;SOS=13800138000,,;CENTER=13900139000;STA1=40;"

    (heard,) = decoder().feed(long_frame(0x94, content, SERIAL), AT)

    assert heard.events[0].attributes == {"ALM1": 0x45, "STA1": 0x40}
    assert heard.reply == b""


# --- any bytes ------------------------------------------------------------------------------------------------

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
