"""The UDP port with real sockets on loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from drivers.model import Instant
from drivers.ports.clock import system_clock
from drivers.ports.memory import Recorder
from drivers.ports.port import ExpiringLine, Line, Listener
from drivers.ports.udp import UdpPort
from tests.ports.bench import BOUND_S, HandClock, until

QUICK_S = 0.01


@dataclass
class Bench:
    """A running port and the devices that speak to it."""

    port: UdpPort
    devices: list[socket.socket] = field(default_factory=list)

    def device(self) -> socket.socket:
        assert self.port.bound is not None
        device = socket.socket(type=socket.SOCK_DGRAM)
        self.devices.append(device)
        device.settimeout(0)
        device.connect(self.port.bound)
        return device


@asynccontextmanager
async def serving(port: UdpPort, listener: Listener) -> AsyncIterator[Bench]:
    task, bench = asyncio.create_task(port.run(listener), name=port.name), Bench(port)
    try:
        await until(lambda: port.bound)
        yield bench
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for device in bench.devices:
            device.close()


async def answer(device: socket.socket) -> bytes:
    async with asyncio.timeout(BOUND_S):
        return await asyncio.get_running_loop().sock_recv(device, 65536)


def udp(clock: Callable[[], Instant] = system_clock, **options: Any) -> UdpPort:
    return UdpPort("terminals", "127.0.0.1", 0, clock, **options)


def echo(line: Line, item: bytes) -> None:
    line.write(item)


def test_every_address_is_a_line_and_every_datagram_one_delivery() -> None:
    async def scenario() -> None:
        recorder, port = Recorder(echo), udp(HandClock(3.0))
        async with serving(port, recorder) as bench:
            one, two = bench.device(), bench.device()
            for device, data in ((one, b"1"), (two, b"2"), (one, b"11")):
                device.send(data)
                assert await answer(device) == data
            first, second = recorder.conversations
            assert first.items == [b"1", b"11"]
            assert second.items == [b"2"]
            assert first.times == [HandClock(3.0)()] * 2
            assert first.line.name == "terminals {}:{}".format(*one.getsockname())
        assert recorder.history == ["up"]

    asyncio.run(scenario())


def test_an_empty_datagram_opens_nothing() -> None:
    async def scenario() -> None:
        recorder, port = Recorder(), udp()
        async with serving(port, recorder) as bench:
            bench.device().send(b"")
            bench.device().send(b"x")
            await until(lambda: recorder.conversations)
            assert [c.items for c in recorder.conversations] == [[b"x"]]

    asyncio.run(scenario())


def test_addresses_are_bounded_and_the_one_silent_for_longest_gives_way() -> None:
    async def scenario() -> None:
        recorder, port = Recorder(echo), udp(max_peers=3)
        async with serving(port, recorder) as bench:
            devices = [bench.device() for _ in range(3)]
            for device in [*devices, devices[0]]:
                device.send(b"?")
                await answer(device)
            late = bench.device()
            late.send(b"?")
            await answer(late)
            assert [c.ended for c in recorder.conversations] == [None, "gave way to a new address", None, None]
            assert port.peers == 3
            assert recorder.history[1:] == ["refused 1: more than 3 addresses; the one silent for longest gave way"]

    asyncio.run(scenario())


def test_thousands_of_invented_addresses_keep_the_port_at_its_bound() -> None:
    async def scenario() -> None:
        recorder, port = Recorder(), udp(max_peers=10)
        async with serving(port, recorder):
            for _ in range(200):
                with socket.socket(type=socket.SOCK_DGRAM) as stranger:
                    stranger.sendto(b"?", port.bound or ("", 0))
                await asyncio.sleep(0)
            await until(lambda: len(recorder.conversations) == 200)
            assert port.peers == 10
            assert sum(c.ended is None for c in recorder.conversations) == 10
            assert len(recorder.history) == 2  # up, and one note for the flood

    asyncio.run(scenario())


def test_silence_closes_a_line_and_the_next_datagram_opens_another() -> None:
    async def scenario() -> None:
        clock, recorder = HandClock(), Recorder(echo)
        port = udp(clock, idle_s=60, sweep_s=QUICK_S)
        async with serving(port, recorder) as bench:
            silent, lively = bench.device(), bench.device()
            for device in (silent, lively):
                device.send(b"?")
                await answer(device)
            line = recorder.conversations[1].line
            assert isinstance(line, ExpiringLine)
            line.idle_after(600)
            clock.now_s = 60.0
            await until(lambda: recorder.conversations[0].ended)
            assert recorder.conversations[0].ended == "silent for 60 s"
            assert recorder.conversations[1].ended is None
            silent.send(b"again")
            assert await answer(silent) == b"again"
            assert recorder.conversations[2].items == [b"again"]

    asyncio.run(scenario())


def test_a_paused_line_stops_the_shared_socket_and_nothing_is_lost_or_expires() -> None:
    async def scenario() -> None:
        clock, recorder = HandClock(), Recorder(lambda line, _: line.pause())
        port = udp(clock, idle_s=60, sweep_s=QUICK_S)
        async with serving(port, recorder) as bench:
            one, two = bench.device(), bench.device()
            one.send(b"1")
            await until(lambda: recorder.conversations)
            two.send(b"2")
            one.send(b"11")
            clock.now_s = 59.0
            first = recorder.conversations[0]
            first.line.resume()
            await until(lambda: len(recorder.conversations) == 2)
            clock.now_s = 1000.0
            assert first.items == [b"1"]
            recorder.conversations[1].line.close("asked to")
            await until(lambda: first.items == [b"1", b"11"])
            assert first.ended is None

    asyncio.run(scenario())


def test_an_answer_nobody_takes_harms_nobody() -> None:
    async def scenario() -> None:
        recorder, port = Recorder(echo), udp()
        async with serving(port, recorder) as bench:
            gone = bench.device()
            gone.send(b"x")
            await until(lambda: recorder.conversations)
            gone.close()
            line = recorder.conversations[0].line
            line.write(b"nobody")
            line.write(bytes(100_000))  # more than a datagram carries
            other = bench.device()
            other.send(b"here")
            assert await answer(other) == b"here"
            assert [c.ended for c in recorder.conversations] == [None, None]

    asyncio.run(scenario())


def test_an_address_in_use_is_told_once_and_served_as_soon_as_it_is_free() -> None:
    async def scenario() -> None:
        recorder = Recorder(echo)
        squatter = socket.socket(type=socket.SOCK_DGRAM)
        squatter.bind(("127.0.0.1", 0))
        port = UdpPort("terminals", "127.0.0.1", squatter.getsockname()[1], system_clock)
        vacating = asyncio.create_task(vacate(squatter, recorder))
        async with serving(port, recorder) as bench:
            await vacating
            device = bench.device()
            device.send(b"?")
            assert await answer(device) == b"?"
        assert recorder.history[0].startswith("down: cannot receive on 127.0.0.1:")
        assert recorder.history[1:] == ["up"]

    async def vacate(squatter: socket.socket, recorder: Recorder) -> None:
        await until(lambda: recorder.history)
        squatter.close()

    asyncio.run(scenario())


def test_cancelling_ends_every_line_and_frees_the_address() -> None:
    async def scenario() -> None:
        recorder, port = Recorder(echo), udp()
        async with serving(port, recorder) as bench:
            address = port.bound
            for _ in range(5):
                device = bench.device()
                device.send(b"?")
                await answer(device)
        assert [c.ended for c in recorder.conversations] == ["port terminals was stopped"] * 5
        assert port.peers == 0
        with socket.socket(type=socket.SOCK_DGRAM) as successor:
            assert address is not None
            successor.bind(address)

    asyncio.run(scenario())
