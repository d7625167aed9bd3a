"""突击演练: ordered by who leads, raised by the gateway, taken by who does not know, reported by itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.stories.street import BUTTON, ONE, closed, on_duty, street

pytestmark = pytest.mark.e2e


def test_a_drill_goes_the_real_way_is_taken_unknowing_and_reports_itself(short_tmp: Path) -> None:
    async def story() -> None:
        async with street(short_tmp) as here:
            clerk, leads = await here.window("duty1"), await here.window("admin", "drill")
            await on_duty(clerk)
            await clerk.goto(f"{here.base}/#/alarms")
            await leads.get_by_role("button", name="开始一次演练").click()
            await leads.select_option("dialog select[name=target]", f"{here.stage.gateway_name}/{BUTTON}")
            await leads.click("dialog button.main")
            await expect(leads.locator("article.paper .badge").first).to_have_text("等待接警")

            row = clerk.locator("li.alarm.open")
            await expect(row).to_be_visible()
            assert "演练" not in await row.inner_text()
            await clerk.keyboard.press("F2")
            await expect(clerk.locator("li.alarm.taken .badge.mark")).to_have_text("演练")
            await expect(leads.locator("article.paper .badge").first).to_have_text("已接警")
            await closed(clerk, "drill")

            await expect(leads.locator("article.paper")).to_contain_text("已结束")
            await expect(leads.locator("tr").filter(has_text="有人接警")).to_contain_text(ONE)
            await expect(leads.locator("tr").filter(has_text="有人接警")).to_contain_text("达标")
            for stage in ("命令到消息服务器", "网关报警", "中心收到", "第一次响铃"):
                await expect(leads.locator("tr").filter(has_text=stage).first).not_to_contain_text("—")
            assert here.terminal.texts == [], "nothing is said at the elder's device"

    asyncio.run(story())
