"""Every sample of every profile means what the profile says, through the driver and the settings the profile names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import drivers
from drivers.decoder import Decoder, DriverError, load_driver
from drivers.model import Event, Heard, Level, Message, Sample, convert, json_schema
from firmware_profiles.loader import Profile, check_profiles, load_profiles
from tests.drivers import timeline
from tests.drivers.vectors import NOW, instant

PROFILES = load_profiles()
SAMPLES = [(profile, sample) for profile in PROFILES.values() for sample in profile.samples]
BETWEEN_CHUNKS_S = 0.05
TOLERANCE_MS = 20


def name(value: Any) -> str:
    return value.id if isinstance(value, Profile) else str(value["name"]).replace(" ", "-")


def every_driver() -> list[str]:
    found = []
    for path in sorted(Path(drivers.__file__).parent.iterdir()):
        if path.suffix == ".py" or (path / "__init__.py").is_file():
            try:
                found.append(load_driver(path.stem).name)
            except DriverError:
                continue  # a part of drivers, not one of them
    return found


@pytest.mark.parametrize(("profile", "sample"), SAMPLES, ids=name)
def test_a_sample_tells_what_its_profile_says(profile: Profile, sample: dict[str, Any]) -> None:
    played = list(play(start(profile, sample), sample))

    told = [(ms, event) for ms, heard in played for event in heard.events]
    wanted = sample.get("events", [])
    assert [(event.kind, event.alarm) for _, event in told] == [(one["kind"], one.get("alarm")) for one in wanted]
    for (ms, event), one in zip(told, wanted, strict=True):
        assert list(differences(event, one, sample)) == []
        assert abs(ms - one.get("at_ms", ms)) <= TOLERANCE_MS
    if "reply" in sample:
        assert b"".join(heard.reply for _, heard in played).hex() == (sample["reply"] or "")


def start(profile: Profile, sample: dict[str, Any]) -> Decoder[object]:
    driver = load_driver(profile.driver)
    registered = set(sample.get("registered", []))
    decoder = driver.make(convert(profile.settings, driver.settings), registered.__contains__)
    decoder.feed(bytes.fromhex(sample.get("login", "")), instant()) if "login" in sample else None
    return decoder


def play(decoder: Decoder[object], sample: dict[str, Any]) -> Iterator[tuple[float, Heard]]:
    if "timeline" in sample:
        steps = sample["timeline"]
        yield from timeline.play(decoder, [(s["at_ms"], item) for s in steps for item in levels(s)], steps[-1]["at_ms"])
        return
    for index, item in enumerate(items(sample)):
        at = instant(index * BETWEEN_CHUNKS_S)
        yield from ((0.0, heard) for heard in decoder.feed(item, at))


def levels(step: dict[str, Any]) -> list[object]:
    if "ratio" in step:
        return [Sample(step["line"], step["ratio"])]
    return [Level(step["line"], bool(step["level"]))] if "level" in step else []


def items(sample: dict[str, Any]) -> list[object]:
    if "topic" in sample:
        return [Message(sample["topic"], sample["payload"].encode())]
    if "text" in sample:
        return [sample["text"].encode()]
    return [bytes.fromhex(chunk) for chunk in sample.get("chunks", [sample.get("hex")])]


def differences(event: Event, wanted: dict[str, Any], sample: dict[str, Any]) -> Iterator[str]:
    """What of an event is not as the sample says; it may tell more."""
    device = wanted.get("device", sample.get("device"))
    if device is not None and event.device != device:
        yield f"device {event.device}, the sample says {device}"
    for key, value in wanted.items():
        if key in {"at_ms", "device"}:
            continue
        told = getattr(event, key)
        if key == "time":
            told = told and told.isoformat().replace("+00:00", "Z")
        if key in {"attributes", "place"}:
            yield from (f"{key}.{k} {read(told, k)}" for k, one in value.items() if not same(read(told, k), one))
        elif told != value:
            yield f"{key} {told}, the sample says {value}"


def read(told: Any, key: str) -> Any:
    return told.get(key) if isinstance(told, dict) else getattr(told, key, None)


def same(told: Any, wanted: Any) -> bool:
    if isinstance(wanted, float) and isinstance(told, int | float):
        return abs(told - wanted) < 1e-5
    return bool(told == wanted)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=name)
def test_a_profile_offers_only_ports_its_driver_can_be_heard_through(profile: Profile) -> None:
    assert set(profile.ports) <= set(load_driver(profile.driver).ports)


def test_every_profile_fits_its_driver() -> None:
    assert check_profiles(settings_schema) == []


def settings_schema(driver: str) -> dict[str, Any] | None:
    try:
        return json_schema(load_driver(driver).settings)
    except DriverError:
        return None


@pytest.mark.parametrize("driver", every_driver())
def test_every_driver_has_a_profile_with_samples(driver: str) -> None:
    assert any(profile.driver == driver and profile.samples for profile in PROFILES.values())


def test_no_sample_lies_in_the_future_of_the_test() -> None:
    times = [one["time"] for _, sample in SAMPLES for one in sample.get("events", []) if one.get("time")]

    assert all(datetime.fromisoformat(time) < NOW + timedelta(days=1) for time in times)
