"""The shipped relay serves who holds a credential of the desk, for as long as that lasts, and reaches nothing inside.

kiosk 10.77.1.2, office 10.77.1.3: opened with `allowed-peer-ip`, as an intranet would
relay 10.77.1.4: its own address is opened too
inside 10.99.0.1 and other special ranges: refused      outside 44.1.2.3: any public address
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from aioice import stun, turn

from edge.call.turn_probe import Server
from edge.demo.authority import Authority
from office.turn import credentials, ice
from sync.contract.call_signals import IceServer
from tests.net.net import Host, Net
from tests.net.turn import SECRET, SHIPPED, Coturn

CALL = "k3v9q0x2m7t5w8z1"
PATIENCE_S = 10.0
LISTED = ("listing: ", "to use: ")
"""Lines in which the log repeats its configuration."""
SPECIAL = (
    "10.99.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.251",
)

SPECIAL_SIX = ("::1", "::", "::ffff:10.0.0.1", "64:ff9b::a00:1", "100::1", "2001::1", "2001:db8::1", "2002:a00:1::1")
LOCAL_SIX = ("fd00::1", "fe80::1", "ff02::1")


@dataclass(frozen=True)
class Place:
    kiosk: Host
    office: Host
    relay: Host
    coturn: Coturn


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    directory = tmp_path_factory.mktemp("relay")
    with Net() as net:
        kiosk, office = net.host("kiosk", "10.77.1.2"), net.host("office", "10.77.1.3")
        relay = net.host("relay", "10.77.1.4")
        opened = ("10.77.1.2-10.77.1.3",)
        with Coturn(directory, Authority(directory / "ca"), relay, peers=opened) as coturn:
            for number, address in enumerate(("10.99.0.1", "44.1.2.3")):
                net.host(f"peer{number}", address)
            yield Place(kiosk, office, relay, coturn)


class Ear(asyncio.DatagramProtocol):
    """Keeps what it hears; `echo` sends it back."""

    def __init__(self, *, echo: bool = False) -> None:
        self._echo = echo
        self.heard: asyncio.Queue[tuple[bytes, tuple[str, int]]] = asyncio.Queue()
        self.failed: asyncio.Queue[Exception] = asyncio.Queue()
        self._over = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard.put_nowait((data, addr))
        if self._echo:
            self.transport.sendto(data[::-1], addr)

    def error_received(self, exc: Exception) -> None:
        self.failed.put_nowait(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._over.set()

    async def end(self) -> None:
        """Give the allocation back, and wait until that is over."""
        self.transport.close()
        await self._over.wait()


def until(held: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not held():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def granted(place: Place, call: str = CALL) -> IceServer:
    (server,) = ice(place.coturn.calls, call, time.time())
    return server


async def allocated(place: Place, url: str, server: IceServer) -> tuple[turn.TurnTransport, Ear]:
    at = Server.of(url)
    assert at is not None
    tls = place.coturn.trust if at.scheme == "turns" else None
    return await turn.create_turn_endpoint(
        Ear, (at.host, at.port), server.username, server.credential, ssl=tls, transport="udp" if at.udp else "tcp"
    )


def at_kiosk(place: Place, work: Callable[[], Awaitable[None]]) -> None:
    """Run it there."""

    async def bounded() -> None:
        await asyncio.wait_for(work(), PATIENCE_S)

    place.kiosk.call(asyncio.run, bounded())


def test_the_shipped_configuration_is_understood_whole(place: Place) -> None:
    until(lambda: "Total General servers" in place.coturn.log.read_text(encoding="utf-8"))
    log = place.coturn.log.read_text(encoding="utf-8")
    assert not re.findall(r".*(?:ERROR|WARNING|Bad conf|[Uu]nknown|unrecognized).*", log)
    denied = (SHIPPED / "turnserver.conf").read_text(encoding="utf-8").count("\ndenied-peer-ip=")
    assert log.count("Black listing") == denied


@pytest.mark.parametrize("way", [0, 1, 2], ids=["udp", "tcp", "tls"])
def test_with_a_credential_of_the_desk_a_datagram_goes_through_and_an_answer_comes_back(place: Place, way: int) -> None:
    peer = place.office.socket()
    server = granted(place)

    async def work() -> None:
        loop = asyncio.get_running_loop()
        echo, _ = await loop.create_datagram_endpoint(lambda: Ear(echo=True), sock=peer)
        transport, ear = await allocated(place, server.urls[way], server)
        assert transport.get_extra_info("sockname")[0] == place.relay.address
        transport.sendto(b"abc", echo.get_extra_info("sockname"))
        assert (await ear.heard.get())[0] == b"cba"
        await ear.end()
        echo.close()

    at_kiosk(place, work)


def test_two_ends_that_both_go_through_the_relay_reach_each_other(place: Place) -> None:
    server = granted(place)

    async def work() -> None:
        (one, ear), (other, far) = [await allocated(place, server.urls[0], server) for _ in range(2)]
        for _ in range(2):  # the first may find the door still shut: each end opens it for the other
            one.sendto(b"hello", other.get_extra_info("sockname"))
            other.sendto(b"hello", one.get_extra_info("sockname"))
            await asyncio.sleep(0.1)
        assert (await ear.heard.get())[0] == (await far.heard.get())[0] == b"hello"
        await ear.end()
        await far.end()

    at_kiosk(place, work)


def test_a_public_address_is_reached(place: Place) -> None:
    server = granted(place)

    async def work() -> None:
        transport, ear = await allocated(place, server.urls[0], server)
        transport.sendto(b"abc", ("44.1.2.3", 40000))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ear.failed.get(), 0.3)
        await ear.end()

    at_kiosk(place, work)


@pytest.mark.parametrize("address", SPECIAL)
def test_a_special_address_is_refused(place: Place, address: str) -> None:
    server = granted(place)

    async def work() -> None:
        transport, ear = await allocated(place, server.urls[0], server)
        transport.sendto(b"abc", (address, 53))
        error = await ear.failed.get()
        assert isinstance(error, stun.TransactionFailed)
        assert error.response.error_code == 403
        await ear.end()

    at_kiosk(place, work)


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The same in IPv6. It relays in the family it is spoken to, so that every test client can ask it."""
    directory = tmp_path_factory.mktemp("six")
    with Net() as net:
        kiosk, office = net.host("kiosk", "2a00:1::2"), net.host("office", "2a00:1::3")
        relay = net.host("relay", "2a00:1::4")
        extra = "allocation-default-address-family=keep\n"
        with Coturn(directory, Authority(directory / "ca"), relay, extra=extra) as coturn:
            yield Place(kiosk, office, relay, coturn)


