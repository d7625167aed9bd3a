"""Anything may come in at a port: the gateway lives, holds little, and hears everybody else as before."""

from __future__ import annotations

import os
import random
import resource
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.demo.broker_files import free_ports
from edge.neighbourhood.gt06 import Gt06Device
from edge.neighbourhood.jt808 import Jt808Device
from edge.neighbourhood.watch import WatchDevice
from tests.proof.boxes import Box
from tests.proof.judge import arrivals
from tests.proof.neighbours import Neighbourhood, some
from tests.proof.theatre import Theatre, listens, until

HELD_KB = 64
MB = 1 << 20
ENDLESS_MB = 200
QUICK = """\
profile: quick
title: {zh: 快, en: A tracker that reports every second}
driver: gt06
ports: [tcp]
settings: {}
supervision: {check_in_s: 1}
self_test: {how: {zh: 按, en: press}, expect: sos}
samples:
  - {name: login, origin: built from the wire format, hex: 78780d010861234567890123000120b70d0a, events: []}
"""

Tell = Callable[[str], None]


class Fortress:
    """One gateway with every kind of network port."""

    def __init__(self, theatre: Theatre) -> None:
        kinds = [("gt06", "tcp"), ("jt808", "tcp"), ("watch", "tcp"), ("jt808", "udp"), ("quick", "tcp")]
        numbers = free_ports(len(kinds))
        profiles = theatre.directory / "profiles"
        profiles.mkdir()
        (profiles / "quick.yaml").write_text(QUICK, "utf-8")
        listed = [
            {"name": f"{profile}-{kind}", "kind": kind, "profile": profile, "listen": f"127.0.0.1:{number}"}
            for (profile, kind), number in zip(kinds, numbers, strict=True)
        ]
        self.gt06, self.jt808, self.watch, self.udp, self.quick = numbers
        self.box = Box(theatre, "gw-fortress", config={"ports": listed})
        document = self.box.file.read_text("utf-8").replace('"data":', f'"profiles": "{profiles}", "data":', 1)
        self.box.file.write_text(document, "utf-8")
        self.box.port = self.gt06
        self.box.rise()
        until(lambda: all(listens(port) for port in (self.jt808, self.watch, self.quick)), 10)

    @property
    def tcp(self) -> tuple[int, int, int]:
        """Ports of the three protocols."""
        return self.gt06, self.jt808, self.watch

    def resident_kb(self) -> int:
        """Memory of its own."""
        status = Path(f"/proc/{self.box.program.pid}/status").read_text("utf-8")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])

    def log(self) -> str:
        """All it said."""
        return self.box.program.log.read_text("utf-8", errors="replace")


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as theatre:
        theatre.start_broker()
        theatre.start_receiver()
        yield theatre
    shutil.rmtree(theatre.directory)


@pytest.fixture(scope="module")
def fortress(theatre: Theatre) -> Fortress:
    return Fortress(theatre)


def dial(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 5)


def heard(line: socket.socket, within_s: float) -> bytes:
    """What comes back, until it is quiet for so long or the line ends."""
    line.settimeout(within_s)
    data = b""
    with suppress(OSError):
        while piece := line.recv(65536):
            data += piece
    return data


def ended(line: socket.socket, within_s: float) -> bool:
    """Whether the gateway hangs up."""
    line.settimeout(within_s)
    try:
        while line.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def frames() -> list[bytes]:
    """Something true of every protocol."""
    at = datetime.now(UTC)
    gt06, jt808, watch = Gt06Device("861111111111111"), Jt808Device("13811111111"), WatchDevice("8811111111")
    return [
        gt06.login(),
        gt06.position(at, 31.2, 121.4),
        gt06.alarm("sos", at),
        jt808.authenticate("x"),
        jt808.sos(at, 31.2, 121.4),
        jt808.position(at),
        watch.lk(1, 2, 99),
        watch.al(at, 31.2, 121.4),
    ]


def garbage(dice: random.Random, size: int) -> bytes:
    """Noise, runs of one byte, marks, and true frames that were cut, repeated and bitten."""
    said = bytearray()
    marks = [b"\x78\x78", b"\x79\x79\xff\xff", b"\x7e", b"\xe7", b"[3G*", b"[", b"\r\n", b"\x7d\x01", b"\0" * 9]
    while len(said) < size:
        match dice.randrange(5):
            case 0:
                said += dice.randbytes(dice.randrange(1, 400))
            case 1:
                said += bytes([dice.randrange(256)]) * dice.randrange(1, 3000)
            case 2:
                said += dice.choice(marks) * dice.randrange(1, 60)
            case 3:
                bitten = bytearray(dice.choice(frames()))
                bitten[dice.randrange(2, len(bitten))] ^= 1 << dice.randrange(8)
                said += bitten
            case 4:
                whole = dice.choice(frames())
                said += whole[: dice.randrange(len(whole))]
    return bytes(said[:size])


