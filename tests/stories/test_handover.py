"""交接班: one sheet, with what is still open on it, signed by who goes and who comes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.stories.street import ELDER, ONE, PASSWORD, TWO, on_duty, street

pytestmark = pytest.mark.e2e


def test_a_shift_is_handed_over_with_the_open_alarm_on_the_sheet(short_tmp: Path) -> None:
    async def story() -> None:
        async with street(short_tmp) as here:
            goes, comes = await here.window("duty1"), await here.window("duty2", "handover")
            await on_duty(goes)
            await here.terminal.press()
            await expect(goes.locator("#alarm-bar")).to_contain_text("1 条警报没有人接")
            await goes.keyboard.press("F2")
            await expect(goes.locator(".board-card .alarm-head")).to_contain_text("您接的")

            await goes.goto(f"{here.base}/#/handover")
            sheet = goes.locator("article.paper")
            await expect(sheet).to_contain_text("未结束的警报(1)")
            await goes.get_by_role("button", name="我交班,签字").click()
            await goes.fill("dialog input[name=password]", "not this one")
            await goes.fill("dialog textarea[name=note]", "老人已联系上,等医生回话")
            await goes.click("dialog button.main")
            await expect(goes.locator("dialog [role=alert]").first).to_be_visible()
            await goes.fill("dialog input[name=password]", PASSWORD)
            await goes.click("dialog button.main")
            await expect(sheet).to_contain_text("等待接班人签字")

            await comes.get_by_role("link", name="打开").click()
            paper = comes.locator("article.paper")
            await expect(paper.locator("tbody tr").filter(has_text=ELDER).first).to_contain_text(ONE)
            await comes.get_by_role("button", name="我接班,签字").click()
            await comes.fill("dialog input[name=login]", "duty2")
            await comes.fill("dialog input[name=password]", PASSWORD)
            await comes.click("dialog button.main")
            for page in (comes, goes):
                await expect(page.locator("article.paper .sign")).to_contain_text(f"{TWO} 于")
                await expect(page.locator("article.paper .sign")).to_contain_text(f"{ONE} 于")
                await expect(page.locator("article.paper")).to_contain_text("校验码")
            await expect(comes.locator(".said")).to_have_text("老人已联系上,等医生回话")

    asyncio.run(story())
