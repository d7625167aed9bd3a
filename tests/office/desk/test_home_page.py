"""The first page and the box that finds everything, as people see them in a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Page, expect

from office.desk.people.roles import Role
from tests.office.desk.axe import accessible
from tests.office.desk.browser import chromium, person, signed_in
from tests.office.desk.house import PASSWORD, House

Story = Callable[[House, Page], Awaitable[None]]


def _told(tmp_path: Path, story: Story, *roles: Role, dark: bool = False, phone: bool = False) -> None:
    async def tell() -> None:
        async with House(tmp_path / "house") as house, chromium() as browser:
            await house.signed_in(*roles, login="one", name="值班一号")
            page = await signed_in(await person(browser, phone=phone), house.base, "one", PASSWORD)
            if dark:
                await page.emulate_media(color_scheme="dark")
            await story(house, page)

    asyncio.run(tell())


def test_the_first_page_shows_a_press_as_it_comes_and_leads_to_it(tmp_path: Path) -> None:
    async def story(house: House, page: Page) -> None:
        await expect(page.locator("main .cards.now")).to_contain_text("没有未结束的警报")
        alarm = await house.press()
        await expect(page.locator("main .cards.now")).to_contain_text("其中 1 条没有人接")
        await expect(page.locator("main .cards.now")).to_contain_text("没有人在值班")
        await accessible(page)
        await page.click("main .cards.now li a")
        await page.wait_for_url(f"**/#/alarms/{alarm}")

    _told(tmp_path, story, Role.DUTY)


def test_the_first_page_counts_a_case_that_is_mine(tmp_path: Path) -> None:
    async def story(house: House, page: Page) -> None:
        clerk = await (await house.client()).sign_in("one")
        await clerk.post("/v1/cases", {"key": "k1", "words": "楼道灯不亮", "kind": "", "source": "hotline"})
        await expect(page.locator("main .cards.now")).to_contain_text("待派遣 1 件", timeout=15_000)

    _told(tmp_path, story, Role.DUTY)


def test_the_dark_phone_page_of_an_administrator_is_accessible_and_begins_with_administration(tmp_path: Path) -> None:
    async def story(house: House, page: Page) -> None:
        await house.press()
        await expect(page.locator("main .cards.now")).to_contain_text("登记")
        await page.click("button.menu-button")
        headings = page.locator("#nav h2")
        await expect(headings.first).to_have_text("管理")
        await expect(headings).to_have_count(6)
        await accessible(page)

    _told(tmp_path, story, Role.ADMINISTRATOR, dark=True, phone=True)


def test_one_box_finds_a_case_by_its_number_and_a_device_by_its_name(tmp_path: Path) -> None:
    async def story(house: House, page: Page) -> None:
        await house.press("button-77")
        clerk = await (await house.client()).sign_in("one")
        async with asyncio.timeout(20):  # a device is gathered a moment after it spoke
            while not await clerk.get("/v1/devices?limit=1&text=button-77"):  # noqa: ASYNC110 - it stands behind HTTPS
                await asyncio.sleep(0.05)
        made = await clerk.post("/v1/cases", {"key": "k2", "words": "井盖松动", "kind": "", "source": "hotline"})
        await page.fill("#find", made["number"])
        await page.press("#find", "Enter")
        await expect(page.locator("main ul.plain a").first).to_have_attribute("href", f"#/cases/{made['number']}")
        await page.fill("#find-text", "button-77")
        await page.press("#find-text", "Enter")
        await expect(page.locator("main")).to_contain_text("紧急求助")
        await expect(page.locator("main a[href='#/devices/gw-1/button-77']")).to_be_visible()
        await page.fill("#find-text", "zzzzzz")
        await page.press("#find-text", "Enter")
        await expect(page.locator("main")).to_contain_text("没有找到")
        await accessible(page)

    _told(tmp_path, story, Role.DUTY)
