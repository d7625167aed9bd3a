from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.decoder import load_driver
from edge import registry, unknown_devices
from edge.addresses import normal_address
from edge.device import AddressError, Device, DeviceError, Rules, as_text, device_from
from edge.registry import Registry

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
DRIVER_OF = {"gt06": "gt06", "gt06-lite": "gt06", "jt808": "jt808", "kerui": "rf433", "zigbee": "zigbee2mqtt"}
RULES = Rules(DRIVER_OF, normal_address, timezone(timedelta(hours=8)))
TRACKER = {"id": "tracker-1", "profile": "gt06", "address": "861234567890123"}


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "registry.db", isolation_level=None)
    for _name, script in registry.MIGRATIONS + unknown_devices.MIGRATIONS:
        connection.executescript(script)
    yield connection
    connection.close()


def problems(values: dict[str, str]) -> dict[str, str]:
    with pytest.raises(DeviceError) as caught:
        device_from(values, RULES)
    assert all(any("\u4e00" <= char <= "\u9fff" for char in problem.zh) for problem in caught.value.problems)
    return {problem.field: problem.message for problem in caught.value.problems}


def test_a_device_is_put_and_read_back(conn: sqlite3.Connection) -> None:
    values = TRACKER | {
        "room": "3-402",
        "pole": "A12",
        "lat": "39.9",
        "lon": "116.4",
        "datum": "gcj02",
        "resident": "r-77",
    }
    registry.put(conn, values, RULES, NOW)
    assert registry.get(conn, "tracker-1") == Device(
        id="tracker-1",
        profile="gt06",
        address="861234567890123",
        resident="r-77",
        room="3-402",
        pole="A12",
        lat=39.9,
        lon=116.4,
        datum="GCJ-02",
        added_at=NOW,
    )


def test_a_change_leaves_what_was_not_given(conn: sqlite3.Connection) -> None:
    registry.put(conn, TRACKER | {"room": "402"}, RULES, NOW)
    change = registry.put(conn, {"id": "tracker-1", "note": "new battery"}, RULES, NOW + timedelta(days=1))
    assert change.after is not None
    assert (change.after.room, change.after.note, change.after.added_at) == ("402", "new battery", NOW)


def test_every_problem_of_a_device_is_told_at_once() -> None:
    found = problems(
        {
            "id": "Tracker 1",
            "profile": "gt60",
            "address": "8.61235E+14",
            "resident": "王奶奶",
            "room": "x" * 61,
            "lat": "91",
            "datum": "mars",
            "check_in_s": "-1",
            "away_until": "soon",
            "note": "a\nb",
            "enabled": "perhaps",
            "colour": "red",
        }
    )
    assert set(found) == {
        *("id", "profile", "address", "resident", "room", "lat", "datum", "check_in_s", "away_until", "note"),
        *("enabled", "colour"),
    }
    assert "did you mean `gt06`?" in found["profile"]
    assert "spreadsheet" in found["address"]
    assert "never a name" in found["resident"]


def test_what_must_be_given_is_asked_for() -> None:
    assert problems({}) == {"id": "must be given", "profile": "must be given", "address": "must be given"}


def test_latitude_and_longitude_belong_together() -> None:
    assert list(problems(TRACKER | {"lat": "39.9"})) == ["lon"]


@pytest.mark.parametrize(
    ("driver", "written", "spelt"),
    [
        ("gt06", "86 1234 567890 123", "861234567890123"),
        ("jt808", "013800138000", "13800138000"),
        ("jt808", "+86 138-0013-8000", "13800138000"),
        ("rf433", "0x1a2b3c", "1A2B3C"),
        ("rf433", "12345", "12345"),
        ("watch", "8800000015", "8800000015"),
        ("zigbee2mqtt", "bedroom/button 1", "bedroom/button 1"),
        ("something_else", "As It Is", "As It Is"),
    ],
)
def test_an_address_is_spelt_as_its_driver_does(driver: str, written: str, spelt: str) -> None:
    assert normal_address(driver, written) == spelt
    assert normal_address(driver, spelt) == spelt


def test_a_driver_may_say_itself_what_its_ids_look_like(monkeypatch: pytest.MonkeyPatch) -> None:
    digits = replace(load_driver("json_mqtt"), address="[0-9]{4}")
    monkeypatch.setattr("edge.addresses.load_driver", lambda _name: digits)

    assert normal_address("json_mqtt", "00 12") == "0012"
    with pytest.raises(AddressError, match=r"must match \[0-9\]\{4\}"):
        normal_address("json_mqtt", "12")


