from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from time import monotonic

import pytest

from drivers.gpio_button import DRIVER
from drivers.model import Instant, Level, Sample
from drivers.ports.clock import system_clock
from drivers.ports.inbox import Inbox
from drivers.ports.memory import Recorder
from drivers.ports.mockpins import MockPins
from drivers.ports.output import Output
from drivers.ports.pinout import AdcChannel, InputPin, OutputPin
from drivers.ports.pins import MAX_WAITING, GpioPort
from tests.ports.bench import until

BUTTON, DOOR, LAMP, ACTIVE_LOW = 17, 22, 27, 23
INPUTS = (InputPin("button", BUTTON), InputPin("door", DOOR, pull="down"))
LAMPS = (OutputPin("button:lamp", LAMP), OutputPin("buzzer", ACTIVE_LOW, active="low"))


def keep(path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "drivers.ports.mockpins", "--socket", str(path)])


@pytest.fixture
def path(short_tmp: Path) -> Path:
    return short_tmp / "pins"


@pytest.fixture
def pins(path: Path) -> Iterator[MockPins]:
    process = keep(path)
    with MockPins(path, wait_s=20) as client:
        yield client
    process.kill()
    process.wait()


@contextlib.asynccontextmanager
async def running(port: GpioPort, listener: Recorder) -> AsyncIterator[None]:
    task = asyncio.create_task(port.run(listener))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def gpio(path: Path, *, channels: tuple[AdcChannel, ...] = ()) -> GpioPort:
    return GpioPort("hall", system_clock, inputs=INPUTS, channels=channels, outputs=LAMPS, mock=path)


def items(recorder: Recorder, device: str) -> list[object]:
    return [item for one in recorder.conversations if one.line.name == f"hall {device}" for item in one.items]


def test_every_input_is_delivered_as_it_stands_at_the_start(pins: MockPins, path: Path) -> None:
    async def story() -> None:
        pins.set(BUTTON, 0)
        recorder = Recorder()
        async with running(gpio(path), recorder):
            await until(lambda: len(recorder.conversations) == 2)
            assert items(recorder, "button") == [Level("button", high=False)]
            assert items(recorder, "door") == [Level("door", high=False)]
            assert recorder.history == ["up"]

    asyncio.run(story())


def test_an_undriven_input_follows_its_pull(pins: MockPins, path: Path) -> None:
    async def story() -> None:
        async with running(gpio(path), Recorder()):
            await until(lambda: len(pins.read().levels) == 2)
            assert pins.read().levels == {BUTTON: 1, DOOR: 0}

    asyncio.run(story())


def test_an_edge_arrives_with_the_time_it_had(pins: MockPins, path: Path) -> None:
    async def story() -> None:
        recorder = Recorder()
        async with running(gpio(path), recorder):
            await until(lambda: recorder.conversations)
            at_s = pins.press(BUTTON, 40)
            await until(lambda: len(items(recorder, "button")) == 3)
            button = recorder.conversations[0]
            assert [item.high for item in button.items] == [True, False, True]
            assert abs(button.times[1].monotonic_s - at_s) < 0.005
            assert 0.035 < button.times[2].monotonic_s - button.times[1].monotonic_s < 0.2
            assert len(items(recorder, "door")) == 1

    asyncio.run(story())


def test_a_press_becomes_an_sos_and_its_answer_the_lamp(pins: MockPins, path: Path) -> None:
    async def story() -> None:
        recorder = Recorder()
        async with running(gpio(path), recorder):
            await until(lambda: recorder.conversations)
            pins.press(BUTTON, 300)
            await until(lambda: len(items(recorder, "button")) == 3)
            decoder = DRIVER.make(DRIVER.settings(), lambda _: True)
            button = recorder.conversations[0]
            heard = [one for item, at in zip(button.items, button.times, strict=True) for one in decoder.feed(item, at)]
            (sos,) = (one for one in heard if one.events[0].alarm)
            assert not pins.output(LAMP)
            button.line.write(sos.reply)
            await until(lambda: pins.output(LAMP))
            await until(lambda: not pins.output(LAMP))
            await until(lambda: pins.output(LAMP))

    asyncio.run(story())


