"""What the wire adds, carries and costs on this machine: `python -m tests.net.figures`. Not a test: it loads a core."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from tests.net.net import Host, Net

SEND = """
import socket, sys, time
own, to, port, rate, size, seconds = sys.argv[1:]
gap, end, sent = int(size) * 8 / float(rate), time.monotonic() + float(seconds), 0
plug, due = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), time.monotonic()
plug.bind((own, 0))
while due < end:
    time.sleep(max(0, due - time.monotonic()))
    plug.sendto(bytes(int(size)), (to, int(port)))
    sent, due = sent + 1, due + gap
print(sent)
"""
RECEIVE = """
import socket, sys
plug, got = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0
plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
plug.bind((sys.argv[1], int(sys.argv[2])))
plug.settimeout(2)
print("ready", flush=True)
try:
    while plug.recv(2000):
        got += 1
except TimeoutError:
    print(got)
"""
PORT, SECONDS = 7000, 4.0


def trips(one: Host, other: Host, count: int = 300) -> str:
    """One way of a small datagram."""
    took = []
    with one.socket() as sender, other.socket() as receiver:
        receiver.settimeout(1)
        for _ in range(count):
            start = time.perf_counter()
            sender.sendto(bytes(160), receiver.getsockname())
            receiver.recv(300)
            took.append((time.perf_counter() - start) * 1e3)
            time.sleep(0.002)
    took.sort()
    return f"{took[count // 2]:.2f} ms median, {took[count * 95 // 100]:.2f} ms p95"


def stream(net: Net, one: Host, other: Host, mbit_s: float, size: int) -> str:
    """Datagrams at an even rate."""
    pipe = {"stdout": subprocess.PIPE, "text": True}
    receiver = other.run(sys.executable, "-c", RECEIVE, other.address, str(PORT), **pipe)
    assert receiver.stdout is not None
    receiver.stdout.readline()
    before, start = net.counts()["cpu_s"], time.monotonic()
    words = (one.address, other.address, PORT, mbit_s * 1e6, size, SECONDS)
    sender = one.run(sys.executable, "-c", SEND, *map(str, words), **pipe)
    assert sender.stdout is not None
    sent = int(sender.stdout.readline())
    took, cost = time.monotonic() - start, net.counts()["cpu_s"] - before
    got = int(receiver.stdout.read())
    arrived = f"{got * size * 8 / SECONDS / 1e6:.1f} Mbit/s, {got / max(1, sent):.1%} of {sent} arrived"
    return f"{arrived}, {cost / took:.1%} of a core"


def main() -> None:
    """Print them."""
    print(f"load of this machine: {os.getloadavg()[0]:.1f}")  # noqa: T201
    with Net() as net:
        one, other = net.host("one"), net.host("other")
        print(f"added, one way: {trips(one, other)}")  # noqa: T201
        one.bad(delay_s=0.05)
        print(f"50 ms asked:    {trips(one, other)}")  # noqa: T201
        one.good()
        for mbit_s, size in ((2, 1200), (5, 1200), (20, 1200), (100, 1400)):
            print(f"{mbit_s:4} Mbit/s: {stream(net, one, other, mbit_s, size)}")  # noqa: T201


if __name__ == "__main__":
    main()
