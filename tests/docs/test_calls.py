"""The deployment page says what the shipped files do: its ports, its settings, its commands."""

from __future__ import annotations

import re
import ssl
import subprocess
from pathlib import Path

import pytest

from office import config
from tests.docs.pages import ROOT, block

PAGE = "calls.md"
TEXT = (ROOT / "docs" / PAGE).read_text(encoding="utf-8")
COTURN = ROOT / "systemd" / "coturn"
CONF = (COTURN / "turnserver.conf").read_text(encoding="utf-8")
DEPLOYMENT = TEXT.partition("\n## Deployment\n")[2].partition("\n## ")[0]


def setting(name: str) -> str:
    (value,) = re.findall(rf"^{name}=(.*)$", CONF, re.MULTILINE)
    return str(value)


def test_the_commands_make_a_certificate_for_the_relay(tmp_path: Path) -> None:
    for name in ("authority", "office"):
        folder = tmp_path if name == "authority" else tmp_path / "linli-ca"
        subprocess.run(["bash", "-euo", "pipefail", "-c", block("operations.md", "run", name)], cwd=folder, check=True)
    made = tmp_path / "linli-ca"
    subprocess.run(["bash", "-euo", "pipefail", "-c", block(PAGE, "run", "turn")], cwd=made, check=True)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(made / "turn.crt", made / "turn.key")
    subprocess.run(
        ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "ca.crt", "turn.crt"],
        cwd=made,
        check=True,
    )


def test_the_ports_of_page_and_drawing_are_those_of_the_files() -> None:
    drawing = (ROOT / "docs" / "calls.svg").read_text(encoding="utf-8")
    relayed = f"{setting('min-port')} to {setting('max-port')}"
    for said in (setting("listening-port"), setting("tls-listening-port"), relayed, "8883", "8445"):
        assert said in DEPLOYMENT
        assert said in drawing
    assert f"\nlistener {8883}\n" in (ROOT / "systemd/mosquitto/linli.conf").read_text(encoding="utf-8")
    door = config.DeskDoor(config.PageTls("", ""), "")
    assert door.port == 8445


def test_the_limits_of_the_page_are_those_of_the_relay() -> None:
    assert f"at most {setting('user-quota')} relay places" in DEPLOYMENT
    assert f"at most {int(setting('max-bps')) * 8 // 1_000_000} Mbit/s" in DEPLOYMENT
    assert f"`valid_min` ({config.TurnAt((), '').valid_min})" in DEPLOYMENT


def test_the_settings_of_the_page_are_taken_by_the_office(tmp_path: Path) -> None:
    (yaml,) = re.findall(r"```yaml\n(calls:.*?)```", DEPLOYMENT, re.DOTALL)
    (tmp_path / "turn.secret").write_text("0" * 64, encoding="ascii")
    file = tmp_path / "office.yaml"
    text = yaml.replace("/etc/linli", str(tmp_path))
    file.write_text(f"broker: {{host: 127.0.0.1}}\n{text}", encoding="utf-8")
    calls = config.load(file).calls
    assert calls is not None
    assert calls.relay_only


def test_every_file_the_page_installs_is_shipped() -> None:
    named = re.findall(r"(?<!/)\bsystemd/\S+", DEPLOYMENT)
    assert named
    assert not [name for name in named if not (ROOT / name).is_file()]


@pytest.mark.parametrize("name", ["realm", "listening-ip", "relay-ip", "external-ip", "allowed-peer-ip"])
def test_what_a_site_sets_stands_in_the_shipped_file(name: str) -> None:
    assert re.search(rf"^#?{name}=", CONF, re.MULTILINE)
