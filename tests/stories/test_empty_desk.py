"""A desk with nobody at it: the gateway knows, the button says so, the desk phones, and somebody comes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from edge.feedback import ALONE
from tests.stories.street import BUTTON, ELDER, ONE, closed, on_duty, street

pytestmark = pytest.mark.e2e


def test_an_empty_desk_is_known_at_the_button_phoned_about_and_attended_again(short_tmp: Path) -> None:
    async def story() -> None:
        async with street(short_tmp) as here:
            await here.planned(ONE)
            clerk, other = await here.window("duty1", "duty"), await here.window("duty2", "alarms")
            for page in (clerk, other):
                await expect(page.locator(".duty-bars .bad").filter(has_text="无人值守")).to_be_visible(timeout=40_000)
            await here.told("presence/duty", lambda word: word["there"] == 0)
            await expect(clerk.locator("tbody tr").filter(has_text="无人值守").first).to_contain_text("已送达")

            await here.terminal.press()
            await here.terminal.reads(ALONE["zh"])
            alarms = await here.told("alarms", lambda found: found["alarms"][0]["escalation"])
            assert (alarms["alarms"][0]["device"], alarms["alarms"][0]["escalation"]) == (BUTTON, "unattended")
            await expect(other.locator("li.alarm.open")).to_contain_text("正在呼叫:全体")
            await expect(clerk.locator("tbody tr").filter(has_text="警报无人接")).to_contain_text("已送达")

            await on_duty(clerk)
            await here.told("presence/duty", lambda word: word["there"] > 0)
            await expect(other.locator(".duty-bars .bad").filter(has_text="无人值守")).to_have_count(0)
            await expect(other.locator(".duty-bars")).to_contain_text(ONE)
            await clerk.keyboard.press("F2")
            await expect(clerk.locator(".board-card")).to_contain_text(ELDER)
            await expect(other.locator("li.alarm.taken")).to_contain_text(ONE)
            await closed(clerk, "real")
            await expect(other.locator("li.alarm")).to_have_count(0)

    asyncio.run(story())
