"""The register in a real browser: a file is compared, confirmed and undone, a conflict settled, a note read."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Page

from office.desk.people.roles import Role
from office.desk.register.example import load_example
from tests.office.desk.axe import accessible
from tests.office.desk.browser import chromium, person, signed_in
from tests.office.desk.house import PASSWORD, House

FILE = """居民编号,姓名,出生年,电话,社区,楼,房间,备注
resident-001,,,13800000001,,,,<img src=x onerror=alert(1)>
resident-900,演示老人900,1940,00000000002,演示东里社区,2号楼,901,
resident-901,演示老人901,十九,,,,,
"""


def test_a_file_goes_from_its_bad_rows_to_a_settled_conflict_and_back(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            await load_example(house.desk)
            await house.signed_in(Role.ADMINISTRATOR, Role.DUTY, login="admin")
            page = await signed_in(await person(browser), house.base, "admin", PASSWORD)
            await page.goto(f"{house.base}/#/register/imports")
            await page.set_input_files(
                "#imp-file", {"name": "people.csv", "mimeType": "text/csv", "buffer": FILE.encode("gb18030")}
            )
            await page.click("button:has-text('上传并比较')")
            await page.wait_for_selector("text=缺少姓名 >> nth=0", state="detached")
            await page.wait_for_selector("td:has-text('不是出生年')")
            assert await page.inner_text(".numbers") == "新增\n0\n变更\n1\n相同\n0\n冲突\n1\n错误行\n1"
            await page.click("button:has-text('确认导入')")
            await page.click("dialog button.main")
            await page.click("a:has-text('去处理冲突')")
            await page.click("button:has-text('两者都保留')")
            await page.wait_for_selector("text=没有待处理的冲突")
            await page.goto(f"{house.base}/#/register/person/resident-001")
            await page.click("button:has-text('查看(将记录)')")
            await page.wait_for_selector("text=<img src=x onerror=alert(1)>")  # stored text is shown as text
            await accessible(page)
            await page.goto(f"{house.base}/#/register/imports")
            await page.click("a:has-text('people.csv')")
            await page.click("button:has-text('撤销这次导入')")
            await page.click("dialog button.main")
            await page.wait_for_selector("h1 .badge:has-text('已撤销')")

    asyncio.run(story())


def test_a_pole_is_found_on_a_phone_by_what_stands_nearby(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            await load_example(house.desk)
            await house.signed_in(Role.DUTY, login="clerk")
            page = await signed_in(await person(browser, phone=True), house.base, "clerk", PASSWORD)
            await page.goto(f"{house.base}/#/register/poles")
            await page.fill("#pol-text", "菜市场东边那根杆")
            await page.press("#pol-text", "Enter")
            await page.wait_for_selector("td:has-text('菜市场')")
            await page.click("tbody a >> nth=0")
            await page.wait_for_selector("h2:has-text('离得最近的杆')")
            assert await _fits(page)
            await accessible(page)
            assert not await page.is_visible("button:has-text('修改')")  # a clerk on duty does not edit the register

    asyncio.run(story())


async def _fits(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
