"""A real headless Chromium as the office's page: paints a clock, reads the kiosk's, listens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Page, async_playwright

from sync.contract.call_signals import IceServer, Offer

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)
HTML = Path(__file__).with_name("page.html")


class OfficePage:
    """The page; `answer` is what an Office asks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.ice: list[IceServer] = []
        self.relay_only = False

    async def answer(self, offer: Offer) -> str:
        ice = [{"urls": one.urls, "username": one.username, "credential": one.credential} for one in self.ice]
        sdp = await self.page.evaluate(
            "([sdp, ice, relay]) => answer(sdp, ice, relay)", [offer.sdp, ice, self.relay_only]
        )
        assert isinstance(sdp, str)
        return sdp

    async def seen(self) -> dict[str, Any]:
        value = await self.page.evaluate("seen")
        assert isinstance(value, dict)
        return value

    async def until(self, condition: str, timeout_s: float = 30.0) -> None:
        await self.page.wait_for_function(condition, timeout=timeout_s * 1000, polling=20)

    async def stats(self) -> dict[str, Any]:
        value = await self.page.evaluate("stats()")
        assert isinstance(value, dict)
        return value


@asynccontextmanager
async def office_page(*, video: bool = True) -> AsyncIterator[OfficePage]:
    """The browser and its one page, served from loopback, because a camera needs a secure context."""
    app = web.Application()
    app.router.add_get("/", _html)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])
            try:
                page = await (await browser.new_context(permissions=["microphone", "camera"])).new_page()
                page.on("pageerror", _complain)
                await page.goto(f"http://{host}:{port}/")
                await page.evaluate("video => prepare(video)", video)
                yield OfficePage(page)
            finally:
                await browser.close()
    finally:
        await runner.cleanup()


async def _html(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(HTML)


def _complain(error: object) -> None:
    raise AssertionError(f"the page failed: {error}")


async def until(condition: Any, timeout_s: float = 30.0, what: str = "it") -> None:
    """Wait until a condition holds, at most so long."""
    end_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end_s, f"{what} did not happen within {timeout_s} s"
        await asyncio.sleep(0.01)
