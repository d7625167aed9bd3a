"""The warden's page in a real Chromium, at the size of a small phone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page, async_playwright

from office.desk.grid.round import RoundPart
from office.desk.people.roles import Role
from tests.office.desk import offline
from tests.office.desk.axe import accessible
from tests.office.desk.house import Client, House, until
from tests.office.desk.offline import LOGIN, NARROW, SENT, Phone
from tests.office.desk.test_grid import handled, streets

TOUCHED = "#round button, #round input:not(.unseen), #round select, #round .photo-button"
SMALL = f"""() => [...document.querySelectorAll('{TOUCHED}')]
  .filter((one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.outerHTML)"""
"""What a thumb would miss: WCAG 2.5.5 asks for 44 pixels."""


@asynccontextmanager
async def walking(house: House, folder: Path) -> AsyncIterator[tuple[Phone, Page, Client]]:
    """A warden with a phone, signed in; and the same warden as a client."""
    async with async_playwright() as playwright:
        phone = Phone(playwright, folder / "profile", house.base)
        warden = await house.signed_in(Role.WARDEN, login=LOGIN, name="网格员一号")
        page = await phone.open()
        await phone.sign_in(page)
        yield phone, page, warden
        await phone.context.close()


async def fits(page: Page) -> None:
    """Nothing sticks out, nothing is too small for a thumb, and axe finds nothing."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert await page.evaluate(SMALL) == []
    await accessible(page)


DRAFT = "import('/page/round/keep.js').then((keep) => keep.kept('draft')).then((kept) => kept?.draft.words)"


async def counted(house: House, sql: str) -> int:
    return int(await house.desk.look(lambda conn: conn.execute(sql).fetchone()[0]))


async def becomes(house: House, sql: str, many: int) -> None:
    deadline = time.monotonic() + 20
    while await counted(house, sql) != many:
        assert time.monotonic() < deadline, sql
        await asyncio.sleep(0.02)


def test_three_reports_made_offline_are_three_cases_after_the_browser_was_killed(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            outcome = await offline.three_reports(house, short_tmp)
            assert outcome.exact, outcome

    asyncio.run(story())


def test_a_report_whose_answer_was_lost_is_not_reported_twice(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            outcome = await offline.killed_while_sending(house, short_tmp)
            assert outcome.exact, outcome

    asyncio.run(story())


def test_what_waits_outlives_the_sign_in_and_is_sent_after_the_next(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, walking(house, short_tmp) as (phone, page, _):
            house.later(31 * 24 * 3600)
            await page.fill("#words", "井盖松动")
            await page.click(".send")
            await page.click(".bar button")
            assert await counted(house, "SELECT count(*) FROM cases") == 0
            await phone.sign_in(page)
            await page.click("#tab-sent")
            await page.wait_for_selector(SENT)
            assert await counted(house, "SELECT count(*) FROM cases") == 1

    asyncio.run(story())


def test_a_half_written_report_survives_the_browser(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, walking(house, short_tmp) as (phone, page, _):
            await page.set_input_files("#photos", [str(offline.photo(short_tmp, 0, 0))])
            await page.wait_for_selector(".photos li")
            await page.fill("#words", "写到一半")
            deadline = time.monotonic() + 20
            while await page.evaluate(DRAFT) != "写到一半":
                assert time.monotonic() < deadline, "the draft is not kept"
                await asyncio.sleep(0.05)
            await phone.end_killed()
            again = await phone.open(offline=True)
            await again.wait_for_selector(".photos li")
            assert await again.input_value("#words") == "写到一半"

    asyncio.run(story())


def test_the_worker_keeps_the_pages_own_files_and_no_answer_of_the_desk(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, walking(house, short_tmp) as (_, page, _):
            await page.reload()
            await page.click("#tab-cases")
            kept = await page.evaluate(
                """async () => (await Promise.all((await caches.keys()).map(async (name) =>
                     (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)))).flat()"""
            )
            assert sorted(kept) == sorted(house.desk.part(RoundPart).files)

    asyncio.run(story())


def test_a_warden_answers_an_alarm_from_a_small_phone(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, walking(house, short_tmp) as (_, page, warden):
            await streets(house.desk)
            duty = await house.signed_in(Role.DUTY)
            alarm = await house.press()
            await until(lambda: house.desk.live.pages, "the page listens")
            await duty.post(f"/v1/alarms/{alarm}/errands", {"account": warden.me["id"]})
            await page.click("#tab-alarms")
            await page.wait_for_selector("[data-errand] .four")
            await fits(page)
            await page.click("text=5 分钟到")
            await becomes(house, "SELECT count(*) FROM errand_words WHERE what='accept'", 1)
            await page.click("text=我到了")
            await becomes(house, "SELECT count(*) FROM errand_words WHERE what='arrived'", 1)
            await page.click("button:text-is('看到的情况')")
            await page.set_input_files("#more-photos", [str(offline.photo(short_tmp, 0, 0))])
            await page.wait_for_selector(".photos li")
            await page.fill("#more-words", "老人没事,误碰")
            await fits(page)
            await page.click(".answer button.main")
            await becomes(house, "SELECT count(*) FROM errand_words WHERE what='found' AND picture<>''", 1)

    asyncio.run(story())


def test_a_warden_finishes_a_case_from_a_small_phone(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, walking(house, short_tmp) as (_, page, warden):
            await streets(house.desk)
            await handled(house, warden)
            await fits(page)
            await page.fill("#pole", "100200")
            await page.wait_for_selector("p.good >> text=一区3号楼前")
            await page.reload()
            await page.click("#tab-cases")
            await page.click("text=办完了")
            await page.click(".answer button.main")
            await page.wait_for_selector("#more-fault")
            await page.fill("#more-words", "灯泡已换")
            await fits(page)
            await page.click(".answer button.main")
            await becomes(house, "SELECT count(*) FROM cases WHERE step='verify' AND result='灯泡已换'", 1)
            await page.click("#tab-sent")
            await page.wait_for_selector(SENT)
            await fits(page)

    asyncio.run(story())
