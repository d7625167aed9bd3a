"""zigbee2mqtt with fifty doors: what it publishes, said to a broker of the house.

    python -m tests.bench.sources.doors --port 1883 --count 100000 [--rate 3000] [--connections 200]

The message is that of `edge.neighbourhood.zigbee` with `last_seen` switched on, as docs and profile ask for.
"""

from __future__ import annotations

import argparse
import socket
from datetime import UTC, datetime, timedelta

from edge.neighbourhood.zigbee import Network
from tests.bench.devices import DOORS
from tests.bench.raw_mqtt import LARGEST_ID, PUBACK_BYTES, opened, publish
from tests.bench.sources.speaker import Speaker, flood, pace

WINDOW = 1000
STEP = timedelta(milliseconds=1)


def frames(count: int, first: int = 0) -> list[bytes]:
    """Doors that open and close in turn; no two messages are equal."""
    network, now = Network(), datetime.now(UTC)
    made = []
    for n in range(first, first + count):
        door, closed = DOORS[n % len(DOORS)], bool(n // len(DOORS) & 1)
        message = network.contact(door, closed=closed, at=now + STEP * n)
        made.append(publish(message.topic, message.payload, (n - first) % LARGEST_ID + 1))
    return made


def main() -> None:
    """Say everything, then end."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sources.doors")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--rate", type=float, default=0.0, help="messages a second; 0: as fast as they are confirmed")
    parser.add_argument("--connections", type=int, default=1)
    args = parser.parse_args()
    share = args.count // args.connections
    speakers = []
    for number in range(args.connections):
        said = frames(share, number * share)
        connection = opened(socket.create_connection(("127.0.0.1", args.port)), f"doors-{number}")
        speakers.append(Speaker(connection, said, PUBACK_BYTES, max(8, WINDOW // args.connections)))
    if args.rate:
        pace(speakers[0], args.rate)
    else:
        flood(speakers)


if __name__ == "__main__":
    main()
