"""`linli simulate` into the ports of a gateway that runs as a program."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.demo.broker_files import free_ports
from edge.demo.stage import Program, Stage
from tests.broker import Mosquitto
from tests.cli.linli import linli

pytestmark = pytest.mark.e2e


class Box:
    """A gateway with a port of every kind; no centre."""

    def __init__(self, stage: Stage, tcp: int, radio: Path, pins: Path, house: int) -> None:
        self.stage, self.tcp, self.radio, self.pins, self.house = stage, tcp, radio, pins, house

    def simulate(self, *words: str | Path, code: int = 0) -> Any:
        done = linli("simulate", *words, "--json", "--config", self.stage.gateway_file)
        assert done.returncode == code, (done.stdout, done.stderr)
        return json.loads(done.stdout)

    def ask(self, *words: str | Path) -> Any:
        return json.loads(linli(*words, "--json", "--config", self.stage.gateway_file).stdout)

    def until(self, true: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + 60
        while not true():
            assert time.monotonic() < deadline, f"not in time: {what}\n{self.stage.gateway.tail()}"
            time.sleep(0.1)

    def causes(self) -> list[str]:
        return [alarm["cause"] for alarm in self.ask("alarms", "list")["alarms"]]


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    folder = tmp_path_factory.mktemp("s")
    tcp, watch = free_ports(2)
    radio, pins = folder / "radio", folder / "pins.sock"
    keeper = Program(
        "pins", [sys.executable, "-m", "drivers.ports.mockpins", "--socket", str(pins)], folder / "pins.log"
    )
    with Mosquitto(folder) as broker:
        ports: list[dict[str, Any]] = [
            {"name": "trackers", "kind": "tcp", "profile": "gt06", "listen": f"127.0.0.1:{tcp}"},
            {"name": "watches", "kind": "tcp", "profile": "watch", "listen": f"127.0.0.1:{watch}"},
            {"name": "radio", "kind": "serial", "profile": "rf433-fd", "path": str(radio)},
            {
                "name": "zigbee",
                "kind": "mqtt",
                "profile": "z2m-sos-button",
                "topics": ["zigbee2mqtt/#"],
                "broker": {"host": "127.0.0.1", "port": broker.port},
            },
            {
                "name": "hall",
                "kind": "gpio",
                "mock": str(pins),
                "pins": [{"line": "button", "pin": 17, "profile": "gpio-button"}],
            },
        ]
        keeper.start()
        with Stage(folder, ports) as stage:
            stage.start_gateway()
            yield Box(stage, tcp, radio, pins, broker.port)
        keeper.stop()


def test_a_tracker_over_tcp_is_answered(box: Box) -> None:
    said = box.simulate("gt06", f"tcp://127.0.0.1:{box.tcp}", "--sample", "SOS")

    assert said["missing"] == 0
    assert said["played"][0]["answer_hex"].startswith("7878")
    assert "sos" in box.causes()


def test_all_samples_many_times_over(box: Box) -> None:
    said = box.simulate("gt06", f"tcp://127.0.0.1:{box.tcp}", "--sample", "status", "--times", "3")

    assert [one["missing"] for one in said["played"]] == [False] * 3


def test_a_pendant_through_a_pseudo_terminal_is_heard(box: Box) -> None:
    box.simulate("rf433-pendant", f"serial:{box.radio}", "--wait", "1")

    box.until(lambda: "123458" in [one["address"] for one in box.ask("devices", "unknown")["unknown"]], "code")


def test_a_pin_is_pressed_in_real_time(box: Box) -> None:
    before = len(box.causes())
    names = [one["name"] for one in box.simulate("gpio-button", "--list") if "sos" in one["events"]]

    box.simulate("gpio-button", f"gpio:{box.pins}", "--sample", names[0], "--pin", "17")

    box.until(lambda: len(box.causes()) > before, "alarm of the button")


def test_a_zigbee_message_goes_through_the_broker_of_the_house(box: Box) -> None:
    said = box.simulate("z2m-sos-button", f"mqtt://127.0.0.1:{box.house}")

    assert said["played"]
    box.until(lambda: len(box.ask("devices", "unknown")["unknown"]) >= 2, "button")


def test_a_neighbourhood_lives_and_is_answered(box: Box) -> None:
    said = box.simulate("--neighbourhood", "--devices", "2", "--seconds", "2", "--every", "0.2", "--sos", "2")

    assert (said["devices"], said["missing"], said["sos"]) == (4, 0, 2)
    assert said["said"] > 10


def test_a_port_nobody_listens_at_is_two(box: Box) -> None:
    (closed,) = free_ports(1)
    for words in (["gt06", f"tcp://127.0.0.1:{closed}"], ["gt06", "carrier:pigeon"], ["gt06"], []):
        assert linli("simulate", *words, "--config", box.stage.gateway_file).returncode == 2


def test_what_is_not_answered_is_one(box: Box, tmp_path: Path) -> None:
    profile = tmp_path / "mute.yaml"
    text = (Path(__file__).parents[2] / "firmware_profiles" / "gt06.yaml").read_text("utf-8")
    profile.write_text(text.replace("profile: gt06", "profile: mute").replace("7878", "7879"), "utf-8")

    said = box.simulate(
        "mute", f"tcp://127.0.0.1:{box.tcp}", "--profiles", tmp_path, "--sample", "status", "--wait", "0.3", code=1
    )

    assert said["missing"] == 1
