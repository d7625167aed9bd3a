"""The TCP port with real sockets on loopback. Waiting is polling with a bound; idle time is an injected clock."""

from __future__ import annotations

import asyncio
import resource
import socket
import struct
import tracemalloc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from drivers.model import Instant
from drivers.ports.clock import system_clock
from drivers.ports.health import TELL_EVERY_S
from drivers.ports.memory import Recorded, Recorder
from drivers.ports.port import ExpiringLine, Line, Listener
from drivers.ports.tcp import LINGER_S, READ_LIMIT, UNREAD_LIMIT, TcpPort
from tests.ports.bench import BOUND_S, HandClock, until

QUICK_S = 0.01


@dataclass
class Bench:
    """A running port and the devices that dialled in."""

    port: TcpPort
    task: asyncio.Task[None]
    devices: list[socket.socket] = field(default_factory=list)

    async def dial(self) -> socket.socket:
        assert self.port.bound is not None
        device = socket.socket()
        self.devices.append(device)
        device.settimeout(0)
        await asyncio.get_running_loop().sock_connect(device, self.port.bound)
        return device


@asynccontextmanager
async def serving(port: TcpPort, listener: Listener) -> AsyncIterator[Bench]:
    task = asyncio.create_task(port.run(listener), name=port.name)
    bench = Bench(port, task)
    try:
        await until(lambda: port.bound)
        yield bench
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for device in bench.devices:
            device.close()


async def read(device: socket.socket, count: int) -> bytes:
    """As many bytes, or fewer when the port hangs up, with or without a farewell."""
    loop, data = asyncio.get_running_loop(), b""
    with suppress(ConnectionResetError):
        async with asyncio.timeout(BOUND_S):
            while len(data) < count:
                more = await loop.sock_recv(device, count - len(data))
                if not more:
                    break
                data += more
    return data


def reset(device: socket.socket) -> None:
    """Close without a farewell: the kernel sends RST."""
    device.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    device.close()


def tcp(clock: Callable[[], Instant] = system_clock, **options: Any) -> TcpPort:
    return TcpPort("trackers", "127.0.0.1", 0, clock, **options)


def echo(line: Line, item: bytes) -> None:
    line.write(item)


def test_bytes_arrive_with_their_moment_and_answers_go_back() -> None:
    async def scenario() -> None:
        recorder, port = Recorder(echo), tcp(HandClock(7.0))
        async with serving(port, recorder) as bench:
            device = await bench.dial()
            device.send(b"\x78\x78")
            assert await read(device, 2) == b"\x78\x78"
            (heard,) = recorder.conversations
            assert heard.data == b"\x78\x78"
            assert heard.times == [HandClock(7.0)()]
            assert heard.line.name == "trackers {}:{}".format(*device.getsockname())
            device.close()
            await until(lambda: heard.ended)
        assert recorder.history == ["up"]

    asyncio.run(scenario())


def test_answers_written_in_one_turn_travel_as_one_piece_and_in_order() -> None:
    def thrice(line: Line, _: bytes) -> None:
        line.write(b"a")
        line.write(b"b")
        line.write(b"c")

    async def scenario() -> None:
        port = tcp()
        async with serving(port, Recorder(thrice)) as bench:
            device = await bench.dial()
            device.send(b"?")
            assert await asyncio.get_running_loop().sock_recv(device, 100) == b"abc"

    asyncio.run(scenario())


def test_a_device_that_half_closes_still_gets_the_answer_it_is_owed() -> None:
    def answer_later(line: Line, _: bytes) -> None:
        asyncio.get_running_loop().call_later(LINGER_S / 20, line.write, b"ok")

    async def scenario() -> None:
        recorder, port = Recorder(answer_later), tcp()
        async with serving(port, recorder) as bench:
            device = await bench.dial()
            device.send(b"sos")
            device.shutdown(socket.SHUT_WR)
            assert await read(device, 100) == b"ok"
            await until(lambda: recorder.conversations[0].ended)
            assert recorder.conversations[0].ended == "closed by the device"

    asyncio.run(scenario())


