"""The units as they are installed, read by systemd's own tools."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

SHIPPED = Path(__file__).parent.parent / "systemd"
UNITS = [
    "linli-gateway.service",
    "linli-camera@.service",
    "linli-call.service",
    "linli-kiosk.service",
    "linli-receiver.service",
    "linli-office.service",
]
MOST_EXPOSED = 2.0


def analyze(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", "--man=no", *arguments]
    # Only our units and the system's own: what else is installed here must not speak.
    environment = {"SYSTEMD_UNIT_PATH": f"{directory}:", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units, with a program that exists on this machine in place of ours."""
    for unit in UNITS:
        text = (SHIPPED / unit).read_text(encoding="utf-8")
        (tmp_path / unit).write_text(re.sub("/opt/linli/bin/(linli|python)", "/bin/true", text), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_no_fault_in_the_unit(installed: Path, unit: str) -> None:
    instance = unit.replace("@.", "@yard.")
    (installed / instance).write_bytes((installed / unit).read_bytes())
    done = analyze(installed, "verify", str(installed / instance))
    said = [line for line in done.stderr.splitlines() if "linli" in line]
    assert (done.returncode, said) == (0, [])


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_exposes_little_of_the_machine(installed: Path, unit: str) -> None:
    done = analyze(installed, "security", "--offline=true", str(installed / unit))
    found = re.search(r"Overall exposure level for .*: ([\d.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= MOST_EXPOSED


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_reports_ready_feeds_a_watchdog_and_comes_back_without_limit(unit: str) -> None:
    lines = (SHIPPED / unit).read_text(encoding="utf-8").splitlines()
    assert {"Type=notify", "Restart=always", "StartLimitIntervalSec=0"} <= set(lines)
    assert any(re.fullmatch(r"WatchdogSec=\d+", line) for line in lines)


def test_the_gateway_reaches_its_devices_and_gets_its_key_in_memory() -> None:
    lines = (SHIPPED / "linli-gateway.service").read_text(encoding="utf-8").splitlines()
    assert {"DeviceAllow=char-ttyUSB rw", "DeviceAllow=char-gpiochip rw", "StateDirectory=linli"} <= set(lines)
    assert "LoadCredential=gateway.key:/etc/linli/tls/gateway.key" in lines


def test_the_desk_gets_its_sealing_key_in_memory_and_shares_its_state_with_the_receiver() -> None:
    lines = (SHIPPED / "linli-office.service").read_text(encoding="utf-8").splitlines()
    receiver = (SHIPPED / "linli-receiver.service").read_text(encoding="utf-8").splitlines()
    assert "LoadCredential=desk.sealing-key:/etc/linli/desk.sealing-key" in lines
    assert "StateDirectory=linli-office linli-anchors" in lines
    for shared in ("User=linli-office", "RuntimeDirectory=linli-office", "RuntimeDirectoryPreserve=yes"):
        assert shared in lines
        assert shared in receiver
    example = (SHIPPED.parent / "office" / "office.example.yaml").read_text(encoding="utf-8")
    for line in lines:
        if line.startswith("LoadCredential="):
            assert line.partition(":")[2] in example


def test_every_user_and_group_of_a_unit_is_made() -> None:
    made = re.findall(r"^[ug] (\S+)", (SHIPPED / "sysusers.d" / "linli.conf").read_text(encoding="utf-8"), re.MULTILINE)
    for unit in UNITS:
        text = (SHIPPED / unit).read_text(encoding="utf-8")
        for names in re.findall(r"^(?:User|Group|SupplementaryGroups)=(.*)$", text, re.MULTILINE):
            assert set(names.split()) <= set(made)


def test_the_screen_is_back_before_somebody_has_looked_up_and_reaches_no_network() -> None:
    lines = (SHIPPED / "linli-kiosk.service").read_text(encoding="utf-8").splitlines()
    assert {"RestartSec=200ms", "IPAddressDeny=any", "DeviceAllow=char-drm rw", "MemorySwapMax=0"} <= set(lines)
    families = next(line for line in lines if line.startswith("RestrictAddressFamilies="))
    assert "INET" not in families
