"""The whole way, all programs real: the kiosk's engine, gateway, broker, receiver, desk, and Chromium at the page."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from edge.demo.neighbourhood import Size
from edge.demo.theatre import PASSWORD, Theatre
from sync.contract.frames import FrameReader
from tests.office.desk.browser import FAKES, chromium, person, signed_in
from tests.office.desk.call_office import holds, takes_calls
from tests.office.desk.call_shots import Caller
from tests.office.desk.kiosk_peer import until

pytestmark = pytest.mark.e2e

READ_CLOCK = """() => {
    const face = document.querySelector('.stage > video'), canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [face.videoWidth, face.videoHeight];
    const pen = canvas.getContext('2d');
    pen.drawImage(face, 0, 0);
    const side = face.videoWidth * 24 / 640, row = pen.getImageData(0, Math.floor(side / 2), face.videoWidth, 1).data;
    let value = 0;
    for (let cell = 0; cell < 24; cell += 1) value = value * 2 + (row[Math.floor((cell + 0.5) * side) * 4] > 127);
    return value;
}"""
"""Milliseconds modulo 2^24 in the top row of the kiosk's picture (edge/call/clock_picture.py)."""
LATEST_MS = 3000
"""How old a picture may be on a machine that does much else; what it really is, the bench measures."""


async def picture_ms(page: Page) -> int:
    """How old the kiosk's picture is on the clerk's screen."""
    return int((int(time.time() * 1000) - await page.evaluate(READ_CLOCK)) % (1 << 24))


def greens(path: str) -> bool:
    """Whether the kiosk shows the green of Chromium's camera: both chroma planes are low."""
    reader = FrameReader(Path(path))
    try:
        frame = reader.newest()
        if frame is None:
            return False
        chroma = frame.planes[frame.width * frame.height :]
        return sum(chroma) / len(chroma) < 115
    finally:
        reader.close()


def test_a_tap_at_the_kiosk_and_a_key_at_the_desk_bring_two_faces_together(short_tmp: Path) -> None:
    async def story() -> None:
        theatre = Theatre(short_tmp, Size(), 3, lambda: datetime.now(UTC), desk=True)
        async with theatre, chromium(*FAKES) as browser, Caller(theatre.stage.api_socket, short_tmp) as kiosk:
            await theatre.desk_opened()
            page = await signed_in(await person(browser), theatre.desk_url.rstrip("/"), "duty1", PASSWORD)
            await page.wait_for_selector(".line.up")
            await takes_calls(page)
            kiosk.wish("start", department="general", guide="pension")
            await expect(page.locator("#call-bar .bar")).to_be_visible()
            await page.keyboard.press("F9")
            await holds(page, "document.querySelector('.stage > video')?.videoWidth >= 320")
            await until(lambda: kiosk.seen.get("state") == "connected", "the engine says so")
            await expect(page.get_by_role("button", name="保持")).to_be_enabled()
            assert await picture_ms(page) < LATEST_MS
            await until(lambda: kiosk.seen["remote_frames"], "the clerk's picture is in shared memory")
            await until(lambda: greens(kiosk.seen["remote_frames"]), "the clerk's picture at the kiosk")
            await page.get_by_role("button", name="请慢慢说").click()
            await until(lambda: kiosk.seen.get("texts") == ["请慢慢说,我在听"], "big letters")
            await page.get_by_role("button", name="拍一张纸").click()
            await page.locator(".paper-sheet .ink").click(position={"x": 100, "y": 100})
            await until(lambda: len((kiosk.seen.get("still") or {}).get("marks", [])) == 1, "a circle at the kiosk")
            kiosk.wish("say", text="谢谢")
            await expect(page.locator(".said-lines li.kiosk")).to_contain_text("谢谢")
            kiosk.wish("hang-up")
            await expect(page.locator(".after")).to_contain_text("居民挂断")

    asyncio.run(story())
