from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from drivers.ports.mockpins import Client, MockPins, MockPinsError, Order

BOUND_S = 40.0


def keep(path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "drivers.ports.mockpins", "--socket", str(path)])


def end(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> int:
    process.send_signal(number)
    return process.wait(BOUND_S)


def until(condition: Callable[[], bool]) -> None:
    give_up_s = monotonic() + BOUND_S
    while not condition():
        assert monotonic() < give_up_s
        sleep(0.002)


@pytest.fixture
def path(short_tmp: Path) -> Path:
    return short_tmp / "pins"


@pytest.fixture
def keeper(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = keep(path)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def pins(keeper: subprocess.Popen[bytes], path: Path) -> Iterator[MockPins]:
    assert keeper.poll() is None
    with MockPins(path, wait_s=BOUND_S) as client:
        yield client


def test_levels_outlive_whoever_set_them(pins: MockPins, path: Path) -> None:
    with MockPins(path) as other:
        other.set(17, 0)
        other.set_ratio(2, 0.5)
        other.set_ratio(2, 0.25, device=1)
    whole = pins.read()
    assert (whole.levels, whole.ratios) == ({17: 0}, {2: 0.5, 10: 0.25})


def test_a_press_returns_to_what_was_before_even_if_its_client_is_gone(pins: MockPins, path: Path) -> None:
    pins.set(17, 1)
    with MockPins(path) as other:
        pressed_s = other.press(17, 50)
    assert pins.read().levels[17] == 0
    until(lambda: pins.read().levels[17] == 1)
    assert pins.read().at - pressed_s >= 0.045


def test_presses_that_overlap_still_end_where_the_first_one_began(pins: MockPins) -> None:
    pins.set(17, 1)
    for _ in range(3):
        pins.press(17, 60)
    until(lambda: pins.read().levels[17] == 1)


def test_a_watcher_gets_the_whole_state_and_then_every_change_with_its_time(pins: MockPins, path: Path) -> None:
    pins.set(17, 1)
    watcher = Client(path)
    watcher.send(Order("watch"))
    assert b'"levels":{"17":1}' in watcher.line()
    at_s = pins.set(17, 0)
    pins.set(17, 0)
    pins.set_ratio(0, 2.0)
    first, second = watcher.line(), watcher.line()
    watcher.close()
    assert b'"what":"level","pin":17,"value":0' in first
    assert b'"what":"ratio","pin":0,"value":1' in second
    assert abs(float(first.split(b'"at":')[1].strip(b"}\n")) - at_s) < 0.05


def test_a_bad_order_is_refused_with_the_reason_and_the_next_one_is_obeyed(pins: MockPins) -> None:
    with pytest.raises(MockPinsError, match="pin 999"):
        pins.set(999, 0)
    pins.set(17, 0)
    assert pins.read().levels[17] == 0


def test_noise_ends_only_the_client_that_sent_it(pins: MockPins, path: Path) -> None:
    for noise in (b"\xff\x00\n", b"[" * 10_000, b"{}\n"):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(noise)
    pins.set(17, 0)
    assert pins.read().levels == {17: 0}


def test_an_end_by_signal_leaves_no_socket(keeper: subprocess.Popen[bytes], pins: MockPins, path: Path) -> None:
    assert pins.read().levels == {}
    assert end(keeper) == 0
    assert not path.exists()


def test_a_socket_left_behind_by_a_kill_is_replaced(
    keeper: subprocess.Popen[bytes], pins: MockPins, path: Path
) -> None:
    assert pins.read().levels == {}
    end(keeper, signal.SIGKILL)
    assert path.exists()
    second = keep(path)
    with MockPins(path, wait_s=BOUND_S) as client:
        assert client.read().levels == {}
    end(second)


def test_a_second_keeper_refuses_and_does_no_harm(
    pins: MockPins, path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pins.set(17, 0)
    assert keep(path).wait(BOUND_S) == 1
    assert "served by another program" in capfd.readouterr().err
    assert pins.read().levels == {17: 0}


def test_a_path_longer_than_a_socket_name_is_reached(short_tmp: Path) -> None:
    folder = short_tmp / ("x" * 100) / ("y" * 100)
    folder.mkdir(parents=True)
    process = keep(folder / "pins")
    with MockPins(folder / "pins", wait_s=BOUND_S) as client:
        client.set(4, 0)
        assert client.read().levels == {4: 0}
    end(process)
    assert not (folder / "pins").exists()


def test_a_file_that_is_no_socket_is_left_alone(short_tmp: Path) -> None:
    path = short_tmp / "pins"
    path.write_text("mine")
    assert keep(path).wait(BOUND_S) == 1
    assert path.read_text() == "mine"


def test_nobody_there_is_said_in_words(path: Path) -> None:
    with pytest.raises(MockPinsError, match="nobody keeps the mock pins at"):
        MockPins(path, wait_s=0)
