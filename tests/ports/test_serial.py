"""The serial port on pseudo terminals: what a receiver does when it is plugged, pulled and plugged again."""

from __future__ import annotations

import asyncio
import os
import termios
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest

from drivers.ports.clock import system_clock
from drivers.ports.memory import Recorder
from drivers.ports.port import Line, Listener
from drivers.ports.serial import READ_LIMIT, UNSENT_LIMIT, SerialLine, SerialPort
from tests.ports.bench import until


class Receiver:
    """A serial receiver on a pseudo terminal, found through a link as udev makes one below /dev/serial/by-id."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.master = -1
        self.told = bytearray()

    def plug(self) -> None:
        self.master, slave = os.openpty()
        fresh = self.link.with_suffix(".new")
        fresh.symlink_to(os.ttyname(slave))
        fresh.replace(self.link)
        os.close(slave)
        os.set_blocking(self.master, False)

    def pull(self) -> None:
        self.link.unlink()
        os.close(self.master)
        self.master = -1

    def say(self, data: bytes) -> None:
        assert os.write(self.master, data) == len(data)

    def heard(self) -> bytearray:
        """All it was told so far."""
        with suppress(BlockingIOError):
            self.told += os.read(self.master, 65536)
        return self.told


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    receiver = Receiver(tmp_path / "usb-433-receiver")
    yield receiver
    if receiver.master >= 0:
        receiver.pull()


def serial(receiver: Receiver) -> SerialPort:
    return SerialPort("rf", str(receiver.link), 9600, system_clock)


@asynccontextmanager
async def serving(port: SerialPort, listener: Listener) -> AsyncIterator[None]:
    task = asyncio.create_task(port.run(listener), name=port.name)
    try:
        yield
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@contextmanager
def little_work(share: float) -> Iterator[None]:
    """This process uses at most such a share of a core meanwhile; a busy loop takes all it can get."""
    wall_s, cpu_s = time.monotonic(), time.process_time()
    yield
    assert time.process_time() - cpu_s <= share * (time.monotonic() - wall_s)


def echo(line: Line, item: bytes) -> None:
    line.write(item)


def test_every_byte_value_passes_unchanged_in_both_directions(receiver: Receiver) -> None:
    everything = bytes(range(256))

    async def scenario() -> None:
        recorder = Recorder(echo)
        async with serving(serial(receiver), recorder):
            await until(lambda: recorder.conversations)
            receiver.say(everything)
            await until(lambda: recorder.conversations[0].data == everything)
            await until(lambda: receiver.heard() == everything)
            assert recorder.conversations[0].line.name == f"rf {receiver.link}"
        assert recorder.history == ["up"]

    receiver.plug()
    asyncio.run(scenario())


def test_a_receiver_pulled_and_plugged_in_again_is_found_under_its_stable_path(receiver: Receiver) -> None:
    async def scenario() -> None:
        recorder = Recorder()
        async with serving(serial(receiver), recorder):
            await until(lambda: recorder.conversations)
            receiver.say(b"\xfd\x01\x02")  # half a frame: the next conversation must not continue it
            await until(lambda: recorder.conversations[0].data)
            for _ in range(2):
                receiver.pull()
                await until(lambda: recorder.conversations[-1].ended)
                receiver.plug()
                await until(lambda: recorder.conversations[-1].ended is None)
                receiver.say(b"\xfd\x03\x04\x05\x20\xdf")
                await until(lambda: recorder.conversations[-1].data == b"\xfd\x03\x04\x05\x20\xdf")
        downs = recorder.history[1::2]
        assert recorder.history[0::2] == ["up"] * 3
        assert len(downs) == 2
        assert all(text.startswith("down: unplugged") for text in downs)

    receiver.plug()
    asyncio.run(scenario())


def test_a_receiver_that_is_not_there_is_told_once_and_costs_nothing_while_it_is_awaited(receiver: Receiver) -> None:
    async def scenario() -> None:
        recorder = Recorder()
        async with serving(serial(receiver), recorder):
            await until(lambda: recorder.history)
            with little_work(0.5):
                await asyncio.sleep(0.5)
            assert len(recorder.history) == 1
            assert recorder.history[0] == f"down: cannot open {receiver.link}: not plugged in"
            receiver.plug()
            await until(lambda: recorder.conversations)
            assert recorder.history[1:] == ["up"]

    asyncio.run(scenario())


def test_a_hang_up_is_not_read_again_and_again(receiver: Receiver) -> None:
    async def scenario() -> None:
        recorder = Recorder()
        async with serving(serial(receiver), recorder):
            await until(lambda: recorder.conversations)
            receiver.pull()
            await until(lambda: recorder.conversations[0].ended)
            with little_work(0.5):
                await asyncio.sleep(0.5)

    receiver.plug()
    asyncio.run(scenario())


def test_a_hang_up_met_while_paused_costs_nothing_and_is_told_on_resuming(receiver: Receiver) -> None:
    async def scenario() -> None:
        recorder = Recorder()
        async with serving(serial(receiver), recorder):
            await until(lambda: recorder.conversations)
            line = recorder.conversations[0].line
            line.pause()
            receiver.pull()
            with little_work(0.5):
                await asyncio.sleep(0.3)
            line.resume()
            await until(lambda: recorder.conversations[0].ended)

    receiver.plug()
    asyncio.run(scenario())


def test_an_answer_to_a_pulled_receiver_ends_the_line_but_not_within_the_answer(receiver: Receiver) -> None:
    async def scenario() -> None:
        recorder = Recorder()
        async with serving(serial(receiver), recorder):
            await until(lambda: recorder.conversations)
            heard = recorder.conversations[0]
            heard.line.pause()
            receiver.pull()
            heard.line.write(b"nobody")
            assert heard.ended is None
            await until(lambda: heard.ended)

    receiver.plug()
    asyncio.run(scenario())


def test_a_paused_line_leaves_its_bytes_in_the_kernel(receiver: Receiver) -> None:
    async def scenario() -> None:
        recorder = Recorder(lambda line, _: line.pause())
        async with serving(serial(receiver), recorder):
            await until(lambda: recorder.conversations)
            heard = recorder.conversations[0]
            receiver.say(b"first")
            await until(lambda: heard.items)
            receiver.say(b"second")
            for _ in range(20):
                await asyncio.sleep(0)
            assert heard.data == b"first"
            heard.line.resume()
            await until(lambda: heard.data == b"firstsecond")

    receiver.plug()
    asyncio.run(scenario())


def test_answers_nobody_takes_are_dropped_whole_and_the_line_still_hears(receiver: Receiver) -> None:
    frame = b"\xaa\xa0\x55"

    async def scenario() -> None:
        recorder = Recorder()
        async with serving(serial(receiver), recorder):
            await until(lambda: recorder.conversations)
            heard = recorder.conversations[0]
            for _ in range(100_000):
                heard.line.write(frame)
            assert recorder.history[1].startswith("refused 1: ")
            receiver.say(b"sos")
            await until(lambda: heard.data == b"sos")
            line = heard.line
            assert isinstance(line, SerialLine)
            assert len(line._unsent) <= UNSENT_LIMIT
            await until(lambda: receiver.heard() and not line._unsent)
            line.write(b"END")
            await until(lambda: receiver.heard().endswith(b"END"))
            assert receiver.told.removesuffix(b"END").replace(frame, b"") == b""
            assert heard.ended is None

    receiver.plug()
    asyncio.run(scenario())


def test_a_long_burst_is_delivered_whole_and_in_order(receiver: Receiver) -> None:
    burst = bytes(n % 251 for n in range(20 * READ_LIMIT))

    async def scenario() -> None:
        recorder, sent = Recorder(), 0
        async with serving(serial(receiver), recorder):
            await until(lambda: recorder.conversations)
            while sent < len(burst):
                try:
                    sent += os.write(receiver.master, burst[sent : sent + 1000])
                except BlockingIOError:
                    await asyncio.sleep(0)
            await until(lambda: recorder.conversations[0].data == burst)

    receiver.plug()
    asyncio.run(scenario())


def test_the_program_can_close_the_line_and_gets_a_fresh_one(receiver: Receiver) -> None:
    async def scenario() -> None:
        recorder = Recorder()
        async with serving(serial(receiver), recorder):
            await until(lambda: recorder.conversations)
            recorder.conversations[0].line.close("start afresh")
            await until(lambda: len(recorder.conversations) == 2)
            recorder.conversations[0].line.write(b"to the old one")
            receiver.say(b"x")
            await until(lambda: recorder.conversations[1].data == b"x")
        assert [c.ended for c in recorder.conversations] == ["start afresh", "port rf was stopped"]

    receiver.plug()
    asyncio.run(scenario())


def test_two_programs_do_not_share_a_receiver(receiver: Receiver) -> None:
    async def scenario() -> None:
        first, second = Recorder(), Recorder()
        async with serving(serial(receiver), first):
            await until(lambda: first.conversations)
            async with serving(serial(receiver), second):
                await until(lambda: second.history)
                assert second.history[0].endswith("another program has it open")
                assert second.conversations == []

    receiver.plug()
    asyncio.run(scenario())


def test_cancelling_closes_the_device_whether_it_is_open_awaited_or_just_opening(receiver: Receiver) -> None:
    async def scenario(condition: str) -> None:
        recorder = Recorder()
        async with serving(serial(receiver), recorder):
            match condition:
                case "open":
                    await until(lambda: recorder.conversations)
                case "awaited":
                    await until(lambda: recorder.history)
                case _:
                    await asyncio.sleep(0)
        assert all(c.ended == "port rf was stopped" for c in recorder.conversations)

    asyncio.run(scenario("awaited"))
    receiver.plug()
    before = descriptors()
    asyncio.run(scenario("open"))
    asyncio.run(scenario("opening"))
    assert descriptors() == before


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"parity": "X"}, "parity"),
        ({"stop_bits": 3}, "stop bit"),
        ({"data_bits": 12}, "byte size"),
        ({"baud": -1}, "baud"),
    ],
)
def test_settings_no_serial_line_has_are_refused_at_once(settings: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=f"(?i){named}"):
        SerialPort("rf", "/dev/null", **{"baud": 9600, "clock": system_clock, **settings})  # type: ignore[arg-type]


def test_odd_parity_and_two_stop_bits_are_set_on_the_line(receiver: Receiver) -> None:
    async def scenario() -> None:
        recorder = Recorder()
        port = SerialPort("rf", str(receiver.link), 19200, system_clock, parity="O", stop_bits=2)
        async with serving(port, recorder):
            await until(lambda: recorder.conversations)
            _, _, control, _, speed, _, _ = termios.tcgetattr(receiver.master)
            assert control & termios.CSTOPB
            assert speed == termios.B19200

    receiver.plug()
    asyncio.run(scenario())