@pytest.mark.e2e
def test_any_bytes_on_any_port_harm_nobody(theatre: Theatre, fortress: Fortress, tell: Tell) -> None:
    seed = int(os.environ.get("LINLI_SEED") or secrets.randbits(32))
    dice = random.Random(seed)
    neighbours = some(fortress.gt06, fortress.jt808, trackers=2, terminals=2)
    for neighbour in neighbours:
        neighbour.pause_s = 0.05
    thrown = 0
    with Neighbourhood(neighbours) as hood:
        hood.say_more(2)
        for _ in range(150):
            data = garbage(dice, dice.randrange(1, 40_000))
            thrown += len(data)
            with dial(dice.choice(fortress.tcp)) as line, suppress(OSError):
                line.sendall(data)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
                datagram.sendto(data[: dice.randrange(1, 1400)], ("127.0.0.1", fortress.udp))
        hood.say_more(5)
        hood.finish()
    until(lambda: fortress.box.waiting() == 0, 20)
    tell(f"LINLI_SEED={seed}: {thrown} bytes of garbage over 150 lines and as many datagrams")
    assert fortress.box.program.running
    verdict = theatre.verdict(neighbours)
    assert verdict.faults() == (0, 0, 0, 0, 0), verdict
    assert sum(neighbour.dialled for neighbour in neighbours) == len(neighbours), "a neighbour lost its line"
    assert "Traceback" not in fortress.log()


@pytest.mark.e2e
def test_a_wrong_checksum_is_no_event_and_gets_no_positive_answer(theatre: Theatre, fortress: Fortress) -> None:
    at = datetime.now(UTC)
    gt06, jt808 = Gt06Device("862222222222222"), Jt808Device("13822222222")
    for port, login, press in (
        (fortress.gt06, gt06.login(), gt06.alarm("sos", at)),
        (fortress.jt808, jt808.authenticate("x"), jt808.sos(at, 31.2, 121.4)),
    ):
        with dial(port) as line:
            line.sendall(login)
            assert heard(line, 0.3)
            for bit in range(8):
                bitten = bytearray(press)
                bitten[-5 if port == fortress.gt06 else -3] ^= 1 << bit
                line.sendall(bytes(bitten))
            answers = heard(line, 0.5)
        assert not gt06.answered(answers) if port == fortress.gt06 else not positive(jt808, answers)
    until(lambda: fortress.box.waiting() == 0, 10)
    assert arrivals(theatre.office_data, gt06.imei) == arrivals(theatre.office_data, "13822222222") == []


def positive(device: Jt808Device, data: bytes) -> list[object]:
    return [answer for answer in device.answered(data) if answer.msg_id == 0x0200 and answer.result in (0, 4)]


@pytest.mark.e2e
def test_what_has_no_end_is_not_kept(fortress: Fortress, tell: Tell) -> None:
    endless(fortress, ENDLESS_MB, tell)


@pytest.mark.e2e
@pytest.mark.slow
def test_a_gigabyte_that_has_no_end_is_not_kept(fortress: Fortress, tell: Tell) -> None:
    endless(fortress, 1000, tell)


