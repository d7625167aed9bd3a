"""The test network itself: what a test that uses it may rely on."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.net.namespace import NAMED, own_namespace
from tests.net.net import Host, Net

PATIENCE_S = 10.0


@pytest.fixture
def net() -> Iterator[Net]:
    with Net() as made:
        yield made


def heard(sender: socket.socket, receiver: socket.socket, count: int = 1, size: int = 100) -> list[float]:
    """Seconds each datagram took; those that did not come within half a second after the last are missing."""
    receiver.settimeout(0.5)
    for _ in range(count):
        sender.sendto(time.monotonic().hex().encode().ljust(size), receiver.getsockname())
    took = []
    try:
        for _ in range(count):
            data = receiver.recv(2000)
            took.append(time.monotonic() - float.fromhex(data.decode().strip()))
    except TimeoutError:
        pass
    return took


def least(sender: socket.socket, receiver: socket.socket, enough_s: float) -> float:
    """The shortest time of many tries: what is above it is how busy this machine is."""
    took = [PATIENCE_S]
    for _ in range(50):
        took += heard(sender, receiver)
        if min(took) < enough_s:
            break
    return min(took)


@pytest.fixture
def pair(net: Net) -> Iterator[tuple[Host, Host, socket.socket, socket.socket]]:
    kiosk, office = net.host("kiosk"), net.host("office")
    with kiosk.socket() as one, office.socket() as other:
        yield kiosk, office, one, other


Pair = tuple[Host, Host, socket.socket, socket.socket]


def test_datagrams_pass_and_show_who_sent_them(pair: Pair) -> None:
    kiosk, _, one, other = pair
    one.sendto(b"hello", other.getsockname())
    other.settimeout(PATIENCE_S)
    assert other.recvfrom(100) == (b"hello", (kiosk.address, one.getsockname()[1]))


def test_ipv6_passes_too(net: Net) -> None:
    kiosk, office = net.host("kiosk"), net.host("office")
    with kiosk.socket(address=kiosk.addresses[1]) as one, office.socket(address=office.addresses[1]) as other:
        assert len(heard(one, other)) == 1


def test_hosts_of_foreign_ranges_reach_each_other(net: Net) -> None:
    kiosk, office = net.host("kiosk", "44.1.2.3"), net.host("office", "100.64.0.9")
    with kiosk.socket() as one, office.socket() as other:
        assert len(heard(one, other)) == 1


def test_a_program_runs_in_its_host_under_its_own_process_id(net: Net) -> None:
    host = net.host("kiosk")
    program = host.run(sys.executable, "-c", "import os; print(os.getpid())", stdout=subprocess.PIPE, text=True)
    said, _ = program.communicate(timeout=PATIENCE_S)
    assert int(said) == program.pid


def test_a_function_called_inside_leaves_the_caller_where_it_was(net: Net) -> None:
    host = net.host("kiosk")
    before = own_namespace().readlink()
    assert host.call(lambda: own_namespace().readlink()) != before
    assert own_namespace().readlink() == before
    with pytest.raises(ZeroDivisionError):
        host.call(lambda: 1 // 0)


def test_what_a_host_does_on_loopback_stays_its_own(net: Net) -> None:
    kiosk, office = net.host("kiosk"), net.host("office")
    with kiosk.socket(address="127.0.0.1") as one, office.socket(address="127.0.0.1", port=one.getsockname()[1]):
        pass


def test_tcp_carries_much_through_a_bad_line_without_a_wrong_byte(net: Net) -> None:
    kiosk, office = net.host("kiosk"), net.host("office")
    kiosk.bad(delay_s=0.005, jitter_s=0.002, loss=0.01, rate_bit_s=50e6)
    sent = os.urandom(500_000)

    async def serve(listener: socket.socket) -> bytes:
        got: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            got.set_result(await reader.read())
            writer.close()

        async with await asyncio.start_server(take, sock=listener):
            plug = kiosk.socket(socket.SOCK_STREAM)
            plug.settimeout(0)
            await asyncio.get_running_loop().sock_connect(plug, listener.getsockname())
            _, writer = await asyncio.open_connection(sock=plug)
            writer.write(sent)
            writer.write_eof()
            whole = await asyncio.wait_for(got, 30)
            writer.close()
            return whole

    assert asyncio.run(serve(office.socket(socket.SOCK_STREAM))) == sent


def test_delay_is_that_of_the_senders_way_up_plus_that_of_the_receivers_way_down(pair: Pair) -> None:
    kiosk, office, one, other = pair
    kiosk.bad(down=False, delay_s=0.03)
    office.bad(up=False, delay_s=0.05)
    assert 0.08 <= least(one, other, 0.09) < 0.09
    assert least(other, one, 0.01) < 0.01


def test_loss_takes_its_share(net: Net, pair: Pair) -> None:
    kiosk, _, one, other = pair
    kiosk.bad(down=False, loss=0.3)
    assert 40 <= len(heard(one, other, 100)) <= 95
    assert len(heard(other, one, 100)) == 100
    assert net.counts()["lost"] > 0


def test_a_rate_makes_a_burst_wait(pair: Pair) -> None:
    kiosk, _, one, other = pair
    kiosk.bad(rate_bit_s=1e6, queue_s=1.0)
    assert max(heard(one, other, 20, size=1222)) == pytest.approx(0.2, abs=0.05)


def test_a_pulled_line_is_silent_also_for_what_is_under_way_and_works_after_it_is_back(pair: Pair) -> None:
    kiosk, _, one, other = pair
    kiosk.bad(delay_s=0.2)
    one.sendto(b"under way", other.getsockname())
    kiosk.pull()
    assert heard(one, other) == heard(other, one) == []
    kiosk.plug()
    assert len(heard(one, other)) == 1


def test_after_a_move_the_new_address_is_reached_and_the_old_one_is_nobodys(pair: Pair) -> None:
    kiosk, _, one, other = pair
    was = one.getsockname()
    kiosk.move("10.77.9.9", "fd77::99")
    other.settimeout(0.3)
    other.sendto(b"to nobody", was)
    with pytest.raises(OSError, match=r"unreachable|Invalid"):
        one.sendto(b"from nobody", other.getsockname())
    with kiosk.socket() as fresh:
        assert fresh.getsockname()[0] == "10.77.9.9"
        assert len(heard(fresh, other)) == len(heard(other, fresh)) == 1


def test_a_host_may_be_without_address_for_a_while(pair: Pair) -> None:
    kiosk, _, _, other = pair
    kiosk.move()
    kiosk.move("10.77.9.9")
    with kiosk.socket() as fresh:
        assert len(heard(fresh, other)) == 1


def test_two_hosts_are_severed_while_a_third_reaches_both(net: Net, pair: Pair) -> None:
    kiosk, office, one, other = pair
    relay = net.host("relay")
    net.sever(kiosk, office)
    with relay.socket() as third:
        assert heard(one, other) == []
        assert len(heard(one, third)) == len(heard(third, other)) == 1
    net.join(kiosk, office)
    assert len(heard(one, other)) == 1


def test_a_wall_for_udp_lets_tcp_through(net: Net, pair: Pair) -> None:
    kiosk, office, one, other = pair
    net.sever(kiosk, office, "udp")
    with office.socket(socket.SOCK_STREAM) as listener, kiosk.socket(socket.SOCK_STREAM) as plug:
        listener.listen()
        plug.settimeout(PATIENCE_S)
        plug.connect(listener.getsockname())
    assert heard(one, other) == []


def test_a_port_nobody_has_is_refused_and_not_silent(net: Net) -> None:
    kiosk, office = net.host("kiosk"), net.host("office")
    with kiosk.socket(socket.SOCK_STREAM) as plug:
        plug.settimeout(PATIENCE_S)
        with pytest.raises(ConnectionRefusedError):
            plug.connect((office.address, 9))


def test_two_nets_at_once_know_nothing_of_each_other(net: Net) -> None:
    with Net() as second:
        first_host, second_host = net.host("kiosk"), second.host("kiosk")
        assert first_host.address == second_host.address
        assert first_host.namespace != second_host.namespace


def test_leaving_ends_programs_and_removes_every_namespace() -> None:
    with Net() as net:
        host = net.host("kiosk")
        program = host.run("sleep", "infinity")
        wire = net.wire_pid
    assert program.poll() is not None
    assert not Path(f"/proc/{wire}").exists()
    assert not (NAMED / host.namespace).exists()


CRASHING = """
import sys, time
from tests.net.net import Net
net = Net().__enter__()
print(net.host("kiosk").namespace, net.wire_pid, flush=True)
time.sleep(600)
"""


def crashed(*, with_its_wire: bool) -> str:
    """The namespace of a test process that was killed."""
    root = Path(__file__).parent.parent.parent
    with subprocess.Popen([sys.executable, "-c", CRASHING], cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        namespace, wire = process.stdout.readline().split()
        if with_its_wire:
            os.kill(int(wire), signal.SIGKILL)
        process.kill()
    return namespace


def test_a_killed_test_process_leaves_nothing_behind() -> None:
    path = NAMED / crashed(with_its_wire=False)
    deadline = time.monotonic() + PATIENCE_S
    while path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_even_the_wire_could_not_remove_goes_with_the_next_start_and_nothing_of_the_living() -> None:
    with Net() as living:
        kept = living.host("kiosk").namespace
        stale = crashed(with_its_wire=True)
        with Net():
            assert not (NAMED / stale).exists()
            assert (NAMED / kept).exists()
