"""Through a real gateway: the emergency notice from the line to the glass, and the screen cared for from afar."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from drivers.model import Refused
from kiosk_ui.care import NEWS, Care
from kiosk_ui.emergency import EmergencyDeeds, notices_look
from sync.contract.kiosk_box import KioskBox
from sync.contract.messages import Order
from tests.edge.at_the_socket import Box, at_the_socket
from tests.kiosk.test_local import Screen

RELEASED_TO_GLASS_S = 2.0
PNG = b"\x89PNG\r\n\x1a\n" + bytes(900)


class Wall(Screen):
    """The screen's logic without a window; what it draws is said by the test."""

    def __init__(self, socket: Path) -> None:
        super().__init__(socket)
        self.deeds = EmergencyDeeds(self.kiosk, self.local.ask, lambda: False)
        self.local.looks.append(notices_look())
        self.local.passed.add(NEWS)
        self.busy = False
        self.restarts: list[int] = []

        self.care = Care(self.kiosk, self.local.ask, lambda: self.busy)
        self.care.picture = lambda: PNG
        self.care.restart = lambda: self.restarts.append(1)
        self.local.start()

    @property
    def place(self) -> str:
        return self.kiosk.flow.place.screen.value

    def draw(self) -> None:
        while self.deeds.drawn(1.0):
            pass


def story(tell: Callable[[Box, Wall], Awaitable[None]]) -> None:
    async def run(place: Path) -> None:
        async with at_the_socket(place, kiosk=KioskBox()) as box:
            wall = Wall(box.socket)
            try:
                await tell(box, wall)
            finally:
                await asyncio.to_thread(wall.local.stop)

    with tempfile.TemporaryDirectory(prefix="box") as name:
        asyncio.run(asyncio.wait_for(run(Path(name)), 60))


def told(box: Box) -> int:
    return len(box.way.rows("SELECT 1 FROM notice WHERE shown_at IS NOT NULL"))


def test_it_is_on_the_glass_within_two_seconds_told_when_drawn_and_gone_when_withdrawn() -> None:
    async def tell(box: Box, wall: Wall) -> None:
        await wall.until(lambda: "emergency" in wall.news, "the first look")
        begun = time.monotonic()
        await box.way.settled(box.way.send("notice", {"id": "n-1", "title": "台风", "text": "请勿外出"}))
        await wall.until(lambda: wall.place == "emergency", "shown")
        assert time.monotonic() - begun < RELEASED_TO_GLASS_S
        assert told(box) == 0
        wall.draw()
        await wall.until(lambda: told(box) == 1, "told")
        await box.way.settled(box.way.send("notice", {"id": "n-1", "text": "", "withdrawn": True}))
        await wall.until(lambda: wall.place == "home", "gone")

    story(tell)


def test_a_screen_that_starts_again_shows_what_still_holds() -> None:
    async def tell(box: Box, wall: Wall) -> None:
        await box.way.settled(box.way.send("notice", {"id": "n-1", "text": "请勿外出"}))
        await wall.until(lambda: wall.place == "emergency", "shown")
        again = Wall(box.socket)
        await again.until(lambda: again.place == "emergency", "shown again")
        await asyncio.to_thread(again.local.stop)

    story(tell)


def test_the_office_gets_a_picture_of_the_resting_screen_and_none_of_a_person_s() -> None:
    async def tell(box: Box, wall: Wall) -> None:
        async def asked(do: str) -> object:
            return await box.way.gateway.local.care.ordered(Order(id=f"o-{do}", device="", arguments={"do": do}))

        await wall.until(lambda: "emergency" in wall.news, "the first look")
        picture = await asked("screenshot")
        assert isinstance(picture, dict)
        assert await box.content(f"blob/{picture['picture']}") == PNG
        assert box.way.rows("SELECT sha256 FROM blob_waiting") == [(picture["picture"],)]
        wall.kiosk.press("departments", "", 10.0)
        wall.kiosk.tick(60.0)
        await wall.until(lambda: box.way.gateway.local.care.summary().get("busy"), "it says that somebody is there")
        assert box.way.gateway.local.care.summary()["opened.departments"] == 1
        refused = await asked("screenshot")
        assert isinstance(refused, Refused)
        assert "personal" in refused.reason
        assert await asked("home") == {}
        assert wall.place == "home"
        wall.busy = True
        assert isinstance(await asked("restart"), Refused), "not in a call"
        wall.busy = False
        assert await asked("restart") == {}
        await wall.until(lambda: wall.restarts == [1], "it ends, to be started anew")

    story(tell)