def test_a_reset_ends_its_own_conversation_and_no_other() -> None:
    async def scenario() -> None:
        recorder, port = Recorder(echo), tcp()
        async with serving(port, recorder) as bench:
            cut, other = await bench.dial(), await bench.dial()
            await until(lambda: len(recorder.conversations) == 2)
            reset(cut)
            await until(lambda: recorder.conversations[0].ended)
            assert recorder.conversations[0].ended == "reset by the device"
            recorder.conversations[0].line.write(b"nobody")
            other.send(b"still here")
            assert await read(other, 10) == b"still here"
            assert recorder.conversations[1].ended is None
            assert port.connections == 1

    asyncio.run(scenario())


def test_closing_sends_what_was_written_first() -> None:
    def part(line: Line, _: bytes) -> None:
        line.write(b"goodbye")
        line.close("newer login")
        line.write(b"too late")

    async def scenario() -> None:
        recorder, port = Recorder(part), tcp()
        async with serving(port, recorder) as bench:
            device = await bench.dial()
            device.send(b"x")
            assert await read(device, 100) == b"goodbye"
            await until(lambda: recorder.conversations[0].ended)
            assert recorder.conversations[0].ended == "newer login"

    asyncio.run(scenario())


def test_a_device_that_never_reads_is_closed_at_the_bound() -> None:
    written = 0
    recorder = Recorder(lambda line, _: flood(line))

    def flood(line: Line) -> None:
        nonlocal written
        if recorder.conversations[0].ended is None:
            line.write(bytes(1024))
            written += 1024
            asyncio.get_running_loop().call_soon(flood, line)

    async def scenario() -> None:
        port = tcp()
        async with serving(port, recorder) as bench:
            device = await bench.dial()
            device.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            device.send(b"?")
            await until(lambda: recorder.conversations and recorder.conversations[0].ended)
            assert recorder.conversations[0].ended == "the device does not read its answers"
            assert written < 8 * 1024 * 1024
            assert port.connections == 0

    asyncio.run(scenario())


def test_answers_of_one_turn_that_nobody_reads_do_not_pile_up_either() -> None:
    def flood(line: Line, _: bytes) -> None:
        for _count in range(100_000):
            line.write(bytes(1024))
        assert recorder.conversations[0].ended is None, "told in the middle of the program's own writing"

    recorder = Recorder(flood)

    async def scenario() -> None:
        port = tcp()
        async with serving(port, recorder) as bench:
            device = await bench.dial()
            tracemalloc.start()
            device.send(b"?")
            await until(lambda: recorder.conversations and recorder.conversations[0].ended)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert recorder.conversations[0].ended == "the device does not read its answers"
            assert peak < 8 * UNREAD_LIMIT

    asyncio.run(scenario())


def test_a_paused_line_leaves_its_bytes_in_the_kernel_until_it_is_resumed() -> None:
    async def scenario() -> None:
        recorder, port = Recorder(lambda line, _: line.pause()), tcp()
        async with serving(port, recorder) as bench:
            device, witness = await bench.dial(), await bench.dial()
            device.send(b"first")
            await until(lambda: any(c.items for c in recorder.conversations))
            device.send(b"second")
            heard = next(c for c in recorder.conversations if c.items)
            other = next(c for c in recorder.conversations if c is not heard)
            witness.send(b"unaffected")
            await until(lambda: other.items)
            assert heard.data == b"first"
            heard.line.resume()
            await until(lambda: heard.data == b"firstsecond")

    asyncio.run(scenario())


def test_silence_closes_a_line_and_every_word_puts_it_off() -> None:
    async def scenario() -> None:
        clock, recorder = HandClock(), Recorder(echo)
        port = tcp(clock, idle_s=60, sweep_s=QUICK_S)
        async with serving(port, recorder) as bench:
            silent, talker = await bench.dial(), await bench.dial()
            await until(lambda: len(recorder.conversations) == 2)
            clock.now_s = 59.0
            talker.send(b"here")
            assert await read(talker, 4) == b"here"
            clock.now_s = 61.0
            assert await read(silent, 1) == b""
            quiet, lively = recorder.conversations
            await until(lambda: quiet.ended)
            assert quiet.ended == "silent for 60 s"
            assert lively.ended is None

    asyncio.run(scenario())


