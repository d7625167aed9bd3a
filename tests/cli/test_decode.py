"""`linli decode` against all vectors of the families here, and against input no program should be given."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from drivers.model import Event, Kind, Place
from edge.neighbourhood.gt06 import Gt06Device
from edge.neighbourhood.jt808 import Jt808Device, position_body
from edge.neighbourhood.rf433 import Rf433Pendant
from edge.neighbourhood.watch import WatchDevice
from tests.cli.linli import decode, linli
from tests.drivers.expectation import alarms_of, differences
from tests.drivers.replies import read_replies
from tests.drivers.test_vectors import answer_differences, comparable, event_differences, flood, name, owed, wire
from tests.drivers.vectors import GT06_LOGIN, NOW, PROTOCOLS, Vector, load, of_protocols

AT = NOW.isoformat()
LOGIN = GT06_LOGIN.hex()
DEVICE = "861234567890123"

TRACKERS = [line for protocol in PROTOCOLS for line in load(f"tracker-{protocol}")]
CORE = [line for line in TRACKERS if line["tier"] == "core"]
SESSIONS = of_protocols("session")
STREAMS = of_protocols("stream")
ROBUSTNESS = of_protocols("robustness")
SENSORS = [line for line in load("sensors") if line["protocol"].startswith("rf")]

Answer = dict[str, Any]


@cache
def answers(protocol: str, model: str = "") -> dict[str, Answer]:
    """All tracker lines of a protocol and model through one run of the program."""
    lines = [line for line in TRACKERS if line["protocol"] == protocol and line.get("needs_model", "") == model]
    asked = [
        {"id": line["id"], "wire_hex": wire(line).hex(), **({"login_hex": LOGIN} if line.get("needs_login") else {})}
        for line in lines
    ]
    words = ["--at", AT, *(["--model", model] if model else [])]
    return {answer["id"]: answer for answer in decode(protocol, asked, *words)}


def answer_of(line: Vector) -> Answer:
    return answers(line["protocol"], line.get("needs_model", ""))[line["id"]]


def event_of(told: dict[str, Any]) -> Event:
    """The event a line of output tells, back from its flat form."""
    place = None
    if told["lat"] is not None:
        motion = {key: told[key] for key in ("speed_kmh", "course", "altitude_m")}
        place = Place(told["valid"], told["lat"], told["lon"], **motion, satellites=told["attributes"].get("sat"))
    return Event(
        kind=Kind(told["kind"]),
        device=told["device"],
        time=datetime.fromisoformat(told["time"]) if told["time"] and not told["time_is_receipt"] else None,
        place=place,
        alarm=told["alarm"],
        open=told["open"],
        attributes=told["attributes"],
        network=told["network"],
        held=told["held"],
        stored=told["stored"],
    )


def events(answer: Answer) -> list[Event]:
    return [event_of(told) for told in answer["events"]]


def replies(answer: Answer) -> list[bytes]:
    return [bytes.fromhex(reply) for reply in answer["reply_hex"]]


def one(protocol: str, line: Any, *words: str, code: int = 0) -> Answer:
    (answer,) = decode(protocol, [line], "--at", AT, *words, code=code)
    return answer


@pytest.mark.parametrize("line", CORE, ids=name)
def test_a_core_frame_tells_what_the_vector_says(line: Vector) -> None:
    answer = answer_of(line)

    assert answer["error"] is None
    assert differences(PROTOCOLS[line["protocol"]], line, events(answer)) == []


@pytest.mark.parametrize("line", TRACKERS, ids=name)
def test_an_answer_is_one_entry_for_each_frame_that_is_owed(line: Vector) -> None:
    answer = answer_of(line)
    owed_frames = comparable([found for reply in replies(answer) for found in read_replies(line["protocol"], [reply])])

    assert len(owed_frames) == len(answer["reply_hex"])
    if line["reply"]["level"] == "required" or owed_frames:
        assert owed_frames == owed(line)


@pytest.mark.parametrize("line", TRACKERS, ids=name)
def test_no_frame_raises_a_false_alarm(line: Vector) -> None:
    expected = {alarm for result in line["expected"] for alarm in alarms_of(result)}

    assert {told["alarm"] for told in answer_of(line)["events"] if told["alarm"]} <= expected


@pytest.mark.parametrize("line", SESSIONS, ids=name)
def test_a_session_in_chunks_tells_each_event_once_and_answers_every_frame(line: Vector) -> None:
    steps = line["steps"]
    protocol = PROTOCOLS[line["protocol"]]

    answer = one(protocol.name, {"id": line["id"], "chunks": [step["rx_hex"] for step in steps]})

    wanted = [event for step in steps for event in step["events"]]
    assert len(answer["events"]) == len(wanted)
    for event, want in zip(events(answer), wanted, strict=True):
        assert event_differences(event, want, protocol) == []
    owed_frames = read_replies(protocol.name, replies(answer))
    for found, want in zip(owed_frames, [one for step in steps for one in step["reply"]], strict=True):
        assert answer_differences(found, want) == []


@pytest.mark.parametrize("line", STREAMS, ids=name)
def test_a_stream_means_the_same_in_any_chunks(line: Vector) -> None:
    whole = "".join(line["chunks"])
    base = {"login_hex": LOGIN} if line["protocol"] == "gt06" else {}
    bytewise = [whole[at : at + 2] for at in range(0, len(whole), 2)]
    asked = [{"id": 1, "chunks": line["chunks"]}, {"id": 1, "wire_hex": whole}, {"id": 1, "chunks": bytewise}]

    first, *others = decode(line["protocol"], [{**base, **one} for one in asked], "--at", AT)

    for other in others:
        assert (other["events"], other["reply_hex"]) == (first["events"], first["reply_hex"])


@pytest.mark.parametrize("line", ROBUSTNESS, ids=name)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_damaged_or_hostile_frame_does_what_it_should(line: Vector, protocol: str) -> None:
    if line["protocol"] not in {protocol, "any"}:
        return
    given = {key: line[key] for key in ("id", "login_hex") if key in line}

    answer = one(protocol, {**given, "wire_hex": flood(line).hex()})

    assert answer["error"] is None
    alarms = {told["alarm"] for told in answer["events"] if told["alarm"]}
    if line["expect"] == "no_event":
        assert (answer["events"], answer["reply_hex"]) == ([], [])
    elif line["expect"] == "alarm":
        assert alarms >= set(line["alarms"])
        assert answer["reply_hex"] or not line.get("reply_required")
    elif line["expect"] == "alarm_or_reject":
        assert alarms >= set(line["alarms"]) if answer["reply_hex"] else alarms <= set(line["alarms"])


@pytest.mark.parametrize("line", SENSORS, ids=name)
def test_a_radio_frame_means_what_is_written_beside_it(line: Vector) -> None:
    if "wire_hex" in line:
        given: Any = {"id": line["id"], "wire_hex": line["wire_hex"]}
    else:
        return
    words = ["--model", line["profile"]] if isinstance(line.get("profile"), str) else []

    answer = one(line["protocol"], given, *words)

    (told,) = answer["events"]
    key4_is_of_a_site = isinstance(line.get("profile"), dict)
    assert told["kind"] == ("code" if key4_is_of_a_site else line["event"]["kind"])
    assert told["open"] == line["event"].get("open")
    assert told["attributes"]["code"] == line["expected"]["code24"]


def test_json_and_mqtt_lines_are_taken_too() -> None:
    lines = {line["id"]: line for line in load("sensors")}

    (contact,) = one("zigbee2mqtt", lines["z2m-aqara-closed-p"])["events"]
    (sos,) = one("z2m-sos-button", lines["z2m-ts0601-sos-p"])["events"]
    (door,) = one("rtl_433", lines["rtl433-kerui-open-p"])["events"]

    assert (contact["kind"], contact["open"]) == ("contact", False)
    assert (sos["kind"], sos["alarm"]) == ("alarm", "sos")
    assert (door["kind"], door["open"]) == ("contact", True)


def test_levels_of_a_pin_are_played_in_their_time() -> None:
    line = next(line for line in load("sensors") if line["id"] == "gpio-door-open-close-p")

    told = [event for event in one("gpio-contact", line)["events"] if not event["attributes"].get("start")]

    assert [event["open"] for event in told] == [True, False]


class TestTime:
    def test_an_old_clock_is_told_as_it_is(self) -> None:
        device = Gt06Device(DEVICE)
        frame = device.alarm("sos", datetime(2011, 3, 26, 11, 27, 49, tzinfo=UTC))

        (told,) = one("gt06", {"wire_hex": frame.hex(), "login_hex": LOGIN})["events"]

        assert (told["time"], told["time_is_receipt"]) == ("2011-03-26T11:27:49Z", False)

    @pytest.mark.parametrize("at", [None, NOW + timedelta(days=3), datetime(2099, 1, 1, tzinfo=UTC)])
    def test_an_empty_clock_and_one_of_the_future_give_the_time_of_receipt(self, at: datetime | None) -> None:
        frame = Gt06Device(DEVICE).alarm("sos", at)

        (told,) = one("gt06", {"wire_hex": frame.hex(), "login_hex": LOGIN})["events"]

        assert (told["alarm"], told["time_is_receipt"]) == ("sos", True)
        assert datetime.fromisoformat(told["time"]) == NOW

    def test_of_a_frame_without_any_clock_none_is_invented(self) -> None:
        frame = Gt06Device(DEVICE).status()

        (told,) = one("gt06", {"wire_hex": frame.hex(), "login_hex": LOGIN})["events"]

        assert (told["kind"], told["time"]) == ("status", None)


class TestRepeats:
    def test_the_same_frame_twice_is_one_alarm_and_two_answers(self) -> None:
        frame = Gt06Device(DEVICE).alarm("sos", NOW).hex()

        answer = one("gt06", {"wire_hex": frame * 2, "login_hex": LOGIN})

        assert [told["alarm"] for told in answer["events"]] == ["sos"]
        assert len(answer["reply_hex"]) == 2

    def test_lines_know_nothing_of_each_other(self) -> None:
        line = {"wire_hex": Gt06Device(DEVICE).alarm("sos", NOW).hex(), "login_hex": LOGIN}

        found = decode("gt06", [line, line, {"wire_hex": line["wire_hex"]}], "--at", AT)

        assert [len(answer["events"]) for answer in found] == [1, 1, 0]
        assert found[2]["notes"] == ["frame before login: message 0x26"]

    def test_what_the_login_leads_to_is_not_printed(self) -> None:
        answer = one("gt06", {"wire_hex": "", "login_hex": LOGIN})

        assert (answer["events"], answer["reply_hex"]) == ([], [])


class TestTimers:
    def test_an_alarm_that_never_ended_is_told_when_its_time_is_up(self) -> None:
        frame = WatchDevice("8800001234").al(NOW)

        answer = one("watch", {"wire_hex": frame[:40].hex()})

        assert [told["alarm"] for told in answer["events"]] == ["general"]

    def test_every_part_of_a_long_message_is_answered_by_itself(self) -> None:
        device = Jt808Device("013800138000")
        bodies = [position_body(NOW, 31.2, 121.4) for _ in range(8)]
        parts = device.stored_in_parts(bodies, 100)

        answer = one("jt808", {"chunks": [part.hex() for part in parts]})

        assert [told["kind"] for told in answer["events"]] == ["position"] * len(bodies)
        owed_frames = read_replies("jt808", replies(answer))
        assert [found["msg_id"] for found in owed_frames] == ["0x8001"] * len(parts)
        assert len(answer["reply_hex"]) == len(parts) > 1

    def test_a_part_that_does_not_come_is_asked_for(self) -> None:
        device = Jt808Device("013800138000")
        bodies = [position_body(NOW, 31.2, 121.4) for _ in range(8)]
        first, *_ = device.stored_in_parts(bodies, 100)

        asked = read_replies("jt808", replies(one("jt808", {"wire_hex": first.hex()})))

        assert {found["msg_id"] for found in asked} == {"0x8003"}


class TestModels:
    def test_a_model_without_a_profile_is_told_to_the_driver_and_said(self) -> None:
        done = linli("decode", "gt06", "--model", "XX9", given=b'{"wire_hex": ""}')

        assert done.returncode == 0
        assert b"no profile is made for the model XX9" in done.stderr

    def test_a_driver_without_models_refuses_one(self) -> None:
        done = linli("decode", "watch", "--model", "XX9", given=b"")

        assert (done.returncode, done.stdout) == (2, b"")
        assert b"XX9" in done.stderr

    def test_an_unknown_protocol_names_what_there_is(self) -> None:
        done = linli("decode", "gt60", given=b"")

        assert (done.returncode, done.stdout) == (2, b"")
        assert b"did you mean `gt06`" in done.stderr

    def test_lines_of_the_test_vectors_may_be_piped_in_as_they_are(self) -> None:
        lines = [line for line in load("tracker-gt06") if line["tier"] == "core" and line["integrity"]["ok"]]

        found = decode("gt06", lines, "--at", AT)

        assert {answer["id"]: answer["events"] for answer in found} == {
            line["id"]: answer_of(line)["events"] for line in lines
        }


class TestBadLines:
    def test_a_bad_line_has_an_error_of_its_own_and_the_rest_go_on(self) -> None:
        good = {"id": "good", "wire_hex": LOGIN}
        bad = [
            "not JSON",
            "[1]",
            '{"id": 5}',
            '{"id": 6, "wire_hex": "7"}',
            '{"id": 7, "wire_hex": "zz"}',
            '{"id": 8, "wire_hex": 12}',
            '{"id": 9, "chunks": "78"}',
            '{"id": 10, "chunks": [78]}',
            '{"id": 11, "wire_hex": "00", "login_hex": "x"}',
            '{"id": 12, "wire_hex": "00", "model": 3}',
            '{"id": {"a": [1]}, "chunks": {}}',
            '{"id": "\\ud800", "wire_hex": "00"}',
            "[" * 5000,
            "\x00",
        ]

        found = decode("gt06", [good, *bad, good], code=1)

        assert len(found) == len(bad) + 2
        assert [answer["error"] is None for answer in found] == [True, *[False] * len(bad), True]
        assert [answer["id"] for answer in found[1:7]] == [None, None, 5, 6, 7, 8]
        assert all((answer["events"], answer["reply_hex"]) == ([], []) for answer in found[1:-1])
        assert found[0]["reply_hex"] == found[-1]["reply_hex"] == ["787805010001d9dc0d0a"]

    def test_bytes_that_are_no_text_are_an_error_of_their_line(self) -> None:
        done = linli("decode", "gt06", given=b'\xff\xfe\n{"id": 1, "wire_hex": ""}\n')

        assert done.returncode == 1
        assert [json.loads(line)["error"] is None for line in done.stdout.splitlines()] == [False, True]

    def test_a_line_of_a_megabyte_is_read(self) -> None:
        frame = Gt06Device(DEVICE).alarm("sos", NOW).hex()

        answer = one("gt06", {"wire_hex": "00" * 500_000 + frame, "login_hex": LOGIN})

        assert [told["alarm"] for told in answer["events"]] == ["sos"]

    def test_empty_lines_are_passed_over_and_the_last_needs_no_end(self) -> None:
        done = linli("decode", "gt06", given=b'\n\n{"id": 1, "wire_hex": ""}')

        assert json.loads(done.stdout) == {"id": 1, "events": [], "reply_hex": [], "error": None}

    def test_a_key_is_taken_and_said_to_be_of_no_use(self) -> None:
        answer = one("watch", {"wire_hex": "", "key": "00" * 16})

        assert answer["notes"] == ["key ignored: this driver decrypts nothing"]


def test_a_registered_pendant_is_an_sos_at_its_first_frame_and_a_stranger_a_code() -> None:
    frame = Rf433Pendant("123458").press(0).hex()
    lines: Iterable[Any] = [{"wire_hex": frame}, {"wire_hex": frame, "registered": ["123458"]}]

    found = decode("rf433-fd", lines, "--at", AT)

    assert [told["kind"] for answer in found for told in answer["events"]] == ["code", "alarm"]


def test_a_model_in_a_line_is_looked_up_once_also_when_there_is_none() -> None:
    lines = [{"wire_hex": "", "model": "XX9"}, {"wire_hex": "", "needs_model": "XX9"}]

    found = decode("watch", lines * 500, code=1)

    assert [answer["error"] is None for answer in found[:2]] == [False, True]
