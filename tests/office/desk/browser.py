"""Debian's Chromium without a window, driven through Playwright: pages that tests click, read and look at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--autoplay-policy=user-gesture-required", "--disable-dev-shm-usage")
"""As root in a container Chromium's own sandbox cannot start; what it opens here is our own page on loopback."""
FAKES = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""Chromium's own camera (green, with a moving shape) and microphone (beeps), and a yes to every question about them."""

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@asynccontextmanager
async def chromium(*more: str) -> AsyncIterator[Browser]:
    """The browser; contexts are people of their own, with their own cookies. `more`: arguments of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *more])
        try:
            yield browser
        finally:
            await browser.close()


async def person(browser: Browser, *, phone: bool = False) -> BrowserContext:
    """Somebody's own browser window; the throw-away CA is not asked about."""
    size = PHONE if phone else DESK
    return await browser.new_context(
        ignore_https_errors=True,
        viewport={"width": size["width"], "height": size["height"]},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        is_mobile=phone,
        has_touch=phone,
    )


async def signed_in(context: BrowserContext, base: str, login: str, password: str) -> Page:
    """A page of theirs on which they signed in, as a person does it. What the page complains about fails the test."""
    page = await context.new_page()
    page.on("pageerror", _complain)
    await page.goto(base)
    await page.fill("#login", login)
    await page.fill("#password", password)
    await page.click("button.main")
    await page.wait_for_selector("header.top")
    return page


async def hears(page: Page) -> None:
    """Yes to the test tone; played again, as a person would, where the machine was too busy to sound."""
    yes, not_heard = page.locator("dialog button.main:enabled"), page.locator("dialog p.bad")
    for _ in range(5):
        await yes.or_(not_heard).first.wait_for()
        if await yes.count():
            break
        await page.get_by_role("button", name="再放一次").click()
    await yes.click()


def _complain(error: object) -> None:
    raise AssertionError(f"the page failed: {error}")