def test_the_idle_time_of_a_line_can_be_set_once_its_device_is_known() -> None:
    async def scenario() -> None:
        clock, recorder = HandClock(), Recorder(echo)
        port = tcp(clock, idle_s=60, sweep_s=QUICK_S)
        async with serving(port, recorder) as bench:
            await bench.dial()
            await bench.dial()
            await until(lambda: len(recorder.conversations) == 2)
            line = recorder.conversations[0].line
            assert isinstance(line, ExpiringLine)
            line.idle_after(540)
            clock.now_s = 539.0
            await until(lambda: recorder.conversations[1].ended)
            assert recorder.conversations[0].ended is None
            clock.now_s = 540.0
            await until(lambda: recorder.conversations[0].ended)

    asyncio.run(scenario())


def test_silence_while_we_do_not_read_is_not_held_against_the_device() -> None:
    async def scenario() -> None:
        clock, recorder = HandClock(), Recorder()
        port = tcp(clock, idle_s=60, sweep_s=QUICK_S)
        async with serving(port, recorder) as bench:
            await bench.dial()
            await bench.dial()
            await until(lambda: len(recorder.conversations) == 2)
            line = recorder.conversations[0].line
            line.pause()
            clock.now_s = 1000.0
            await until(lambda: recorder.conversations[1].ended)
            line.resume()
            clock.now_s = 1059.0
            third = await bench.dial()
            await until(lambda: len(recorder.conversations) == 3)
            third.close()
            await until(lambda: recorder.conversations[2].ended)
            assert recorder.conversations[0].ended is None

    asyncio.run(scenario())


def test_two_thousand_devices_are_served_at_once_and_the_next_ones_refused_and_counted() -> None:
    room_for(2 * 2000 + 200)

    async def scenario() -> None:
        clock, recorder = HandClock(), Recorder(echo)
        port = tcp(clock, max_connections=2000, sweep_s=QUICK_S)
        async with serving(port, recorder) as bench:
            devices = [await bench.dial() for _ in range(2000)]
            await until(lambda: port.connections == 2000)
            for device in devices:
                device.send(b"?")
            for device in devices:
                assert await read(device, 1) == b"?"
            surplus = [await bench.dial() for _ in range(3)]
            for device in surplus:
                assert await read(device, 1) == b""
            clock.now_s = TELL_EVERY_S
            await until(lambda: len(recorder.history) == 3)
            reason = "2000 connections are open already"
            assert recorder.history == ["up", f"refused 1: {reason}", f"refused 2: {reason}"]
            assert len(recorder.conversations) == 2000
            devices.pop().close()
            await until(lambda: port.connections == 1999)
            late = await bench.dial()
            late.send(b"!")
            assert await read(late, 1) == b"!"

    asyncio.run(scenario())


def room_for(descriptors: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < descriptors:
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, max(hard, descriptors)))


@dataclass
class Discarder:
    """A program that keeps nothing, so that what memory grows is the port's."""

    count: int = 0
    largest: int = 0
    ended: list[str] = field(default_factory=list)

    def opened(self, line: Line) -> Discarder:  # noqa: ARG002
        return self

    def received(self, item: bytes, at: Instant) -> None:  # noqa: ARG002
        self.count += len(item)
        self.largest = max(self.largest, len(item))

    def received_all(self, items: Sequence[bytes], at: Instant) -> None:
        for item in items:
            self.received(item, at)

    def closed(self, reason: str) -> None:
        self.ended.append(reason)

    def port_up(self) -> None: ...
    def port_down(self, reason: str) -> None: ...
    def refused(self, reason: str, count: int) -> None: ...


