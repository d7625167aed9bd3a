"""Care for the screen from afar: what it says, a screenshot it may refuse, and an answer when it is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.model import Refused
from edge.screen_care import ScreenCare
from sync.contract.kiosk_box import KioskBox
from sync.contract.messages import Answer, Order
from sync.contract.screen_care import ScreenAsked, ScreenState
from tests.edge.at_the_socket import Box, at_the_socket
from tests.edge.way_down import until

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(500)


def story(folder: Path, tell: Callable[[Box], Awaitable[None]], **more: Any) -> None:
    async def run() -> None:
        async with at_the_socket(folder, **more) as box:
            await tell(box)

    asyncio.run(asyncio.wait_for(run(), 30))


def order(do: str = "screenshot") -> Order:
    return Order(id="o-1", device="", arguments={"do": do})


async def asked_of(box: Box) -> list[ScreenAsked]:
    """What the live stream asks of the screen from now on."""
    asked: list[ScreenAsked] = []
    tell = box.way.gateway.local.care.ask

    def ask(one: ScreenAsked) -> None:
        asked.append(one)
        tell(one)

    box.way.gateway.local.care.ask = ask
    return asked


def test_a_screenshot_goes_to_the_centre_and_the_answer_names_it(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        asked = await asked_of(box)
        work = asyncio.create_task(box.way.gateway.local.care.ordered(order()))
        await until(lambda: asked, "the screen is asked")
        kept = await box.send("PUT", "blob", PICTURE)
        await box.send("POST", f"screen/{asked[0].id}", {"picture": kept["sha256"]})
        assert await work == {"picture": kept["sha256"]}
        assert box.way.rows("SELECT sha256 FROM blob_waiting") == [(kept["sha256"],)]

    story(short_tmp, tell, kiosk=KioskBox())


def test_a_personal_screen_is_never_sent_and_a_picture_that_is_not_here_is_none(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        asked = await asked_of(box)
        for answer, words in (({"refused": "personal"}, "personal"), ({"picture": "0" * 64}, "not here")):
            asked.clear()
            work = asyncio.create_task(box.way.gateway.local.care.ordered(order()))
            await until(lambda: asked, "the screen is asked")
            await box.send("POST", f"screen/{asked[0].id}", answer)
            refused = await work
            assert isinstance(refused, Refused)
            assert words in refused.reason
        assert box.way.rows("SELECT 1 FROM blob_waiting") == []

    story(short_tmp, tell, kiosk=KioskBox())


def test_a_screen_that_is_away_is_said_and_a_late_answer_harms_nothing(
    short_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.screen_care.ANSWER_S", 0.05)

    async def tell(box: Box) -> None:
        refused = await box.way.gateway.local.care.ordered(order())
        assert isinstance(refused, Refused)
        assert "did not answer" in refused.reason
        assert (await box.declined("POST", "screen/o-1", {})).status == 404

    story(short_tmp, tell, kiosk=KioskBox())


def test_what_the_screen_says_stands_in_the_gateways_state_until_it_falls_silent() -> None:
    now = [100.0]
    care = ScreenCare(lambda: now[0])
    assert care.summary() == {}
    care.report(ScreenState(page="home", content="v1", opened={"guides": 7}))
    found = care.summary()
    assert (found["page"], found["away"], found["opened.guides"]) == ("home", False, 7)
    now[0] += 91
    assert care.summary()["away"] is True


def test_the_screens_word_comes_by_the_local_api(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        await box.send("PUT", "screen", {"page": "home", "busy": True})
        assert box.way.gateway.local.care.summary()["busy"] is True
        assert (await box.declined("PUT", "screen", {"page": 7})).status == 400

    story(short_tmp, tell, kiosk=KioskBox())


def test_a_box_without_a_screen_refuses_and_only_known_deeds_are_asked(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        for wanted, words in ((order(), "no screen"), (order("format"), "must be")):
            judged = box.way.gateway.down.commands.judge("screen", wanted)
            assert isinstance(judged, Answer)
            assert words in judged.reason

    story(short_tmp, tell)
