"""The engine whole, when something breaks, and after many calls: nothing else is touched and nothing is left."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.call.picture import PictureError
from edge.call.pictures import Encoder
from sync.contract.call import Reason, State
from sync.contract.call_screen import HangUp, Start
from tests.call.house import SOON_S, House, Screen, run
from tests.call.office import Office
from tests.call.pair import Page, until

WARM = 3
"""Calls after which everything that stays is there."""


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
        await until(one.work.done, SOON_S, "the end of the program")
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
        await screen.until(lambda seen: seen.state is State.CONNECTED)
        assert one.office.offers[one.seen.call].leg == 3

    run(tmp_path, test)


def test_a_gateway_that_dies_leaves_the_faces_alone_and_the_next_call_is_refused_at_once(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        held, media = one.seen.call, one.engine.media
        await one.office.close()
        shown = media.picture_in.count if media.picture_in is not None else 0
        await until(lambda: media.picture_in is not None and media.picture_in.count > shown + 5, SOON_S, "pictures")
        assert one.state is State.CONNECTED
        screen.wish(HangUp())
        await screen.until(lambda seen: seen.state is State.ENDED)
        screen.wish(Start(department="civil"))
        seen = await screen.until(lambda seen: seen.call != held and seen.state is State.ENDED)
        assert seen.reason is Reason.OFFLINE
        await one.office.open(tmp_path / "api.sock")
        await until(lambda: one.office.ended == {held: Reason.RESIDENT}, SOON_S, "the good-bye, once it can be said")

    run(tmp_path, test)


@pytest.mark.parametrize("calls", [6, pytest.param(40, marks=pytest.mark.slow)])
def test_calls_leave_no_thread_no_handle_and_no_shared_memory(tmp_path: Path, calls: int) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        threads, descriptors = 0, 0
        for n in range(1, calls + 1):
            await one.connect(screen)
            if n % 5 == 0:  # killed instead
                await one.page.close()
            screen.wish(HangUp())
            await screen.until(lambda seen: seen.state is State.ENDED)
            media = one.engine.media
            await until(lambda: not media._legs and not media._closing, SOON_S, "the legs' end")  # noqa: B023
            await one.page.close()
            if n == WARM:
                threads, descriptors = own_threads(), handles()
        await until(lambda: own_threads() <= threads, SOON_S, "the threads' end")
        await until(lambda: handles() <= descriptors, SOON_S, "the handles' end")
        await until(lambda: not list(Path("/dev/shm").glob(f"linli-*-{os.getpid()}-*")), SOON_S, "the memory's end")

    run(tmp_path, test)


def own_threads() -> int:
    """Without those of asyncio's pool, which come when they are wanted and stay."""
    return sum(not one.name.startswith("asyncio_") for one in threading.enumerate())


def handles() -> int:
    """What waits for the collector is not held."""
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def test_the_program_runs_says_good_bye_when_stopped_and_leaves_nothing_behind(tmp_path: Path) -> None:
    async def test() -> None:
        page = Page()
        office = Office(page.answer)
        await office.open(tmp_path / "api.sock")
        command = [sys.executable, "-m", "edge.call", "--api", str(tmp_path / "api.sock"), "--verbose"]
        command += ["--socket", str(tmp_path / "call.sock"), "--camera", "fake", "--microphone", "fake"]
        program = await asyncio.create_subprocess_exec(*command, "--speaker", "null", stderr=subprocess.PIPE)
        try:
            await until(lambda: (tmp_path / "call.sock").exists() and bool(office._ears), SOON_S, "the program")
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