def test_fifty_megabytes_without_a_pause_leave_nothing_behind_in_the_port() -> None:
    total, piece = 50 * 1024 * 1024, bytes(READ_LIMIT)

    async def scenario() -> None:
        program, port = Discarder(), tcp()
        async with serving(port, program) as bench:
            device, loop = await bench.dial(), asyncio.get_running_loop()
            await loop.sock_sendall(device, piece)
            await until(lambda: program.count == len(piece))
            tracemalloc.start()
            resident_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            for _ in range(total // len(piece)):
                await loop.sock_sendall(device, piece)
            await until(lambda: program.count == total + len(piece))
            kept, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert program.largest <= READ_LIMIT
            assert peak < 16 * READ_LIMIT
            assert kept < READ_LIMIT
            assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - resident_kb <= 5 * 1024

    asyncio.run(scenario())


def test_an_address_in_use_is_told_once_and_served_as_soon_as_it_is_free() -> None:
    async def scenario() -> None:
        recorder = Recorder(echo)
        squatter = socket.create_server(("127.0.0.1", 0))
        port = TcpPort("trackers", "127.0.0.1", squatter.getsockname()[1], system_clock)
        opening = asyncio.create_task(vacate(squatter, recorder))
        async with serving(port, recorder) as bench:
            await opening
            device = await bench.dial()
            device.send(b"?")
            assert await read(device, 1) == b"?"
        assert recorder.history[0].startswith("down: cannot listen on 127.0.0.1:")
        assert recorder.history[1:] == ["up"]

    async def vacate(squatter: socket.socket, recorder: Recorder) -> None:
        await until(lambda: recorder.history)
        squatter.close()

    asyncio.run(scenario())


def test_cancelling_closes_every_connection_and_frees_the_address() -> None:
    async def scenario() -> None:
        recorder, port = Recorder(), tcp()
        async with serving(port, recorder) as bench:
            address = port.bound
            ends = [read(await bench.dial(), 1) for _ in range(20)]
            await until(lambda: len(recorder.conversations) == 20)
            bench.task.cancel()
            assert await asyncio.gather(*ends) == [b""] * 20
        assert {c.ended for c in recorder.conversations} == {"port trackers was stopped"}
        assert port.bound is None
        assert port.connections == 0
        assert address is not None
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address)

    asyncio.run(scenario())


def test_cancelling_while_the_address_is_in_use_ends_cleanly() -> None:
    async def scenario() -> None:
        recorder = Recorder()
        with socket.create_server(("127.0.0.1", 0)) as squatter:
            port = TcpPort("trackers", "127.0.0.1", squatter.getsockname()[1], system_clock)
            task = asyncio.create_task(port.run(recorder))
            await until(lambda: recorder.history)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(scenario())


def test_a_fault_of_the_program_on_one_connection_does_not_touch_the_others() -> None:
    def stumble(line: Line, item: bytes) -> None:
        if item == b"bad":
            raise RuntimeError("a fault of the program")
        line.write(item)

    async def scenario() -> None:
        recorder, port, reports = Recorder(stumble), tcp(), []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reports.append(context["exception"]))
        async with serving(port, recorder) as bench:
            unlucky, other = await bench.dial(), await bench.dial()
            await until(lambda: len(recorder.conversations) == 2)
            unlucky.send(b"bad")
            await until(lambda: recorder.conversations[0].ended)
            other.send(b"fine")
            assert await read(other, 4) == b"fine"
            assert [str(error) for error in reports] == ["a fault of the program"]

    asyncio.run(scenario())


def test_a_line_is_described_for_people_also_over_ipv6() -> None:
    async def scenario() -> None:
        recorder, port = Recorder(), TcpPort("trackers", "::1", 0, system_clock)
        async with serving(port, recorder):
            assert port.bound is not None
            with socket.create_connection(port.bound):
                await until(lambda: recorder.conversations)
                heard: Recorded = recorder.conversations[0]
                assert heard.line.name.startswith("trackers [::1]:")

    asyncio.run(scenario())
