"""In a real browser: the administrator's settings, with faults at their fields and every change in the audit log."""

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


def _card(title: str) -> str:
    return f"main section.card:has(> .heading h2:text-is('{title}'), > h2:text-is('{title}'))"


async def _closed(page: Page) -> None:
    await page.click("dialog button.main")
    await page.wait_for_selector("dialog", state="detached")


async def _kinds_and_departments(page: Page) -> None:
    await page.click("button:text-is('新类别')")
    await page.fill("dialog input[name=id]", "A B")
    await page.fill("dialog input[name=zh]", "树木")
    await page.fill("dialog input[name=en]", "Trees")
    await page.select_option("dialog select[name=department]", "city")
    await page.click("dialog button.main")
    await page.wait_for_selector("dialog input[name=id][aria-invalid=true]")
    assert "小写字母" in await page.inner_text("dialog .field-bad")
    await page.fill("dialog input[name=id]", "tree")
    await _closed(page)
    await page.wait_for_selector(f"{_card('案件类别')} tr:has-text('tree'):has-text('城市管理科')")
    await page.click("button[aria-label='修改 民政科']")
    await page.uncheck("dialog input[name=active]")
    await _closed(page)
    await page.wait_for_selector(f"{_card('科室')} tr:has-text('民政科'):has-text('已停用')")


async def _deadlines(page: Page) -> None:
    await page.click(f"{_card('办理时限')} button[aria-label='修改 通用']")
    await page.fill("dialog input[name=verify]", "0")
    await page.click("dialog button.main")
    await page.wait_for_selector("dialog input[name=verify][aria-invalid=true]")
    await page.fill("dialog input[name=verify]", "3.5")
    await _closed(page)
    await page.click(f"{_card('办理时限')} button[aria-label='修改 树木']")
    await page.fill("dialog input[name=handle]", "20")
    await _closed(page)
    await page.wait_for_selector(f"{_card('办理时限')} tr:has-text('树木') td:text-is('20')")


async def _calendar(page: Page) -> None:
    """2026 in the house: a made-up holiday moves the one open case; 2027 is entered as a span."""
    await page.click("button:text-is('添加节假日或调休')")
    await page.fill("dialog input[name=day]", "2026-09-22")
    await page.fill("dialog input[name=why]", "台风")
    await _closed(page)
    await page.wait_for_selector(".toasts p:has-text('1 件在办案件的时限')")
    await page.click("button:text-is('添加节假日或调休')")
    await page.fill("dialog input[name=day]", "2027-10-01")
    await page.fill("dialog input[name=until]", "2027-10-07")
    await page.fill("dialog input[name=why]", "国庆节")
    await _closed(page)
    await page.wait_for_selector(f"{_card('工作日历')} tr:has-text('2027-10-07')")
    assert await page.locator(f"{_card('工作日历')} tbody tr").count() == 5
    await page.click("button[aria-label='删除 2027-10-07']")
    await _closed(page)
    await page.click("button:text-is('修改办公时间')")
    await page.fill("dialog input[name=to0]", "08:00")
    await page.click("dialog button.main")
    await page.wait_for_selector("dialog input[name=from0][aria-invalid=true]")
    await page.fill("dialog input[name=to0]", "11:30")
    await _closed(page)


async def _ways(page: Page) -> None:
    await page.click(f"{_card('其他程序的来件与回传')} button[aria-label='修改 微信']")
    await page.fill("dialog input[name=url]", "http://example.org/x")
    await page.click("dialog button.main")
    await page.wait_for_selector("dialog input[name=url][aria-invalid=true]")
    await page.fill("dialog input[name=url]", "https://example.org/x")
    await page.click("dialog button.main")
    await page.wait_for_selector("#way-secret")
    assert len(await page.inner_text("#way-secret")) > 30
    await page.click("dialog button.main")
    await page.wait_for_selector("tr:has-text('https://example.org/x')")


def test_the_administrator_sets_kinds_deadlines_days_and_ways_with_faults_at_their_fields(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            clerk = await house.signed_in(Role.DUTY)
            await clerk.post("/v1/cases", {"words": "路灯不亮", "kind": "lamp"})
            await house.signed_in(Role.ADMINISTRATOR, login="admin", name="管理员一号")
            page = await signed_in(await person(browser), house.base, "admin", PASSWORD)
            await page.goto(f"{house.base}/#/settings")
            await page.wait_for_selector("h1:text-is('设置')")
            await _kinds_and_departments(page)
            await _deadlines(page)
            await _calendar(page)
            await _ways(page)
            found = (await Axe().run(page)).response["violations"]
            assert not found, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
            notes = await house.desk.look(
                lambda conn: [row[0] for row in conn.execute("SELECT action FROM audit WHERE action LIKE 'case-%'")]
            )
            assert notes == [*["case-settings.set"] * 8, "case-way.set"]

    asyncio.run(story())


def test_a_year_without_a_calendar_is_said_on_the_page(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            house.later(200 * 24 * 3600)  # April 2027
            await house.signed_in(Role.ADMINISTRATOR, login="admin", name="管理员一号")
            page = await signed_in(await person(browser, phone=True), house.base, "admin", PASSWORD)
            await page.goto(f"{house.base}/#/settings")
            await page.wait_for_selector("p.warn:has-text('2027 年还没有日历')")

    asyncio.run(story())
