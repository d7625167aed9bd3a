"""The grid's page for staff and the page on which residents apply, in a real Chromium."""

from __future__ import annotations

import asyncio
from pathlib import Path

from office.desk.people.roles import Role
from tests.office.desk.axe import accessible
from tests.office.desk.browser import chromium, person, signed_in
from tests.office.desk.house import PASSWORD, House
from tests.office.desk.test_grid import streets


def test_staff_draw_an_area_and_a_resident_becomes_its_warden(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            await streets(house.desk)
            await house.signed_in(Role.ADMINISTRATOR, Role.DUTY, login="office", name="管理员一号")
            resident = await (await person(browser, phone=True)).new_page()
            await resident.goto(house.base + "/p/warden")
            await resident.fill("input[name=name]", "居民甲")
            await resident.click("button.main")
            await resident.wait_for_selector("[aria-invalid=true]")
            await accessible(resident)
            await resident.fill("input[name=phone]", "010-5555 0100")
            await resident.click("button.main")
            await resident.wait_for_selector("p.good")
            page = await signed_in(await person(browser), house.base, "office", PASSWORD)
            await page.goto(house.base + "/#/grid")
            await page.click("text=新建网格")
            await page.fill("#area-name", "一网格")
            await page.fill("#area-find", "一区")
            await page.press("#area-find", "Enter")
            await page.click("button:text-is('+ 一区')")
            await accessible(page)
            await page.click("dialog button.main")
            await page.wait_for_selector("tbody >> text=一网格")
            await page.click("button:text-is('修改')")
            await page.fill("#area-name", "第一网格")
            await page.click("dialog button.main")
            await page.wait_for_selector("tbody >> text=第一网格")
            await page.click("button:text-is('批准')")
            await page.fill("dialog input[name=login]", "warden1")
            await page.select_option("dialog select[name=area]", label="第一网格")
            await page.click("dialog button.main")
            await page.wait_for_selector("dialog >> text=warden1")
            await page.click("dialog button.main")
            await page.wait_for_selector("tbody >> text=居民甲")
            await accessible(page)

    asyncio.run(story())
