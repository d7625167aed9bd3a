"""A resident's finger at a kiosk, a clerk at a page, and everything between them real; each story ends at the desk."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.office.desk.browser import FAKES
from tests.office.desk.call_office import colour, holds, takes_calls
from tests.stories.standing import Standing, standing
from tests.stories.street import Street, closed, on_duty, street

pytestmark = pytest.mark.e2e

WORDS = "下周一带身份证来"
CIRCLE = (0.5, 0.5)
HELD_S = 1.8
"""A second and a half, and what a thumb stays longer."""


def green(kiosk: Standing) -> bool:
    """The large picture is what Chromium's camera makes: green, with something that moves."""
    film = kiosk.film()
    if film is None:
        return False
    row = kiosk.row_of(film, 0.25)
    greens = [one for one in row if one.green() > one.red() + 40 and one.green() > one.blue() + 40]
    return len(greens) > len(row) / 4


def circled(kiosk: Standing) -> bool:
    """The paper is on the glass, and what the clerk drew on it is red."""
    paper = next((item for item in kiosk.items() if item.property("marks")), None)
    if paper is None:
        return False
    row = kiosk.row_of(paper)
    return any(one.red() > one.green() + 80 and one.red() > one.blue() + 80 for one in row)


def test_from_the_first_tap_to_what_the_resident_thought_of_it(short_tmp: Path) -> None:
    async def story() -> None:
        async with street(short_tmp, *FAKES) as here, standing(here.stage, short_tmp) as kiosk:
            page = await here.window("duty1")
            await takes_calls(page)
            await kiosk.taps("departments")
            await kiosk.taps("department", "general")
            await expect(page.locator("#call-bar .bar")).to_be_visible()
            await page.keyboard.press("F9")
            await holds(page, "document.querySelector('.stage > video')?.videoWidth >= 320")
            assert max(await colour(page)) > 0, "the clerk sees more than black"
            await kiosk.reads("正在和")
            await kiosk.sees(lambda: green(kiosk), "the clerk's picture on the glass")
            await page.fill("#call-words", WORDS)
            await page.keyboard.press("Enter")
            await kiosk.reads(WORDS)
            await paper(kiosk, page)
            await kiosk.taps("call-hang-up")
            await expect(page.locator(".after")).to_contain_text("居民挂断")
            await kiosk.taps("call-face", "good")
            await kiosk.taps("call-word", "solved")
            await judged(here)

    asyncio.run(story())


async def paper(kiosk: Standing, page: Page) -> None:
    """What lies under the kiosk's camera is asked for and circled, and the resident sees where."""
    await page.get_by_role("button", name="拍一张纸").click()
    sheet = page.locator(".paper-sheet .ink")
    await sheet.scroll_into_view_if_needed()
    box = await sheet.bounding_box()
    assert box is not None
    await sheet.click(position={"x": box["width"] * CIRCLE[0], "y": box["height"] * CIRCLE[1]})
    await kiosk.sees(lambda: circled(kiosk), "the circle on the paper")
    await kiosk.taps("call-put-away")
    await kiosk.sees(lambda: kiosk.film() is not None, "faces again")


async def judged(here: Street) -> None:
    """The desk has the resident's word beside the call, and in figures without persons."""
    office = await here.asking("inspector")
    for _ in range(200):
        (call,) = await office.get("/v1/call-history")
        if call["face"]:
            break
        await asyncio.sleep(0.1)
    assert (call["face"], call["word"], call["reason"]) == ("good", "solved", "resident")
    (day,) = await office.get("/v1/call-figures")
    assert (day["faces"], day["words"]) == ({"good": 1}, {"solved": 1})


def test_an_emergency_held_on_the_glass_opens_a_voice_and_stays_open_until_it_is_closed(short_tmp: Path) -> None:
    async def story() -> None:
        async with street(short_tmp, *FAKES) as here, standing(here.stage, short_tmp) as kiosk:
            page = await here.window("duty1")
            await on_duty(page)  # whose tone was heard: it is not asked for again
            await page.click(".duty-bars button:has-text('开始接听')")
            await expect(page.locator(".duty-bars")).to_contain_text("您正在接听来电")
            await page.goto(f"{here.base}/#/alarms")
            await kiosk.holds("sos-hold", HELD_S)
            alarm = page.locator("li.alarm.open")
            await expect(alarm).to_have_count(1)
            await expect(page.locator("#call-bar .bar")).to_be_visible()
            await page.keyboard.press("F9")
            await kiosk.reads("值班台听得见您")
            await kiosk.taps("sos-fine")
            await kiosk.reads("值班台知道您没事了")
            await page.goto(f"{here.base}/#/alarms")
            await expect(page.locator("li.alarm.open")).to_contain_text("本人说没事了")
            told = await here.told("alarms?open=1", lambda found: found["alarms"])
            assert [one["device"] for one in told["alarms"]] == ["kiosk"], "it stays open"
            await page.locator("li.alarm.open button.main").click()
            await kiosk.reads("已接到")
            await closed(page, "false")
            await kiosk.reads("求助已处理完")

    asyncio.run(story())
