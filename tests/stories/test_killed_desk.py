"""The desk is killed while it escalates: it goes on where it was, and phones nobody twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.stories.street import ELDER, ONE, TWO, Street, on_duty, street

pytestmark = pytest.mark.e2e


async def killed(here: Street) -> None:
    """Kill -9, and start again as systemd would."""
    here.stage.desk.kill()
    await asyncio.to_thread(here.stage.start_desk)


async def phoned(page: Page) -> list[str]:
    """The rows about the alarm."""
    return await page.locator("tbody tr").filter(has_text="警报无人接").all_inner_texts()


def test_a_desk_killed_while_it_escalates_goes_on_and_phones_once(short_tmp: Path) -> None:
    async def story() -> None:
        async with street(short_tmp) as here:
            await here.hurry()
            await here.planned(ONE)
            one, two = await here.window("duty1"), await here.window("duty2")
            for page in (one, two):
                await on_duty(page)
            await one.goto(f"{here.base}/#/alarms")
            await here.terminal.press()
            row = one.locator("li.alarm.open")
            await expect(row).to_contain_text(f"正在呼叫:{ONE}")
            await expect(row).to_contain_text(f"正在呼叫:{ONE}、{TWO}")
            await killed(here)
            await expect(row).to_contain_text("正在呼叫:全体")
            await expect(two.locator("tbody tr").filter(has_text="警报无人接")).to_contain_text("已送达")
            before = await phoned(two)
            await killed(here)
            for page in (one, two):
                await expect(page.locator(".line.up")).to_be_visible()
            await expect(row).to_contain_text(ELDER)
            await expect(row).to_contain_text("正在呼叫:全体")
            await one.goto(f"{here.base}/#/duty")
            await expect(one.locator("tbody tr").filter(has_text="警报无人接")).to_contain_text("已送达")
            assert await phoned(one) == await phoned(two) == before
            assert len(before) == 1
            await one.keyboard.press("F2")
            lines = one.locator(".board-card ol.lines")
            await expect(lines.locator("li").filter(has_text=f"{ONE} 接警")).to_have_count(1)
            for words in (f"呼叫 {ONE}", f"再呼叫 {TWO}", "呼叫全体", "电话外呼"):
                await expect(lines.locator("li").filter(has_text=words)).to_have_count(1)

    asyncio.run(story())
