"""The emergency notice through a real gateway: from the line to the glass, told, withdrawn, and after a restart."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from kiosk_ui.emergency import EmergencyDeeds, notices_look
from tests.edge.at_the_socket import Box, at_the_socket
from tests.kiosk.test_local import Screen

RELEASED_TO_GLASS_S = 2.0


class Wall(Screen):
    """The screen's logic without a window; what it draws is said by the test."""

    def __init__(self, socket: Path) -> None:
        super().__init__(socket)
        self.deeds = EmergencyDeeds(self.kiosk, self.local.ask, lambda: False)
        self.local.looks.append(notices_look())
        self.local.start()

    @property
    def place(self) -> str:
        return self.kiosk.flow.place.screen.value

    def draw(self) -> None:
        while self.deeds.drawn(1.0):
            pass


def story(tell: Callable[[Box, Wall], Awaitable[None]]) -> None:
    async def run(place: Path) -> None:
        async with at_the_socket(place) as box:
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
