"""The way down: orders as a terminal understands them, and what it says to them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from drivers.jt808 import Settings
from drivers.model import Command, Kind, Refused, Verb
from edge.neighbourhood.jt808 import Answer, Edition, Jt808Device
from tests.drivers.jt808_line import HERE, PRESSED, Line, at, told

PHONE = "13800138000"


def order(line: Line, verb: Verb, *, text: str = "", seconds: int = 0, alarm: str = "", device: str = PHONE) -> bytes:
    said = line.decoder.say(Command(verb, device, text=text, seconds=seconds, alarm=alarm), at())
    assert isinstance(said, bytes), said
    return said


def refusal(line: Line, verb: Verb, *, text: str = "", seconds: int = 0, alarm: str = "", device: str = PHONE) -> str:
    said = line.decoder.say(Command(verb, device, text=text, seconds=seconds, alarm=alarm), at())
    assert isinstance(said, Refused), said
    return said.reason


def met(edition: Edition = 2013, settings: Settings | None = None) -> tuple[Line, Jt808Device]:
    """A terminal that has spoken."""
    line = Line(settings)
    device = Jt808Device(PHONE, edition)
    line.feed(device.heartbeat())
    device.answered(line.reply)
    return line, device


@pytest.mark.parametrize("edition", [2013, 2019])
def test_a_text_is_read_aloud_in_the_layout_of_the_edition(edition: Edition) -> None:
    line, device = met(edition)
    data = order(line, Verb.SAY, text="已收到，工作人员马上到")
    device.answered(data)
    assert device.texts == ["已收到，工作人员马上到"]
    assert b"\x0c" + (b"\x01" if edition == 2019 else b"") + "已收到".encode("gbk") in data
    (event,) = line.feed(device.owed())
    assert event.kind is Kind.RESULT
    assert event.attributes["verb"] == "say"
    assert event.attributes["command"] == "0x8300"
    assert event.attributes["result"] == 0
    assert line.reply == b""


def test_characters_the_terminal_cannot_know_become_question_marks() -> None:
    line, device = met()
    device.answered(order(line, Verb.SAY, text="好👍"))
    assert device.texts == ["好?"]


def test_locate_brings_a_position_and_its_result() -> None:
    line, device = met()
    line.feed(device.position(PRESSED, *HERE))
    device.answered(order(line, Verb.LOCATE))
    events = line.feed(device.owed())
    assert told(events) == ["position", "result"]
    assert (events[1].attributes["verb"], events[1].attributes["result"]) == ("locate", 0)
    assert [answer.msg_id for answer in device.answered(line.reply)] == [0x0201]


def test_the_report_interval_is_set() -> None:
    line, device = met(2019)
    device.answered(order(line, Verb.INTERVAL, seconds=30))
    assert device.interval_s == 30
    (event,) = line.feed(device.owed())
    assert (event.attributes["verb"], event.attributes["outcome"]) == ("interval", "ok")


def test_before_a_person_has_looked_a_repeat_is_answered_with_0_and_afterwards_with_4() -> None:
    line, device = met()
    press = device.sos(PRESSED, *HERE)
    line.feed(press)
    line.feed(press)
    assert device.answered(line.reply) == [Answer(0x0200, 2, 0)]
    device.answered(order(line, Verb.CONFIRM, alarm="sos"))
    assert device.confirmed == [2]
    assert line.feed(press) == []
    assert device.answered(line.reply) == [Answer(0x0200, 2, 4)]
    line.feed(device.sos(PRESSED + timedelta(seconds=30), *HERE))
    assert [answer.result for answer in device.answered(line.reply)] == [4], "the bit that stayed set is a repeat"


def test_handled_is_never_said_to_a_new_press_nobody_looked_at() -> None:
    line, device = met()
    first = device.sos(PRESSED, *HERE)
    line.feed(first)
    order(line, Verb.CONFIRM, alarm="sos")
    line.feed(device.position(PRESSED + timedelta(seconds=30), *HERE))
    assert [answer.result for answer in device.answered(line.reply)][-1] == 0
    assert told(line.feed(device.sos(PRESSED + timedelta(seconds=60), *HERE))) == ["sos"]
    assert [answer.result for answer in device.answered(line.reply)] == [0]


def test_handled_is_not_said_to_a_new_cause_beside_the_confirmed_one() -> None:
    line, device = met()
    line.feed(device.sos(PRESSED, *HERE))
    order(line, Verb.CONFIRM)
    assert told(line.feed(device.position(PRESSED + timedelta(seconds=9), *HERE, alarm=1 | 1 << 29))) == [
        "accident",
        "position",
    ]
    assert [answer.result for answer in device.answered(line.reply)][-1] == 0


def test_a_model_that_clears_its_bit_is_told_0_for_its_next_press() -> None:
    line, device = met(settings=Settings(emergency_clears=True))
    line.feed(device.sos(PRESSED, *HERE))
    order(line, Verb.CONFIRM)
    line.feed(device.sos(PRESSED + timedelta(seconds=9), *HERE))
    assert [answer.result for answer in device.answered(line.reply)][-1] == 0


def test_an_alarm_of_an_earlier_connection_is_confirmed_by_kind() -> None:
    line, device = met()
    device.answered(order(line, Verb.CONFIRM, alarm="sos"))
    assert device.confirmed == [0]


@pytest.mark.parametrize(
    ("verb", "arguments", "reason"),
    [
        (Verb.SAY, {"text": "  "}, "no text"),
        (Verb.SAY, {"text": "长" * 600}, "at most 1021"),
        (Verb.INTERVAL, {"seconds": 0}, "1 to 604800"),
        (Verb.CONFIRM, {"alarm": "lowBattery"}, "only sos, geofence, movement"),
        (Verb.OUTPUT, {}, "no output"),
        (Verb.LOCATE, {"device": "139"}, "139 has not spoken"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(verb: Verb, arguments: dict[str, str | int], reason: str) -> None:
    line, _ = met()
    assert reason in refusal(line, verb, **arguments)  # type: ignore[arg-type]  # keywords of one test table


def test_a_device_is_found_by_its_number_however_it_is_written() -> None:
    line, device = met()
    device.answered(order(line, Verb.SAY, text="x", device="013800138000"))
    assert device.texts == ["x"]


def test_a_refusing_terminal_is_reported_with_its_result() -> None:
    line, device = met()
    (event,) = line.feed(device.message(0x0001, bytes.fromhex("0007830003")))
    assert event.attributes == {
        "verb": "say",
        "command": "0x8300",
        "ackSerial": 7,
        "result": 3,
        "outcome": "unsupported",
    }
