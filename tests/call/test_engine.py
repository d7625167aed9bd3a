"""The engine whole, with a peer of ours as the office's page: screens, SOS, endings, faults, many calls."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from edge.call.clock_picture import ClockPicture
from edge.call.engine import Engine
from edge.call.fake_sound import Beeps, FakeMicrophone, NullSpeaker
from edge.call.media import Parts
from edge.call.peer import AiortcPeer, hush
from edge.call.picture import PictureError
from edge.call.pictures import Encoder
from edge.call.program import new_id
from edge.call.sound import NoProcessing
from sync.contract import call_screen
from sync.contract.call import Reason, State
from sync.contract.call_screen import CallSeen, HangUp, Preview, Start, Wish
from sync.contract.call_signals import Accept, Alive, Ring
from sync.contract.call_signals import Start as StartSignal
from sync.contract.envelope import decode, encode
from tests.call.office import Office
from tests.call.pair import Page, until


class BrokenCard:
    """A microphone, or a loudspeaker, that cannot be opened."""

    def open(self, _: object) -> None:
        raise OSError("busy")

    def close(self) -> None:
        pass


@dataclass
class House:
    engine: Engine
    office: Office
    page: Page
    camera: ClockPicture
    socket: Path
    work: asyncio.Task[None]
    screens: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def seen(self) -> CallSeen:
        return self.engine.screens._last

    @property
    def state(self) -> State:
        return self.seen.state

    async def screen(self) -> Screen:
        reader, writer = await asyncio.open_unix_connection(str(self.socket))
        self.screens.append(writer)
        return Screen(reader, writer)

    async def connect(self, screen: Screen) -> None:
        screen.wish(Start(department="civil"))
        await screen.until(lambda seen: seen.state is State.CONNECTED and bool(seen.remote_frames))


@dataclass
class Screen:
    """A screen at the socket."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    seen: CallSeen = field(default_factory=lambda: CallSeen(n=0))

    def wish(self, wish: Wish) -> None:
        self.writer.write(encode(wish) + b"\n")

    async def until(self, condition: Callable[[CallSeen], bool], timeout_s: float = 10.0) -> CallSeen:
        async with asyncio.timeout(timeout_s):
            while not condition(self.seen):
                line = await self.reader.readline()
                assert line, "the engine let the screen go"
                self.seen = decode(line, CallSeen)
        return self.seen

    def vanish(self) -> None:
        self.writer.transport.abort()


def handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@asynccontextmanager
async def house(tmp: Path, **changes: object) -> AsyncIterator[House]:
    hush()
    page = Page()
    office = Office(page.answer)
    await office.open(tmp / "api.sock")
    camera = ClockPicture()
    parts = Parts(camera, FakeMicrophone(Beeps()), NullSpeaker(), NoProcessing, AiortcPeer)
    parts = replace(parts, **changes)  # type: ignore[arg-type]
    engine = Engine(parts, tmp / "api.sock", tmp / "call.sock", new_id, lambda: frozenset({"192.0.2.2"}))
    work = asyncio.create_task(engine.run())
    await until(lambda: bool(office._ears and office._events), what="the engine at its gateway")
    one = House(engine, office, page, camera, tmp / "call.sock", work)
    try:
        yield one
    finally:
        for writer in one.screens:
            writer.close()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await page.close()
        await office.close()


def run(tmp: Path, test: Callable[[House], Awaitable[None]], **changes: object) -> None:
    async def all_of_it() -> None:
        async with house(tmp, **changes) as one:
            await test(one)

    asyncio.run(all_of_it())


# --- screens


