"""The demo's kiosk with real programs: a call that a clerk takes, and nothing left of it when the demo has ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from edge.call.clock_picture import age_ms, read_clock
from edge.demo import kiosk
from edge.demo.kiosk import KioskCorner
from edge.demo.kiosk_words import invitation, state
from edge.demo.neighbourhood import Size
from edge.demo.stage import Stage
from edge.demo.theatre import PASSWORD, Theatre
from edge.demo.words import EN, ZH
from sync.contract.call import State
from sync.contract.call_signals import Offer
from sync.contract.frames import FrameReader
from tests.call.pair import Page
from tests.demo.processes import running_under
from tests.office.desk.calling import Clerk
from tests.office.desk.house import Client

SMALL = Size(gt06=1, jt808=1, watches=1, zigbee_doors=1)
PATIENCE_S = 120.0


@pytest.fixture(autouse=True)
def _nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


async def until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, f"not in time: {what}"
        await asyncio.sleep(0.02)


async def answered(clerk: Clerk, page: Page, call: str) -> None:
    """As the page does it: take, answer the offer, say that it receives."""
    await until(lambda: clerk.rings(call), "it rings at the desk")
    taken = (await clerk.step(call, "take")).json
    offer = taken if taken["leg"] else await clerk.word("offer")
    sdp = await page.answer(Offer(n=1, leg=offer["leg"], sdp=offer["sdp"]))
    assert (await clerk.step(call, "answer", leg=offer["leg"], sdp=sdp)).status == 202
    await until(lambda: page.ears.pictures, "a picture of the kiosk")
    await clerk.say("call", do="alive", call=call, leg=offer["leg"], media=True)


@pytest.mark.e2e
def test_the_kiosk_calls_once_a_clerk_takes_calls_and_both_see_the_others_clock(short_tmp: Path) -> None:
    async def story() -> int:
        async with (
            Theatre(short_tmp, SMALL, 3, lambda: datetime.now(UTC), desk=True, kiosk="zh") as theatre,
            aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http,
        ):
            corner = theatre.kiosk
            assert corner is not None
            caller = corner.caller
            await theatre.desk_opened()
            assert corner.engine is not None
            calling = asyncio.create_task(caller.call_when_somebody_is_there())
            client = await Client(http, theatre.desk_url.rstrip("/")).sign_in("duty1", PASSWORD)
            async with client.live() as socket:
                clerk, page = Clerk(client, socket), Page()
                assert not caller.living, "nobody takes calls yet"
                await clerk.take_calls()
                await calling
                await until(lambda: caller.seen.call, "the kiosk calls")
                await answered(clerk, page, caller.seen.call)
                await until(lambda: caller.seen.state is State.CONNECTED and caller.seen.remote_frames, "connected")
                shown = FrameReader(Path(caller.seen.remote_frames))
                await until(lambda: shown.newest() is not None, "a picture of the desk")
                shown.close()
                value = read_clock(page.ears.pictures[-1])
                assert value is not None
                assert age_ms(value, int(time.time() * 1000)) < 5000
                assert corner.fallen is None, corner.fallen
                caller.press()
                await until(lambda: caller.seen.state is State.ENDED, "the kiosk hung up")
                await page.close()
                await clerk.leave()
            return corner.engine.pid

    pid = asyncio.run(story())
    assert running_under(short_tmp) == []
    assert not list(Path("/dev/shm").glob(f"linli-*-{pid}-*"))
    assert not (short_tmp / "call.sock").exists()
    assert "Traceback" not in (short_tmp / "kiosk.log").read_text() + (short_tmp / "call.log").read_text()


def test_a_library_that_is_missing_is_named_and_the_show_goes_on_without_what_needs_it(
    short_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def opened() -> list[str]:
        corner = KioskCorner(stage, "en")
        await corner.open()
        assert (corner.engine, corner.screen) == (None, None)
        assert state(corner, EN) == ""
        await corner.close()
        return invitation(corner, EN)

    monkeypatch.setattr(kiosk, "ENGINE_NEEDS", ("aiortc", "no-such-codec"))
    monkeypatch.setattr(kiosk, "SCREEN_NEEDS", ("no-such-screen",))
    stage = Stage(short_tmp, [], desk=True)
    told = asyncio.run(opened())
    assert [("no-such-codec" in told[0], "aiortc" in told[0]), ("no-such-screen" in told[1], len(told))] == [
        (True, False),
        (True, 2),
    ]


def test_a_screen_that_ended_is_said_with_the_end_of_its_log(short_tmp: Path) -> None:
    corner = KioskCorner(Stage(short_tmp, [], desk=True), "zh")
    corner.screen = Stage(short_tmp / "other", [], desk=True).gateway
    corner.screen.log.write_text("starting\nno font\n", encoding="utf-8")
    assert "no font" in state(corner, ZH)


@pytest.mark.parametrize(("display", "line"), [("", "hold_unseen"), (":0", "hold_window")])
def test_the_first_lines_say_how_to_hold_a_call(
    short_tmp: Path, monkeypatch: pytest.MonkeyPatch, display: str, line: str
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    stage = Stage(short_tmp, [], desk=True)
    corner = KioskCorner(stage, "en")
    corner.engine = corner.screen = stage.gateway
    assert invitation(corner, EN) == [EN[line]]
