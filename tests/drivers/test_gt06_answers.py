"""GT06: what the device is answered, and what it is asked."""

from typing import Any

import pytest

from drivers.gt06 import Gt06Decoder, Settings
from drivers.gt06.answers import long_frame, short_frame
from drivers.model import Command, Kind, Refused, Verb
from edge.neighbourhood.gt06 import Gt06Answers, Gt06Device
from tests.drivers.gt06_stage import ALARM_CONTENTS, AT, GPS, IMEI, SERIAL, TIME, alarms, decoder, hear, state


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
