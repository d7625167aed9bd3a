"""GT06 trackers that send positions, each over a connection of its own.

    python -m tests.bench.sources.trackers --port 5023 --count 100000 [--connections 200]

A tracker has at most sixteen positions unanswered: what it would send from its memory after a tunnel.
"""

from __future__ import annotations

import argparse
import socket
from datetime import UTC, datetime, timedelta

from edge.neighbourhood.gt06 import Gt06Device
from tests.bench.devices import TRACKERS, imei
from tests.bench.sources.speaker import Speaker, flood

ANSWER_BYTES = 10
WINDOW = 16
SECOND = timedelta(seconds=1)
PLACE = (31.2304, 121.4737)


def main() -> None:
    """Log in, say everything, end."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sources.trackers")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--connections", type=int, default=TRACKERS)
    args = parser.parse_args()
    began, share = datetime.now(UTC), args.count // args.connections
    speakers = []
    for number in range(args.connections):
        device = Gt06Device(imei(number))
        login = device.login()
        said = [device.position(began + SECOND * n, *PLACE, 5, 80) for n in range(share)]
        connection = socket.create_connection(("127.0.0.1", args.port), timeout=10)
        connection.sendall(login)
        connection.recv(ANSWER_BYTES)
        speakers.append(Speaker(connection, said, ANSWER_BYTES, WINDOW))
    flood(speakers)


if __name__ == "__main__":
    main()
