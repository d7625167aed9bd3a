from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.decoder import Decoder
from drivers.model import Command, Event, Heard, Kind, Message, Refused, Verb, encode_json
from drivers.zigbee2mqtt import DRIVER, MAX_DEVICES, Settings, subscriptions
from edge.neighbourhood.zigbee import Network
from edge.repeats import Repeats
from tests.drivers.timeline import START, instant, start, vectors

NET = Network()


def feed(decoder: Decoder[object], topic: str, payload: object, *, retain: bool = False, ms: float = 0) -> list[Heard]:
    raw = payload if isinstance(payload, bytes) else encode_json(payload)
    return decoder.feed(Message(topic, raw, retain=retain), instant(ms))


def state(payload: object, *, retain: bool = False) -> tuple[Event, ...]:
    (heard,) = feed(start(DRIVER), "zigbee2mqtt/sos-301", payload, retain=retain)
    return heard.events


def alarms(events: tuple[Event, ...]) -> list[str | None]:
    return [event.alarm for event in events if event.kind is Kind.ALARM]


@pytest.mark.parametrize("vector", vectors("z2m-"), ids=lambda v: v["id"])
def test_recorded_messages_come_out(vector: dict[str, Any]) -> None:
    heard = feed(start(DRIVER), vector["topic"], vector["payload"])
    got = [event for one in heard for event in one.events]
    if vector["event"] is None:
        assert all(event.kind in {Kind.READING, Kind.STATUS, Kind.CODE} for event in got)
        return
    (event,) = got
    wanted = dict(vector["event"])
    assert event.kind == wanted.pop("kind")
    assert event.device == vector["topic"].split("/")[1]
    for name, value in wanted.items():
        assert (getattr(event, name) if name in {"alarm", "open"} else event.attributes[name]) == value


def test_a_true_contact_is_a_closed_door() -> None:
    assert [event.open for event in state({"contact": True})] == [False]
    assert [event.open for event in state({"contact": False})] == [True]


@pytest.mark.parametrize("payload", [{"action": ""}, {"action": None}, {"battery": 60}])
def test_an_absent_or_empty_action_is_nothing(payload: dict[str, object]) -> None:
    assert alarms(state(payload)) == []


def test_a_retained_action_is_old() -> None:
    assert alarms(state({"action": "emergency", "battery": 60}, retain=True)) == []


def test_every_press_counts() -> None:
    repeats, decoder = Repeats(), start(DRIVER)
    fresh = []
    for second in (0, 5, 6):
        message = NET.press("sos-301", START + timedelta(seconds=second))
        for heard in decoder.feed(message, instant(second * 1000)):
            fresh += repeats.fresh(heard)
    assert len(fresh) == 3


def test_a_redelivered_press_is_the_same_press() -> None:
    repeats, message = Repeats(), NET.press("sos-301", START)
    fresh = [one for _ in range(2) for heard in start(DRIVER).feed(message, instant(0)) for one in repeats.fresh(heard)]
    assert len(fresh) == 1


def test_an_action_that_is_no_alarm_is_reported_as_a_code() -> None:
    (event,) = state({"action": "single"})
    assert (event.kind, event.attributes["action"]) == (Kind.CODE, "single")


def test_the_settings_say_which_actions_are_alarms() -> None:
    decoder = start(DRIVER, Settings(actions={"hold": "sos", "off": ""}))
    assert alarms(feed(decoder, "zigbee2mqtt/b", {"action": "hold"})[0].events) == ["sos"]
    assert [event.kind for event in feed(decoder, "zigbee2mqtt/b", {"action": "off"})[0].events] == [Kind.READING]


def raised(messages: list[tuple[float, Message]]) -> list[str | None]:
    repeats, decoder = Repeats(), start(DRIVER)
    fresh = [
        event
        for ms, message in messages
        for heard in decoder.feed(message, instant(ms))
        for event, _ in repeats.fresh(heard)
    ]
    return [event.alarm for event in fresh if event.kind is Kind.ALARM]


