"""Conversations with JT/T 808 terminals, held by the simulated terminal of the product."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from drivers.decoder import load_driver
from drivers.jt808 import Settings
from drivers.jt808.frame import STANDARD
from drivers.jt808.header import parse
from drivers.model import Kind
from edge.neighbourhood.jt808 import EMERGENCY, LOW_BATTERY, Answer, Edition, Jt808Device, item, position_body
from tests.drivers.jt808_line import HERE, NOW, PRESSED, Line, told

PHONE = "13800138000"
EDITIONS: list[Edition] = [2011, 2013, 2019]


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_terminal_registers_authenticates_and_presses(line: Line, edition: Edition) -> None:
    device = Jt808Device(PHONE, edition, serial=65534)
    assert line.feed(device.register()) == []
    assert device.answered(line.reply) == [Answer(0x0100, 65534, 0)]
    assert line.heard[0].login
    assert device.auth_code
    assert line.feed(device.authenticate()) == []
    assert device.answered(line.reply) == [Answer(0x0102, 65535, 0)]
    assert (line.heard[0].login, line.heard[0].device) == (True, PHONE)
    assert line.feed(device.heartbeat()) == []
    assert device.answered(line.reply) == [Answer(0x0002, 0, 0)]
    (event,) = line.feed(device.sos(PRESSED, *HERE))
    assert (event.alarm, event.time, event.device, event.held) == ("sos", PRESSED, PHONE, True)
    assert event.place is not None
    assert (event.place.lat, event.place.lon, event.place.valid) == (*HERE, True)
    assert device.answered(line.reply) == [Answer(0x0200, 1, 0)]
    assert line.feed(device.logout()) == []
    assert device.answered(line.reply) == [Answer(0x0003, 2, 0)]


@pytest.mark.parametrize("edition", EDITIONS)
def test_answers_carry_the_edition_and_the_digits_of_the_question(line: Line, edition: Edition) -> None:
    question = Jt808Device(PHONE, edition).heartbeat()
    line.feed(question)
    answers = [STANDARD.unwrap(data[1:-1]) for data in (question, line.reply)]
    asked, answered = (parse(content, STANDARD) for content in answers if content is not None)
    assert asked is not None
    assert answered is not None
    assert answered[0].address == asked[0].address


def test_the_variant_with_other_flags_and_a_longer_id_is_spoken_back(line: Line) -> None:
    device = Jt808Device("13800138000", vendor_flags=True, serial=0xE73D)
    assert told(line.feed(b"\x7e\x00noise" + device.sos(PRESSED, *HERE))) == ["sos"]
    assert line.reply[:1] == b"\xe7"
    assert device.answered(line.reply) == [Answer(0x0200, 0xE73D, 0)]


def test_a_strangers_sos_is_heard_answered_and_kept_even_when_its_registration_is_refused() -> None:
    line = Line(Settings(register_unknown=False), known=lambda _: False)
    device = Jt808Device(PHONE)
    line.feed(device.register())
    assert device.answered(line.reply) == [Answer(0x0100, 1, 4)]
    assert not line.heard[0].login
    assert device.auth_code is None
    assert told(line.feed(device.sos(PRESSED, *HERE))) == ["sos"]
    assert device.answered(line.reply) == [Answer(0x0200, 2, 0)]


def test_a_strangers_registration_is_accepted_and_noted_by_default() -> None:
    line = Line(known=lambda device: device != PHONE)
    device = Jt808Device(PHONE)
    line.feed(device.register(maker="ACME", model="BUTTON"))
    assert device.answered(line.reply) == [Answer(0x0100, 1, 0)]
    note = line.heard[0].note
    assert note is not None
    assert (note.reason, note.detail) == ("registration of an unknown device", "13800138000 ACME BUTTON")


def test_the_settings_may_choose_the_authentication_code_and_any_code_is_accepted() -> None:
    line = Line(Settings(auth_code="邻里808"))
    device = Jt808Device(PHONE, 2019)
    device.answered((line.feed(device.register()), line.reply)[1])
    assert device.auth_code == "邻里808"
    line.feed(device.authenticate("something else"))
    assert device.answered(line.reply) == [Answer(0x0102, 2, 0)]


def test_the_same_frame_again_is_answered_again_and_not_raised_again(line: Line) -> None:
    device = Jt808Device(PHONE)
    frame = device.sos(PRESSED, *HERE)
    assert told(line.feed(frame)) == ["sos"]
    for _ in range(3):
        assert line.feed(frame) == []
        assert device.answered(line.reply) == [Answer(0x0200, 1, 0)]


def test_a_repeat_is_known_on_a_new_connection(line: Line) -> None:
    frame = Jt808Device(PHONE).sos(PRESSED, *HERE)
    line.feed(frame)
    again = Line()
    again.repeats = line.repeats
    assert again.feed(frame) == []


def test_a_bit_that_stays_set_is_one_alarm_and_the_walk_goes_on(line: Line) -> None:
    device = Jt808Device(PHONE)
    frames = [device.sos(PRESSED + timedelta(seconds=30 * step), 31.2 + step / 1000, 121.4) for step in range(3)]
    assert [told(line.feed(frame)) for frame in frames] == [["sos"], ["position"], ["position"]]


def test_a_press_after_the_bit_was_clear_is_a_new_alarm(line: Line) -> None:
    device = Jt808Device(PHONE)
    said = [
        told(line.feed(device.sos(PRESSED, *HERE))),
        told(line.feed(device.position(PRESSED + timedelta(seconds=30), *HERE))),
        told(line.feed(device.sos(PRESSED + timedelta(seconds=60), *HERE))),
    ]
    assert said == [["sos"], ["position"], ["sos"]]


def test_a_late_repeat_of_an_old_press_does_not_swallow_the_next_one(line: Line) -> None:
    device = Jt808Device(PHONE)
    old = device.sos(PRESSED, *HERE)
    line.feed(old)
    line.feed(device.position(PRESSED + timedelta(seconds=30), *HERE))
    assert line.feed(old) == []
    assert told(line.feed(device.sos(PRESSED + timedelta(seconds=60), *HERE))) == ["sos"]


def test_a_press_overtaken_by_a_newer_report_is_raised_and_swallows_nothing(line: Line) -> None:
    device = Jt808Device(PHONE)
    press = device.sos(PRESSED, *HERE)
    assert told(line.feed(device.position(PRESSED + timedelta(seconds=5), *HERE))) == ["position"]
    assert told(line.feed(press)) == ["sos"]
    assert told(line.feed(device.sos(PRESSED + timedelta(seconds=9), *HERE))) == ["sos"]


def test_every_message_with_the_bit_is_a_press_for_models_that_clear_it_themselves() -> None:
    line = Line(Settings(emergency_clears=True))
    device = Jt808Device(PHONE)
    first, second = (device.sos(PRESSED + timedelta(seconds=9 * press), *HERE) for press in range(2))
    assert [told(line.feed(frame)) for frame in (first, first, second, second)] == [["sos"], [], ["sos"], []]


def test_several_causes_in_one_frame_are_several_alarms(line: Line) -> None:
    device = Jt808Device(PHONE)
    events = line.feed(device.position(PRESSED, *HERE, alarm=EMERGENCY | LOW_BATTERY | 1 << 17, battery=9))
    assert told(events) == ["sos", "lowBattery", "tampering"]
    assert line.heard[0].levels == frozenset({"sos", "lowBattery", "tampering"})
    assert all(event.attributes["batteryLevel"] == 9 for event in events)


def test_a_new_cause_beside_one_that_stays_is_the_only_new_alarm(line: Line) -> None:
    device = Jt808Device(PHONE)
    line.feed(device.position(PRESSED, *HERE, alarm=LOW_BATTERY))
    events = line.feed(device.position(PRESSED + timedelta(seconds=9), *HERE, alarm=LOW_BATTERY | EMERGENCY))
    assert told(events) == ["sos"]


def test_a_cause_that_may_be_ignored_above_does_not_take_its_place_along(line: Line) -> None:
    events = line.feed(Jt808Device(PHONE).position(PRESSED, *HERE, alarm=1 << 1))
    assert told(events) == ["overspeed", "position"]


@pytest.mark.parametrize("bit", [3, 12, 27])
def test_bits_that_mean_nothing_here_are_told_and_raise_nothing(line: Line, bit: int) -> None:
    (event,) = line.feed(Jt808Device(PHONE).position(PRESSED, *HERE, alarm=1 << bit))
    assert (event.kind, event.attributes["alarmBits"]) == (Kind.POSITION, str(bit))


@pytest.mark.parametrize(
    "body",
    [
        position_body(PRESSED, 99.0, 121.0, alarm=EMERGENCY),
        position_body(PRESSED, 0.0, 0.0, alarm=EMERGENCY, valid=False),
        position_body(PRESSED, *HERE, alarm=EMERGENCY)[:22] + bytes(6),
        position_body(PRESSED, *HERE, alarm=EMERGENCY)[:22] + b"\xff" * 6,
        position_body(PRESSED, *HERE, alarm=EMERGENCY) + b"\x01\x04\x00",
        *(position_body(PRESSED, *HERE, alarm=EMERGENCY)[:size] for size in range(4, 28)),
    ],
    ids=lambda body: f"{len(body)} bytes {body[8:12].hex()}",
)
def test_an_sos_needs_neither_place_nor_clock_nor_tail(line: Line, body: bytes) -> None:
    device = Jt808Device(PHONE)
    assert told(line.feed(device.message(0x0200, body))) == ["sos"]
    assert device.answered(line.reply) == [Answer(0x0200, 1, 0)]


def test_a_body_without_a_whole_alarm_word_is_not_taken_for_good(line: Line) -> None:
    device = Jt808Device(PHONE)
    assert line.feed(device.message(0x0200, b"\x00\x00\x00")) == []
    assert device.answered(line.reply) == [Answer(0x0200, 1, 2)]


def test_a_wrong_check_byte_gives_no_event_and_no_answer(line: Line) -> None:
    frame = bytearray(Jt808Device(PHONE).sos(PRESSED, *HERE))
    frame[-2] ^= 0x10
    assert line.feed(bytes(frame)) == []
    assert line.reply == b""
    note = line.heard[0].note
    assert note is not None
    assert note.reason == "wrong check byte"


def test_a_clock_that_cannot_be_right_is_kept_as_a_claim(line: Line) -> None:
    (event,) = line.feed(Jt808Device(PHONE).position(datetime(2016, 5, 27, 1, 6, 24, tzinfo=UTC), *HERE))
    assert (event.time, event.device_time) == (None, "2016-05-27T01:06:24Z")


def test_a_device_without_a_clock_repeats_itself_once_and_is_heard_again_after_its_restart(line: Line) -> None:
    frame = Jt808Device(PHONE).message(0x0200, position_body(PRESSED, alarm=EMERGENCY, valid=False)[:22] + bytes(6))
    assert told(line.feed(frame)) == ["sos"]
    assert line.feed(frame, seconds=599.0) == []
    line.repeats.levels.clear()
    restarted = Line()
    restarted.repeats = line.repeats
    assert told(restarted.feed(frame, seconds=3600.0)) == ["sos"]


def test_the_zone_of_the_clock_can_be_set() -> None:
    line = Line(Settings(utc_offset_minutes=-210))
    (event,) = line.feed(Jt808Device(PHONE).position(PRESSED - timedelta(hours=11, minutes=30), *HERE))
    assert event.time == PRESSED


def test_southern_and_western_places_have_a_minus(line: Line) -> None:
    (event,) = line.feed(Jt808Device(PHONE).position(PRESSED, -34.9, -58.4))
    assert event.place is not None
    assert (event.place.lat, event.place.lon) == (-34.9, -58.4)


def test_positions_kept_offline_are_marked_and_a_run_of_sos_is_one_alarm_with_its_own_time(line: Line) -> None:
    device = Jt808Device(PHONE)
    when = [PRESSED + timedelta(minutes=minute) for minute in range(6)]
    alarms = [0, EMERGENCY, EMERGENCY, 0, EMERGENCY, EMERGENCY]
    bodies = [position_body(time, *HERE, alarm=alarm) for time, alarm in zip(when, alarms, strict=True)]
    frame = device.stored(bodies)
    events = line.feed(frame)
    assert told(events) == ["position", "sos", "position", "position", "sos", "position"]
    assert [event.time for event in events] == when
    assert all(event.stored and not event.held for event in events)
    assert line.heard[0].levels is None
    assert device.answered(line.reply) == [Answer(0x0704, 1, 0)]
    assert line.feed(frame) == []
    assert device.answered(line.reply) == [Answer(0x0704, 1, 0)]
    assert told(line.feed(device.stored([position_body(PRESSED + timedelta(minutes=6), *HERE, alarm=1)]))) == [
        "position"
    ]


def test_a_stored_sos_does_not_hide_a_press_of_now(line: Line) -> None:
    device = Jt808Device(PHONE)
    assert told(line.feed(device.stored([position_body(PRESSED - timedelta(hours=1), *HERE, alarm=EMERGENCY)]))) == [
        "sos"
    ]
    assert told(line.feed(device.sos(PRESSED, *HERE))) == ["sos"]


def test_a_bundle_of_live_positions_compares_with_the_report_before(line: Line) -> None:
    device = Jt808Device(PHONE)
    line.feed(device.sos(PRESSED, *HERE))
    later = [PRESSED + timedelta(seconds=seconds) for seconds in (10, 20, 30)]
    bodies = [position_body(time, *HERE, alarm=alarm) for time, alarm in zip(later, (1, 0, 1), strict=True)]
    events = line.feed(device.stored(bodies, kind=0))
    assert told(events) == ["position", "position", "sos"]
    assert not any(event.stored for event in events)
    assert line.heard[0].levels == frozenset({"sos"})


def test_a_batch_whose_last_position_is_cut_keeps_its_sos(line: Line) -> None:
    device = Jt808Device(PHONE)
    whole = position_body(PRESSED, *HERE)
    body = b"\x00\x02\x01" + b"\x00\x1c" + whole + b"\x00\x1c" + position_body(PRESSED, *HERE, alarm=1)[:9]
    assert told(line.feed(device.message(0x0704, body))) == ["position", "sos"]


def test_the_vendors_batch_and_its_battery_report_are_read(line: Line) -> None:
    device = Jt808Device(PHONE)
    body = b"".join(bytes((28,)) + position_body(PRESSED + timedelta(seconds=step), *HERE) for step in range(2))
    assert told(line.feed(device.message(0x0210, body))) == ["position", "position"]
    (event,) = line.feed(device.message(0x0210, b"\x4b" + bytes.fromhex("260820081500")))
    assert (event.kind, event.attributes, event.time) == (Kind.STATUS, {"batteryLevel": 75}, PRESSED)


@pytest.mark.parametrize(
    ("items", "name", "value"),
    [
        (item(0x06, b"\x37"), "batteryLevel", 55),
        (item(0x56, b"\x09\x00"), "batteryLevel", 90),
        (item(0x68, b"\x1f\x54"), "batteryLevel", 80.2),
        (item(0x69, b"\x01\x9a"), "battery", 4.1),
        (item(0xD4, b"\x40"), "batteryLevel", 64),
        (item(0xD4, b"\xff"), "charge", True),
        (item(0xE9, b"\x40"), "batteryLevel", 64),
        (item(0xFE, b"\x40"), "batteryLevel", 64),
        (item(0xE4, b"\x00\x40"), "charge", True),
        (item(0xE4, b"\x01\x40"), "batteryLevel", 64),
        (item(0x99, b"\x01") + item(0x31, b"\x07"), "sat", 7),
        (item(0x06, b"") + item(0xD5, b"\x05\x01") + item(0xF6, b"\x01") + item(0x31, b"\x07"), "sat", 7),
        (item(0x01, b"\x00\x00\x00\x64"), "odometer", 10000),
        (item(0x51, b"\x80\x0a"), "temp1", -1.0),
        (bytes(4) + bytes.fromhex("00000010 00 7b 00000000 17 000000"), "battery", 12.3),
    ],
)
def test_items_are_read_by_id_and_length_and_unknown_ones_are_passed_over(
    line: Line, items: bytes, name: str, value: object
) -> None:
    (event,) = line.feed(Jt808Device(PHONE).position(PRESSED, *HERE, items=items))
    assert event.attributes[name] == value


@pytest.mark.parametrize("kind", [0xEC, 0xF4])
def test_access_points_in_sight_are_listed_whatever_is_cut_off(line: Line, kind: int) -> None:
    value = bytes.fromhex("3460f9ec19f8bd" + "0011223344556f" + "0011")
    (event,) = line.feed(Jt808Device(PHONE).position(PRESSED, items=item(kind, value)))
    assert event.network == {
        "cell": [],
        "wifi": [{"mac": "34:60:f9:ec:19:f8", "rssi": -67}, {"mac": "00:11:22:33:44:55", "rssi": 0x6F}],
    }


def test_a_button_told_by_an_item_is_an_sos(line: Line) -> None:
    (event,) = line.feed(Jt808Device(PHONE).position(PRESSED, *HERE, items=item(0xE7, b"\x00\x04" + bytes(6))))
    assert event.alarm == "sos"


def test_a_heartbeat_may_carry_a_battery(line: Line) -> None:
    device = Jt808Device(PHONE)
    (event,) = line.feed(device.message(0x0002, bytes((81, 27, 0))))
    assert (event.kind, event.attributes["batteryLevel"]) == (Kind.STATUS, 81)
    assert device.answered(line.reply) == [Answer(0x0002, 1, 0)]


def test_attributes_name_the_sim_card(line: Line) -> None:
    body = bytes(2) + b"MAKER" + b"MODEL".ljust(20, b"\0") + b"ID00007" + bytes.fromhex("89860117801086222165")
    (event,) = line.feed(Jt808Device(PHONE).message(0x0107, body + b"\x02H1\x02F1\x00\x00"))
    assert event.attributes == {
        "model": "MODEL",
        "terminalId": "ID00007",
        "iccid": "89860117801086222165",
        "versionHw": "H1",
        "versionFw": "F1",
    }


def test_the_time_is_told_in_utc(line: Line) -> None:
    device = Jt808Device(PHONE, 2019)
    line.feed(device.message(0x0004))
    assert bytes.fromhex("260820002000") in line.reply
    line.feed(device.message(0x0109))
    assert NOW.year.to_bytes(2) + bytes((8, 20, 0, 20, 0, 0)) in line.reply


def test_what_is_not_supported_is_answered_so(line: Line) -> None:
    device = Jt808Device(PHONE)
    assert line.feed(device.message(0x0801, bytes(100))) == []
    assert device.answered(line.reply) == [Answer(0x0801, 1, 3)]
    frame = bytearray(device.sos(PRESSED, *HERE))
    frame[3] |= 0x04  # RSA
    frame[-2] ^= 0x04
    assert line.feed(bytes(frame)) == []
    assert device.answered(line.reply) == [Answer(0x0200, 2, 3)]


def test_an_answer_wants_no_answer(line: Line) -> None:
    device = Jt808Device(PHONE)
    assert line.feed(device.message(0x0001, bytes.fromhex("0001800100"))) == []
    assert line.feed(device.message(0x0001, b"\x00")) == []
    assert line.reply == b""


def test_one_connection_may_carry_many_phones_each_with_its_own_state(line: Line) -> None:
    phones = [Jt808Device(f"1380013{number:04}", 2019 if number % 2 else 2013) for number in range(200)]
    for phone in phones:
        assert told(line.feed(phone.sos(PRESSED, *HERE))) == ["sos"]
        assert phone.answered(line.reply) == [Answer(0x0200, 1, 0)]
    assert {event.device for event in line.feed(phones[0].position(PRESSED + timedelta(seconds=9), *HERE))} == {
        phones[0].phone
    }


def test_a_tracker_may_be_a_lock_of_the_vendor_whose_serial_is_short(line: Line) -> None:
    body = bytes.fromhex("010221062421" + "22348476" + "1135504905" + "0000" + "1c06" + "00000007" + "4e") + bytes(6)
    frame = Jt808Device("856009001017", serial=0x47).message(0x5501, body + b"\x03" + bytes.fromhex("08100008"))
    events = line.feed(frame)
    assert told(events) == ["lowBattery", "position"]
    place = events[0].place
    assert place is not None
    assert (round(place.lat, 6), round(place.lon, 6)) == (-22.580793, 113.917483)


def test_the_driver_keeps_its_contract() -> None:
    driver = load_driver("jt808")
    assert {"tcp", "udp"} <= set(driver.ports)
    assert driver.make(driver.settings(), lambda _: True).due() is None
