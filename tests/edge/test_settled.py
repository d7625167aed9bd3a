from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge import settled
from edge.config import ConfigError
from edge.driver_settings import check_ports, settings_schema
from edge.settled import CACHE, check_all, settle
from firmware_profiles.loader import check_profiles, load_profiles

WISH = {"alarms": {"escalate_after_s": 5}}


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{folder}/key.pem"]
    subject = ["-subj", "/CN=gw-1", "-days", "1", "-out", f"{folder}/cert.pem"]
    subprocess.run(["openssl", "req", "-x509", *key, *subject], check=True, capture_output=True)
    (folder / "key.pem").chmod(0o600)
    return folder


@pytest.fixture
def path(tmp_path: Path, tls: Path) -> Path:
    file = tmp_path / "linli.yaml"
    file.write_text(
        f"gateway: {{name: gw-1, data: {tmp_path}, profiles: {tmp_path}/profiles}}\n"
        f"centre: {{host: h, ca: {tls}/cert.pem, cert: {tls}/cert.pem, key: {tls}/key.pem}}\n"
        'ports: [{name: t, kind: tcp, profile: watch, listen: "127.0.0.1:0"}]\n',
        "utf-8",
    )
    (tmp_path / "profiles").mkdir()
    return file


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> dict[str, object]:
        raise AssertionError("checked again")

    monkeypatch.setattr(settled, "_in_child", refuse)


def test_the_outcome_is_kept_and_the_next_start_checks_nothing(
    path: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    first = settle(path, tmp_path, WISH)
    assert first.file.alarms.escalate_after_s == 10
    assert first.config.alarms.escalate_after_s == 5
    assert first.profiles["watch"].driver == "watch"
    assert first.profiles["watch"].samples == ()
    request.getfixturevalue("no_child")
    assert settle(path, tmp_path, WISH) == first


@pytest.mark.usefixtures("no_child")
def test_without_a_folder_nothing_is_kept(path: Path) -> None:
    with pytest.raises(AssertionError, match="checked again"):
        settle(path)


def test_another_wish_is_checked_anew(path: Path, tmp_path: Path) -> None:
    settle(path, tmp_path, WISH)
    assert settle(path, tmp_path, {"alarms": {"escalate_after_s": 6}}).config.alarms.escalate_after_s == 6


def test_a_wrong_wish_leaves_the_files_configuration_and_says_why(path: Path, tmp_path: Path) -> None:
    for _ in range(2):
        outcome = settle(path, tmp_path, {"alarms": {"escalate_after_s": -1}, "centre": {}})
        assert outcome.config == outcome.file
        assert len(outcome.refused) == 2


def test_a_changed_file_is_checked_anew_and_every_mistake_told(path: Path, tmp_path: Path) -> None:
    settle(path, tmp_path)
    path.write_text(path.read_text("utf-8") + "alarm: {}\nstorage: {max_mb: x}\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        settle(path, tmp_path)
    assert [finding.line for finding in caught.value.findings] == [4, 5]


def test_a_profile_of_the_site_that_changed_is_checked_anew(path: Path, tmp_path: Path) -> None:
    settle(path, tmp_path)
    (tmp_path / "profiles" / "mine.yaml").write_text("profile: mine\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        settle(path, tmp_path)
    assert all(finding.file.endswith("mine.yaml") for finding in caught.value.findings)


def test_a_key_that_became_readable_for_all_is_found_although_nothing_else_changed(
    path: Path, tmp_path: Path, tls: Path
) -> None:
    settle(path, tmp_path)
    (tls / "key.pem").chmod(0o644)
    try:
        with pytest.raises(ConfigError) as caught:
            settle(path, tmp_path)
    finally:
        (tls / "key.pem").chmod(0o600)
    assert caught.value.findings[0].line == 2


@pytest.mark.parametrize("rubbish", ["", "{", "[]", '{"mark": 1}', '{"mark": "x", "folders": 5}'])
def test_a_damaged_cache_is_as_if_it_were_not_there(path: Path, tmp_path: Path, rubbish: str) -> None:
    (tmp_path / CACHE).write_text(rubbish)
    assert settled._recall(tmp_path / CACHE, path, None) is None


def test_a_cache_whose_values_were_damaged_is_not_believed(path: Path, tmp_path: Path) -> None:
    settle(path, tmp_path)
    kept = json.loads((tmp_path / CACHE).read_text("utf-8"))
    kept["data"]["centre"] = {"host": 5}
    (tmp_path / CACHE).write_text(json.dumps(kept))
    assert settle(path, tmp_path).file.centre.host == "h"


def test_a_folder_that_cannot_be_written_only_costs_time(path: Path, tmp_path: Path) -> None:
    assert settle(path, tmp_path / "nowhere").file.gateway.name == "gw-1"


def test_where_no_child_can_be_started_the_check_is_made_here(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert settle(path, tmp_path).file.gateway.name == "gw-1"


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        settle(tmp_path / "none.yaml", tmp_path)


def test_check_all_tells_of_file_and_profiles_at_once(path: Path, tmp_path: Path) -> None:
    (tmp_path / "profiles" / "watch2.yaml").write_text("profile: watch2\n", "utf-8")
    path.write_text(path.read_text("utf-8").replace("profile: watch", "profile: watch2") + "x: 1\n", "utf-8")
    found = check_all(path)
    assert {Path(finding.file).name for finding in found} == {"linli.yaml", "watch2.yaml"}
    assert [(f.line, f.message) for f in found if f.file == str(path)] == [(4, "unknown key `x`")]


def test_a_start_with_an_unchanged_file_holds_neither_library(path: Path, tmp_path: Path) -> None:
    settle(path, tmp_path)
    code = (
        "import sys; from pathlib import Path; from edge.settled import settle;"
        f"settle(Path({str(path)!r}), Path({str(tmp_path)!r}));"
        "print([name for name in sys.modules if name.split('.')[0] in ('ruamel', 'jsonschema', 'referencing')])"
    )
    environment = {**os.environ, "PYTHONPATH": str(settled.ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"


def test_every_shipped_profile_fits_its_driver() -> None:
    assert [str(finding) for finding in check_profiles(settings_schema)] == []
    assert [str(finding) for finding in check_ports(load_profiles().values())] == []
