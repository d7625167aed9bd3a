from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from firmware_profiles.loader import ProfileError, check_profiles, load_profiles

GOOD = """\
profile: pendant
title: {zh: 吊坠, en: Pendant}
driver: pendant_driver
ports: [serial, memory]
settings: {baud: 9600}
supervision: {check_in_s: 3600}
alarms: {sos: emergency, lowBattery: trouble}
self_test: {how: {zh: 请按下按钮, en: Press the button}, expect: sos}
samples:
  - name: press
    origin: built from the format
    hex: 0001
    events: [{kind: alarm, alarm: sos, device: 0001}]
    reply: null
"""


def schema_of(driver: str) -> dict[str, Any] | None:
    if driver != "pendant_driver":
        return None
    return {
        "$ref": "#/$defs/S",
        "$defs": {"S": {"type": "object", "properties": {"baud": {"type": "integer"}}, "required": []}},
    }


def folder(tmp_path: Path, text: str, name: str = "pendant.yaml") -> Path:
    (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def problems(tmp_path: Path, text: str, name: str = "pendant.yaml") -> list[str]:
    extra = folder(tmp_path, text, name)
    return [
        str(f) for f in check_profiles(lambda name: schema_of(name) or {}, [extra]) if f.file.startswith(str(extra))
    ]


def test_a_profile_becomes_frozen_values(tmp_path: Path) -> None:
    profile = load_profiles([folder(tmp_path, GOOD)])["pendant"]
    assert profile.title.zh == "吊坠"
    assert profile.ports == ("serial", "memory")
    assert profile.supervision.silent_after_s == 5400
    assert profile.alarms["lowBattery"] == "trouble"
    assert profile.self_test is not None
    assert profile.self_test.expect == ("sos",)
    assert profile.samples[0]["hex"] == "0001"
    assert profile.samples[0]["events"][0]["device"] == "0001"
    assert profile.file.endswith("pendant.yaml")


def test_a_device_that_is_not_supervised_is_never_silent(tmp_path: Path) -> None:
    text = GOOD.replace("check_in_s: 3600", "check_in_s: 0")
    assert load_profiles([folder(tmp_path, text)])["pendant"].supervision.silent_after_s is None


def test_a_good_profile_has_no_findings(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == []


def test_every_mistake_of_a_profile_comes_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("ports: [serial, memory]", "ports: [seriall]").replace("lowBattery: trouble", "lowBattery: bad")
    lines = problems(tmp_path, text.replace("    origin: built from the format\n", ""))
    assert [line.rsplit(":", 1)[0].split(".yaml:")[1].split(":")[0] for line in lines] == ["4", "7", "10"]
    assert "did you mean `serial`?" in lines[0]
    assert "emergency, trouble, ignore" in lines[1]
    assert "`origin` is missing" in lines[2]


def test_the_id_must_be_the_name_of_the_file(tmp_path: Path) -> None:
    assert "pendant.yaml" not in problems(tmp_path, GOOD, "other.yaml")[0]
    assert problems(tmp_path, GOOD, "other.yaml")[0].endswith("allowed: other")


def test_a_misspelt_setting_of_the_driver_is_found(tmp_path: Path) -> None:
    extra = folder(tmp_path, GOOD.replace("baud: 9600", "buad: 9600"))
    found = [str(f) for f in check_profiles(lambda name: schema_of(name) or {}, [extra]) if "pendant" in f.file]
    assert len(found) == 1
    assert "pendant.yaml:5:12: unknown key `buad`; did you mean `baud`?" in found[0]


def test_a_driver_that_does_not_exist_is_found_at_its_line(tmp_path: Path) -> None:
    extra = folder(tmp_path, GOOD)
    found = [str(f) for f in check_profiles(lambda _: None, [extra]) if f.file.startswith(str(extra))]
    assert "pendant.yaml:3:9: there is no driver `pendant_driver`" in found[0]


def test_hex_that_is_none_and_doubled_sample_names_are_found(tmp_path: Path) -> None:
    text = GOOD.replace("hex: 0001", "chunks: [00, 0g]") + "  - {name: press, origin: x, hex: '1'}\n"
    lines = problems(tmp_path, text)
    assert [("no hex" in line, "two samples" in line) for line in lines] == [
        (True, False),
        (False, True),
        (True, False),
    ]


def test_a_slip_in_a_samples_key_is_found_and_a_key_of_a_drivers_own_is_not(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD.replace("    reply: null", "    video: x")) == []
    (line,) = problems(tmp_path, GOOD.replace("    reply: null", "    replay: null"))
    assert "unknown key `replay`; did you mean `reply`?" in line


def test_loading_a_bad_profile_raises_with_all_findings(tmp_path: Path) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profiles([folder(tmp_path, GOOD.replace("driver:", "drivr:"))])
    assert len(caught.value.findings) == 2


def test_a_profile_of_the_site_replaces_the_shipped_one(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    folder(first, GOOD)
    folder(second, GOOD.replace("3600", "60"))
    assert load_profiles([first, second])["pendant"].supervision.check_in_s == 60


def test_a_missing_folder_is_a_finding(tmp_path: Path) -> None:
    findings = map(str, check_profiles(schema_of, [tmp_path / "none"]))
    assert any("no such folder" in finding for finding in findings)


def test_shipped_profiles_load() -> None:
    assert all(name == profile.id for name, profile in load_profiles().items())
