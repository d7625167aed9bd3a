"""Content, emergency notices, bookings and neighbours as their pages are used, in a real Chromium."""

from __future__ import annotations

import asyncio
from pathlib import Path

from office.desk.people.roles import Role
from tests.office.desk.axe import accessible
from tests.office.desk.browser import chromium, person, signed_in
from tests.office.desk.house import PASSWORD, House
from tests.office.desk.test_bookings import NINE, TEN, calendar, number, sent, wish
from tests.office.desk.test_content import known, made, shop
from tests.office.desk.test_devices import said


def test_an_editor_writes_a_notice_publishes_it_and_goes_back(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            editor = await house.signed_in(Role.CONTENT, login="editor")
            for n in range(3):
                await made(editor, "merchants", shop(n))
            await editor.post("/v1/content-versions", {"note": "第一版"})
            page = await signed_in(await person(browser), house.base, "editor", PASSWORD)
            await page.goto(house.base + "/#/content/notices")
            await page.click("button:text-is('新建')")
            await page.fill("dialog input[name=id]", "water-off")
            await page.fill("dialog input[name='title.zh']", "周三停水")
            await page.fill("dialog textarea[name='text.zh']", "三号楼 9 点到 12 点停水")
            await page.fill("dialog input[name=starts]", "2026-09-21")
            await page.fill("dialog input[name=ends]", "2026-09-20")
            await page.click("dialog button.main")
            await page.wait_for_selector("dialog [aria-invalid=true][name=ends]")
            await accessible(page)
            await page.fill("dialog input[name=ends]", "2026-09-23")
            await page.click("dialog button.main")
            await page.wait_for_selector("tbody >> text=周三停水")
            await page.click("button:text-is('发布到所有信息机')")
            await page.fill("dialog input[name=note]", "停水")
            await page.click("dialog button.main")
            await page.wait_for_selector("td >> text=停水")
            await page.wait_for_selector("text=正在使用")
            newest = (await editor.get("/v1/content-versions"))[0]["version"]
            await said(house, "kiosk-1", screen={"page": "home", "content": newest})
            await said(house, "kiosk-2", screen={"page": "home", "content": "older"})
            await page.reload()
            await page.wait_for_selector("text=1 / 2 台已显示这个版本")
            await page.wait_for_selector("li:has-text('kiosk-2') >> text=仍显示旧版本")
            await accessible(page)
            await page.click("button:text-is('回到这个版本')")
            await page.click("dialog button.main")
            await page.wait_for_selector("td >> text=↩ 1")
            await page.goto(house.base + "/#/content/merchants")
            await page.wait_for_selector("tbody >> text=店2")
            await page.click("[aria-label='下移 店0']")
            await page.wait_for_selector("tbody tr:nth-child(2) >> text=店0")
            await page.click("[aria-label='调整信用等级 店0']")
            await page.select_option("dialog select[name=grade]", "C")
            await page.fill("dialog textarea[name=why]", "投诉属实,正在整改")
            await accessible(page)
            await page.click("dialog button.main")
            await page.wait_for_selector("dialog", state="detached")
            item = (await editor.get("/v1/content/merchants/shop-0"))["item"]
            assert (item["grade"], item["history"][0]["why"]["zh"]) == ("C", "投诉属实,正在整改")

    asyncio.run(story())


def test_two_people_release_a_notice_and_one_click_takes_it_back(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            await house.signed_in(Role.CONTENT, login="writer")
            await house.signed_in(Role.DUTY, login="second")
            await known(house)
            one = await signed_in(await person(browser), house.base, "writer", PASSWORD)
            await one.goto(house.base + "/#/emergency")
            await one.fill("input[name=title]", "台风")
            await one.fill("textarea[name=text]", "今晚请勿外出")
            await one.click("button.main")
            await one.wait_for_selector("article >> text=您写的通知要由同事发布")
            await accessible(one)
            other = await signed_in(await person(browser), house.base, "second", PASSWORD)
            await other.goto(house.base + "/#/emergency")
            await other.click("article button.main")
            await other.click("dialog button.main")
            await one.wait_for_selector("article >> text=正在显示")
            await one.click("button:text-is('撤回')")
            await one.click("dialog button.main")
            await other.wait_for_selector("article >> text=已撤回")

    asyncio.run(story())


def test_a_clerk_settles_bookings_and_an_editor_reads_a_proposal(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            editor = await house.signed_in(Role.CONTENT, Role.DEPARTMENT, login="editor")
            await calendar(editor, (NINE, 2), (TEN, 2))
            await sent(house, wish(1), wish(2, TEN, online=False))
            await calendar(editor, (TEN, 2), v=1)
            proposal = {
                "number": number(3),
                "kind": "activity",
                "title": "晨走",
                "words": "一起走",
                "phone": "13800000001",
            }
            await sent(house, proposal, kind="proposal", first=5)
            page = await signed_in(await person(browser), house.base, "editor", PASSWORD)
            await page.goto(house.base + "/#/bookings")
            await page.wait_for_selector("tbody tr:first-child >> text=时段已改")
            await accessible(page)
            await page.click("tbody tr:first-child button.main")
            await page.select_option("dialog select", TEN)
            await page.click("dialog button.main")
            await page.wait_for_selector("tbody >> text=已确认")
            await page.wait_for_selector("tbody >> text=信息机没有网络")
            await page.goto(house.base + "/#/neighbours")
            await page.click("article button.main")
            await page.click("dialog button.main")
            await page.wait_for_selector("li >> text=晨走")
            await accessible(page)

    asyncio.run(story())
