from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.decoder import MAX_HELD
from drivers.json_mqtt import DRIVER, MAX_DEVICES, subscriptions
from drivers.json_path import number_of, path, text_of
from drivers.json_settings import AlarmTable, Flag, Position, Settings
from drivers.model import Command, Event, Heard, Kind, Message, Place, Refused, Verb, convert, encode_json
from drivers.mqtt_source import matches
from edge.repeats import Repeats
from firmware_profiles.loader import load_profiles
from tests.drivers.timeline import instant, start, vectors

SETTINGS = Settings(
    topics=("site/+/event",),
    device=("topic[1]",),
    alarms=(
        AlarmTable("event", {"SOS": "sos", "7": "fallDown", "idle": ""}),
        AlarmTable("state.tamper", {"true": "tampering", "false": ""}, held=True),
    ),
    contact_open=Flag("door", yes=("open",), no=("closed",)),
    motion=Flag("pir"),
    online=Flag("link", yes=("up",), no=("down",)),
    readings={"temperature_c": "values.0"},
    attributes={"firmware": "fw"},
    battery="battery",
    position=Position("gps.lat", "gps.lon", valid="gps.fix", speed="gps.kn", speed_factor=1.852, datum="GCJ-02"),
    time="time",
    time_zone="+08:00",
    repeat=("seq",),
)


def read(payload: object, settings: Settings = SETTINGS, *, retain: bool = False, qos: int = 1) -> list[Heard]:
    raw = payload if isinstance(payload, bytes) else encode_json(payload)
    topic = settings.topics[0].replace("+", "d1").replace("#", "site/d1/event")
    return start(DRIVER, settings).feed(Message(topic, raw, retain=retain, qos=qos), instant(0))


def one(payload: object, settings: Settings = SETTINGS, *, retain: bool = False) -> Event:
    (heard,) = read(payload, settings, retain=retain)
    (event,) = heard.events
    return event


def rtl433() -> Settings:
    return convert(load_profiles()["rtl433-kerui"].settings, Settings)


@pytest.mark.parametrize("as_line", [False, True], ids=["message", "line"])
@pytest.mark.parametrize("vector", vectors("rtl433-"), ids=lambda v: v["id"])
def test_recorded_rtl_433_objects_come_out_through_the_shipped_profile(vector: dict[str, Any], as_line: bool) -> None:  # noqa: FBT001 - a table
    raw = encode_json(vector["json"])
    item: object = raw + b"\n" if as_line else Message("rtl_433/host/events", raw)
    heard = start(DRIVER, rtl433()).feed(item, instant(0))
    got = [event for one in heard for event in one.events]
    if vector["event"] is None:
        assert got == []
        return
    (event,) = got
    assert event.device == str(vector["json"]["id"])
    for name, value in vector["event"].items():
        assert (getattr(event, name) if name in {"kind", "alarm", "open"} else event.attributes[name]) == value


@pytest.mark.parametrize(
    ("fields", "kind", "alarm"),
    [
        ({"cmd": 11, "tamper": 1, "state": "tamper"}, Kind.ALARM, "tampering"),
        ({"cmd": 15, "battery_ok": 0, "state": "lowbat"}, Kind.ALARM, "lowBattery"),
        ({"cmd": 5, "water": 1, "state": "water"}, Kind.ALARM, "water"),
        ({"cmd": 10, "motion": 1, "state": "motion"}, Kind.MOTION, None),
    ],
)
def test_every_code_of_a_kerui_sensor(fields: dict[str, object], kind: Kind, alarm: str | None) -> None:
    event = one({"time": "2026-08-20 00:15:30", "model": "Kerui-Security", "id": 74565, **fields}, rtl433())
    assert (event.kind, event.alarm, event.device) == (kind, alarm, "74565")


def test_what_rtl_433_hears_of_other_models_is_ignored() -> None:
    assert read({"model": "Generic-Remote", "id": 1, "opened": 1}, rtl433()) == []


def test_a_code_that_the_radio_repeats_is_one_event() -> None:
    decoder = start(DRIVER, rtl433())
    line = b'{"model":"Kerui-Security","id":74565,"cmd":14,"opened":1}\n'
    times = [0, 500, 2000, 10_000]
    assert [len(decoder.feed(line, instant(ms))[0].events) for ms in times] == [1, 0, 0, 1]


def test_values_are_compared_as_text() -> None:
    assert one({"event": "SOS"}).alarm == "sos"
    assert one({"event": 7}).alarm == "fallDown"
    assert one({"event": 7.0}).alarm == "fallDown"


