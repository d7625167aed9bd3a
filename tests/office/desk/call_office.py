"""Clerks who take calls at their pages and a kiosk at the other end of a real broker: for tests of the call page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from office.desk.people.roles import Role
from tests.broker import Mosquitto
from tests.office.desk.browser import FAKES, chromium, hears, person, signed_in
from tests.office.desk.house import PASSWORD, House
from tests.office.desk.kiosk_peer import SOON_S, Kiosk, until

TO_OFFICE_HOURS_S = 12 * 3600
DEPARTMENT = "civil"
expect.set_options(timeout=SOON_S * 1000)


@dataclass
class Office:
    """Everything a story needs. `pages` are the clerks', in order, each taking calls."""

    house: House
    browser: Browser
    kiosk: Kiosk
    pages: list[Page] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.pages[0]

    async def answered(self, **start: object) -> Page:
        """A call that the first clerk answered by key, with both pictures flowing."""
        self.kiosk.ask(DEPARTMENT, **start)
        await expect(self.page.locator("#call-bar .bar")).to_be_visible()
        await self.page.keyboard.press("F9")
        await talks(self.page, self.kiosk)
        return self.page


async def talks(page: Page, kiosk: Kiosk) -> None:
    """Both ends see the other, and the page says so."""
    await page.wait_for_selector(".talk")
    frames = kiosk.frames
    await until(lambda: kiosk.frames > frames + 3, "the kiosk gets pictures")
    await holds(page, "document.querySelector('.stage > video').videoWidth > 0")
    await expect(page.get_by_role("button", name="保持")).to_be_enabled()


async def holds(page: Page, expression: str) -> None:
    """Wait until it is true on the page. (Playwright's own waiting needs `unsafe-eval`, which the page forbids.)"""
    deadline = time.monotonic() + SOON_S
    while not await page.evaluate(expression):
        assert time.monotonic() < deadline, f"not in time: {expression}"
        await asyncio.sleep(0.05)


async def colour(page: Page) -> tuple[int, int, int]:
    """Of the middle of the kiosk's picture, as the clerk sees it."""
    red, green, blue, _ = await page.evaluate(
        """() => {
            const canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
            [canvas.width, canvas.height] = [40, 30];
            pen.drawImage(document.querySelector('.stage > video'), 0, 0, 40, 30);
            return [...pen.getImageData(20, 10, 1, 1).data];
        }"""
    )
    return red, green, blue


async def takes_calls(page: Page) -> None:
    """As a clerk does it: the tone, and yes."""
    await page.click(".duty-bars button:has-text('开始接听')")
    await hears(page)
    await expect(page.locator(".duty-bars")).to_contain_text("您正在接听来电")


@asynccontextmanager
async def office(
    folder: Path,
    *clerks: str,
    fakes: Sequence[str] = FAKES,
    phone: bool = False,
    roles: Sequence[Role] = (Role.DEPARTMENT,),
) -> AsyncIterator[Office]:
    """These clerks of the department are at their pages and take calls; the kiosk `gw-1` is on the line."""
    (folder / "mq").mkdir()
    with Mosquitto(folder / "mq") as broker:
        async with House(folder / "house", broker=broker.port) as house, chromium(*fakes) as browser:
            house.later(TO_OFFICE_HOURS_S)
            async with Kiosk(broker.port) as kiosk:
                made = Office(house, browser, kiosk)
                for n, name in enumerate(clerks):
                    await house.signed_in(*roles, login=f"clerk-{n}", name=name, department=DEPARTMENT)
                    page = await signed_in(await person(browser, phone=phone), house.base, f"clerk-{n}", PASSWORD)
                    await page.wait_for_selector(".line.up")
                    await takes_calls(page)
                    made.pages.append(page)
                yield made