def test_samples_arrive_at_the_start_and_when_they_move(pins: MockPins, path: Path) -> None:
    async def story() -> None:
        pins.set_ratio(3, 0.5)
        recorder = Recorder()
        channels = (AdcChannel("loop", 3, every_s=0.02), AdcChannel("wide", 7, "mcp3208", device=1, every_s=0.02))
        async with running(gpio(path, channels=channels), recorder):
            await until(lambda: len(recorder.conversations) == 4)
            pins.set_ratio(3, 0.667)
            pins.set_ratio(7, 0.9, device=1)
            await until(lambda: [i for i in items(recorder, "loop") if i.ratio > 0.6])  # type: ignore[attr-defined]
            await until(lambda: [i for i in items(recorder, "wide") if i.ratio > 0.8])  # type: ignore[attr-defined]
        first, last = items(recorder, "loop")[0], items(recorder, "loop")[-1]
        assert isinstance(first, Sample)
        assert isinstance(last, Sample)
        assert abs(first.ratio - 0.5) < 0.002
        assert abs(last.ratio - 0.667) < 0.002
        assert len(items(recorder, "loop")) <= 4

    asyncio.run(story())


def test_levels_outlive_the_gateway_and_outputs_go_dark_with_it(pins: MockPins, path: Path) -> None:
    async def story() -> None:
        port = gpio(path)
        async with running(port, Recorder()):
            await until(lambda: BUTTON in pins.read().levels)
            port.outputs["button:lamp"].on()
            port.outputs["buzzer"].on()
            await until(lambda: pins.output(LAMP) and not pins.output(ACTIVE_LOW))
        assert not pins.output(LAMP)
        assert pins.output(ACTIVE_LOW)
        pins.set(BUTTON, 0)
        recorder = Recorder()
        async with running(gpio(path), recorder):
            await until(lambda: recorder.conversations)
            assert items(recorder, "button") == [Level("button", high=False)]

    asyncio.run(story())


def test_a_board_that_goes_is_one_fault_and_comes_back_with_how_things_stand(path: Path) -> None:
    async def story() -> None:
        recorder = Recorder()
        async with running(gpio(path), recorder):
            await until(lambda: recorder.history)
            assert recorder.history[0].startswith("down: hall: MockPinsError: nobody keeps the mock pins at")
            first = keep(path)
            await until(lambda: recorder.history[-1] == "up")
            first.send_signal(signal.SIGKILL)
            await asyncio.to_thread(first.wait)
            await until(lambda: recorder.conversations[-1].ended is not None)
            second = keep(path)
            await until(lambda: len(recorder.conversations) == 4)
            with await asyncio.to_thread(MockPins, path) as client:
                client.set(BUTTON, 0)
            await until(lambda: len(recorder.conversations[2].items) == 2)
        assert [word.split(":")[0] for word in recorder.history] == ["down", "up", "down", "up"]
        assert [one.ended is not None for one in recorder.conversations] == [True] * 4
        second.terminate()
        await asyncio.to_thread(second.wait)

    asyncio.run(story())


def test_a_machine_without_a_board_says_so_and_goes_on_trying() -> None:
    async def story() -> None:
        recorder = Recorder()
        async with running(GpioPort("hall", system_clock, inputs=INPUTS, chip=999), recorder):
            await until(lambda: recorder.history)
        assert recorder.history[0].startswith("down: hall: ")
        assert recorder.conversations == []

    asyncio.run(story())