def test_a_screen_reads_the_whole_of_it_with_its_first_line(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        first = await one.screen()
        await one.connect(first)
        second = await one.screen()
        seen = await second.until(lambda seen: seen.n > 0)
        assert (seen.state, seen.by) == (State.CONNECTED, "desk 3")
        assert seen.remote_frames
        assert seen.own_frames

    run(tmp_path, test)


def test_nobody_is_left_on_camera_when_the_only_screen_vanishes(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        screen.vanish()
        await asyncio.sleep(0.1)
        assert one.camera.opened == 1
        await until(lambda: one.camera.opened == 0, 8.0, "the camera going out")
        await until(lambda: one.office.ended == {one.seen.call: Reason.IDLE}, what="the good-bye")

    run(tmp_path, test)


def test_a_screen_that_comes_back_within_five_seconds_goes_on(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        screen.vanish()
        again = await one.screen()
        await again.until(lambda seen: seen.state is State.CONNECTED and seen.state_s > 6, 15.0)
        assert one.office.ended == {}

    run(tmp_path, test)


@pytest.mark.parametrize("line", [b"\n", b"{}\n", b"\xff\n", b'{"type":"start"}\n', b'{"type":"volume","db":1e999}\n'])
def test_a_wish_that_is_none_is_counted_and_the_screen_stays(tmp_path: Path, line: bytes) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        screen.writer.write(line)
        await until(lambda: one.engine.screens.refused == 1, what="the refusal")
        await one.connect(screen)

    run(tmp_path, test)


def test_a_line_without_an_end_costs_that_screen_and_nothing_else(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        bad, good = await one.screen(), await one.screen()
        bad.writer.write(b"x" * 200_000)
        await until(lambda: one.engine.screens.refused == 1, what="the refusal")
        await one.connect(good)

    run(tmp_path, test)


def test_ten_fingers_make_one_call(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        for _ in range(200):
            screen.wish(Start(department="civil"))
        await one.connect(screen)
        assert len(one.office.signals(StartSignal)) == 1

    run(tmp_path, test)


def test_the_service_menu_sees_the_camera_without_a_call(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        screen.wish(Preview(on=True))
        await screen.until(lambda seen: seen.camera and bool(seen.own_frames))
        screen.wish(Preview(on=False))
        await screen.until(lambda seen: not seen.camera)
        assert one.camera.opened == 0
        assert one.office.heard == []

    run(tmp_path, test)


# --- devices


def test_sound_alone_by_choice_opens_no_camera_and_the_picture_can_be_switched_on(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        screen.wish(Start(department="civil", video=False))
        await screen.until(lambda seen: seen.state is State.CONNECTED)
        assert one.camera.opened == 0
        screen.wish(call_screen.Camera(on=True))
        await until(lambda: bool(one.page.ears.pictures), what="the kiosk's picture at the office")
        screen.wish(call_screen.Camera(on=False))
        await until(lambda: one.camera.opened == 0, what="the camera going out")

    run(tmp_path, test)


def test_a_microphone_that_is_off_sends_silence_and_the_line_stays_open(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        screen.wish(call_screen.Microphone(on=False))
        await screen.until(lambda seen: not seen.microphone)
        before = len(one.page.ears.sounds)
        await until(lambda: len(one.page.ears.sounds) > before + 50, what="silence, packet by packet")
        # Opus needs next to nothing for silence
        assert max(len(payload) for _, _, payload in one.page.ears.sounds[-20:]) < 30

    run(tmp_path, test)


def test_a_card_that_is_broken_is_said_and_the_call_goes_on_with_pictures(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        seen = await screen.until(lambda seen: seen.trouble == "microphone")
        assert not seen.microphone
        await asyncio.sleep(3.5)
        assert one.state is State.CONNECTED

    run(tmp_path, test, microphone=BrokenCard())


def test_without_camera_and_microphone_there_is_no_call(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        one.camera.pulled = True
        screen = await one.screen()
        screen.wish(Start(department="civil"))
        await screen.until(lambda seen: seen.reason is Reason.DEVICE)

    run(tmp_path, test, microphone=BrokenCard())


# --- SOS


def test_a_pressed_button_opens_the_voice_with_the_screen_dead(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        await until(lambda: one.engine._sos_devices == {"kiosk-sos"}, what="the box's settings")
        one.office.alarm("0190", "another-button")
        one.office.alarm("0191", "kiosk-sos")
        await until(lambda: one.state is State.CONNECTED, what="the voice")
        (start,) = one.office.signals(StartSignal)
        assert (start.department, start.alarm, start.video) == ("general", "0191", False)
        assert one.camera.opened == 0
        await until(lambda: len(one.page.ears.sounds) > 50, what="the kiosk's voice")

    run(tmp_path, test)


def test_the_office_reaches_who_pressed_without_a_tap(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        one.office.grants = False
        one.office.say("r" * 20, Ring(n=0, department="general", by="1", alarm="0191"))
        await until(lambda: bool(one.office.signals(Accept)), what="the call being taken")
        await until(lambda: "r" * 20 in one.office.offers, what="the offer")
        one.office.grant("r" * 20)
        await until(lambda: one.state is State.CONNECTED, what="the voice")
        assert one.camera.opened == 0

    run(tmp_path, test)


# --- the line


def test_without_a_line_a_call_is_refused_at_once(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        one.office.line(up=False)
        screen = await one.screen()
        await until(lambda: not one.engine.reception._online, what="the word of the line")
        screen.wish(Start(department="civil"))
        await screen.until(lambda seen: seen.reason is Reason.OFFLINE, 1.0)

    run(tmp_path, test)


def test_a_line_that_breaks_in_a_call_leaves_the_media_alone(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        one.office.line(up=False)
        await screen.until(lambda seen: seen.state_s > 5, 15.0)
        assert one.state is State.CONNECTED
        one.office.line(up=True)
        before = len(one.office.signals(Alive))
        await until(lambda: len(one.office.signals(Alive)) > before, what="a word of life")

    run(tmp_path, test)


def test_media_that_died_come_back_in_the_same_call(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        call = one.seen.call
        await one.page.fall_silent()
        await screen.until(lambda seen: seen.good is call_screen.Good.AWAY, 3.5)
        seen = await screen.until(lambda seen: seen.state is State.CONNECTED and seen.good is call_screen.Good.GOOD)
        assert seen.call == call

    run(tmp_path, test)


def test_a_page_that_closes_its_end_is_dialled_anew_before_anybody_wonders(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        call = one.seen.call
        await one.page.close()
        await until(lambda: one.office.offers[call].leg == 2, 2.5, "the next offer")
        await screen.until(lambda seen: seen.state is State.CONNECTED and seen.state_s > 0.5)

    run(tmp_path, test)


def test_another_address_is_noticed_and_dialled_from(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        call, leg = one.seen.call, one.office.offers[one.seen.call].leg
        one.engine._addresses = lambda: frozenset({"198.51.100.7"})
        await one.page.close()
        await until(lambda: one.office.offers[call].leg > leg, 2.5, "the next offer")
        await screen.until(lambda seen: seen.state is State.CONNECTED and seen.good is call_screen.Good.GOOD)

    run(tmp_path, test)


# --- faults and many calls


def test_a_codec_that_crashes_ends_the_call_and_the_program_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)

        def crash(*_: object, **__: object) -> bytes:
            raise PictureError("as a codec does")

        monkeypatch.setattr(Encoder, "encode", crash)
        seen = await screen.until(lambda seen: seen.reason is Reason.ENGINE)
        assert seen.state is State.ENDED
        await until(one.work.done, what="the end of the program")
        assert one.office.ended == {seen.call: Reason.ENGINE}
        assert one.camera.opened == 0

    run(tmp_path, test)


def test_an_answer_that_is_none_ends_that_leg_and_the_next_is_tried(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        answers: Iterator[str] = iter(["v=0\r\nnonsense", "\x00" * 1000])

        async def forged(offer: object) -> str:
            return next(answers, "") or await one.page.answer(offer)  # type: ignore[arg-type]

        one.office.answer = forged
        screen = await one.screen()
        screen.wish(Start(department="civil"))
        await screen.until(lambda seen: seen.state is State.CONNECTED, 20.0)
        assert one.office.offers[one.seen.call].leg == 3

    run(tmp_path, test)


def test_twenty_calls_leave_no_thread_no_handle_and_no_shared_memory(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        counts: list[tuple[int, int]] = []
        for n in range(20):
            await one.connect(screen)
            if n % 10 == 9:  # every tenth is killed instead
                await one.page.close()
            screen.wish(HangUp())
            await screen.until(lambda seen: seen.state is State.ENDED)
            await until(lambda: not one.engine.media._legs and not one.engine.media._closing, what="the legs' end")
            await one.page.close()
            gc.collect()
            counts.append((threading.active_count(), handles()))
        assert counts[-1][0] <= counts[4][0]
        assert counts[-1][1] <= counts[4][1] + 2
        assert list(Path("/dev/shm").glob(f"linli-*-{os.getpid()}-*")) == []  # noqa: ASYNC240

    run(tmp_path, test)


def test_the_program_runs_says_good_bye_when_stopped_and_leaves_nothing_behind(tmp_path: Path) -> None:
    async def test() -> None:
        page = Page()
        office = Office(page.answer)
        await office.open(tmp_path / "api.sock")
        command = [sys.executable, "-m", "edge.call", "--api", str(tmp_path / "api.sock"), "--verbose"]
        command += ["--socket", str(tmp_path / "call.sock"), "--camera", "fake", "--microphone", "fake"]
        program = await asyncio.create_subprocess_exec(*command, "--speaker", "null", stderr=subprocess.PIPE)
        try:
            await until(lambda: (tmp_path / "call.sock").exists() and bool(office._ears), 20.0, "the program")
            reader, writer = await asyncio.open_unix_connection(str(tmp_path / "call.sock"))
            screen = Screen(reader, writer)
            screen.wish(Start(department="civil"))
            seen = await screen.until(lambda seen: seen.state is State.CONNECTED and bool(seen.remote_frames))
            assert Path(seen.remote_frames).stat().st_mode & 0o007 == 0  # noqa: ASYNC240
            program.terminate()
            _, log = await program.communicate()
            assert program.returncode == 0
            assert office.ended == {seen.call: Reason.ENGINE}
            assert not Path(seen.remote_frames).exists()  # noqa: ASYNC240
            assert b"192.0.2" not in log
            assert b"a=" not in log
            writer.close()
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()
            await page.close()
            await office.close()

    asyncio.run(test())
