"""A slow line: a TCP relay with so many bits a second and so long a way, in each direction.

    python -m tests.bench.shaper --listen 15001 --to 15002 --mbit 1 --delay-ms 100

A token bucket of one segment and a first-in-first-out queue of one bandwidth-delay product, as a mobile line has at
best; small socket buffers, so that the sender feels the line and not the relay's memory.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
from collections import deque
from dataclasses import dataclass

SEGMENT = 1448
KERNEL_BUFFER = 16 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One direction: bytes a second, and seconds from end to end."""

    bytes_per_s: float
    delay_s: float

    @property
    def queue_bytes(self) -> int:
        """What may be inside it."""
        return max(SEGMENT * 4, int(self.bytes_per_s * self.delay_s * 2))


async def carry(line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """From one end to the other, until either closes."""
    inside: deque[tuple[float, bytes]] = deque()
    held, room, news = 0, asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    async def enter() -> None:
        nonlocal held
        free_at = loop.time()
        while data := await reader.read(SEGMENT):
            free_at = max(free_at, loop.time()) + len(data) / line.bytes_per_s
            inside.append((free_at + line.delay_s, data))
            held += len(data)
            news.set()
            while held > line.queue_bytes:
                room.clear()
                await room.wait()
        inside.append((loop.time(), b""))
        news.set()

    async def leave() -> None:
        nonlocal held
        while True:
            while not inside:
                news.clear()
                await news.wait()
            due, data = inside.popleft()
            await asyncio.sleep(due - loop.time())
            if not data:
                return
            held -= len(data)
            room.set()
            writer.write(data)

    with contextlib.suppress(OSError):
        await asyncio.gather(enter(), leave())
    writer.transport.abort()


async def serve(listen: int, to: int, line: Line) -> None:
    """Relay until cancelled."""

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", to)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.gather(carry(line, reader, far_writer), carry(line, far_reader, writer))

    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_BUFFER)
    listening.bind(("127.0.0.1", listen))
    server = await asyncio.start_server(relay, sock=listening, limit=SEGMENT * 2)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Relay until killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.shaper")
    parser.add_argument("--listen", type=int, required=True)
    parser.add_argument("--to", type=int, required=True)
    parser.add_argument("--mbit", type=float, default=1.0)
    parser.add_argument("--delay-ms", type=float, default=100.0, help="one way")
    args = parser.parse_args()
    line = Line(args.mbit * 1e6 / 8, args.delay_ms / 1000)
    asyncio.run(serve(args.listen, args.to, line))


if __name__ == "__main__":
    main()