@pytest.mark.parametrize("address", ["2a00:1::3", *SPECIAL_SIX, *LOCAL_SIX])
def test_in_ipv6_a_special_address_is_refused_and_a_public_one_is_not(six: Place, address: str) -> None:
    server = granted(six)

    async def work() -> None:
        at = (six.relay.address, six.coturn.port)
        transport, ear = await turn.create_turn_endpoint(Ear, at, server.username, server.credential)
        transport.sendto(b"abc", (address, 53))
        if address != "2a00:1::3":
            error = await ear.failed.get()
            assert isinstance(error, stun.TransactionFailed)
            assert error.response.error_code == 403
        else:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(ear.failed.get(), 0.3)
        await ear.end()

    at_kiosk(six, work)


@pytest.mark.parametrize("fault", ["another secret", "over", "another call's", "none"])
def test_without_a_valid_credential_there_is_no_relay(place: Place, fault: str) -> None:
    good = granted(place)
    over = credentials(SECRET, CALL, time.time() - 3600, 3599)
    foreign = credentials(SECRET[::-1], CALL, time.time(), 60)
    server = {
        "another secret": IceServer(good.urls, *foreign),
        "over": IceServer(good.urls, *over),
        "another call's": IceServer(good.urls, good.username, granted(place, CALL[::-1]).credential),
        "none": IceServer(good.urls, "", ""),
    }[fault]

    async def work() -> None:
        with pytest.raises(stun.TransactionFailed) as raised:
            await allocated(place, server.urls[0], server)
        assert raised.value.response.error_code == 401

    at_kiosk(place, work)


def test_one_call_cannot_take_the_relay_from_the_others(place: Place) -> None:
    greedy, modest = granted(place, "greedy0000000000"), granted(place, "modest0000000000")

    async def work() -> None:
        held = [await allocated(place, greedy.urls[0], greedy) for _ in range(24)]
        with pytest.raises(stun.TransactionFailed) as raised:
            await allocated(place, greedy.urls[0], greedy)
        assert raised.value.response.error_code == 486
        held.append(await allocated(place, modest.urls[0], modest))
        await asyncio.gather(*(ear.end() for _, ear in held))

    at_kiosk(place, work)