def endless(fortress: Fortress, megabytes: int, tell: Tell) -> None:
    """A frame that never ends on every port at once, and after it a megabyte of nothing but beginnings."""
    fillings = {
        fortress.gt06: (b"\x79\x79\x07\xff", b"\x79\x79\x07\xff", b"\x78\x78\xff\x22"),
        fortress.jt808: (b"\x7e\x02\x00", b"\x01\x02\x7d\x01", b"\x7e\x02\x00"),
        fortress.watch: (b"[3G*8811111111*FFFF*UD,", b"0123,", b"["),
    }
    before = fortress.resident_kb()
    began = time.monotonic()
    most = [before]

    def pour(port: int) -> None:
        start, endless, starts = fillings[port]
        with dial(port) as line:
            line.sendall(start)
            for _ in range(megabytes * MB // 65536 // len(fillings)):
                line.sendall(endless * (65536 // len(endless)))
                most.append(fortress.resident_kb())
            line.sendall(starts * (MB // len(starts)))
            line.shutdown(socket.SHUT_WR)
            ended(line, 60)  # all of it was read
            most.append(fortress.resident_kb())

    threads = [threading.Thread(target=pour, args=(port,)) for port in fillings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    grown = max(most) - before
    took = time.monotonic() - began
    tell(f"{megabytes} MB without an end in {took:.1f} s: {grown} KB more resident")
    assert fortress.box.program.running
    assert grown <= 5 * 1024


@pytest.mark.e2e
def test_two_thousand_connections_hold_little_and_one_more_harms_none(fortress: Fortress, tell: Tell) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    neighbours = some(fortress.jt808, trackers=0) + some(fortress.gt06, trackers=2)
    half = b"\x79\x79\x07\xff" + bytes(range(256)) * 7
    try:
        with Neighbourhood(neighbours) as hood, ExitStack() as lines:
            hood.say_more(2)
            before = fortress.resident_kb()
            crowd = [lines.enter_context(dial(fortress.gt06)) for _ in range(1998)]
            for line in crowd:
                line.sendall(half)
            extra = lines.enter_context(dial(fortress.gt06))
            assert ended(extra, 5), "the 2,001st was taken"
            hood.say_more(5)
            grown = fortress.resident_kb() - before
            tell(f"2,000 connections with half a frame each: {grown} KB, {grown / 2000:.1f} KB each")
            assert grown / 2000 <= HELD_KB
            assert all(neighbour.dialled == 1 for neighbour in neighbours)
            hood.finish()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "connections are open already" in fortress.log()


@pytest.mark.e2e
def test_a_line_that_is_silent_for_three_check_ins_is_closed_and_others_are_not(fortress: Fortress) -> None:
    talker, mute = Gt06Device("863333333333331"), Gt06Device("863333333333332")
    with dial(fortress.quick) as silent, dial(fortress.quick) as logged_in, dial(fortress.quick) as talking:
        logged_in.sendall(mute.login())
        talking.sendall(talker.login())
        closed: dict[str, float] = {}
        began = time.monotonic()

        def wait(name: str, line: socket.socket) -> None:
            if ended(line, 15):
                closed[name] = time.monotonic() - began

        waits = [threading.Thread(target=wait, args=one) for one in (("silent", silent), ("logged in", logged_in))]
        for thread in waits:
            thread.start()
        while any(thread.is_alive() for thread in waits):
            talking.sendall(talker.status())
            time.sleep(0.5)  # as the device does
        assert set(closed) == {"silent", "logged in"}
        assert min(closed.values()) >= 2.9
        heard(talking, 0.2)
        talking.sendall(talker.status())
        assert (0x13, talker.serial) in talker.answered(heard(talking, 0.5)[-10:])


@pytest.mark.e2e
def test_the_newest_login_of_an_id_wins(fortress: Fortress) -> None:
    old, new = Gt06Device("864444444444444"), Gt06Device("864444444444444", serial=500)
    with dial(fortress.gt06) as first, dial(fortress.gt06) as second, dial(fortress.gt06) as stranger:
        first.sendall(old.login())
        assert heard(first, 0.3)
        stranger.sendall(Gt06Device("864444444444445").login())
        second.sendall(new.login())
        assert new.answered(heard(second, 0.3)) == [(0x01, new.serial)]
        assert ended(first, 5)
        assert not ended(stranger, 0.2)
        second.sendall(new.status())
        assert new.answered(heard(second, 0.3)) == [(0x13, new.serial)]


@pytest.mark.e2e
def test_bad_frames_are_noted_with_the_device_s_name_and_not_each(fortress: Fortress) -> None:
    device = Gt06Device("865555555555555")
    bitten = bytearray(device.status())
    bitten[-3] ^= 0xFF
    with dial(fortress.gt06) as line:
        line.sendall(device.login())
        assert heard(line, 0.3)
        for _ in range(500):
            line.sendall(bytes(bitten))
        line.sendall(device.status())
        assert (0x13, device.serial) in device.answered(heard(line, 1.0))
    noted = [text for text in fortress.log().splitlines() if device.imei in text]
    assert 1 <= len(noted) <= 3, noted
    assert "wrong checksum" in noted[0]


@pytest.mark.e2e
def test_a_wrong_configuration_is_told_whole_and_nothing_is_touched(theatre: Theatre, tmp_path: Path) -> None:
    box = Box(theatre, "gw-wrong")
    document = box.file.read_text("utf-8")
    for right, wrong in (('"gw-wrong"', '"GW wrong!"'), ('"gt06"', '"gt07"'), ('"kind": "tcp"', '"kind": "tpc"')):
        assert right in document
        document = document.replace(right, wrong, 1)
    file = tmp_path / "wrong.yaml"
    file.write_text(document[:-1] + ', "storage": {"max_mb": "much"}, "unheard": 1}', "utf-8")
    command = [sys.executable, "-m", "edge.cli", "run", "--config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    said = done.stderr + done.stdout
    assert done.returncode == 2, said
    for mistake in ("GW wrong!", "tpc", "much", "unheard"):
        assert mistake in said, said
    assert not box.data.exists()