def test_an_sos_bit_counts_once_per_press_whether_or_not_the_device_clears_it() -> None:
    on, off = NET.sos_bit("s", on=True), NET.sos_bit("s", on=False)
    assert raised([(0, on), (1_000, on), (2_000, off), (60_000, on)]) == ["sos", "sos"]
    assert raised([(0, on), (1_000, on), (60_000, on)]) == ["sos", "sos"]


def test_an_action_and_a_bit_in_one_message_are_one_press() -> None:
    assert alarms(state({"action": "emergency", "sos": True})) == ["sos"]


def test_a_retained_sos_bit_is_raised_only_if_nobody_knew() -> None:
    on = NET.sos_bit("s", on=True)
    retained = Message(on.topic, on.payload, retain=True)
    assert raised([(0, retained)]) == ["sos"]
    assert raised([(0, on), (60_000, retained)]) == ["sos"]


def test_tamper_and_low_battery_are_raised_when_they_begin() -> None:
    calm, bad = NET.sos_bit("s", on=False), NET.sos_bit("s", on=False, tamper=True, low=True)
    assert raised([(0, bad), (1000, bad), (2000, calm), (3000, bad)]) == ["tampering", "lowBattery"] * 2


def test_a_message_that_does_not_speak_of_tamper_does_not_end_it() -> None:
    decoder = start(DRIVER)
    feed(decoder, "zigbee2mqtt/d", {"contact": True, "tamper": True})
    (heard,) = feed(decoder, "zigbee2mqtt/d", {"contact": False})
    assert heard.levels == frozenset({"tampering"})
    assert alarms(heard.events) == []


def test_a_message_that_speaks_of_no_level_leaves_what_was_kept_over_a_restart() -> None:
    (heard,) = feed(start(DRIVER), "zigbee2mqtt/d", {"contact": False})
    assert heard.levels is None


def test_a_battery_that_wavers_at_the_limit_is_low_once() -> None:
    assert raised(
        [(i, NET.contact("d", closed=True, battery=b)) for i, b in enumerate((11, 10, 11, 9, 10, 80, 9))]
    ) == [
        "lowBattery",
        "lowBattery",
    ]


def test_several_causes_in_one_message_are_several_events() -> None:
    events = state({"action": "emergency", "tamper": True, "battery_low": True, "contact": False})
    assert alarms(events) == ["sos", "tampering", "lowBattery"]
    assert [event.open for event in events if event.kind is Kind.CONTACT] == [True]


@pytest.mark.parametrize(
    "payload",
    [
        {"action": "emergency", "battery": None, "voltage": "?"},
        {"action": "emergency", "contact": {}, "last_seen": [], "linkquality": "far"},
        {"action": "emergency", "last_seen": "yesterday"},
        {"action": "emergency", "last_seen": 1e17},
    ],
)
def test_an_sos_is_an_sos_whatever_stands_beside_it(payload: dict[str, object]) -> None:
    assert "sos" in alarms(state(payload))


def test_odd_spellings_of_a_bit_are_read() -> None:
    assert alarms(state({"sos": "ON"})) == ["sos"]
    assert [event.open for event in state({"contact": 1})] == [False]


@pytest.mark.parametrize("seen", ["2026-08-20T07:59:59.000Z", "2026-08-20T15:59:59+08:00", 1787212799000])
def test_last_seen_is_the_time_of_the_event(seen: object) -> None:
    (event,) = state({"contact": True, "last_seen": seen})
    assert event.time == datetime(2026, 8, 20, 7, 59, 59, tzinfo=UTC)


def test_a_time_without_zone_or_sense_is_kept_as_text() -> None:
    for seen in ("2026-08-20T07:59:59", "2001-01-01T00:00:00Z", "soon"):
        (event,) = state({"contact": True, "last_seen": seen})
        assert (event.time, event.device_time) == (None, seen)


@pytest.mark.parametrize("payload", [b'{"state":"online"}', b"online", b'"online"', b" Online\n"])
def test_both_spellings_of_availability(payload: bytes) -> None:
    (heard,) = feed(start(DRIVER), "zigbee2mqtt/house 3/door/availability", payload, retain=True)
    (event,) = heard.events
    assert (event.kind, event.device, event.attributes["online"]) == (Kind.AVAILABILITY, "house 3/door", True)