def test_a_value_the_profile_does_not_know_is_noted_and_a_known_one_is_not() -> None:
    (heard,) = read({"event": "weird"})
    assert heard.note is not None
    assert "weird" in heard.note.detail
    (heard,) = read({"event": "idle"})
    assert heard.note is None


def test_contact_motion_availability_reading_and_status() -> None:
    assert (one({"door": "open"}).kind, one({"door": "closed"}).open) == (Kind.CONTACT, False)
    assert one({"pir": 1}).attributes["motion"] is True
    assert one({"link": "down"}).attributes["online"] is False
    assert one({"values": [21.5]}).attributes["temperature_c"] == 21.5
    status = one({"battery": 50, "fw": "1.2"})
    assert (status.kind, status.attributes) == (Kind.STATUS, {"battery": 50, "firmware": "1.2"})


def test_a_place_carries_its_datum_and_km_per_hour() -> None:
    event = one({"gps": {"lat": "31.2304", "lon": 121.4737, "fix": 1, "kn": 10}})
    assert event.kind is Kind.POSITION
    assert event.place == Place(valid=True, lat=31.2304, lon=121.4737, speed_kmh=18.52, datum="GCJ-02")
    lost = one({"gps": {"lat": 31.2, "lon": 121.4, "fix": 0}})
    assert lost.place is not None
    assert not lost.place.valid


@pytest.mark.parametrize(
    "rest",
    [
        {"gps": {"lat": 99, "lon": 121}},
        {"gps": {"lat": "north", "lon": None}},
        {"gps": 5},
        {"time": "never"},
        {"time": {}},
        {"battery": {}, "fw": []},
        {"seq": None},
    ],
)
def test_an_sos_is_an_sos_whatever_stands_beside_it(rest: dict[str, object]) -> None:
    event = one({"event": "SOS", **rest})
    assert (event.alarm, event.place) == ("sos", None)


def test_an_sos_without_a_device_id_is_kept_under_its_topic() -> None:
    settings = Settings(device=("id",), alarms=SETTINGS.alarms)
    assert one({"event": "SOS"}, settings).device == "site/d1/event"
    (heard,) = read({"event": "idle"}, settings)
    assert heard.note is not None


def test_times_with_and_without_zone() -> None:
    eight = datetime(2026, 8, 20, 0, 0, tzinfo=UTC)
    assert one({"door": "open", "time": "2026-08-20T08:00:00"}).time == eight
    assert one({"door": "open", "time": "2026-08-20T00:00:00Z"}).time == eight
    unix = Settings(device=("topic[1]",), time="t", time_format="unix_s")
    assert one({"t": 1787184000}, unix).time == eight
    pattern = Settings(device=("topic[1]",), time="t", time_format="%Y%m%d%H%M%S", time_zone="+08:00")
    assert one({"t": 20260820080000}, pattern).time == eight
    old = one({"door": "open", "time": "1999-01-01T00:00:00"})
    assert (old.time, old.device_time) == (None, "1999-01-01T00:00:00")


def test_a_redelivered_report_is_the_same_and_a_new_one_is_not() -> None:
    repeats = Repeats()
    payloads = [{"event": "SOS", "seq": 1}, {"event": "SOS", "seq": 1}, {"event": "SOS", "seq": 2}]
    assert [len(repeats.fresh(read(payload)[0])) for payload in payloads] == [1, 0, 1]


def test_a_retained_alarm_counts_only_if_something_tells_it_from_an_old_one() -> None:
    assert one({"event": "SOS"}, retain=True).kind is Kind.STATUS
    assert one({"event": "SOS", "seq": 1}, retain=True).alarm == "sos"


def test_a_held_alarm_lasts_until_the_device_says_otherwise() -> None:
    decoder = start(DRIVER, SETTINGS)
    levels = []
    for payload in (
        {"state": {"tamper": True}},
        {"door": "open"},
        {"state": {"tamper": True}},
        {"state": {"tamper": False}},
    ):
        (heard,) = decoder.feed(Message("site/d1/event", encode_json(payload)), instant(0))
        levels.append(heard.levels)
    assert levels == [frozenset({"tampering"}), None, frozenset({"tampering"}), frozenset()]


def test_a_list_of_objects_is_several_reports() -> None:
    heard = read([{"event": "SOS"}, {"door": "open"}])
    assert [one.events[0].kind for one in heard] == [Kind.ALARM, Kind.CONTACT]


