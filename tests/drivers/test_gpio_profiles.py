"""The samples of the profiles for pins and brokers: a timeline of levels and ratios, a message, or lines of text."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.decoder import load_driver
from drivers.model import Event, Level, Message, Sample, convert
from firmware_profiles.loader import Profile, load_profiles
from tests.drivers.timeline import events, play, start

IDS = ("gpio-button", "gpio-button-loop", "gpio-contact", "json-mqtt-example", "rtl433-kerui", "z2m-contact")
PROFILES = [profile for profile in load_profiles().values() if profile.id in {*IDS, "z2m-sos-button"}]
SAMPLES = [(profile, sample) for profile in PROFILES for sample in profile.samples]


def steps(sample: dict[str, Any]) -> list[tuple[float, object]]:
    if "topic" in sample:
        return [(0, Message(sample["topic"], sample["payload"].encode()))]
    if "text" in sample:
        return [(0, sample["text"].encode())]
    return [(step["at_ms"], item_of(step)) for step in sample["timeline"] if "line" in step]


def item_of(step: dict[str, Any]) -> object:
    if "ratio" in step:
        return Sample(step["line"], step["ratio"])
    return Level(step["line"], high=bool(step["level"]))


def says(event: Event, wanted: dict[str, Any]) -> bool:
    for name, value in wanted.items():
        if name == "attributes":
            if event.attributes | value != event.attributes:
                return False
        elif name == "time":
            if event.time is None or event.time.isoformat() != value.replace("Z", "+00:00"):
                return False
        elif name != "at_ms" and getattr(event, name) != value:
            return False
    return True


@pytest.mark.parametrize(("profile", "sample"), SAMPLES, ids=[f"{p.id}: {s['name']}" for p, s in SAMPLES])
def test_every_sample_of_these_profiles_comes_out(profile: Profile, sample: dict[str, Any]) -> None:
    driver = load_driver(profile.driver)
    decoder = start(driver, convert(profile.settings, driver.settings))
    until_ms = max((step["at_ms"] for step in sample.get("timeline", [])), default=0)
    got = events(play(decoder, steps(sample), until_ms))
    assert len(got) == len(sample["events"])
    for (ms, event), wanted in zip(got, sample["events"], strict=True):
        assert says(event, wanted), (event, wanted)
        assert abs(ms - wanted.get("at_ms", ms)) <= 1
