"""Frames and headers of all editions against `jt808-codec.jsonl`, both ways."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.jt808 import messages
from drivers.jt808.dialect import PLAIN
from drivers.jt808.enrolment import read_authentication, read_registration
from drivers.jt808.frame import STANDARD, VARIANT, Cutter, Framing, xor
from drivers.jt808.header import MAX_BODY, Address, build, canonical, device_id, parse
from drivers.jt808.position import Clock, read_report
from tests.drivers.jt808_line import NOW
from tests.drivers.vectors import load

VECTORS = load("jt808-codec")
DECODE = [vector for vector in VECTORS if vector["kind"] == "decode"]
ENCODE = [vector for vector in VECTORS if vector["kind"] == "encode"]


def test_both_kinds_of_vector_are_there() -> None:
    assert (len(DECODE), len(ENCODE)) == (4, 3)


@pytest.mark.parametrize("vector", DECODE, ids=lambda vector: vector["id"])
def test_a_frame_is_read_as_it_is_written(vector: dict[str, Any]) -> None:
    wire = bytes.fromhex(vector["wire_hex"])
    content = STANDARD.unwrap(wire[1:-1])
    assert content is not None
    parsed = parse(content, STANDARD)
    assert parsed is not None
    header, body = parsed
    expected = vector["header"]
    assert f"0x{header.msg_id:04x}" == expected["msg_id"]
    assert header.address.device == canonical(expected["phone"])
    assert (header.serial, header.address.version) == (expected["serial"], expected["version"])
    assert len(body) == expected.get("body_length", len(body))
    assert header.length_ok
    assert body_of(header.msg_id, body, header.address.version) | vector["body"] == body_of(
        header.msg_id, body, header.address.version
    )


def body_of(msg_id: int, body: bytes, version: int | None) -> dict[str, Any]:
    if msg_id == messages.Up.REGISTER:
        registration = read_registration(body, version)
        return {name: getattr(registration, name) for name in registration.__struct_fields__}
    if msg_id == messages.Up.AUTHENTICATE:
        told = read_authentication(body, version)
        return {"auth_code": told.auth_code, "imei": told.imei, "software": told.software}
    if msg_id == messages.Up.POSITION:
        return position_of(body)
    assert msg_id == messages.Up.HEARTBEAT
    return {}


def position_of(body: bytes) -> dict[str, Any]:
    report = read_report(body, Clock(), PLAIN, NOW)
    assert report is not None
    place = report.place
    assert place is not None
    odometer, fuel = report.attributes["odometer"], report.attributes["fuel"]
    assert isinstance(odometer, int)
    return {
        "alarm_word": int.from_bytes(body[:4]),
        "status_word": int.from_bytes(body[4:8]),
        "lat": place.lat,
        "lon": place.lon,
        "altitude_m": place.altitude_m,
        "speed_kmh": place.speed_kmh,
        "course": place.course,
        "time": report.device_time,
        "valid": place.valid,
        "alarms": list(report.causes),
        "odometer_km": odometer / 1000,
        "fuel_l": fuel,
    }


@pytest.mark.parametrize("vector", ENCODE, ids=lambda vector: vector["id"])
def test_an_answer_is_written_to_the_byte(vector: dict[str, Any]) -> None:
    header, body = vector["header"], vector["body"]
    msg_id = int(header["msg_id"], 16)
    content = build(msg_id, address(header["phone"], header["version"]), header["serial"], encoded(msg_id, body))
    assert STANDARD.wrap(content).hex() == vector["wire_hex"]


@pytest.mark.parametrize("vector", DECODE, ids=lambda vector: vector["id"])
def test_what_was_read_can_be_written_again(vector: dict[str, Any]) -> None:
    wire = bytes.fromhex(vector["wire_hex"])
    content = STANDARD.unwrap(wire[1:-1])
    assert content is not None
    parsed = parse(content, STANDARD)
    assert parsed is not None
    header, body = parsed
    assert STANDARD.wrap(build(header.msg_id, header.address, header.serial, body)) == wire


def address(phone: str, version: int | None) -> Address:
    return Address(bytes.fromhex(phone.rjust(12 if version is None else 20, "0")), version)


def encoded(msg_id: int, body: dict[str, Any]) -> bytes:
    match msg_id:
        case messages.Down.ANSWER:
            return messages.answer(body["ack_serial"], int(body["ack_id"], 16), body["result"])
        case messages.Down.REGISTERED:
            return messages.registered(body["ack_serial"], body["result"], body["auth_code"])
        case messages.Down.TEXT:
            return messages.spoken_text(body["text"], None, body["flag"])
    raise AssertionError(msg_id)


@pytest.mark.parametrize("framing", [STANDARD, VARIANT], ids=["7e", "e7"])
def test_every_byte_survives_the_escapes_and_no_flag_stands_inside(framing: Framing) -> None:
    content = bytes(range(256)) * 3
    wire = framing.wrap(content)
    assert framing.flag not in wire[1:-1]
    assert framing.unwrap(wire[1:-1]) == content


def test_the_check_byte_is_all_bytes_combined() -> None:
    assert (xor(b""), xor(b"\x7e\x7d\x01"), xor(bytes(range(256)))) == (0, 0x02, 0)


def test_one_flag_may_close_a_frame_and_open_the_next() -> None:
    assert Cutter(b"\x7e").feed(b"noise\x7eone\x7etwo\x7e\x7ethree\x7efour") == [b"one", b"two", b"three"]


@pytest.mark.parametrize(
    ("phone", "device"),
    [
        ("013800138000", "13800138000"),
        ("000000000000", "0"),
        ("00000000013800138000", "13800138000"),
        ("4eb6fb4afd9e", "865478070102068"),
        ("4eb6fb4ad628", "865478070001047"),
    ],
)
def test_a_device_has_one_spelling_whatever_the_edition(phone: str, device: str) -> None:
    assert device_id(bytes.fromhex(phone)) == device


def test_people_may_write_a_phone_number_with_zeros_and_blanks() -> None:
    assert canonical(" 013800138000 ") == "13800138000"
    assert canonical("0000") == "0"


def test_a_body_that_does_not_fit_is_refused_and_not_cut() -> None:
    with pytest.raises(ValueError, match="at most 1023"):
        build(0x8300, Address(bytes(6)), 0, bytes(MAX_BODY + 1))


def test_registration_of_2011_is_told_from_2013_by_its_plate_colour() -> None:
    head = bytes.fromhex("002b0064") + b"MAKER"
    short = head + b"MODEL8xx" + b"ID00007" + b"\x00" + b"LSVAA49J132047371"
    long = head + b"MODEL20".ljust(20, b"\0") + b"ID00007" + b"\x02" + "粤A12345".encode("gbk")
    assert read_registration(short, None).plate == "LSVAA49J132047371"
    assert read_registration(short, None).model == "MODEL8xx"
    told = read_registration(long, None)
    assert (told.model, told.terminal_id, told.plate_color, told.plate) == ("MODEL20", "ID00007", 2, "粤A12345")
