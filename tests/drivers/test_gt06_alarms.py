"""GT06: every alarm raises its cause once, and what is sent again is the same one."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.gt06.answers import long_frame, short_frame
from drivers.model import Heard, Instant, Kind
from edge.neighbourhood.gt06 import ALARM_CODES, CELL, Gt06Device
from edge.repeats import Repeats
from tests.drivers.gt06_stage import (
    ALARM_CONTENTS,
    AT,
    GPS,
    IMEI,
    SERIAL,
    TIME,
    WIDE,
    alarms,
    decoder,
    fresh,
    hear,
    state,
)


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


def test_a_device_that_lost_its_clock_and_counts_from_one_again_is_still_heard() -> None:
    repeats = Repeats()
    press = Gt06Device(IMEI).alarm("sos")
    later = Instant(AT.utc + timedelta(hours=1), AT.monotonic_s + 3600)

    assert fresh_alarms(repeats, decoder().feed(press, AT)) == ["sos"]
    assert fresh_alarms(repeats, decoder().feed(press, AT)) == []
    assert fresh_alarms(repeats, decoder().feed(press, later)) == ["sos"]