@pytest.mark.parametrize(
    ("driver", "written"),
    [
        ("gt06", "12345"),
        ("jt808", "phone"),
        ("rf433", "1234"),
        ("watch", "12"),
        ("zigbee2mqtt", "a/#"),
        ("gpio_button", "A b"),
    ],
)
def test_an_address_no_device_can_have_is_refused(driver: str, written: str) -> None:
    with pytest.raises(AddressError):
        normal_address(driver, written)


def test_a_day_alone_means_to_its_end_in_the_places_zone() -> None:
    device = device_from(TRACKER | {"away_until": "2026/03/02"}, RULES)
    assert device.away_until == datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)
    assert device.away(NOW)
    assert not device.away(datetime(2026, 3, 2, 16, tzinfo=UTC))


def test_two_devices_cannot_have_one_address_even_with_two_profiles_of_one_driver(conn: sqlite3.Connection) -> None:
    registry.put(conn, TRACKER, RULES, NOW)
    with pytest.raises(DeviceError, match="belongs to the device `tracker-1`"):
        registry.put(conn, TRACKER | {"id": "other", "profile": "gt06-lite"}, RULES, NOW)
    registry.put(conn, {"id": "phone", "profile": "jt808", "address": "861234567890123"}, RULES, NOW)


def test_the_index_finds_by_driver_and_by_any_profile_of_it(conn: sqlite3.Connection) -> None:
    registry.put(conn, TRACKER, RULES, NOW)
    index = Registry.load(conn, DRIVER_OF)
    device = index.get("tracker-1")
    assert index.find("gt06", "861234567890123") is device is not None
    assert index.find_by_profile("gt06-lite", "861234567890123") is device
    assert index.find_by_profile("jt808", "861234567890123") is None
    assert index.known("861234567890123")
    assert index.known_to("gt06")("861234567890123")
    assert not index.known_to("jt808")("861234567890123")
    assert len(index) == len(list(index)) == 1


def test_a_removed_device_is_gone(conn: sqlite3.Connection) -> None:
    registry.put(conn, TRACKER, RULES, NOW)
    registry.remove(conn, "tracker-1", RULES, NOW)
    assert registry.all_devices(conn) == []
    with pytest.raises(KeyError):
        registry.remove(conn, "tracker-1", RULES, NOW)


def test_a_failed_put_leaves_nothing_behind_inside_a_larger_transaction(conn: sqlite3.Connection) -> None:
    registry.put(conn, TRACKER, RULES, NOW)
    conn.execute("BEGIN IMMEDIATE")
    with pytest.raises(DeviceError):
        registry.put(conn, TRACKER | {"id": "other"}, RULES, NOW)
    registry.put(conn, {"id": "p", "profile": "jt808", "address": "1"}, RULES, NOW)
    conn.execute("COMMIT")
    assert [device.id for device in registry.all_devices(conn)] == ["p", "tracker-1"]


def test_a_test_is_announced_for_a_day_at_most(conn: sqlite3.Connection) -> None:
    registry.put(conn, TRACKER, RULES, NOW)
    device = registry.set_test(conn, "tracker-1", NOW + timedelta(minutes=10), NOW)
    assert device.testing(NOW)
    assert not device.testing(NOW + timedelta(minutes=10))
    with pytest.raises(ValueError, match="at most 24 hours"):
        registry.set_test(conn, "tracker-1", NOW + timedelta(days=2), NOW)
    with pytest.raises(KeyError):
        registry.set_away(conn, "nobody", NOW)


def test_a_change_during_a_test_lets_the_test_go_on(conn: sqlite3.Connection) -> None:
    registry.put(conn, TRACKER, RULES, NOW)
    registry.set_test(conn, "tracker-1", NOW + timedelta(minutes=10), NOW)
    change = registry.put(conn, {"id": "tracker-1", "room": "5"}, RULES, NOW)
    assert change.after is not None
    device = registry.get(conn, "tracker-1")
    assert device is not None
    assert (device.room, device.testing(NOW)) == ("5", True)


def test_the_check_names_devices_whose_profile_is_gone_or_whose_address_is_none(conn: sqlite3.Connection) -> None:
    registry.put(conn, TRACKER, RULES, NOW)
    registry.put(conn, {"id": "b", "profile": "kerui", "address": "123456"}, RULES, NOW)
    assert registry.check(conn, RULES) == []
    conn.execute("UPDATE devices SET address = 'x' WHERE id = 'tracker-1'")
    found = [str(finding) for finding in registry.check(conn, Rules({"gt06": "gt06"}, normal_address))]
    assert found[0].startswith("registry: b: profile: there is no profile `kerui`")
    assert found[1].startswith("registry: tracker-1: address: an IMEI has 15 digits")


