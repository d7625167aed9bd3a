"""The contract is written down, and the code keeps it."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from drivers.model import Event, Instant, Kind, Place
from edge.mapper import Identity, Mapper
from sync.contract import messages, topics
from sync.contract.alarm import Stage, Step, advance
from sync.contract.describe import CHANNELS, EVENT_DATA, document, text
from sync.contract.envelope import CloudEvent, ContractError, batch, decode_batch, encode, with_place
from sync.contract.identity import Uuid7
from sync.contract.lanes import Lane, sequence_text

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 8, 20, 0, 15, tzinfo=UTC)
AT = Instant(NOW, 12.5)
WHO = Identity("button-12", "gt06", resident="r-7", pole="12-3")


def validator(reference: dict[str, object]) -> Draft202012Validator:
    described = json.loads(text())
    return Draft202012Validator({**reference, "components": described["components"]})


def mapper() -> Mapper:
    return Mapper("gw-1", 3, Uuid7(), lambda: "trusted")


def sos() -> Event:
    return Event(
        kind=Kind.ALARM, device="861234567890123", time=NOW, alarm="sos", place=Place(valid=True, lat=31.2, lon=121.4)
    )


def test_the_committed_description_is_the_codes_own() -> None:
    assert (ROOT / "docs" / "asyncapi.json").read_text(encoding="utf-8") == text()


def test_every_topic_of_the_table_is_described() -> None:
    described = {c.address for c in CHANNELS}
    made = {
        topics.up_alarm("{gw}"),
        topics.up_events("{gw}"),
        topics.up_state("{gw}"),
        topics.up_request("{gw}", "{query}"),
        topics.up_answer("{gw}", "{id}"),
        topics.down_receipt("{gw}"),
        topics.down_alarm("{gw}", "{alarm}"),
        topics.down_answer("{gw}", "{id}"),
        topics.down_request("{gw}", "{command}"),
        topics.down_config("{gw}"),
    }
    assert made <= described


def test_an_alarm_as_sent_fits_its_schema() -> None:
    _, body = mapper().alarm(sos(), WHO, AT)
    sent = with_place(body, str(uuid.uuid4()), Lane.ALARM.label, 7)
    validator({"$ref": "#/components/schemas/CloudEvent"}).validate(json.loads(sent))
    validator({"$ref": "#/components/schemas/DeviceEvent"}).validate(json.loads(sent)["data"])
    assert json.loads(sent)["sequence"] == sequence_text(7) == "00000000000000000007"


@pytest.mark.parametrize("kind", [k for k in Kind if k is not Kind.ALARM])
def test_every_kind_of_event_fits_its_schema(kind: Kind) -> None:
    lane, body = mapper().event(Event(kind=kind, device="d"), WHO, AT)
    (event,) = decode_batch(with_place(body, "e", lane.label, 1))
    assert event.type in EVENT_DATA
    validator(document()["x-event-data"][event.type]).validate(json.loads(bytes(event.data)))


def test_what_is_sent_is_what_is_read_back() -> None:
    _, body = mapper().alarm(sos(), WHO, AT)
    rows = [with_place(body, "epoch-1", "alarm", n) for n in (1, 2)]
    events = decode_batch(batch(rows))
    assert [e.sequence for e in events] == [sequence_text(1), sequence_text(2)]
    assert events[0].source == "/gw-1/button-12"
    assert events[0].boot == 3
    assert events[0].mono == 12500


@pytest.mark.parametrize(
    "garbage", [b"", b"[", b"\xff\xfe", b"[1]", b'{"id":1}', b'[{"id":"a"}]', b"null", b"[" * 5000]
)
def test_a_message_that_breaks_the_contract_is_named_and_nothing_else(garbage: bytes) -> None:
    with pytest.raises(ContractError):
        decode_batch(garbage)


def test_no_message_says_more_than_its_fields() -> None:
    sent = json.loads(encode(messages.Receipt("e", "alarm", 5)))
    assert sent == {"epoch": "e", "lane": "alarm", "n": 5}


def test_ids_are_version_7_and_sort_by_time() -> None:
    ids = Uuid7()
    made = [ids(1_800_000_000 + n / 1000) for n in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000
    assert all(uuid.UUID(i).version == 7 and uuid.UUID(i).variant == uuid.RFC_4122 for i in made)


def test_a_stage_never_goes_back() -> None:
    assert advance(Stage.RECEIVED, Step.PUBACK) is Stage.RECEIVED
    assert advance(Stage.ACKNOWLEDGED, Step.ON_THE_WAY) is Stage.ACKNOWLEDGED
    assert advance(Stage.RAISED, Step.CLOSE) is Stage.CLOSED


def test_a_topic_names_its_gateway() -> None:
    assert topics.gateway_of(topics.up_alarm("gw-1")) == "gw-1"
    assert topics.gateway_of("linli/v1/presence/minzheng") is None
    assert topics.gateway_of("other/v1/gw/up/alarm") is None


def test_the_envelope_refuses_an_event_without_data() -> None:
    with pytest.raises(ContractError, match="data"):
        decode_batch(
            encode({"id": "a", "source": "s", "type": "t", "time": NOW, "epoch": "e", "lane": "alarm", "sequence": "1"})
        )
    assert "data" in CloudEvent.__struct_fields__
