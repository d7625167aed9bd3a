"""In a real browser: a call becomes a case, goes through five steps, is evaluated, and stands in the public notice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page

from office.desk.people.roles import Role
from tests.office.desk.browser import chromium, person, signed_in
from tests.office.desk.house import PASSWORD, House

pytestmark = pytest.mark.e2e


async def _act(page: Page, action: str, words: str = "", **choices: str) -> None:
    """An action as a clerk takes it: its button, its dialog, its button."""
    await page.click(f".actions.do button:text-is('{action}')")
    for name, value in choices.items():
        await page.select_option(f"dialog select[name={name}]", value)
    if words:
        await page.fill("dialog textarea[name=words]", words)
    await page.click("dialog button.main")
    await page.wait_for_selector("dialog", state="detached")


async def _now(page: Page, step: str) -> None:
    """The line of steps stands there."""
    await page.wait_for_selector(f".steps li.now:has-text('{step}')")


async def _accessible(page: Page) -> None:
    found = (await Axe().run(page)).response["violations"]
    assert not found, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


async def _typed_in(page: Page) -> str:
    """With the keyboard alone; the number that the caller is told."""
    await page.keyboard.press("F8")
    await page.wait_for_selector("#n-words:focus")
    await page.keyboard.type("团结湖路口的路灯三天不亮了")
    await page.keyboard.press("Tab")
    await page.keyboard.type("团结湖路口")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Home")  # the first kind: lamps
    for _ in range(2):
        await page.keyboard.press("Tab")
    await page.keyboard.type("13800138000")
    await page.keyboard.press("Control+Enter")
    shown = await page.inner_text(".huge")
    return shown.strip()


async def _evaluated(page: Page, base: str, number: str) -> None:
    await page.goto(f"{base}/p/case")
    await page.fill("#number", number)
    await page.keyboard.press("Enter")
    await _now(page, "结案")
    await page.fill("#phone", "8000")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=灯泡和镇流器都换了")
    await _accessible(page)
    await page.check("input[name=stars][value='5']", force=True)
    await page.check("input[name=solved] >> nth=0")
    await page.click("button:text-is('提交评价')")
    await page.wait_for_selector("text=谢谢您的评价")


def test_a_case_goes_from_a_call_through_five_steps_to_the_public_notice(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            await house.signed_in(Role.DUTY, login="duty", name="值班一号")
            await house.signed_in(Role.DEPARTMENT, login="city", name="城管一号", department="city")
            centre = await signed_in(await person(browser), house.base, "duty", PASSWORD)
            clerk = await signed_in(await person(browser), house.base, "city", PASSWORD)
            resident = await (await person(browser, phone=True)).new_page()
            await centre.wait_for_selector(".line.up")
            await clerk.goto(f"{house.base}/#/cases")
            number = await _typed_in(centre)
            await centre.click("text=打开案件")
            await _now(centre, "派遣")
            await _act(centre, "派遣", department="city")
            await _now(centre, "处理")
            await clerk.click(f"a:text-is('{number}')")  # it came to the department's open list by itself
            await _now(clerk, "处理")
            await _act(clerk, "处理完成", "灯泡和镇流器都换了")
            await _now(centre, "核查")
            await _act(centre, "核查不通过", "请补一张照片")
            await _act(clerk, "处理完成", "灯泡和镇流器都换了,已拍照")
            await _act(centre, "核查通过")
            await _accessible(centre)
            await _act(centre, "答复居民", "灯泡和镇流器都换了,谢谢您的反映")
            await _evaluated(resident, house.base, number)
            await centre.wait_for_selector("text=已解决")
            await centre.click("button:text-is('公示')")
            await centre.fill("dialog input[name=title]", "路灯修复")
            await centre.check("dialog input[name=approve]")
            await centre.click("dialog button.main")
            await centre.wait_for_selector("dialog", state="detached")
            await resident.goto(f"{house.base}/p/gongshi")
            await resident.fill("#month", "2026-09")
            await resident.wait_for_selector(".month-cases h3:text-is('路灯修复')")
            await _accessible(resident)
            assert "13800138000" not in await resident.content()

    asyncio.run(story())