def test_the_bridge_is_a_device_of_its_own() -> None:
    (heard,) = start(DRIVER).feed(NET.bridge(online=False), instant(0))
    assert (heard.device, heard.events[0].attributes["online"]) == ("bridge", False)


def test_everything_else_of_the_bridge_and_commands_are_ignored() -> None:
    decoder = start(DRIVER)
    for topic in ("bridge/logging", "bridge/devices", "door/set", "door/get", ""):
        assert feed(decoder, f"zigbee2mqtt/{topic}", {"contact": True}) == []
    assert feed(decoder, "other/door", {"contact": True}) == []
    assert feed(decoder, "zigbee2mqtt/door", b"") == []
    assert feed(decoder, "zigbee2mqtt/door/availability", b"") == []


def test_the_base_topic_is_a_setting() -> None:
    settings = Settings(base_topic="house3/z2m")
    assert subscriptions(settings) == ("house3/z2m/#",)
    (heard,) = feed(start(DRIVER, settings), "house3/z2m/d", {"contact": True})
    assert heard.device == "d"


def test_an_alarm_without_acknowledgement_names_the_setting_to_change() -> None:
    (heard,) = start(DRIVER).feed(Network(qos=0).press("s", START), instant(0))
    assert heard.note is not None
    assert "qos: 1" in heard.note.detail
    (heard,) = start(DRIVER).feed(NET.press("s", START), instant(0))
    assert heard.note is None


@pytest.mark.parametrize(
    "payload", [b"emergency", b"[]", b"{", b"1", b"\xff\xfe", b"[" * 50_000, b'{"a":"' + b"x" * 70_000]
)
def test_what_is_no_object_is_noted_and_nothing_else(payload: bytes) -> None:
    (heard,) = feed(start(DRIVER), "zigbee2mqtt/d", payload)
    assert heard.note is not None
    assert heard.events == ()


def test_what_is_remembered_is_bounded() -> None:
    decoder = start(DRIVER)
    for number in range(MAX_DEVICES + 100):
        feed(decoder, f"zigbee2mqtt/{number}", {"tamper": True})
    assert len(decoder._levels) == MAX_DEVICES  # type: ignore[attr-defined]


def test_nothing_can_be_put_to_a_sleeping_button() -> None:
    assert isinstance(start(DRIVER).say(Command(Verb.LOCATE, "d"), instant(0)), Refused)


@given(
    st.binary(max_size=200),
    st.sampled_from(["zigbee2mqtt/d", "zigbee2mqtt/bridge/state", "zigbee2mqtt/d/availability"]),
)
def test_no_bytes_raise(payload: bytes, topic: str) -> None:
    feed(start(DRIVER), topic, payload)


def deliver(decoder: Decoder[object], repeats: Repeats, payload: object, mid: int, *, dup: bool = False) -> list[str]:
    """What is new of a message without `last_seen` that came under this packet identifier."""
    message = Message("zigbee2mqtt/sos-301", encode_json(payload), mid=mid, dup=dup)
    heard = decoder.feed(message, instant(0))
    return [str(event.alarm or event.kind) for one in heard for event, _ in repeats.fresh(one)]


def test_a_press_that_the_broker_sends_again_is_one_press_although_it_has_no_time() -> None:
    repeats = Repeats()
    assert deliver(start(DRIVER), repeats, {"action": "emergency"}, 7) == ["sos"]
    assert deliver(start(DRIVER), repeats, {"action": "emergency"}, 7, dup=True) == []


def test_a_press_that_was_never_stored_counts_when_it_is_sent_again() -> None:
    repeats = Repeats()
    assert deliver(start(DRIVER), repeats, {"action": "emergency"}, 7) == ["sos"]
    assert deliver(start(DRIVER), repeats, {"action": "emergency"}, 8, dup=True) == ["sos"]


def test_packet_identifiers_that_come_round_swallow_no_press() -> None:
    repeats = Repeats()
    for _ in range(3):
        assert deliver(start(DRIVER), repeats, {"action": "emergency"}, 7) == ["sos"]
