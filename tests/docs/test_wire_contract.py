"""Every example of the wire contract is what the code sends and reads, and nothing of the contract is missing there."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import pytest

from edge.config_shape import REQUESTS
from office.parcel import read
from sync import mqtt
from sync.contract import kiosk, messages, topics
from sync.contract.describe import CHANNELS, EVENT_DATA
from sync.contract.envelope import CloudEvent, Struct, decode, encode
from sync.contract.lanes import Lane
from tests.docs.pages import ROOT, blocks

PAGE = "wire-contract.md"
TEXT = (ROOT / "docs" / PAGE).read_text(encoding="utf-8")
SHAPES = {
    name: shape
    for module in (messages, kiosk)
    for name, shape in vars(module).items()
    if inspect.isclass(shape) and issubclass(shape, Struct) and shape is not Struct
}
FREE = {messages.CLOCK: {"offset_s"}, messages.NOTICE_SHOWN: {"notice", "at"}}
"""Types whose data is no structure of its own: their keys."""

DATA = {**EVENT_DATA, messages.SUBMISSION: kiosk.Submission, messages.PATH_CHECK: messages.PathCheck}
PAYLOADS = blocks(PAGE, "payload")
EVENTS: list[dict[str, Any]] = [json.loads(b.text) for b in blocks(PAGE, "event")]
BATCHES: list[list[dict[str, Any]]] = [json.loads(b.text) for b in blocks(PAGE, "events")]
ALL = EVENTS + [event for batch in BATCHES for event in batch]


@pytest.mark.parametrize("example", PAYLOADS, ids=lambda b: b.name)
def test_a_payload_is_read_and_written_as_shown(example: Any) -> None:
    value = decode(example.text.encode(), SHAPES[example.name])

    assert json.loads(encode(value)) == json.loads(example.text)


@pytest.mark.parametrize("event", ALL, ids=lambda e: f"{e['type']}-{e['sequence'][-4:]}")
def test_an_event_is_read_as_shown_and_says_nothing_unknown(event: dict[str, Any]) -> None:
    assert set(event) <= set(CloudEvent.__struct_fields__)
    body = decode(json.dumps(event).encode(), CloudEvent)

    if event["type"] in FREE:
        assert set(event["data"]) == FREE[event["type"]]
    else:
        assert json.loads(encode(decode(bytes(body.data), DATA[event["type"]]))) == event["data"]


@pytest.mark.parametrize("sent", [*EVENTS, *BATCHES], ids=lambda e: str(len(e)))
def test_the_receiver_finds_nothing_wrong_with_what_is_shown(sent: Any) -> None:
    assert read(json.dumps(sent).encode()).spoiled in ([], ())


def test_every_type_of_event_is_shown() -> None:
    types = {v for v in vars(messages).values() if isinstance(v, str) and re.fullmatch(r"linli\.[a-z.]+\.v1", v)}

    assert {event["type"] for event in ALL} == types


def test_every_lane_is_shown_with_the_types_it_carries() -> None:
    rows = dict(re.findall(r"^\| `(alarm|state|bulk)` \| (.*) \|$", TEXT, re.MULTILINE))

    assert set(rows) == {lane.label for lane in Lane}
    for event in ALL:
        assert f"`{event['type']}`" in rows[event["lane"]]


def test_every_payload_of_the_contract_is_shown() -> None:
    data = {"DeviceEvent", "Look", "Fault", "Loss", "PathCheck", "Submission", "NoticeShown"}
    parts = data | {"Place", "Range", "ContentFile"}

    assert {b.name for b in PAYLOADS} == set(SHAPES) - parts


def test_every_topic_is_in_the_table() -> None:
    made = [re.sub(r"\{(\w+)\}", r"<\1>", channel.address) for channel in CHANNELS]
    made += [
        topics.down_notice("<gw>"),
        topics.up_call("<gw>", "<id>"),
        topics.down_call("<gw>", "<id>"),
        topics.presence("<department>"),
        kiosk.content("<name>"),
    ]

    assert [topic for topic in made if f"`{topic}`" not in TEXT] == []


def test_every_code_of_a_puback_that_is_told_apart_is_in_the_table() -> None:
    codes = {mqtt.PUBACK_OK, mqtt.PUBACK_NOBODY, *mqtt.PUBACK_PERMANENT, *mqtt.PUBACK_PAUSE, *mqtt.PUBACK_RIGHTS}
    rows = " ".join(re.findall(r"^\| (0x[^|]*) \|", TEXT, re.MULTILINE))

    assert {int(code, 16) for code in re.findall(r"0x[0-9a-f]{2}", rows)} == codes


def test_every_order_and_every_outcome_is_named() -> None:
    assert set(re.findall(r"^\| `([a-z-]+)` \| (?:device|gateway|camera)", TEXT, re.MULTILINE)) == set(REQUESTS)
    assert all(f"`{outcome}`" in TEXT for outcome in messages.Outcome)
