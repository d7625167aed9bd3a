"""Being on duty in a real Chromium: tone, proofs by the audio clock, and everyone told when they end."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from playwright.async_api import BrowserContext, Page

from office.desk.duty.duty import Duty
from office.desk.people.roles import Role
from tests.office.desk.browser import chromium, hears, person, signed_in
from tests.office.desk.house import NOW, PASSWORD, Clock, House, until

KEEP = """window.kept = []; const Made = AudioContext;
window.AudioContext = class extends Made { constructor(...all) { super(...all); window.kept.push(this); } };"""
HIDE = """Object.defineProperty(document, 'visibilityState', {get: () => 'hidden', configurable: true});
document.dispatchEvent(new Event('visibilitychange'));"""


class Runs(Clock):
    """Goes on by itself: proofs are asked for in real seconds here."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def now(self) -> float:
        return NOW + time.monotonic() - self._began

    @now.setter
    def now(self, _: float) -> None: ...


async def at_the_desk(context: BrowserContext, house: House, login: str) -> Page:
    await context.add_init_script(KEEP)
    page = await signed_in(context, house.base, login, PASSWORD)
    await page.goto(f"{house.base}/#/duty")
    return page


async def on_duty(page: Page) -> None:
    await page.click(".my-duty button.main")
    await hears(page)
    await page.wait_for_selector(".my-duty.on")


def test_a_clerk_goes_on_duty_stays_by_proofs_and_is_off_when_the_sound_is_blocked(short_tmp: Path) -> None:
    async def story() -> None:
        house = House(short_tmp)
        house.clock = Runs()
        async with house, chromium() as browser:
            duty = house.desk.part(Duty)
            await house.signed_in(Role.DUTY, login="one", name="值班一号")
            await house.signed_in(Role.DUTY, login="two", name="值班二号")
            page = await at_the_desk(await person(browser), house, "one")
            other = await at_the_desk(await person(browser), house, "two")
            await on_duty(page)
            await until(duty.on_duty, "on duty")
            await other.wait_for_selector(".duty-bars >> text=值班中:值班一号")
            await page.evaluate(HIDE)
            (station,) = duty.watch.stations.values()
            first = station.asked
            await until(lambda: not station.visible and station.asked > first + 1, "asked again while hidden")
            assert [one.name for one in duty.on_duty()] == ["值班一号"]
            await page.evaluate("window.kept[0].suspend()")
            await until(lambda: not duty.on_duty(), "off duty")
            await page.wait_for_selector(".duty-bars >> text=页面的声音被阻止")
            await other.wait_for_selector(".duty-bars >> text=值班一号 的值班已中断")

    asyncio.run(story())


def test_a_page_that_is_closed_ends_duty_and_the_bar_says_that_nobody_is_there(short_tmp: Path) -> None:
    async def story() -> None:
        house = House(short_tmp)
        house.clock = Runs()
        async with house, chromium() as browser:
            duty = house.desk.part(Duty)
            await house.signed_in(Role.DUTY, login="one", name="值班一号")
            await house.signed_in(Role.WARDEN, login="warden")
            page = await at_the_desk(await person(browser), house, "one")
            warden = await signed_in(await person(browser, phone=True), house.base, "warden", PASSWORD)
            await on_duty(page)
            await page.close()
            await until(lambda: not duty.on_duty(), "off duty")
            duty.attendance.since_s -= 31
            await until(lambda: not duty.attended, "unattended")
            await warden.wait_for_selector(".duty-bars .bad >> text=无人值守")

    asyncio.run(story())
