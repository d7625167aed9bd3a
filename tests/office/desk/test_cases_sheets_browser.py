"""In a real browser: the district's sheet is checked, confirmed and answered by a sheet; two reports are merged."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page

from office.desk.people.roles import Role
from tests.office.desk.browser import chromium, person, signed_in
from tests.office.desk.cases_stage import answered, begun
from tests.office.desk.house import PASSWORD, House

pytestmark = pytest.mark.e2e

HEAD = "区编号,内容,类别,地点,立杆号,时限,电话\n"
BAD = HEAD + "D-1,路灯不亮,路灯,团结湖路,,2026-09-30 18:00,\nD-2,,垃圾,北里,,昨天,\n"
GOOD = HEAD + "D-1,路灯不亮,路灯,团结湖路,,2026-09-30 18:00,\nD-2,垃圾未清,垃圾,北里,,2026-09-30 18:00,13800138000\n"


async def _sheet(page: Page, text: str) -> None:
    payload = {"name": "district.csv", "mimeType": "text/csv", "buffer": text.encode()}
    await page.set_input_files("#i-file", payload)  # type: ignore[arg-type]


async def _accessible(page: Page) -> None:
    found = (await Axe().run(page)).response["violations"]
    assert not found, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


def test_the_districts_sheet_is_checked_confirmed_and_answered(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            clerk = await house.signed_in(Role.DUTY, login="duty", name="值班一号")
            page = await signed_in(await person(browser), house.base, "duty", PASSWORD)
            await page.goto(f"{house.base}/#/cases")
            await page.click("a:text-is('导入区派件')")
            await _sheet(page, BAD)
            await page.wait_for_selector("p.bad:has-text('现在什么都没有改变')")
            assert await page.locator("tbody tr:has-text('3')").count() >= 1
            await _accessible(page)
            assert (await clerk.get("/v1/cases"))["cases"] == []
            await _sheet(page, GOOD)
            await page.click("button:text-is('确认导入 2 件')")
            await page.wait_for_selector("p.good:has-text('已导入 2 件')")
            await _sheet(page, GOOD)
            await page.wait_for_selector("text=新 0 件")
            number = (await clerk.get("/v1/cases?text=路灯"))["cases"][0]["number"]
            await answered(clerk, number)
            await page.click("a:has-text('返回列表')")
            async with page.expect_download() as waited:
                await page.click("a:text-is('导出办理结果')")
            path = await (await waited.value).path()
            text = await asyncio.to_thread(path.read_text, "utf-8-sig")
            assert "D-1" in text
            assert "灯已换好" in text

    asyncio.run(story())


def test_two_reports_of_the_same_thing_are_merged_in_a_dialog(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            clerk = await house.signed_in(Role.DUTY, login="duty", name="值班一号")
            first, second = await begun(clerk), await begun(clerk, words="北口的灯也不亮")
            page = await signed_in(await person(browser), house.base, "duty", PASSWORD)
            await page.goto(f"{house.base}/#/cases/{second}")
            await page.click(".actions.do button:text-is('并案')")
            await page.fill("#merge-find", "团结湖路口路灯")
            await page.keyboard.press("Tab")
            await page.check(f"dialog input[value='{first}']")
            await _accessible(page)
            await page.click("dialog button.main")
            await page.wait_for_selector("p.warn:has-text('并入')")
            await page.click("p.warn a")
            await page.wait_for_selector("h2:text-is('并入本案的案件')")
            assert (await clerk.get(f"/v1/cases/{second}"))["leader"] == first

    asyncio.run(story())