def test_the_log_tells_of_refusals_and_has_no_address_of_anybody(place: Place) -> None:
    test_with_a_credential_of_the_desk_a_datagram_goes_through_and_an_answer_comes_back(place, 0)
    test_a_special_address_is_refused(place, "192.168.1.1")
    until(lambda: "denied" in place.coturn.log.read_text(encoding="utf-8"))
    log = place.coturn.log.read_text(encoding="utf-8")
    told = [line for line in log.splitlines() if not any(one in line for one in LISTED)]
    assert not [line for line in told if re.search(r"[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+", line)]


def test_no_answer_names_software_or_version(place: Place) -> None:
    asked: list[bytes] = []
    with place.kiosk.socket() as plug:
        plug.settimeout(PATIENCE_S)
        for method in (stun.Method.BINDING, stun.Method.ALLOCATE):
            request = stun.Message(method, stun.Class.REQUEST)
            plug.sendto(bytes(request), (place.relay.address, place.coturn.port))
            asked.append(plug.recv(2000))
    assert not [answer for answer in asked if b"oturn" in answer or b"4." in answer]


def test_nothing_listens_but_the_relay(place: Place) -> None:
    listed = subprocess.run([*place.relay.prefix, "ss", "-Hltnu"], capture_output=True, text=True, check=True).stdout
    ports = {int(line.split()[4].rpartition(":")[2]) for line in listed.splitlines()}
    relayed = set(range(49152, 50176))  # of allocations that are not over yet
    assert ports - relayed == {place.coturn.port, place.coturn.tls_port}


def installed(directory: Path) -> Path:
    """Debian's unit and our drop-in, as systemd reads them."""
    unit = "[Unit]\nDescription=x\n[Service]\nType=notify\nUser=turnserver\nGroup=turnserver\n"
    (directory / "coturn.service").write_text(
        f"{unit}ExecStart=/usr/bin/turnserver -c /etc/turnserver.conf --pidfile=\n", encoding="utf-8"
    )
    (directory / "coturn.service.d").mkdir()
    (directory / "coturn.service.d" / "linli.conf").write_bytes((SHIPPED / "linli.conf").read_bytes())
    return directory / "coturn.service"


def test_systemd_finds_no_fault_in_the_drop_in_and_little_exposed(tmp_path: Path) -> None:
    environment = {"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    unit = installed(tmp_path)
    for what in (["verify"], ["security", "--offline=true"]):
        command = ["systemd-analyze", "--man=no", *what, str(unit)]
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        assert (done.returncode, [line for line in done.stderr.splitlines() if "coturn" in line]) == (0, [])
    found = re.search(r"Overall exposure level for .*: ([\d.]+)", done.stdout)
    assert found
    assert float(found[1]) <= 2.5


def test_the_secret_is_put_into_the_configuration_in_memory_and_into_no_command_line(tmp_path: Path) -> None:
    lines = (SHIPPED / "linli.conf").read_text(encoding="utf-8").splitlines()
    (before,) = [line.removeprefix("ExecStartPre=") for line in lines if line.startswith("ExecStartPre=")]
    found = re.fullmatch(r"/bin/sh -ec '(.*)'", before)
    assert found
    (tmp_path / "turn.secret").write_text(f"{SECRET}\n", encoding="ascii")
    script = found[1].replace("/etc/linli/", f"{SHIPPED}/").replace("/run/linli-turn/", f"{tmp_path}/")
    subprocess.run(["sh", "-ec", script], env={"CREDENTIALS_DIRECTORY": str(tmp_path)}, check=True)
    made = (tmp_path / "turnserver.conf").read_text(encoding="utf-8")
    assert made == (SHIPPED / "turnserver.conf").read_text(encoding="utf-8") + f"static-auth-secret={SECRET}\n"
    assert not [line for line in lines if "static-auth-secret=" in line and line != f"ExecStartPre={before}"]


def test_the_desk_and_the_relay_get_the_same_file() -> None:
    handed = [
        line
        for name in ("linli.conf", "desk.conf")
        for line in (SHIPPED / name).read_text(encoding="utf-8").splitlines()
        if line.startswith("LoadCredential=turn.secret")
    ]
    assert handed == ["LoadCredential=turn.secret:/etc/linli/turn.secret"] * 2
