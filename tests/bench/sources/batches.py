"""A gateway that drains for a long time: batches of CloudEvents, straight to the centre's broker over TLS.

    python -m tests.bench.sources.batches --port 8883 --tls DIRECTORY --name gw-flood --rate 20000 --seconds 60

The events are made as they are sent, because a minute of them would not fit into memory; that costs about a tenth of
a core. Not more than `WINDOW` batches are unanswered, so that a broker that cannot keep up is not drowned.
"""

from __future__ import annotations

import argparse
import selectors
import socket
import ssl
import time
from contextlib import suppress
from pathlib import Path

from tests.bench.raw_mqtt import LARGEST_ID, PUBACK, Reader, opened, publish
from tests.office.sending import event

BATCH = 200
WINDOW = 60
DEVICES = 500
ID = "00000000-0000-7000-8000-000000000000"


def batches(name: str, first: int) -> bytes:
    """One batch from sequence `first` on."""
    return b"[" + b",".join(_one(name, n) for n in range(first, first + BATCH)) + b"]"


_TEMPLATES: dict[tuple[str, int], tuple[bytes, bytes, bytes]] = {}


def _one(name: str, n: int) -> bytes:
    parts = _TEMPLATES.get((name, n % DEVICES))
    if parts is None:
        whole = event(0, id=ID, gateway=name, device=f"watch-{n % DEVICES:03d}")
        before, _, rest = whole.partition(ID.encode())
        middle, _, after = rest.rpartition(b"%020d" % 0)
        parts = _TEMPLATES[name, n % DEVICES] = (before, middle, after)
    return b"%b0190a1b2-0000-7000-8000-%012x%b%020d%b" % (parts[0], n, parts[1], n, parts[2])


def connected(port: int, tls: Path, name: str) -> ssl.SSLSocket:
    """A session of that gateway."""
    context = ssl.create_default_context(cafile=str(tls / "ca.crt"))
    context.load_cert_chain(tls / f"{name}.crt", tls / f"{name}.key")
    connection = context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="127.0.0.1")
    opened(connection, name)
    connection.settimeout(0)
    return connection


def run(connection: ssl.SSLSocket, name: str, rate: float, seconds: float) -> int:
    """Send at that rate for so long; how many events were answered."""
    reader, waiting = Reader(), bytearray()
    sent = answered = 0
    topic, began = f"linli/v1/{name}/up/events", time.monotonic()
    selector = selectors.DefaultSelector()
    selector.register(connection, selectors.EVENT_READ | selectors.EVENT_WRITE)
    while (now := time.monotonic() - began) < seconds:
        due = int(now * rate / BATCH)
        if not waiting and sent < due and sent - answered < WINDOW:
            waiting += publish(topic, batches(name, sent * BATCH + 1), sent % LARGEST_ID + 1)
            sent += 1
        selector.modify(connection, selectors.EVENT_READ | (selectors.EVENT_WRITE if waiting else 0))
        selector.select(0 if waiting else 0.002)
        with suppress(ssl.SSLWantWriteError, ssl.SSLWantReadError, BlockingIOError):
            if waiting:
                del waiting[: connection.send(bytes(waiting[:262_144]))]
        with suppress(ssl.SSLWantReadError, BlockingIOError):
            answered += sum(packet.head == PUBACK for packet in reader.feed(connection.recv(65_536)))
    return answered * BATCH


def main() -> None:
    """Flood, then say how many were answered."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sources.batches")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tls", type=Path, required=True)
    parser.add_argument("--name", default="gw-flood")
    parser.add_argument("--rate", type=float, default=20_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    connection = connected(arguments.port, arguments.tls, arguments.name)
    print(run(connection, arguments.name, arguments.rate, arguments.seconds))  # noqa: T201 - what was asked for


if __name__ == "__main__":
    main()
