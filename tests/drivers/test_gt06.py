"""None"""

import pickle
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.checksum import crc16_x25
from drivers.gt06 import Gt06Decoder, Settings
from drivers.gt06.answers import short_frame
from drivers.gt06.framing import Cutter
from drivers.model import Kind, Note
from edge.neighbourhood.gt06 import CELL, Gt06Device
from tests.drivers.gt06_stage import (
    AT,
    GPS,
    IMEI,
    SERIAL,
    TIME,
    WIDE,
    alarm_frame,
    alarms,
    decoder,
    hear,
    state,
)


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
