"""The screen's emergency at a real gateway: its local API, its disk, its live stream. No display, no line."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path

from kiosk_ui.call_deeds import CallDeeds
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.local import Local
from kiosk_ui.sos import HOLD_S
from kiosk_ui.sos_deeds import SosDeeds, alarm_look
from kiosk_ui.theme import Glass
from tests.edge.at_the_socket import Box, at_the_socket


class Screen:
    """A kiosk's logic on its own threads to the gateway, fed here as the window would."""

    def __init__(self, socket: Path) -> None:
        self.news: deque[tuple[str, object]] = deque()
        self.at = 1000.0
        self.kiosk = Kiosk(Glass())
        self.local = Local(socket, lambda name, news: self.news.append((name, news)))
        self.local.looks.append(alarm_look())
        self.sos = SosDeeds(self.kiosk, CallDeeds(self.kiosk, lambda _wish: True, self.local.ask), self.local.ask)
        self.local.start()

    async def until(self, true: Callable[[], object], what: str) -> None:
        for _ in range(500):
            while self.news:
                self.kiosk.heard(*self.news.popleft(), self.at)
            if true():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"not within 5 s: {what}")

    def hold(self) -> None:
        self.kiosk.press("sos-down", "", self.at)
        self.at += HOLD_S + 0.1
        self.kiosk.tick(self.at)
        self.kiosk.press("sos-up", "", self.at)

    @property
    def stage(self) -> str:
        return self.sos.sos.stage(self.at).value


def test_held_on_the_screen_kept_on_disk_and_followed_to_its_end(short_tmp: Path) -> None:
    async def story(box: Box, screen: Screen) -> None:
        await screen.until(lambda: screen.kiosk.box.gateway, "the gateway is there")
        screen.hold()
        await screen.until(lambda: screen.stage == "raised", "kept")
        (alarm,) = box.way.gateway.book.open.values()
        assert (alarm.device, alarm.cause) == ("kiosk", "sos")
        box.way.gateway.guard.received(alarm.era, alarm.seq)
        await screen.until(lambda: screen.stage == "at-office", "the centre has it")
        step = {"alarm": alarm.id, "by": "duty", "at": alarm.raised_at}
        box.way.send(f"alarm/{alarm.id}", {**step, "step": "acknowledge"})
        await screen.until(lambda: screen.stage == "taken", "somebody has it")
        screen.at += 1.0
        screen.kiosk.press("sos-fine", "", screen.at)
        await screen.until(lambda: screen.sos.sos.alarm and screen.sos.sos.alarm.fine_at, "told")
        assert alarm.id in box.way.gateway.book.open, "it closes nothing"
        box.way.send(f"alarm/{alarm.id}", {**step, "step": "on_the_way", "text": "五分钟到"})
        await screen.until(lambda: screen.stage == "coming", "on the way")
        box.way.send(f"alarm/{alarm.id}", {**step, "step": "close", "reason": "real"})
        await screen.until(lambda: screen.stage == "closed", "closed")

    asyncio.run(asyncio.wait_for(played(short_tmp, story), 30))


def test_a_screen_that_begins_in_the_middle_shows_what_is_open(short_tmp: Path) -> None:
    async def story(box: Box, screen: Screen) -> None:
        screen.hold()
        await screen.until(lambda: screen.stage == "raised", "kept")
        again = Screen(box.socket)
        await again.until(lambda: again.stage == "raised", "shown")
        assert again.kiosk.flow.place.screen.value == "sos"
        await asyncio.to_thread(again.local.stop)

    asyncio.run(asyncio.wait_for(played(short_tmp, story), 30))


async def played(folder: Path, story: Callable[[Box, Screen], object]) -> None:
    async with at_the_socket(folder) as box:
        screen = Screen(box.socket)
        try:
            await story(box, screen)  # type: ignore[misc]
        finally:
            await asyncio.to_thread(screen.local.stop)
