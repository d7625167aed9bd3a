"""The alarm board in a real browser: it rings, it is raced for, and what people wrote stays text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from office.desk.people.roles import Role
from tests.office.desk import elders
from tests.office.desk.axe import accessible
from tests.office.desk.browser import chromium, person, signed_in
from tests.office.desk.house import PASSWORD, House
from tests.office.desk.races import race_in_browsers

NASTY = "<script>document.title='taken over'</script><img src=x onerror=\"document.title='taken over'\">"

_WAITING = """async ({like, many}) => {
    const {apply, rowOf} = await import('/page/pages/alarms-feed.js');
    const row = rowOf(like);
    apply(Array.from({length: many}, (_, n) => ({...row, id: `old-${n}`, received_at: row.received_at - 120000 - n})));
}"""
"""Older ones of the same kind, as the desk would tell them."""

_CLOSED = """async ({like, many}) => {
    const {apply, rowOf} = await import('/page/pages/alarms-feed.js');
    const row = rowOf(like);
    for (let n = 0; n < many; n += 1) apply([{...row, id: `old-${n}`, n: row.n + 1, closed_at: row.received_at}]);
}"""


@asynccontextmanager
async def office(folder: Path, *names: str) -> AsyncIterator[tuple[House, Browser, list[Page]]]:
    """A desk with these clerks, each in a window of their own with the board open."""
    async with House(folder) as house, chromium() as browser:
        pages = []
        for n, name in enumerate(names):
            await house.signed_in(Role.DUTY, login=f"clerk-{n}", name=name)
            page = await signed_in(await person(browser), house.base, f"clerk-{n}", PASSWORD)
            await page.wait_for_selector(".line.up")
            await page.goto(f"{house.base}/#/alarms")
            await page.wait_for_selector(".empty.good")
            pages.append(page)
        yield house, browser, pages


async def sound_on(page: Page) -> None:
    """What the duty sign-on does, in a click's handler."""
    await page.evaluate(
        """async () => {
            const ring = await import('/page/ring.js');
            document.body.addEventListener('click', () => ring.unlock(), {once: true});
        }"""
    )
    await page.click("h1")
    await page.wait_for_selector("html[data-sound=on]", state="attached")


def test_an_alarm_shows_and_rings_without_a_reload_until_it_is_taken(short_tmp: Path) -> None:
    async def story() -> None:
        async with office(short_tmp, "值班一号") as (house, _, [page]):
            await elders.move_in(house)
            await sound_on(page)
            await house.press()
            row = page.locator("li.alarm.open")
            await expect(row).to_contain_text(elders.NAME)
            await expect(row).to_contain_text(elders.PLACE)
            await page.wait_for_selector("html[data-ring=emergency]", state="attached")
            await row.get_by_role("button", name="接警").click()
            await page.wait_for_selector("html[data-ring='']", state="attached")
            await expect(page.locator("li.alarm.taken")).to_contain_text("您接的")
            await expect(page.locator(".board-card")).to_contain_text(elders.NOTES)
            await expect(page.locator(".board-card")).to_contain_text("王强")

    asyncio.run(story())


def test_a_page_that_cannot_sound_says_so_while_an_alarm_waits(short_tmp: Path) -> None:
    async def story() -> None:
        async with office(short_tmp, "值班一号") as (house, _, [page]):
            await house.press()
            await page.get_by_role("button", name="打开声音").click()
            await page.wait_for_selector("html[data-ring=emergency]", state="attached")
            await expect(page.get_by_role("button", name="打开声音")).to_have_count(0)

    asyncio.run(story())


def test_of_two_clerks_who_click_at_once_the_loser_reads_the_winners_name(short_tmp: Path) -> None:
    async def story() -> None:
        async with office(short_tmp, "值班一号", "值班二号") as (house, _, pages):
            names = ("值班一号", "值班二号")
            ended = await race_in_browsers(house, pages, names, rounds=5)
            assert {(one.winners, one.named_right, one.marks, one.steps) for one in ended} == {(1, True, 0, 1)}
            toasts = [await page.locator(".toasts").inner_text() for page in pages]
            assert any("已经先接了" in text for text in toasts)

    asyncio.run(story())


