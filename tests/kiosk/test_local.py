"""The screen's look at its box, with a real gateway behind the socket."""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kiosk_ui.departments import Presence, Standing
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.local import Failed, Local, Look, Status
from sync.contract import kiosk as contract
from sync.contract.departments import Department, Departments, Said
from sync.contract.envelope import encode
from sync.contract.kiosk_box import Glass, KioskBox
from sync.unix_http import Answer
from tests.edge.at_the_socket import Box, at_the_socket

BOX = KioskBox(place="幸福路超市", screen=Glass(width_px=800, height_px=1280, width_mm=135, height_mm=216))


class Screen:
    """A kiosk without a display, and every piece of news it got, newest of each name."""

    def __init__(self, path: Path) -> None:
        self.kiosk = Kiosk()
        self.news: dict[str, Any] = {}
        self.count: dict[str, int] = {}
        self._lock = threading.Lock()
        self.local = Local(path, self.post)

    def post(self, name: str, news: object) -> None:
        with self._lock:
            self.news[name] = news
            self.count[name] = self.count.get(name, 0) + 1
            self.kiosk.heard(name, news, 0.0)

    async def until(self, true: Callable[[], object], what: str, within_s: float = 20) -> None:
        deadline = time.monotonic() + within_s
        while not true():
            assert time.monotonic() < deadline, f"not in time: {what}; {self.news}"
            await asyncio.sleep(0.01)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="box") as name:  # a socket's path is short
        yield Path(name)


def story(folder: Path, tell: Callable[[Box, Screen], Awaitable[None]]) -> None:
    async def run() -> None:
        async with at_the_socket(folder, kiosk=BOX) as box:
            screen = Screen(box.socket)
            screen.local.start()
            try:
                await tell(box, screen)
            finally:
                await asyncio.to_thread(screen.local.stop)

    asyncio.run(asyncio.wait_for(run(), 60))


def test_the_screen_learns_its_glass_its_place_and_its_line(folder: Path) -> None:
    async def tell(_: Box, screen: Screen) -> None:
        await screen.until(lambda: "presence" in screen.news, "everything was looked at")
        assert screen.kiosk.box.settings == BOX
        assert screen.kiosk.glass.width_px == 800
        assert screen.kiosk.box.gateway
        assert isinstance(screen.news["status"], Status)

    story(folder, tell)


def test_presence_is_looked_at_again_when_it_changes(folder: Path) -> None:
    async def tell(box: Box, screen: Screen) -> None:
        await screen.until(lambda: "presence" in screen.news, "the first look")
        body = encode(contract.Presence(2, 1, 0, 1, 120.0))
        box.way.gateway.down.retained.keep("presence/civil", body)
        await screen.until(lambda: "civil" in screen.kiosk.box.presence, "presence of civil")
        found = screen.kiosk.box.presence["civil"]
        assert found == Presence("civil", 2, 1, fresh=found.fresh, free=1, wait_s=120.0)
        box.way.gateway.down.retained.keep("presence/civil", b"")
        await screen.until(lambda: not screen.kiosk.box.presence, "nobody any more")

    story(folder, tell)


def test_departments_are_those_of_the_content(folder: Path) -> None:
    ours = Departments([Department(id="elders", name=Said("助老科"))])

    async def tell(box: Box, screen: Screen) -> None:
        await screen.until(lambda: "presence" in screen.news, "the first look")
        assert len(screen.kiosk.box.departments.departments) == 9
        body = encode(ours)
        name = await box.way.gateway.local.files.store.keep(body)
        file = contract.ContentFile("departments.json", name, len(body), "application/json")
        box.way.gateway.down.retained.keep("content/departments", encode(contract.Manifest("1", [file])))
        await screen.until(lambda: screen.kiosk.box.departments == ours, "our departments")

    story(folder, tell)


def test_something_asked_for_once_is_answered_under_its_name(folder: Path) -> None:
    async def tell(_: Box, screen: Screen) -> None:
        screen.local.ask("sent", "POST", "events", {"kind": "report", "form": {"what": "lamp"}}, "key-1")
        await screen.until(lambda: "sent" in screen.news, "an answer")
        assert isinstance(screen.news["sent"], Answer)
        assert screen.news["sent"].status == 201

    story(folder, tell)


def test_without_a_gateway_it_says_so_once_and_a_question_fails_with_a_reason(folder: Path) -> None:
    async def tell() -> None:
        screen = Screen(folder / "nobody.sock")
        screen.local.start()
        screen.local.ask("sent", "GET", "status")
        await screen.until(lambda: {"gateway", "sent"} <= screen.news.keys(), "the news")
        assert screen.news["gateway"] is False
        assert isinstance(screen.news["sent"], Failed)
        await asyncio.sleep(1.5)
        assert screen.count["gateway"] == 1
        await asyncio.to_thread(screen.local.stop)

    asyncio.run(asyncio.wait_for(tell(), 30))


def point(path: Path, socket: Path) -> None:
    """A socket in the same place as before."""
    path.unlink(missing_ok=True)
    path.symlink_to(socket)


async def gateway_comes_and_goes(screen: Screen, folder: Path, path: Path) -> None:
    looked = screen.count.get("presence", 0)
    async with at_the_socket(folder, kiosk=BOX) as box:
        point(path, box.socket)
        await screen.until(lambda: screen.kiosk.box.gateway, "the gateway answers")
        await screen.until(lambda: screen.count.get("presence", 0) > looked, "it is looked at")
        box.way.gateway.down.retained.keep("presence/civil", encode(contract.Presence(1, 0, 0, 1)))
        await screen.until(lambda: screen.kiosk.box.presence.get("civil"), "somebody is there")
    await screen.until(lambda: not screen.kiosk.box.gateway, "the gateway is gone")


def test_a_gateway_that_goes_and_comes_back_is_looked_at_anew(folder: Path) -> None:
    async def tell() -> None:
        path = folder / "api.sock"
        screen = Screen(path)
        screen.local.start()
        for turn in ("first", "second"):
            await gateway_comes_and_goes(screen, folder / turn, path)
            standing = {found.standing for found in screen.kiosk.box.standing(datetime.now(UTC))}
            assert standing == {Standing.OFFLINE}, "nobody is said to be there while nobody can be asked"
        await asyncio.to_thread(screen.local.stop)

    asyncio.run(asyncio.wait_for(tell(), 60))


def test_an_answer_of_another_shape_is_refused_and_the_rest_goes_on(folder: Path) -> None:
    async def tell(_: Box, screen: Screen) -> None:
        await screen.until(lambda: "presence" in screen.news, "the others were looked at")
        assert "odd" not in screen.news

    async def run() -> None:
        async with at_the_socket(folder, kiosk=BOX) as box:
            screen = Screen(box.socket)
            screen.local.looks.insert(0, Look("odd", (), lambda api: api.get("status", Departments)))
            screen.local.start()
            await tell(box, screen)
            await asyncio.to_thread(screen.local.stop)

    asyncio.run(asyncio.wait_for(run(), 60))