def test_only_declared_topics_are_read() -> None:
    assert subscriptions(SETTINGS) == ("site/+/event",)
    assert start(DRIVER, SETTINGS).feed(Message("site/d1/other", b'{"event":"SOS"}'), instant(0)) == []


def test_an_alarm_without_acknowledgement_is_noted() -> None:
    (heard,) = read({"event": "SOS"}, qos=0)
    assert heard.note is not None
    assert heard.note.reason == "alarm published at QoS 0"


def test_lines_cut_anywhere_give_the_same() -> None:
    data = b'{"event":"SOS","seq":1}\r\nnoise\n\n{"door":"open","seq":2}\n{"door":'
    settings = Settings(device=("topic[0]",), alarms=SETTINGS.alarms, contact_open=SETTINGS.contact_open)
    whole = start(DRIVER, settings).feed(data, instant(0))
    for cut in range(len(data)):
        decoder = start(DRIVER, settings)
        assert decoder.feed(data[:cut], instant(0)) + decoder.feed(data[cut:], instant(0)) == whole


def test_a_line_without_end_is_dropped_and_the_next_one_is_read() -> None:
    decoder = start(DRIVER, SETTINGS)
    heard = [one for _ in range(40) for one in decoder.feed(b"x" * 4096, instant(0))]
    assert [one.note.reason for one in heard if one.note] == ["line too long"]
    assert len(decoder._rest) <= MAX_HELD  # type: ignore[attr-defined]
    (heard_after,) = decoder.feed(b'xx\n{"event":"SOS"}\n', instant(0))
    assert heard_after.events[0].alarm == "sos"


@pytest.mark.parametrize(
    "payload", [b"SOS", b"[1]", b"{", b"1", b"\xff", b"[" * 50_000, b'{"a":"' + b"x" * 70_000 + b'"}']
)
def test_what_is_no_object_is_noted_and_nothing_else(payload: bytes) -> None:
    (heard,) = read(payload)
    assert heard.note is not None
    assert heard.events == ()


def test_what_is_remembered_is_bounded() -> None:
    decoder = start(DRIVER, Settings(topics=("#",), device=("topic[0]",), alarms=SETTINGS.alarms, fold_s=3))
    for number in range(MAX_DEVICES + 100):
        decoder.feed(Message(f"{number}", b'{"state":{"tamper":true}}'), instant(0))
    for kept in ("_held", "_last", "_filters"):
        assert len(getattr(decoder, kept)) == MAX_DEVICES


def test_nothing_can_be_put_to_such_a_device() -> None:
    assert isinstance(start(DRIVER).say(Command(Verb.LOCATE, "d"), instant(0)), Refused)


def test_the_example_profile_reads_its_own_samples() -> None:
    profile = load_profiles()["json-mqtt-example"]
    settings = convert(profile.settings, Settings)
    for sample in profile.samples:
        heard = start(DRIVER, settings).feed(Message(sample["topic"], sample["payload"].encode()), instant(0))
        assert [event.kind for one in heard for event in one.events] == [event["kind"] for event in sample["events"]]


@pytest.mark.parametrize(
    ("topic_filter", "topic", "covers"),
    [
        ("a/+/c", "a/b/c", True),
        ("a/+/c", "a/b/d", False),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("#", "a", True),
        ("#", "$SYS/x", False),
        ("+/x", "$SYS/x", False),
        ("a", "a/b", False),
        ("a/+", "a", False),
    ],
)
def test_topic_filters(topic_filter: str, topic: str, covers: bool) -> None:  # noqa: FBT001 - a table
    assert matches(topic_filter, topic) is covers


def test_paths_lead_through_objects_lists_and_topics() -> None:
    found: dict[str, object] = {"a": {"b": [10, {"c": 20}]}}
    assert path("a.b.1.c")(found, "") == 20
    assert path("a.b.7")(found, "") is None
    assert path("a.b.x.c")(found, "") is None
    assert path("topic[-1]")(found, "x/y") == "y"
    assert path("topic[5]")(found, "x/y") is None


def test_numbers_that_are_none_are_none() -> None:
    odd: list[object] = [True, "x", None, "nan", 10**400, []]
    assert [number_of(value) for value in odd] == [None] * 6
    scalars: list[object] = [True, 1.0, 1.5, 10**400, None, []]
    assert [text_of(value) for value in scalars] == ["true", "1", "1.5", "", "", ""]


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    decoder = start(DRIVER, SETTINGS)
    decoder.feed(data, instant(0))
    decoder.feed(Message("site/d1/event", data), instant(0))
