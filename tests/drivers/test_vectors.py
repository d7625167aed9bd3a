"""Every line of the vectors of the families gt06, jt808 and watch. No line is left out."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.model import Event, Heard
from tests.drivers.expectation import alarms_of, attribute_differences, differences
from tests.drivers.replies import Answer, read_replies
from tests.drivers.vectors import PROTOCOLS, Conversation, Played, Protocol, Vector, load, moment, of_protocols

TRACKERS = [line for name in PROTOCOLS for line in load(f"tracker-{name}")]
CORE = [line for line in TRACKERS if line["tier"] == "core"]
EXTENDED = [line for line in TRACKERS if line["tier"] != "core"]
STREAMS = of_protocols("stream")
SESSIONS = of_protocols("session")
ROBUSTNESS = [
    (line, protocol)
    for line in of_protocols("robustness")
    for protocol in PROTOCOLS.values()
    if line["protocol"] in {protocol.name, "any"}
]


def name(value: Any) -> str:
    return str(value["id"]) if isinstance(value, dict) else str(getattr(value, "name", value))


def wire(line: Vector) -> bytes:
    """As sent; where somebody made the log anonymous by hand, with its checksum put right."""
    return bytes.fromhex(line.get("repaired_wire_hex") or line["wire_hex"])


def has_checksum(line: Vector) -> bool:
    """The text protocol has none, nor have the Wi-Fi frames of GT06."""
    return line["protocol"] != "watch" and bool(line.get("integrity", {}).get("ok"))


def converse(line: Vector) -> Conversation:
    return Conversation(PROTOCOLS[line["protocol"]], line.get("needs_model", ""))


def meanings(played: Played, protocol: Protocol) -> list[tuple[tuple[Event, ...], list[Answer]]]:
    """What was heard, without notes: those count noise, and noise may come in pieces."""
    return [
        (heard.events, comparable(read_replies(protocol.name, [heard.reply])))
        for heard in played.heard
        if heard.events or heard.reply
    ]


def comparable(answers: list[Answer]) -> list[Answer]:
    return [{key: value for key, value in answer.items() if key != "clock"} for answer in answers]


def owed(line: Vector) -> list[Answer]:
    """The answers the vector gives as an example, as far as they are compared."""
    examples = [
        bytes.fromhex(example["hex"]) if "hex" in example else example["text"].encode()
        for example in line["reply"]["example"]
    ]
    if not examples and line["reply"]["level"] == "required":
        assert line["protocol"] == "gt06"
        frame = wire(line)
        return [{"type": frame[3], "serial": int.from_bytes(frame[-6:-4])}]
    return comparable(read_replies(line["protocol"], examples))


@pytest.mark.parametrize("line", CORE, ids=name)
def test_a_core_frame_tells_all_that_is_in_it(line: Vector) -> None:
    played = converse(line).feed(wire(line))

    assert differences(PROTOCOLS[line["protocol"]], line, played.events) == []


@pytest.mark.parametrize("line", TRACKERS, ids=name)
def test_a_frame_gets_the_answer_the_device_waits_for(line: Vector) -> None:
    played = converse(line).feed(wire(line))

    answers = comparable(read_replies(line["protocol"], played.replies))
    if line["reply"]["level"] == "required" or answers:
        assert answers == owed(line)


@pytest.mark.parametrize("line", [line for line in CORE if line["reply"]["level"] == "none"], ids=name)
def test_what_wants_no_answer_gets_none(line: Vector) -> None:
    assert converse(line).feed(wire(line)).replies == []


@pytest.mark.parametrize("line", EXTENDED, ids=name)
def test_an_extended_frame_raises_no_false_alarm(line: Vector) -> None:
    played = converse(line).feed(wire(line))

    expected = {alarm for result in line["expected"] for alarm in alarms_of(result)}
    assert {event.alarm for event in played.events if event.alarm} <= expected


@pytest.mark.parametrize("line", TRACKERS, ids=name)
def test_a_frame_cut_at_any_byte_means_the_same(line: Vector) -> None:
    frame = wire(line)
    protocol = PROTOCOLS[line["protocol"]]
    whole = meanings(converse(line).feed(frame), protocol)

    for at in range(1, len(frame)):
        assert meanings(converse(line).feed(frame[:at], frame[at:]), protocol) == whole, f"cut at {at}"
    bytewise = [frame[at : at + 1] for at in range(len(frame))]
    assert meanings(converse(line).feed(*bytewise), protocol) == whole


@pytest.mark.parametrize("line", TRACKERS, ids=name)
def test_three_frames_in_one_read_are_three_and_the_last_two_are_repeats(line: Vector) -> None:
    frame = wire(line)
    protocol = PROTOCOLS[line["protocol"]]
    one = converse(line).feed(frame)

    three = converse(line).feed(frame * 3)

    assert sorted(map(str, meanings(three, protocol))) == sorted(map(str, meanings(one, protocol) * 3))
    new_alarms = [event.alarm for event in three.fresh if event.alarm]
    assert new_alarms == [event.alarm for event in one.fresh if event.alarm]


@pytest.mark.parametrize("line", TRACKERS, ids=name)
def test_noise_before_a_frame_takes_nothing_from_it(line: Vector) -> None:
    frame = wire(line)
    protocol = PROTOCOLS[line["protocol"]]
    clean = meanings(converse(line).feed(frame), protocol)

    for noise in protocol.noise:
        assert meanings(converse(line).feed(noise + frame), protocol) == clean, f"after {noise!r}"
        assert meanings(converse(line).feed(noise, frame), protocol) == clean, f"after {noise!r}, in two reads"


@pytest.mark.parametrize("line", [line for line in TRACKERS if has_checksum(line)], ids=name)
def test_a_frame_with_one_wrong_byte_is_neither_told_nor_answered(line: Vector) -> None:
    frame = wire(line)

    for at in range(2, len(frame) - 2):
        damaged = frame[:at] + bytes((frame[at] ^ 0x10,)) + frame[at + 1 :]
        if not {frame[at], damaged[at]} & {0x7D, 0x7E}:  # these would make other frames of it, not a damaged one
            played = converse(line).feed(damaged)
            assert (played.events, played.replies) == ([], []), f"byte {at}"


@pytest.mark.parametrize("line", STREAMS, ids=name)
def test_a_stream_is_cut_into_its_frames(line: Vector) -> None:
    chunks = [bytes.fromhex(chunk) for chunk in line["chunks"]]
    protocol = PROTOCOLS[line["protocol"]]
    frames = [bytes.fromhex(frame) for frame in line.get("frames", [])] or [b"".join(chunks)]
    assert all(frame in b"".join(chunks) for frame in frames)

    together = meanings(converse(line).feed(*chunks), protocol)

    assert together == meanings(converse(line).feed(*frames), protocol)
    for frame in frames:
        assert any(map(is_of_a_frame, converse(line).feed(frame).heard)), frame.hex()


def is_of_a_frame(heard: Heard) -> bool:
    """Something was recognised, even if it is of no use."""
    return bool(heard.events or heard.reply or heard.login or (heard.note and "noise" not in heard.note.reason))


@pytest.mark.parametrize("line", SESSIONS, ids=name)
def test_a_session_goes_step_by_step(line: Vector) -> None:
    protocol = PROTOCOLS[line["protocol"]]
    conversation = Conversation(protocol, login=b"")

    for number, step in enumerate(line["steps"]):
        played = conversation.feed(bytes.fromhex(step["rx_hex"]))

        answers = read_replies(protocol.name, played.replies)
        assert len(answers) == len(step["reply"]), f"step {number}: {answers}"
        for answer, wanted in zip(answers, step["reply"], strict=True):
            assert not list(answer_differences(answer, wanted)), f"step {number}: {answer}"
        assert len(played.fresh) == len(step["events"]), f"step {number}: {played.fresh}"
        for event, wanted in zip(played.fresh, step["events"], strict=True):
            assert event_differences(event, wanted, protocol) == [], f"step {number}"


def answer_differences(answer: Answer, wanted: Vector) -> list[str]:
    """`result` may be a choice; the platform is free to refuse a registration, so long as alarms go on."""
    return [
        key
        for key, value in wanted.items()
        if answer.get(key) != value and not (isinstance(value, list) and answer.get(key) in value)
    ]


def event_differences(event: Event, wanted: Vector, protocol: Protocol) -> list[str]:
    """What of an event is not as a session's or a profile's sample says; it may tell more."""
    found = []
    for key, value in wanted.items():
        if key == "attributes":
            found += [text for name_, one in value.items() for text in attribute_differences(name_, one, event)]
        elif key == "time":
            time = moment(event, protocol.zone)
            found += [] if time and time.isoformat().replace("+00:00", "Z") == value else [f"time {time}"]
        elif key in {"lat", "lon", "valid"}:
            told = getattr(event.place, key, None)
            found += [] if told is not None and abs(told - value) < 1e-5 else [f"{key} {told}"]
        elif getattr(event, key) != value:
            found.append(f"{key} {getattr(event, key)}")
    return found


@pytest.mark.parametrize(("line", "protocol"), ROBUSTNESS, ids=name)
def test_a_damaged_hostile_or_odd_frame_does_what_it_should(line: Vector, protocol: Protocol) -> None:
    login = bytes.fromhex(line["login_hex"]) if "login_hex" in line else None
    conversation = Conversation(protocol, login=login)

    played = conversation.feed(flood(line))

    alarms = {event.alarm for event in played.events if event.alarm}
    if line["expect"] == "no_event":
        assert (played.events, played.replies) == ([], [])
    elif line["expect"] == "alarm":
        assert alarms >= set(line["alarms"])
        assert played.replies or not line.get("reply_required")
    elif line["expect"] == "alarm_or_reject":
        assert alarms >= set(line["alarms"]) if played.replies else alarms <= set(line["alarms"])
    else:
        assert line["expect"] == "any"


def flood(line: Vector) -> bytes:
    """The bytes, or a short piece many times where a frame is too long to print."""
    if "repeat" not in line:
        return bytes.fromhex(line["wire_hex"])
    repeat = line["repeat"]
    return bytes.fromhex(repeat["hex"]) * int(repeat["count"])