def test_a_paused_line_loses_nothing_and_a_flooded_one_ends_with_how_it_stands(pins: MockPins, path: Path) -> None:
    async def story() -> None:
        recorder = Recorder()
        async with running(gpio(path), recorder):
            await until(lambda: recorder.conversations)
            button = recorder.conversations[0]
            button.line.pause()
            pins.set(BUTTON, 0)
            pins.set(BUTTON, 1)
            await asyncio.to_thread(pins.set, DOOR, 1)
            await until(lambda: len(items(recorder, "door")) == 2)
            assert len(button.items) == 1
            button.line.resume()
            assert [item.high for item in button.items] == [True, False, True]
            button.line.pause()
            for number in range(MAX_WAITING + 9):
                button.line.deliver(Level("button", high=number % 2 == 0), system_clock())  # type: ignore[attr-defined]
            button.line.resume()
            assert len(button.items) == 3 + MAX_WAITING + 1
            assert button.items[-1] == Level("button", high=True)

    asyncio.run(story())


def test_orders_to_outputs_that_do_not_exist_are_nothing(pins: MockPins, path: Path) -> None:
    async def story() -> None:
        recorder = Recorder()
        async with running(gpio(path), recorder):
            await until(lambda: recorder.conversations)
            line = recorder.conversations[1].line
            line.write(b"lamp on\nbuzzer on\n\xff\n\n")
            await until(lambda: not pins.output(ACTIVE_LOW))
            assert not pins.output(LAMP)
            line.write(b"buzzer dance")
            assert recorder.history[-1] == "refused 1: an order to an output that it does not know"

    asyncio.run(story())


def test_two_declarations_of_one_pin_or_line_are_refused() -> None:
    with pytest.raises(ValueError, match=r"GPIO17"):
        GpioPort("hall", system_clock, inputs=[InputPin("a", 17)], outputs=[OutputPin("b", 17)])
    with pytest.raises(ValueError, match=r": a"):
        GpioPort("hall", system_clock, inputs=[InputPin("a", 17), InputPin("a", 18)])


def test_an_output_ends_by_itself_and_resumes_when_the_board_comes() -> None:
    async def story() -> None:
        written: list[bool] = []
        output = Output("lamp")
        output.blink(0.02, 0.02, for_s=0.2)
        assert not written
        output.attach(written.append)
        assert output.lit
        await until(lambda: written.count(True) >= 3)
        output.detach()
        assert written[-1] is False
        output.attach(written.append)
        started_s = monotonic()
        await until(lambda: not output.lit and monotonic() - started_s > 0.25)
        assert output._timer is None
        assert not output.obey("dance")
        assert not output.obey("on later")
        assert output.obey("on nan")

    asyncio.run(story())


def test_the_loop_is_woken_once_per_batch_and_a_loss_is_told() -> None:
    async def story() -> None:
        batches: list[tuple[list[int], bool]] = []
        inbox: Inbox[int] = Inbox(asyncio.get_running_loop(), lambda batch, lost: batches.append((batch, lost)), 5)
        await asyncio.to_thread(inbox.put, 0)
        await until(lambda: batches)
        batches.clear()
        for number in range(8):
            inbox.put(number)
        await until(lambda: batches)
        assert batches == [([0, 1, 2, 3, 4], True)]

    asyncio.run(story())


@pytest.mark.usefixtures("pins")
def test_a_flood_of_edges_ends_with_how_the_pin_stands(path: Path) -> None:
    async def story() -> None:
        recorder = Recorder()
        port = gpio(path)
        async with running(port, recorder):
            await until(lambda: recorder.conversations)
            port._deliver([("button", False, monotonic())], True)  # noqa: FBT003
            assert [item.high for item in recorder.conversations[0].items] == [True, False, True]
            assert recorder.history[-1].startswith("refused 1: edges came faster")

    asyncio.run(story())


@pytest.mark.usefixtures("pins")
def test_the_moment_of_an_edge_is_never_in_the_future(path: Path) -> None:
    async def story() -> None:
        recorder = Recorder()
        port = gpio(path)
        async with running(port, recorder):
            await until(lambda: recorder.conversations)
            before: Instant = system_clock()
            port._deliver([("button", False, monotonic() + 60)], False)  # noqa: FBT003
            assert recorder.conversations[0].times[-1].monotonic_s - before.monotonic_s < 1

    asyncio.run(story())