def test_history_is_bounded(conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "KEPT_BATCHES", 3)
    for number in range(10):
        registry.put(conn, TRACKER | {"note": str(number)}, RULES, NOW)
    assert conn.execute("SELECT count(*) FROM device_batches").fetchone() == (3,)


def heard(conn: sqlite3.Connection, address: str, minute: int = 0, alarms: int = 0, bound: int = 100) -> str | None:
    at = NOW + timedelta(minutes=minute)
    return unknown_devices.note(conn, "gt06", address, "gt06", at, alarms=alarms, sample="7878", bound=bound)


def test_an_unknown_device_is_kept_and_counted(conn: sqlite3.Connection) -> None:
    heard(conn, "1")
    heard(conn, "1", minute=5, alarms=1)
    (unknown,) = unknown_devices.all_unknown(conn)
    assert (unknown.address, unknown.count, unknown.alarms, unknown.sample) == ("1", 2, 1, "7878")
    assert (unknown.first_heard, unknown.last_heard) == (NOW, NOW + timedelta(minutes=5))


def test_beyond_the_bound_the_oldest_without_an_alarm_goes_and_is_counted(conn: sqlite3.Connection) -> None:
    heard(conn, "alarm", minute=0, alarms=1, bound=3)
    heard(conn, "old", minute=1, bound=3)
    heard(conn, "new", minute=2, bound=3)
    assert heard(conn, "newer", minute=3, bound=3) == "old"
    assert [unknown.address for unknown in unknown_devices.all_unknown(conn)] == ["alarm", "newer", "new"]
    assert unknown_devices.dropped(conn) == 1


def test_when_all_have_alarms_the_oldest_goes(conn: sqlite3.Connection) -> None:
    for number in range(3):
        heard(conn, str(number), minute=number, alarms=1, bound=3)
    assert heard(conn, "x", minute=9, bound=3) == "0"


def test_an_unknown_device_is_adopted_with_the_profile_it_was_heard_with(conn: sqlite3.Connection) -> None:
    heard(conn, "861234567890123")
    change = unknown_devices.adopt(conn, "861234567890123", {"id": "t", "room": "402"}, RULES, NOW)
    assert change.after is not None
    assert (change.after.profile, change.after.room) == ("gt06", "402")
    assert unknown_devices.all_unknown(conn) == []


def test_adopting_needs_somebody_who_was_heard_and_only_one(conn: sqlite3.Connection) -> None:
    with pytest.raises(DeviceError, match="nobody called"):
        unknown_devices.adopt(conn, "1", {"id": "t"}, RULES, NOW)
    unknown_devices.note(conn, "gt06", "861234567890123", "gt06", NOW)
    unknown_devices.note(conn, "jt808", "861234567890123", "jt808", NOW)
    with pytest.raises(DeviceError, match="name one"):
        unknown_devices.adopt(conn, "861234567890123", {"id": "t"}, RULES, NOW)
    change = unknown_devices.adopt(conn, "861234567890123", {"id": "t"}, RULES, NOW, driver="jt808")
    assert change.after is not None
    assert change.after.profile == "jt808"


def test_a_failed_adoption_keeps_the_unknown_device(conn: sqlite3.Connection) -> None:
    heard(conn, "861234567890123")
    with pytest.raises(DeviceError):
        unknown_devices.adopt(conn, "861234567890123", {"id": "BAD ID"}, RULES, NOW)
    assert len(unknown_devices.all_unknown(conn)) == 1


def test_registering_by_hand_takes_a_device_off_the_unknown(conn: sqlite3.Connection) -> None:
    heard(conn, "861234567890123")
    registry.put(conn, TRACKER, RULES, NOW)
    assert unknown_devices.all_unknown(conn) == []


def test_a_forgotten_unknown_device_comes_back_when_it_speaks(conn: sqlite3.Connection) -> None:
    heard(conn, "1")
    assert unknown_devices.forget(conn, "gt06", "1")
    assert not unknown_devices.forget(conn, "gt06", "1")
    heard(conn, "1")
    assert unknown_devices.all_unknown(conn)[0].count == 1


@given(
    st.dictionaries(
        st.sampled_from([*TRACKER, "lat", "lon", "away_until", "check_in_s", "enabled", "x"]), st.text(max_size=20)
    )
)
def test_no_text_crashes_the_fields(values: dict[str, str]) -> None:
    try:
        device = device_from(values, RULES)
    except DeviceError as error:
        assert error.problems  # noqa: PT017 - either outcome is right
    else:
        assert device_from(as_text(device), RULES) == device