def test_one_key_takes_the_oldest_alarm_and_another_makes_it_a_case(short_tmp: Path) -> None:
    async def story() -> None:
        async with office(short_tmp, "值班一号") as (house, _, [page]):
            oldest = await house.press("button-1")
            house.later(5)
            await house.press("button-2")
            await expect(page.locator("li.alarm.open")).to_have_count(2)
            await expect(page.locator("#alarm-bar")).to_contain_text("F2")
            await page.keyboard.press("F2")
            await page.wait_for_selector(f"li[data-alarm={oldest}].taken")
            await page.wait_for_selector(".board-card .lines")
            await page.keyboard.press("F4")
            await expect(page.locator(".board-card .facts")).to_contain_text("案件")

    asyncio.run(story())


def test_what_has_just_come_has_a_row_however_many_wait_and_what_is_over_does_not_pile_up(short_tmp: Path) -> None:
    async def story() -> None:
        async with office(short_tmp, "值班一号") as (house, _, [page]):
            newest = await house.press()
            await page.wait_for_selector(f"li[data-alarm={newest}]")
            await page.evaluate(_WAITING, {"like": newest, "many": 600})
            await expect(page.locator("li.alarm")).to_have_count(501)
            await expect(page.locator("li.alarm").last).to_have_attribute("data-alarm", newest)
            await expect(page.locator(".board-list p.warn")).to_contain_text("还有 100 条没有显示")
            await page.locator(".board-list p.warn button").click()
            await expect(page.locator("li.alarm")).to_have_count(601)
            await page.evaluate(_CLOSED, {"like": newest, "many": 200})
            await expect(page.locator("li.alarm")).to_have_count(401)
            assert await page.locator(".board-list tbody tr").count() <= 121

    asyncio.run(story())


def test_what_devices_and_people_call_things_is_shown_as_text(short_tmp: Path) -> None:
    async def story() -> None:
        async with office(short_tmp, "值班一号") as (house, _, [page]):
            alarm = await house.press(NASTY)
            await page.locator("li.alarm .what").click()
            await page.fill(".note-form textarea", NASTY)
            await page.click(".note-form button")
            await expect(page.locator(".lines .said")).to_have_text(NASTY)
            await expect(page.locator(f"li[data-alarm={alarm}] .where")).to_contain_text(NASTY)
            assert "taken over" not in await page.title()
            assert await page.locator("main img").count() == 0

    asyncio.run(story())


def test_closing_needs_a_reason_and_the_alarm_moves_to_the_closed_ones(short_tmp: Path) -> None:
    async def story() -> None:
        async with office(short_tmp, "值班一号") as (house, _, [page]):
            await house.press()
            await page.wait_for_selector("li.alarm")
            await page.keyboard.press("F2")
            await page.get_by_role("button", name="结束…").click()
            await page.get_by_role("button", name="结束这条警报").click()
            await expect(page.locator("dialog .field-bad")).to_be_visible()
            await page.select_option("dialog select", "false")
            await page.get_by_role("button", name="结束这条警报").click()
            await expect(page.locator(".board-list tbody tr")).to_contain_text("误报")
            await expect(page.locator("li.alarm")).to_have_count(0)

    asyncio.run(story())


def test_a_neighbour_answers_on_a_phone_and_the_board_shows_it(short_tmp: Path) -> None:
    async def story() -> None:
        async with office(short_tmp, "值班一号") as (house, browser, [page]):
            await elders.move_in(house)
            await house.press()
            await page.wait_for_selector("li.alarm")
            await page.keyboard.press("F2")
            await page.get_by_role("button", name="请他去看看").click()
            await page.locator("dialog button.main").click()
            link = await page.locator("#errand-link").input_value()
            await page.keyboard.press("Escape")
            phone = await (await person(browser, phone=True)).new_page()
            await phone.goto(link)
            await expect(phone.locator(".where")).to_contain_text(elders.PLACE)
            await phone.get_by_role("button", name="3 分钟").click()
            await expect(page.locator("li.alarm.way")).to_contain_text("李大姐 正在去")
            await phone.get_by_role("button", name="我到了").click()
            await expect(page.locator("li.alarm.there")).to_contain_text("李大姐 到了")
            await accessible(phone)

    asyncio.run(story())


def test_the_board_and_the_card_have_no_barrier_that_axe_finds(short_tmp: Path) -> None:
    async def story() -> None:
        async with office(short_tmp, "值班一号") as (house, _, [page]):
            await elders.move_in(house)
            await house.press()
            await house.press("button-9", test=True)
            await expect(page.locator("li.alarm")).to_have_count(2)
            await accessible(page)
            await page.keyboard.press("F2")
            await page.wait_for_selector(".board-card .lines")
            await accessible(page)

    asyncio.run(story())
