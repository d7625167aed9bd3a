"""A call becomes a case, goes through five steps, is evaluated by who called, and stands in the notice of the month."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.office.desk.axe import accessible
from tests.office.desk.browser import person
from tests.stories.street import Street, street

pytestmark = pytest.mark.e2e

NUMBER = "13800138000"


async def acted(page: Page, action: str, words: str = "", **choices: str) -> None:
    """An action as a clerk takes it: its button, its dialog, its button."""
    await page.click(f".actions.do button:text-is('{action}')")
    for name, value in choices.items():
        await page.select_option(f"dialog select[name={name}]", value)
    if words:
        await page.fill("dialog textarea[name=words]", words)
    await page.click("dialog button.main")
    await expect(page.locator("dialog")).to_have_count(0)


async def stands(page: Page, step: str) -> None:
    await expect(page.locator(".steps li.now")).to_contain_text(step)


async def typed_in(page: Page) -> str:
    """While the caller speaks, with the keyboard alone; the number they are told."""
    await page.keyboard.press("F8")
    await expect(page.locator("#n-words")).to_be_focused()
    await page.keyboard.type("电梯口的灯坏了三天")
    await page.keyboard.press("Tab")
    await page.keyboard.type("菜市场东门")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Home")  # the first kind: lamps
    for _ in range(2):
        await page.keyboard.press("Tab")
    await page.keyboard.type(NUMBER)
    await page.keyboard.press("Control+Enter")
    return (await page.inner_text(".huge")).strip()


async def evaluated(here: Street, number: str) -> Page:
    """The resident with the number and the last digits of the telephone, and nothing else."""
    page = await (await person(here.browser, phone=True)).new_page()
    await page.goto(f"{here.base}/p/case")
    await page.fill("#number", number)
    await page.keyboard.press("Enter")
    await stands(page, "结案")
    await page.fill("#phone", NUMBER[-4:])
    await page.keyboard.press("Enter")
    await expect(page.locator(".case-said")).to_have_text("灯已换好,谢谢您")
    await accessible(page)
    await page.check("input[name=stars][value='5']", force=True)
    await page.check("input[name=solved] >> nth=0")
    await page.click("button:text-is('提交评价')")
    await expect(page.locator("text=谢谢您的评价")).to_be_visible()
    return page


def test_a_call_becomes_a_case_and_ends_in_the_notice_of_the_month(short_tmp: Path) -> None:
    async def story() -> None:
        async with street(short_tmp) as here:
            centre, clerk = await here.window("duty1"), await here.window("city", "cases")
            number = await typed_in(centre)
            await centre.click("text=打开案件")
            await stands(centre, "派遣")
            await acted(centre, "派遣", department="city")
            await clerk.click(f"a:text-is('{number}')")  # it came to the department's list by itself
            await stands(clerk, "处理")
            await acted(clerk, "处理完成", "灯已换好")
            await stands(centre, "核查")
            await acted(centre, "核查不通过", "请补一张照片")
            await stands(clerk, "处理")
            await acted(clerk, "处理完成", "灯已换好,已拍照")
            await acted(centre, "核查通过")
            await accessible(centre)
            await acted(centre, "答复居民", "灯已换好,谢谢您")
            resident = await evaluated(here, number)
            await expect(centre.locator(".badge.good").filter(has_text="已解决")).to_be_visible()
            await acted_public(centre)
            await resident.goto(f"{here.base}/p/gongshi")
            await resident.fill("#month", (datetime.now(UTC) + timedelta(hours=8)).strftime("%Y-%m"))
            await expect(resident.locator(".month-cases h3")).to_have_text("楼道灯修复")
            await accessible(resident)
            assert NUMBER not in await resident.content()

    asyncio.run(story())


async def acted_public(page: Page) -> None:
    """A clerk's words for everyone, approved."""
    await page.click("button:text-is('公示')")
    await page.fill("dialog input[name=title]", "楼道灯修复")
    await page.check("dialog input[name=approve]")
    await page.click("dialog button.main")
    await expect(page.locator("dialog")).to_have_count(0)
